import type { Instant } from './dates.ts'
import { sql, type Db, type Tx } from './db.ts'

export async function listRoleKeys(db: Db): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`select key from platform.role`.execute(db)
  return new Set(rows.map((row) => row.key))
}

/** Roles as first installed; a role that a bureau has changed is left as it is. */
export async function insertRoles(
  tx: Tx,
  roles: readonly { key: string; title: string; permissions: readonly string[] }[],
): Promise<void> {
  for (const role of roles) {
    await sql`insert into platform.role (key, title, permissions) values (${role.key}, ${role.title}, ${[...role.permissions]})
              on conflict (key) do nothing`.execute(tx)
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
  /** When the demonstration was loaded whole; null before, and in a real installation. */
  loadedAt: Instant | null
}

export async function findInstallation(db: Db): Promise<InstallationRow | undefined> {
  const { rows } = await sql<InstallationRow>`select is_demo, loaded_at from platform.installation`.execute(
    db,
  )
  return rows[0]
}

/** Full names by account id. */
export async function listNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; fullName: string }>`
    select id, full_name from platform.account where id = any (${[...ids]}::uuid[])`.execute(db)
  return new Map(rows.map(({ id, fullName }) => [id, fullName]))
}
