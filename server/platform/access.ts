import { forbidden, notFound } from './errors.ts'
import type { RawBuilder } from 'kysely'
import { sql, type Db, type Tx } from './db.ts'

/** Who acts: what they may do (permissions) and where (area codes: county 6, town 9, village 12 digits). */
export interface Actor {
  id: string
  login: string
  permissions: ReadonlySet<string>
  scope: readonly string[]
  level: 'province' | 'city' | 'county' | 'township' | 'village'
}

/** A role as first installed. */
export interface RoleSeed {
  key: string
  title: string
  permissions: readonly string[]
}

const SCOPE_FORM = /^[0-9]{6,12}(,[0-9]{6,12})*$/

/**
 * Opens the second guard for this transaction. A literal SET LOCAL: set_config and session SET are not carried to shards,
 * and a value that outlives the transaction would show one clerk's rows to the next (scale.md §2b).
 */
export async function setScope(tx: Tx, scope: readonly string[]): Promise<void> {
  const text = scope.join(',')
  if (text !== '' && !SCOPE_FORM.test(text)) throw new Error(`scope is not a list of area codes: ${text}`)
  await sql.raw(`set local app.scope = '${text}'`).execute(tx)
}

/** True when the actor's areas touch this county: the county itself or a place inside it. */
export function mayEnterCounty(actor: Actor, county: string): boolean {
  return actor.scope.some((code) => code.startsWith(county))
}

export function requirePermission(actor: Actor, permission: string): void {
  if (actor.permissions.has(permission)) return
  throw forbidden(
    'platform.permission_missing',
    `您的岗位没有“${permission}”权限。请联系安全管理员核对岗位。`,
  )
}

export function requireCounty(actor: Actor, county: string): void {
  if (mayEnterCounty(actor, county)) return
  throw forbidden('platform.outside_scope', `您不管辖 ${county}。请切换到您负责的地区后再操作。`)
}

/** For rows of the whole county, which nobody responsible for a part of it sees. */
export function requireWholeCounty(actor: Actor, county: string): void {
  if (actor.scope.includes(county)) return
  throw forbidden('platform.outside_scope', `这项操作涉及 ${county} 全县，请由管辖全县的人员办理。`)
}

export async function getActor(db: Db, login: string): Promise<Actor> {
  const actor = await findActor(db, sql`a.login = ${login}`)
  if (actor) return actor
  throw notFound('platform.account_unknown', `没有名为“${login}”的在用账号。请检查 --as 后的登录名。`)
}

/** For what somebody asked for earlier: their rights as they are now. */
export async function getActorById(db: Db, id: string): Promise<Actor> {
  const actor = await findActor(db, sql`a.id = ${id}`)
  if (actor) return actor
  throw notFound('platform.account_unknown', '提出这一步的账号已停用，没有办理。请由在岗的同事重新提出。')
}

async function findActor(db: Db, isWanted: RawBuilder<unknown>): Promise<Actor | undefined> {
  const { rows } = await sql<{
    id: string
    login: string
    scope: string[]
    level: Actor['level']
    permissions: string[] | null
  }>`
    select a.id, a.login, a.scope, a.level, array_agg(distinct p) filter (where p is not null) as permissions
      from platform.account a
      left join platform.role r on r.key = any (a.roles)
      left join lateral unnest(r.permissions) p on true
     where ${isWanted} and a.is_active
     group by a.id`.execute(db)
  const [row] = rows
  return row && { ...row, permissions: new Set(row.permissions ?? []) }
}
