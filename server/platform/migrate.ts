import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { conflict } from './errors.ts'
import { isAtLeast, OLDEST_SERVER } from './upgrade.rules.ts'
import { prepareCoordinator } from './placement.ts'

const FOLDER = path.resolve(import.meta.dirname, '../migrations')

/** Login roles of the product. The runner bypasses row-level security and is never held by a request. */
const ROLES = ['minben_app', 'minben_runner', 'minben_auditor', 'minben_sealer'] as const
export type RoleName = (typeof ROLES)[number]
export type RoleSecrets = Record<RoleName, string>

/** Owns the few functions that look behind row-level security, each for one question; nobody logs in as it. */
const DUPLICATES_OWNER = 'minben_duplicates'

export interface Migration {
  name: string
  text: string
  hash: string
}

export function listMigrations(folder = FOLDER): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  return names.map((name) => {
    const text = readFileSync(path.join(folder, name), 'utf8')
    return { name, text, hash: createHash('sha256').update(text).digest('hex') }
  })
}

export function rolesFile(varDir: string): string {
  return path.join(varDir, 'roles.json')
}

/** Passwords of the roles, made once per installation and kept beside the data, readable by the owner only. */
export function roleSecrets(varDir: string): RoleSecrets {
  const file = rolesFile(varDir)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as RoleSecrets
  const secrets = Object.fromEntries(
    ROLES.map((role) => [role, randomBytes(24).toString('base64url')]),
  ) as RoleSecrets
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 })
  return secrets
}

const TRIES = 20
const PAUSE_MS = 100

/** Creates or re-keys the login roles; needs a role that may create roles. Several programs may start at the same moment. */
export async function ensureRoles(client: pg.ClientBase, secrets: RoleSecrets): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await writeRoles(client, secrets)
    } catch (error) {
      // Roles are of the whole server and know no lock of a database: the later of two writers is refused, and writes again.
      if (tries >= TRIES || !AT_ONCE.test(String(error))) throw error
      await wait(PAUSE_MS)
    }
  }
}

const AT_ONCE = /tuple concurrently updated|pg_authid_rolname_index|role ".*" already exists/

async function writeRoles(client: pg.ClientBase, secrets: RoleSecrets): Promise<void> {
  for (const role of ROLES) {
    const exists = await client.query('select from pg_roles where rolname = $1', [role])
    const attributes = role === 'minben_runner' ? 'login bypassrls' : 'login nobypassrls'
    const verb = exists.rowCount === 0 ? 'create' : 'alter'
    await client.query(`${verb} role ${role} ${attributes} nosuperuser password '${secrets[role]}'`)
  }
  const owner = await client.query('select from pg_roles where rolname = $1', [DUPLICATES_OWNER])
  if (owner.rowCount === 0)
    await client.query(`create role ${DUPLICATES_OWNER} nologin bypassrls nosuperuser`)
}

/** Throws `platform.server_old`. */
export async function requireServer(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  )
  const version = rows[0]?.version ?? ''
  if (isAtLeast(version, OLDEST_SERVER)) return
  throw conflict(
    'platform.server_old',
    `数据库服务器是 PostgreSQL ${version}，需要 ${OLDEST_SERVER} 或更新。什么都没有改动。请先升级数据库服务器，或换一台。`,
  )
}

/** What a database has already, by name; empty before its first migration. Writes nothing. */
export async function appliedMigrations(client: pg.ClientBase): Promise<Map<string, string>> {
  const table = await client.query<{ found: string | null }>(
    `select to_regclass('public.migration')::text as found`,
  )
  if (!table.rows[0]?.found) return new Map()
  const known = await client.query<{ name: string; hash: string }>(
    'select name, hash from public.migration order by name',
  )
  return new Map(known.rows.map((row) => [row.name, row.hash]))
}

/** Refuses a database newer than the code, and one whose migrations were changed afterwards. Writes nothing. */
export async function requireKnownSchema(
  client: pg.ClientBase,
  migrations = listMigrations(),
): Promise<Map<string, string>> {
  const applied = await appliedMigrations(client)
  const byName = new Map(migrations.map((migration) => [migration.name, migration.hash]))
  const unknown = [...applied.keys()].filter((name) => !byName.has(name))
  if (unknown.length > 0)
    throw conflict(
      'platform.database_newer',
      `数据库比程序新：其中的迁移 ${unknown.join('、')} 本版本没有。什么都没有改动。请换回升级后的程序再启动；要退回旧版本，只能从升级之前的备份恢复。`,
    )
  for (const [name, hash] of applied) {
    if (byName.get(name) !== hash)
      throw conflict(
        'platform.migration_changed',
        `迁移文件 ${name} 在执行后被改动。什么都没有改动。请恢复原文件（重新解开发布包）；改动应写成新的迁移。`,
      )
  }
  return applied
}

/** Applies what is missing, in order. */
export async function migrate(client: pg.ClientBase, migrations = listMigrations()): Promise<string[]> {
  await requireKnownSchema(client, migrations)
  await prepareCoordinator(client)
  await client.query(
    `create table if not exists public.migration (name text primary key, hash text not null, applied_at timestamptz not null)`,
  )
  await client.query(`select pg_advisory_lock(731001)`)
  try {
    // Again, now alone: another process may have migrated meanwhile.
    const applied = await requireKnownSchema(client, migrations)
    const missing = migrations.filter(({ name }) => !applied.has(name))
    for (const migration of missing) await apply(client, migration)
    return missing.map(({ name }) => name)
  } finally {
    await client.query(`select pg_advisory_unlock(731001)`)
  }
}

async function apply(client: pg.ClientBase, { name, text, hash }: Migration): Promise<void> {
  const inTransaction = !text.startsWith('-- no transaction')
  if (inTransaction) await client.query('begin')
  try {
    await client.query('insert into public.migration (name, hash, applied_at) values ($1, $2, now())', [
      name,
      hash,
    ])
    await client.query(text)
    if (inTransaction) await client.query('commit')
  } catch (error) {
    if (inTransaction) await client.query('rollback')
    else await client.query('delete from public.migration where name = $1', [name])
    throw new Error(`迁移 ${name} 失败：${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
