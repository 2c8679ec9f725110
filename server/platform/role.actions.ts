import { z } from 'zod'
import { requireWholeCounty } from './access.ts'
import { ADMINISTRATORS } from './account.actions.ts'
import { command, type Ctx } from './command.ts'
import { nextNumber } from './counter.db.ts'
import { constraintOf } from './db.ts'
import { conflict, forbidden, invalid, notFound, type AppError } from './errors.ts'
import {
  findRoleForUpdate,
  insertOwnRole,
  listRoles,
  listRolesOf,
  updateOwnRole,
  type RoleRow,
} from './role.db.ts'

const Content = z.object({
  title: z.string().trim().min(2, '请填写岗位名称').max(30),
  permissions: z.array(z.string().max(80)).min(1, '请至少选一项权限').max(200),
})

/**
 * Roles that a county makes for itself. Those that are installed stay as they are, what the three administrators alone may do is in no
 * other role, and nobody changes a role that they hold. `titles` says which permissions there are.
 */
export function roleCommands(titles: Readonly<Record<string, string>>) {
  const createRole = command({
    event: 'platform.role.created',
    permission: 'platform.role.define',
    input: Content,
    needsKey: true,
    run: async (ctx: Ctx, content) => {
      requireWholeCounty(ctx.actor, ctx.county)
      const permissions = await requireContent(ctx, content)
      const key = `own_${ctx.county}_${await nextNumber(ctx.tx, ctx.county, 'role')}`
      const made = { by: ctx.actor.id, at: await ctx.clock.stamp(ctx.tx) }
      const own = { ...made, key, county: ctx.county, title: content.title, permissions }
      await insertOwnRole(ctx.tx, own).catch(titleTaken(content.title))
      return { key, version: 1, added: permissions }
    },
    subject: (_, { key, added }) => ({ role: key, added }),
  })

  const changeRole = command({
    event: 'platform.role.changed',
    permission: 'platform.role.define',
    input: Content.extend({ key: z.string().max(60), version: z.int().min(1) }),
    needsKey: true,
    run: async (ctx: Ctx, { key, version, ...content }) => {
      requireWholeCounty(ctx.actor, ctx.county)
      const role = await requireOwn(ctx, key)
      if (role.version !== version)
        throw conflict('platform.role_changed', '这个岗位刚被他人修改，本次没有保存。请刷新，核对后再改。')
      const permissions = await requireContent(ctx, content, key)
      const made = { by: ctx.actor.id, at: await ctx.clock.stamp(ctx.tx) }
      await updateOwnRole(ctx.tx, { ...made, key, title: content.title, permissions }).catch(
        titleTaken(content.title),
      )
      return {
        ...{ key, version: version + 1 },
        added: permissions.filter((each) => !role.permissions.includes(each)),
        removed: role.permissions.filter((each) => !permissions.includes(each)),
      }
    },
    subject: (_, { key, added, removed }) => ({ role: key, added, removed }),
  })

  async function requireContent(
    { tx, county }: Ctx,
    { title, permissions }: z.output<typeof Content>,
    own?: string,
  ): Promise<string[]> {
    const roles = await listRoles(tx, county)
    if (roles.some((role) => role.title === title && role.key !== own)) throw roleTitleTaken(title)
    if (permissions.some((each) => !Object.hasOwn(titles, each)))
      throw invalid('platform.permission_unknown', '选中的权限里有系统没有的，没有保存。请刷新后再选。')
    const reserved = reservedPermissions(roles)
    const taken = permissions.find((each) => reserved.has(each))
    if (taken !== undefined)
      throw forbidden(
        'platform.role_administrator_permission',
        `“${titles[taken]}”只属于系统、安全、审计三种管理员，不能放进其他岗位。`,
      )
    return [...new Set(permissions)].toSorted()
  }

  return { createRole, changeRole }
}

function roleTitleTaken(title: string): AppError {
  return conflict('platform.role_title_taken', `已有名为“${title}”的岗位，请换一个名称。`)
}

/** Somebody else gave the name to another role at the same moment. */
function titleTaken(title: string): (error: unknown) => never {
  return (error) => {
    throw constraintOf(error) === 'role_title_once' ? roleTitleTaken(title) : error
  }
}

/** What the three administrators alone may do: of the roles that are installed no other holds it. */
export function reservedPermissions(roles: readonly RoleRow[]): ReadonlySet<string> {
  const shared = new Set(
    roles.flatMap(({ key, county, permissions }) =>
      county === null && !ADMINISTRATORS.includes(key) ? permissions : [],
    ),
  )
  const held = roles.flatMap(({ key, permissions }) => (ADMINISTRATORS.includes(key) ? permissions : []))
  return new Set(held.filter((permission) => !shared.has(permission)))
}

/** Throws `platform.role_unknown` for roles of other counties too, `platform.role_installed`, `platform.own_role`. */
async function requireOwn({ tx, county, actor }: Ctx, key: string): Promise<RoleRow> {
  const role = await findRoleForUpdate(tx, key)
  if (!role || (role.county !== null && role.county !== county))
    throw notFound('platform.role_unknown', '没有这个岗位。请刷新后再看。')
  if (role.county === null)
    throw forbidden('platform.role_installed', '随系统安装的岗位不能更改。请建立本县自己的岗位。')
  if ((await listRolesOf(tx, actor.id)).includes(key))
    throw forbidden('platform.own_role', '不能更改本人担任的岗位，请由另一位安全管理员办理。')
  return role
}
