import { z } from 'zod'
import { command, type Ctx } from './command.ts'
import { conflict, forbidden, invalid } from './errors.ts'
import { insertAccount, listRoleKeys } from './account.db.ts'
import { constraintOf } from './db.ts'
import { uuidv7 } from './uuid.ts'

export const CreateAccount = z.object({
  login: z.string().regex(/^[a-z][a-z0-9._-]{1,39}$/, '登录名用小写字母、数字、点'),
  fullName: z.string().min(1),
  roles: z.array(z.string()).min(1),
  scope: z.array(z.string().regex(/^\d{6}(\d{3}(\d{3})?)?$/)),
  level: z.enum(['province', 'city', 'county', 'township', 'village']),
})
export const CreateAccounts = z.object({ accounts: z.array(CreateAccount).min(1).max(500) })

/** The three administrators keep each other in check: nobody is two of them. */
export const ADMINISTRATORS: readonly string[] = ['system_admin', 'security_admin', 'audit_admin']

export const createAccounts = command({
  event: 'platform.account.created',
  permission: 'platform.account.create',
  input: CreateAccounts,
  run: async (ctx: Ctx, { accounts }) => {
    const known = await listRoleKeys(ctx.tx, ctx.county)
    const at = await ctx.clock.stamp(ctx.tx)
    const ids: string[] = []
    for (const account of accounts) {
      requireRoles(account.roles, known)
      requireAreasWithin(ctx, account.scope)
      const id = uuidv7()
      await enter(ctx, { ...account, id, at })
      ids.push(id)
    }
    return { ids }
  },
  subject: (_, { ids }) => ({ accounts: ids.length }),
})

export function requireRoles(roles: readonly string[], known: ReadonlySet<string>): void {
  const unknown = roles.find((role) => !known.has(role))
  if (unknown !== undefined)
    throw invalid('platform.role_unknown', `没有“${unknown}”这个岗位，请先建立岗位。`)
  if (roles.filter((role) => ADMINISTRATORS.includes(role)).length > 1) {
    throw conflict('platform.administrators_apart', '系统管理员、安全管理员、审计管理员不能由一人兼任。')
  }
}

/** The security administrator of a county gives areas of it alone, and none that are not their own. */
export function requireAreasWithin({ actor, county }: Ctx, scope: readonly string[]): void {
  const outside = scope.find(
    (code) => !code.startsWith(county) || !actor.scope.some((own) => code.startsWith(own)),
  )
  if (outside === undefined) return
  throw forbidden(
    'platform.outside_scope',
    `账号的地区“${outside}”不在 ${county} 之内，或不在您管辖的地区之内，请由该地的安全管理员办理。`,
  )
}

async function enter(ctx: Ctx, account: Parameters<typeof insertAccount>[1]): Promise<void> {
  try {
    await insertAccount(ctx.tx, account)
  } catch (error) {
    if (constraintOf(error) !== 'account_login_unique') throw error
    throw conflict('platform.login_taken', `登录名“${account.login}”已被使用，请换一个。`)
  }
}
