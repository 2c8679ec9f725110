import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import pg from 'pg'
import type { Config } from './config.ts'
import { archiveFlags, prepareArchive, WAL_SEGMENT_MIB } from './backup/archive-flags.ts'
import { kyselyOn, openPool, type Schema } from './db.ts'
import { watchServer } from './embedded-watch.ts'
import { endServer, startEmbedded, type EmbeddedOptions, type EmbeddedServer } from './embedded-pg.ts'
import { migrateJobs } from './job-queue.ts'
import { conflict } from './errors.ts'
import {
  ensureRoles,
  migrate,
  requireKnownSchema,
  requireServer,
  rolesFile,
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

export const SERVER_FLAGS = [
  ['shared_buffers', `${sharedBuffersMib()}MB`],
  ['max_wal_size', '4GB'],
  ['min_wal_size', '80MB'], // segments of 1 MiB would make it 5, and every busy minute would make new files
  ['checkpoint_timeout', '15min'],
  ['work_mem', '32MB'],
  ['max_connections', '150'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`])

export function serverPassword(varDir: string): string {
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

function embeddedOptions(varDir: string, password: string, archiveTo: string | undefined): EmbeddedOptions {
  const dataDir = path.join(varDir, 'pg')
  if (archiveTo === undefined) return { dataDir, password, flags: SERVER_FLAGS }
  return {
    ...{ dataDir, password, flags: [...SERVER_FLAGS, ...archiveFlags(archiveTo)] },
    walSegmentMib: WAL_SEGMENT_MIB,
    beforeLaunch: () => prepareArchive(archiveTo, dataDir),
  }
}

/** False = an embedded one would be made here. */
export function hasDatabase({ varDir, databaseUrl }: Pick<Config, 'varDir' | 'databaseUrl'>): boolean {
  return databaseUrl !== undefined || existsSync(path.join(varDir, 'pg', 'PG_VERSION'))
}

/** Starts or attaches the embedded server, or takes DATABASE_URL. `archiveTo`: the backup folder its log goes to. */
export async function openCluster(
  { varDir, databaseUrl }: Pick<Config, 'varDir' | 'databaseUrl'>,
  archiveTo?: string,
): Promise<Cluster> {
  if (databaseUrl !== undefined) return { adminUrl: databaseUrl, server: undefined }
  requireNotMoved(varDir)
  const password = serverPassword(varDir)
  const server = await startEmbedded(embeddedOptions(varDir, password, archiveTo))
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
  const { adminUrl, server } = await openCluster(config, config.backup.folder)
  const isFirstHere = !existsSync(rolesFile(config.varDir))
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await requireServer(admin)
    await requireKnownSchema(admin)
    if (isFirstHere && !server) await requireNobodyThere(admin, config.varDir)
    const secrets = roleSecrets(config.varDir)
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
  const secrets = roleSecrets(config.varDir)
  await migrateJobs(adminUrl)
  const watched =
    server &&
    watchServer(embeddedOptions(config.varDir, serverPassword(config.varDir), config.backup.folder), server)
  const database = connectRoles(adminUrl, secrets)
  return {
    ...database,
    close: async () => {
      await database.close()
      const left = await watched?.leave()
      if (left && !(await isInUse(adminUrl))) await endServer(left)
    },
  }
}

/** The passwords of the roles would be changed under whoever works with them now. */
async function requireNobodyThere(admin: pg.ClientBase, varDir: string): Promise<void> {
  const others = await admin.query(`select from pg_stat_activity where usename = 'minben_app'`)
  if (others.rowCount === 0) return
  throw conflict(
    'platform.roles_elsewhere',
    `另一个民本正在使用这个数据库，而 ${rolesFile(varDir)} 不在这里。没有启动。请把那一边数据目录里的 roles.json 复制过来（权限 0600），几个程序要用同一份。`,
  )
}

const LEAVE_LOOKS = 10
const LEAVE_LOOK_MS = 50

/** By another program on this machine: whoever leaves last stops the server, whoever started it. */
async function isInUse(adminUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl })
  client.on('error', () => {})
  try {
    await client.connect()
    // Our own connections, closed a moment ago, may still be on their way out.
    for (let look = 0; look < LEAVE_LOOKS; look++) {
      const others = await client.query(
        `select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      )
      if (others.rowCount === 0) return false
      await wait(LEAVE_LOOK_MS)
    }
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
