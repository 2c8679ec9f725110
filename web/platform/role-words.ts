import type { z } from 'zod'
import type { listRolesEndpoint } from '../../server/platform/account-view.schema.ts'
import type { Stated } from '../ui/stated.ts'

export type Permission = z.infer<typeof listRolesEndpoint.output>['permissions'][number]

/** By the part of the product that a permission begins with. */
const GROUPS: Readonly<Record<string, string>> = {
  registry: '人与户',
  imports: '名册导入',
  benefits: '待遇与核算',
  golive: '上线',
  funds: '资金',
  indicators: '统计',
  social_assistance: '社会救助',
  platform: '系统',
}

export interface PermissionGroup {
  title: string
  permissions: Permission[]
}

/** In the order above; what begins otherwise comes last. */
export function permissionGroups(permissions: readonly Permission[]): PermissionGroup[] {
  const groupOf = ({ permission }: Permission) => GROUPS[permission.split('.', 1)[0] ?? ''] ?? '其他'
  return [...Object.values(GROUPS), '其他']
    .map((title) => ({ title, permissions: permissions.filter((each) => groupOf(each) === title) }))
    .filter((group) => group.permissions.length > 0)
}

/** What was typed of a role, as rows to be read. */
export function roleStates(
  { title, chosen }: { title: string; chosen: readonly string[] },
  permissions: readonly Permission[],
): Stated[] {
  const titles = permissions.filter(({ permission }) => chosen.includes(permission)).map((each) => each.title)
  return [
    { label: '岗位名称', text: title || '（空）' },
    { label: '权限', text: titles.join('、') || '（没有选）' },
  ]
}
