import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'

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

/** Applies what is missing, in order. Refuses a changed file and a database newer than the code. */
export async function migrate(client: pg.ClientBase, migrations = listMigrations()): Promise<string[]> {
  await client.query(
    `create table if not exists public.migration (name text primary key, hash text not null, applied_at timestamptz not null)`,
  )
  await client.query(`select pg_advisory_lock(731001)`)
  try {
    const known = await client.query<{ name: string; hash: string }>(
      'select name, hash from public.migration order by name',
    )
    const applied = new Map(known.rows.map((row) => [row.name, row.hash]))
    refuseSurprises(applied, migrations)
    const missing = migrations.filter(({ name }) => !applied.has(name))
    for (const migration of missing) await apply(client, migration)
    return missing.map(({ name }) => name)
  } finally {
    await client.query(`select pg_advisory_unlock(731001)`)
  }
}

function refuseSurprises(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const byName = new Map(migrations.map((migration) => [migration.name, migration.hash]))
  for (const [name, hash] of applied) {
    const here = byName.get(name)
    if (here === undefined)
      throw new Error(`数据库比程序新：迁移 ${name} 不在本版本中。请安装较新的版本后再启动。`)
    if (here !== hash) throw new Error(`迁移文件 ${name} 在执行后被改动。请恢复原文件；改动应写成新的迁移。`)
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
