import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import path from 'node:path'
import type { Kysely } from 'kysely'
import pg from 'pg'
import type { Config } from './config.ts'
import { kyselyOn, openPool, type Schema } from './db.ts'
import { startEmbedded, type EmbeddedServer } from './embedded-pg.ts'
import { migrateJobs } from './job-queue.ts'
import {
  ensureRoles,
  migrate,
  requireKnownSchema,
  roleSecrets,
  type RoleName,
  type RoleSecrets,
} from './migrate.ts'
import { requireNotMoved } from './moved.ts'

/** The connections of one process. `app` obeys row-level security; `runner` bypasses it and belongs to jobs alone. */
export interface Database {
  /** Owner of the schema: migrations and tests only. */
  adminUrl: string
  app: Kysely<Schema>
  runner: Kysely<Schema>
  sealer: Kysely<Schema>
  auditor: Kysely<Schema>
  pools: Record<RoleName, pg.Pool>
  close: () => Promise<void>
}

/** An eighth of the memory that this process may use, in MiB: a county's last month and this one should lie in it. */
function sharedBuffersMib(): number {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Infinity)
  return Math.min(4096, Math.max(128, Math.floor(bytes / 8 / 2 ** 20)))
}

const SERVER_FLAGS = [
  ['shared_buffers', `${sharedBuffersMib()}MB`],
  ['max_wal_size', '4GB'],
  ['checkpoint_timeout', '15min'],
  ['work_mem', '32MB'],
  ['max_connections', '150'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`])

function superuserPassword(varDir: string): string {
  const file = path.join(varDir, 'postgres.secret')
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const password = randomBytes(24).toString('base64url')
  writeFileSync(file, password, { mode: 0o600 })
  return password
}

/** A server to connect to; `server` is undefined for one that is not ours (DATABASE_URL). */
export interface Cluster {
  adminUrl: string
  server: EmbeddedServer | undefined
}

/** Starts or attaches the embedded server, or takes DATABASE_URL. */
export async function openCluster({ varDir, databaseUrl }: Config): Promise<Cluster> {
  if (databaseUrl !== undefined) return { adminUrl: databaseUrl, server: undefined }
  requireNotMoved(varDir)
  const password = superuserPassword(varDir)
  const server = await startEmbedded({ dataDir: path.join(varDir, 'pg'), password, flags: SERVER_FLAGS })
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${server.port}/minben`
  await ensureDatabase(adminUrl)
  return { adminUrl, server }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOfDatabase(url, 'postgres') })
  await client.connect()
  try {
    const found = await client.query(`select from pg_database where datname = 'minben'`)
    if (found.rowCount === 0) await client.query('create database minben')
  } finally {
    await client.end()
  }
}

export function urlOfDatabase(url: string, database: string): string {
  const parsed = new URL(url)
  parsed.pathname = `/${database}`
  return parsed.toString()
}

function urlOfRole(url: string, role: RoleName, secrets: RoleSecrets): string {
  const parsed = new URL(url)
  parsed.username = role
  parsed.password = secrets[role]
  return parsed.toString()
}

/** Pools of all roles on a migrated database; `isDurable` as in `openPool`. */
export function connectRoles(
  adminUrl: string,
  secrets: RoleSecrets,
  { max = 10, isDurable = true }: { max?: number; isDurable?: boolean } = {},
): Database {
  const pool = (role: RoleName, size: number) =>
    openPool({
      url: urlOfRole(adminUrl, role, secrets),
      max: size,
      applicationName: role,
      isDurable,
    })
  const pools = {
    minben_app: pool('minben_app', max),
    minben_runner: pool('minben_runner', 4),
    minben_auditor: pool('minben_auditor', 2),
    minben_sealer: pool('minben_sealer', 1),
  }
  return {
    adminUrl,
    app: kyselyOn(pools.minben_app),
    runner: kyselyOn(pools.minben_runner),
    auditor: kyselyOn(pools.minben_auditor),
    sealer: kyselyOn(pools.minben_sealer),
    pools,
    close: async () => {
      await Promise.all(Object.values(pools).map((each) => each.end()))
    },
  }
}

/** Opens the server, migrates, and opens the pools. */
export async function openDatabase(config: Config): Promise<Database> {
  const { adminUrl, server } = await openCluster(config)
  const secrets = roleSecrets(config.varDir)
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await requireKnownSchema(admin)
    await ensureRoles(admin, secrets)
    await migrate(admin)
  } catch (error) {
    // A server that we started for nothing would keep this process, and itself, for ever.
    await admin.end()
    if (server && !server.attached) await server.stop()
    throw error
  } finally {
    await admin.end()
  }
  await migrateJobs(adminUrl)
  const database = connectRoles(adminUrl, secrets)
  return {
    ...database,
    close: async () => {
      await database.close()
      if (server && !server.attached) await server.stop()
    },
  }
}
