import type { Actor } from './access.ts'
import type { Instant } from './dates.ts'
import { sql, type Db, type Tx } from './db.ts'

/** Accounts have no county: those of a county are those that have areas, and none outside of it. */
function within(county: string) {
  return sql`a.scope <> '{}' and not exists (select from unnest(a.scope) as area (code) where left(code, 6) <> ${county})`
}

export interface AccountRow {
  id: string
  login: string
  fullName: string
  roles: string[]
  scope: string[]
  level: Actor['level']
  isActive: boolean
  hasPassword: boolean
  passwordSetAt: Instant | null
  /** Only while it is locked. */
  lockedUntil: Instant | null
  createdAt: Instant
  lastSeenAt: Instant | null
}

export interface AccountPage {
  text?: string | undefined
  role?: string | undefined
  isActive?: boolean | undefined
  after?: string | undefined
  limit: number
}

export async function listAccountPage(
  db: Db,
  county: string,
  { text, role, isActive, after, limit }: AccountPage,
): Promise<AccountRow[]> {
  const named =
    text === undefined
      ? sql``
      : sql`and (position(lower(${text}) in a.login) > 0 or position(${text} in a.full_name) > 0)`
  const having = role === undefined ? sql`` : sql`and ${role} = any (a.roles)`
  const inUse = isActive === undefined ? sql`` : sql`and a.is_active = ${isActive}`
  const rest = after === undefined ? sql`` : sql`and a.login > ${after}`
  const { rows } = await sql<AccountRow>`
    select a.id, a.login, a.full_name, a.roles, a.scope, a.level, a.is_active, a.password_hash is not null as has_password,
           a.password_set_at, case when a.locked_until > clock_timestamp() then a.locked_until end as locked_until, a.created_at,
           (select max(s.seen_at) from platform.session s where s.account_id = a.id) as last_seen_at
      from platform.account a
     where ${within(county)} ${named} ${having} ${inUse} ${rest}
     order by a.login limit ${limit}`.execute(db)
  return rows
}

export interface AccountHead {
  id: string
  roles: string[]
  isActive: boolean
}

/** Held until the end, so that two changes of one account take turns; undefined = not an account of this county. */
export async function findAccountForUpdate(
  tx: Tx,
  county: string,
  login: string,
): Promise<AccountHead | undefined> {
  const { rows } = await sql<AccountHead>`
    select a.id, a.roles, a.is_active from platform.account a
     where a.login = ${login} and ${within(county)} for update of a`.execute(tx)
  return rows[0]
}

export async function updateRoles(tx: Tx, id: string, roles: readonly string[]): Promise<void> {
  await sql`update platform.account set roles = ${[...roles]} where id = ${id}`.execute(tx)
}

export async function updateScope(
  tx: Tx,
  id: string,
  { scope, level }: { scope: readonly string[]; level: string },
): Promise<void> {
  await sql`update platform.account set scope = ${[...scope]}, level = ${level} where id = ${id}`.execute(tx)
}

export async function updateActive(tx: Tx, id: string, isActive: boolean): Promise<void> {
  await sql`update platform.account set is_active = ${isActive} where id = ${id}`.execute(tx)
}
