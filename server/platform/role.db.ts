import type { Instant } from './dates.ts'
import { sql, type Db, type Tx } from './db.ts'

export interface RoleRow {
  key: string
  title: string
  permissions: string[]
  /** Whose own; null = installed with the product. */
  county: string | null
  version: number
  changedBy: string | null
  changedAt: Instant | null
}

/** Those that are installed, and the county's own. */
export async function listRoles(db: Db, county: string): Promise<RoleRow[]> {
  const { rows } = await sql<RoleRow>`
    select key, title, permissions, county, version, changed_by, changed_at from platform.role
     where county is null or county = ${county} order by county nulls first, key`.execute(db)
  return rows
}

/** Accounts in use that hold a role and have areas in the county, by role. */
export async function countHolders(db: Db, county: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ role: string; accounts: number }>`
    select r as role, count(*) as accounts from platform.account a cross join lateral unnest(a.roles) r
     where a.is_active and exists (select from unnest(a.scope) as area (code) where left(code, 6) = ${county})
     group by r`.execute(db)
  return new Map(rows.map(({ role, accounts }) => [role, accounts]))
}

export async function findRoleForUpdate(tx: Tx, key: string): Promise<RoleRow | undefined> {
  const { rows } = await sql<RoleRow>`
    select key, title, permissions, county, version, changed_by, changed_at from platform.role
     where key = ${key} for update`.execute(tx)
  return rows[0]
}

/** Keys of the roles that an account holds. */
export async function listRolesOf(db: Db, accountId: string): Promise<string[]> {
  const { rows } = await sql<{ roles: string[] }>`
    select roles from platform.account where id = ${accountId}`.execute(db)
  return rows[0]?.roles ?? []
}

export interface RoleChange {
  key: string
  title: string
  permissions: readonly string[]
  by: string
  at: Instant
}

export async function insertOwnRole(tx: Tx, role: RoleChange & { county: string }): Promise<void> {
  await sql`
    insert into platform.role (key, title, permissions, county, changed_by, changed_at)
    values (${role.key}, ${role.title}, ${[...role.permissions]}, ${role.county}, ${role.by}, ${role.at})`.execute(
    tx,
  )
}

export async function updateOwnRole(tx: Tx, role: RoleChange): Promise<void> {
  await sql`
    update platform.role set title = ${role.title}, permissions = ${[...role.permissions]}, version = version + 1,
           changed_by = ${role.by}, changed_at = ${role.at}
     where key = ${role.key}`.execute(tx)
}
