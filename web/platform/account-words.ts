import type { z } from 'zod'
import type { listAccountsEndpoint, listRolesEndpoint } from '../../server/platform/account-view.schema.ts'
import type { Tone } from '../ui/Chip.tsx'
import type { Stated } from '../ui/stated.ts'

export type Account = z.infer<typeof listAccountsEndpoint.output>['accounts'][number]
export type Role = z.infer<typeof listRolesEndpoint.output>['roles'][number]
export type Level = Account['level']

export const LEVELS: Readonly<Record<Level, string>> = {
  province: '省',
  city: '市',
  county: '县',
  township: '乡镇',
  village: '村居',
}

export function accountState(account: Account): { tone: Tone; word: string } {
  if (!account.isActive) return { tone: 'off', word: '已停用' }
  if (account.lockedUntil !== null) return { tone: 'warn', word: '锁定' }
  return account.hasPassword ? { tone: 'ok', word: '在用' } : { tone: 'wait', word: '未设密码' }
}

/** Codes as they were typed: one a line, or with commas. */
export function codesIn(text: string): string[] {
  return text.split(/[\s,，、]+/).filter((code) => code !== '')
}

/** Why these areas cannot be given; undefined = the server decides. */
export function scopeProblem(codes: readonly string[], county: string): string | undefined {
  if (codes.length === 0) return '先填管辖地区'
  const wrong = codes.find((code) => !/^\d{6}(\d{3}(\d{3})?)?$/.test(code))
  if (wrong !== undefined) return `“${wrong}”不是地区代码：县 6 位、乡镇 9 位、村 12 位`
  const outside = codes.find((code) => !code.startsWith(county))
  return outside === undefined ? undefined : `“${outside}”不在 ${county} 之内`
}

/** Why these roles cannot be given together. */
export function rolesProblem(chosen: readonly string[], roles: readonly Role[]): string | undefined {
  if (chosen.length === 0) return '至少选一个岗位'
  const administrators = roles.filter(({ key, isAdministrator }) => isAdministrator && chosen.includes(key))
  return administrators.length > 1
    ? `${administrators.map(({ title }) => title).join('、')}不能由一人兼任`
    : undefined
}

interface Filled {
  login?: string
  fullName?: string
  chosen?: readonly string[]
  level?: Level
  scope?: string
}

/** What was filled in about an account, as rows to be read. */
export function accountStates(
  { login, fullName, chosen, level, scope }: Filled,
  roles: readonly Role[],
): Stated[] {
  const titles = roles.filter(({ key }) => chosen?.includes(key)).map(({ title }) => title)
  return [
    ...(login === undefined ? [] : [{ label: '登录名', text: login || '（空）' }]),
    ...(fullName === undefined ? [] : [{ label: '姓名', text: fullName || '（空）' }]),
    ...(chosen === undefined ? [] : [{ label: '岗位', text: titles.join('、') || '（没有选）' }]),
    ...(level === undefined ? [] : [{ label: '哪一级', text: LEVELS[level] }]),
    ...(scope === undefined ? [] : [{ label: '管辖', text: codesIn(scope).join('、') || '（空）' }]),
  ]
}
