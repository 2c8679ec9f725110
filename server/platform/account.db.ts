import type { Instant } from './dates.ts'
import { sql, type Db, type Tx } from './db.ts'

/** Those that are installed, and the county's own. */
export async function listRoleKeys(db: Db, county: string): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`
    select key from platform.role where county is null or county = ${county}`.execute(db)
  return new Set(rows.map((row) => row.key))
}

/** Roles as installed; one that is there already gets what no version has given it yet, and keeps what the bureau has changed. */
export async function insertRoles(
  tx: Tx,
  roles: readonly { key: string; title: string; permissions: readonly string[] }[],
): Promise<void> {
  for (const role of roles) {
    const permissions = [...role.permissions]
    await sql`
      insert into platform.role as r (key, title, permissions, installed)
      values (${role.key}, ${role.title}, ${permissions}, ${permissions})
      on conflict (key) do update
        set permissions = array(select p from unnest(r.permissions) p
                                 union select p from unnest(excluded.installed) p where p <> all (r.installed) order by 1),
            installed = array(select unnest(r.installed) union select unnest(excluded.installed) order by 1)
      where not r.installed @> excluded.installed`.execute(tx)
  }
}

export interface NewAccount {
  id: string
  login: string
  fullName: string
  roles: readonly string[]
  scope: readonly string[]
  level: string
  at: Instant
}

export async function insertAccount(tx: Tx, account: NewAccount): Promise<void> {
  await sql`
    insert into platform.account (id, login, full_name, roles, scope, level, created_at)
    values (${account.id}, ${account.login}, ${account.fullName}, ${[...account.roles]}, ${[...account.scope]}, ${account.level}, ${account.at})`.execute(
    tx,
  )
}

export interface InstallationRow {
  isDemo: boolean
  createdAt: Instant
  /** When the demonstration was loaded whole; null before, and in a real installation. */
  loadedAt: Instant | null
}

export async function findInstallation(db: Db): Promise<InstallationRow | undefined> {
  const { rows } =
    await sql<InstallationRow>`select is_demo, created_at, loaded_at from platform.installation`.execute(db)
  return rows[0]
}

/** False = a new installation, before its first account. */
export async function hasAccounts(db: Db): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`select exists (select from platform.account) as has`.execute(
    db,
  )
  return rows[0]?.has === true
}

export async function hasAccountsIn(db: Db, county: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from platform.account where exists (select from unnest(scope) code where code like ${`${county}%`})) as has`.execute(
    db,
  )
  return rows[0]?.has === true
}

/** Full names by account id. */
export async function listNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; fullName: string }>`
    select id, full_name from platform.account where id = any (${[...ids]}::uuid[])`.execute(db)
  return new Map(rows.map(({ id, fullName }) => [id, fullName]))
}

export interface NamedAccount {
  id: string
  fullName: string
  roleTitles: string[]
}

/** Names and what they are in the office, by account id. */
export async function listNamedAccounts(db: Db, ids: readonly string[]): Promise<Map<string, NamedAccount>> {
  const { rows } = await sql<NamedAccount>`
    select a.id, a.full_name, array(select r.title from platform.role r where r.key = any (a.roles) order by r.key) as role_titles
      from platform.account a where a.id = any (${[...new Set(ids)]}::uuid[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Titles of the roles that hold a permission: whom to ask. */
export async function listRolesWith(db: Db, permission: string): Promise<string[]> {
  const { rows } = await sql<{ title: string }>`
    select title from platform.role where ${permission} = any (permissions) order by key`.execute(db)
  return rows.map((row) => row.title)
}
