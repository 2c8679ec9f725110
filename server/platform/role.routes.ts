import { isAdministrator } from './account-changes.actions.ts'
import { listNames } from './account.db.ts'
import * as view from './account-view.schema.ts'
import type { Actor } from './access.ts'
import type { Ctx } from './command.ts'
import { query } from './query.ts'
import { reservedPermissions, roleCommands } from './role.actions.ts'
import { countHolders, listRoles, listRolesOf, type RoleRow } from './role.db.ts'
import { commandRoute, queryRoute, type Route } from './route.ts'
import { listSecondFactorRoles } from './second-factor.db.ts'

type Titles = Readonly<Record<string, string>>

function rolesListed(titles: Titles) {
  return query({
    event: 'platform.role.listed',
    permission: 'platform.account.read',
    run: async (ctx: Ctx, { county }: { county: string }) => {
      const roles = await listRoles(ctx.tx, county)
      const holders = await countHolders(ctx.tx, county)
      const reserved = reservedPermissions(roles)
      const names = await listNames(
        ctx.tx,
        roles.flatMap(({ changedBy }) => changedBy ?? []),
      )
      const ruled = await listSecondFactorRoles(ctx.tx, county)
      const held = new Set(await listRolesOf(ctx.tx, ctx.actor.id))
      return {
        roles: roles.map((role) => ({
          ...{ key: role.key, title: role.title, version: role.version, changedAt: role.changedAt },
          ...{ isAdministrator: isAdministrator(role.key), isOwn: role.county !== null },
          needsSecondFactor: ruled.has(role.key),
          permissions: role.permissions.map((each) => ({ permission: each, title: titles[each] ?? each })),
          holders: holders.get(role.key) ?? 0,
          changedBy: role.changedBy === null ? null : (names.get(role.changedBy) ?? null),
          may: mayChange(role, ctx.actor, held.has(role.key)),
        })),
        permissions: Object.entries(titles).map(([permission, title]) => {
          return { permission, title, isReserved: reserved.has(permission) }
        }),
      }
    },
    subject: (_, { roles }) => ({ roles: roles.length }),
  })
}

function mayChange(role: RoleRow, actor: Actor, isHeld: boolean) {
  const reason =
    role.county === null
      ? '随系统安装的岗位不能更改'
      : !actor.permissions.has('platform.role.define') || !actor.scope.includes(role.county)
        ? '由管辖全县的安全管理员更改'
        : isHeld
          ? '不能更改本人担任的岗位'
          : null
  return { change: reason === null, reason }
}

export function roleRoutes(titles: Titles): readonly Route[] {
  const { createRole, changeRole } = roleCommands(titles)
  return [
    queryRoute(view.listRolesEndpoint, rolesListed(titles)),
    commandRoute(view.createRoleEndpoint, createRole),
    commandRoute(view.changeRoleEndpoint, changeRole),
  ]
}
