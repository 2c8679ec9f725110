/** `minben upgrade --check`: what an upgrade would do, and what speaks against beginning it now. Changes nothing. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { z } from 'zod'
import type { Backfill } from './backfill.ts'
import type { Config } from './config.ts'
import { openCluster } from './database.ts'
import { isAppError } from './errors.ts'
import { openKeyRing, type KeyRing } from './keys.ts'
import { listMigrations, requireKnownSchema } from './migrate.ts'
import { databaseFacts, freeBytes, lastCopyAt, type DatabaseFacts } from './upgrade-facts.ts'
import { isAtLeast, OLDEST_SERVER, weighMigration, type PendingMigration } from './upgrade.rules.ts'

export interface UpgradeFinding {
  /** Stable; programs switch on it. */
  code: string
  state: 'ok' | 'attention' | 'blocked'
  text: string
}

export interface UpgradeReport {
  isReady: boolean
  program: string
  pending: PendingMigration[]
  backfills: DatabaseFacts['backfills']
  findings: UpgradeFinding[]
}

const Package = z.object({ version: z.string(), engines: z.object({ node: z.string() }) })
const ours = Package.parse(
  JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')),
)

function ok(code: string, text: string): UpgradeFinding {
  return { code, state: 'ok', text }
}

function attention(code: string, text: string): UpgradeFinding {
  return { code, state: 'attention', text }
}

function blocked(code: string, text: string): UpgradeFinding {
  return { code, state: 'blocked', text }
}

const GIB = 2 ** 30

export async function checkUpgrade(config: Config, backfills: readonly Backfill[]): Promise<UpgradeReport> {
  const isNew = config.databaseUrl === undefined && !existsSync(path.join(config.varDir, 'pg', 'PG_VERSION'))
  const found: Looked = isNew ? { findings: [nothingHere(config)] } : await lookInside(config, backfills)
  const { pending = [], facts } = found
  const findings = [
    nodeFinding(),
    ...found.findings,
    ...(isNew ? [] : await keptFindings(config, { facts, pending })),
    await diskFinding(config, pending),
  ]
  return {
    isReady: findings.every(({ state }) => state !== 'blocked'),
    program: ours.version,
    ...{ pending, backfills: facts?.backfills ?? [], findings },
  }
}

interface Looked {
  findings: UpgradeFinding[]
  pending?: PendingMigration[]
  facts?: DatabaseFacts
}

function nothingHere({ varDir }: Config): UpgradeFinding {
  return ok('upgrade.nothing_installed', `${varDir} 里还没有数据库，第一次启动会新建，不是升级。`)
}

async function lookInside(config: Config, backfills: readonly Backfill[]): Promise<Looked> {
  try {
    const { adminUrl, server } = await openCluster(config)
    const client = new pg.Client({ connectionString: adminUrl })
    try {
      await client.connect()
      return await lookAt(client, backfills)
    } finally {
      await client.end()
      if (server && !server.attached) await server.stop()
    }
  } catch (error) {
    if (isAppError(error)) return { findings: [blocked(error.code, error.message)] }
    const why = error instanceof Error ? error.message : String(error)
    return { findings: [blocked('upgrade.database_unreachable', `打不开数据库：${why.slice(0, 400)}`)] }
  }
}

async function lookAt(client: pg.ClientBase, backfills: readonly Backfill[]): Promise<Looked> {
  const facts = await databaseFacts(client, backfills)
  const migrations = listMigrations()
  const applied = await requireKnownSchema(client, migrations)
  const pending = migrations
    .filter(({ name }) => !applied.has(name))
    .map((migration) => weighMigration(migration, facts.sizes))
  return { facts, pending, findings: [serverFinding(facts), usersFinding(facts)] }
}

function serverFinding({ serverVersion }: DatabaseFacts): UpgradeFinding {
  return isAtLeast(serverVersion, OLDEST_SERVER)
    ? ok('upgrade.server', `数据库服务器 PostgreSQL ${serverVersion}。`)
    : blocked(
        'upgrade.server_old',
        `数据库服务器是 PostgreSQL ${serverVersion}，需要 ${OLDEST_SERVER} 或更新。请先升级数据库服务器。`,
      )
}

function usersFinding({ connected }: DatabaseFacts): UpgradeFinding {
  return connected === 0
    ? ok('upgrade.nobody_connected', '没有别的程序正在使用这个数据库。')
    : attention(
        'upgrade.in_use',
        `服务还在运行（${connected} 个连接）。检查不受影响；真正升级之前请停掉所有 serve 和 worker。`,
      )
}

function nodeFinding(): UpgradeFinding {
  return isAtLeast(process.versions.node, ours.engines.node)
    ? ok('upgrade.node', `Node ${process.versions.node}。`)
    : blocked(
        'upgrade.node_old',
        `Node ${process.versions.node} 太旧，需要 ${ours.engines.node}。请先升级 Node。`,
      )
}

interface Kept {
  facts: DatabaseFacts | undefined
  pending: readonly PendingMigration[]
}

/** The keys, and the copies that they open: without them none is known to be good. */
async function keptFindings(config: Config, kept: Kept): Promise<UpgradeFinding[]> {
  const keys = openKeys(config)
  if ('code' in keys) return [keys]
  return [
    ok('upgrade.keys', `密钥文件可读：${config.keyFile}。`),
    await copyFinding(config, { ...kept, keys }),
  ]
}

function openKeys({ keyFile }: Config): KeyRing | UpgradeFinding {
  try {
    return openKeyRing(keyFile, { create: false })
  } catch (error) {
    if (isAppError(error)) return blocked(error.code, error.message)
    return blocked('upgrade.keys_unreadable', `读不了密钥文件 ${keyFile}。请检查文件权限。`)
  }
}

const COPY_HOURS = 24

/** With a server of somebody else's the copies are its keeper's duty; a demonstration can be loaded again. */
async function copyFinding(
  { backup, databaseUrl }: Config,
  { facts, pending, keys }: Kept & { keys: KeyRing },
): Promise<UpgradeFinding> {
  if (databaseUrl !== undefined)
    return attention(
      'upgrade.copy_elsewhere',
      '数据库由外部服务器保管：请向管理员确认刚做过备份，并试过恢复。',
    )
  const last = backup.folder === undefined ? undefined : await lastCopyAt(backup.folder, keys)
  const hours = last === undefined ? Infinity : (Date.now() - last.getTime()) / 3_600_000
  if (hours <= COPY_HOURS) return ok('upgrade.copy', `最近一次备份在 ${hours.toFixed(1)} 小时前。`)
  const text =
    last === undefined
      ? `${backup.folder ?? '备份目录（MINBEN_BACKUP=off）'} 里没有找到完好的备份。升级不能倒退，请先做备份。`
      : `最近一次备份已是 ${Math.floor(hours)} 小时前。升级不能倒退，请先做一次新的备份。`
  const isRisk = pending.length > 0 && facts?.isDemo === false
  return (isRisk ? blocked : attention)(
    last === undefined ? 'upgrade.copy_missing' : 'upgrade.copy_old',
    text,
  )
}

/** Rewritten tables and new indexes stand beside the old ones until the end, and so does the log of it. */
async function diskFinding(
  { varDir, databaseUrl }: Config,
  pending: readonly PendingMigration[],
): Promise<UpgradeFinding> {
  const needed = GIB + 2 * pending.reduce((sum, { bytes }) => sum + bytes, 0)
  if (databaseUrl !== undefined)
    return attention('upgrade.disk_elsewhere', `请确认数据库服务器的磁盘至少还有 ${gibText(needed)} 空闲。`)
  const free = await freeBytes(varDir)
  return free >= needed
    ? ok('upgrade.disk', `磁盘空闲 ${gibText(free)}，升级约需 ${gibText(needed)}。`)
    : blocked(
        'upgrade.disk_low',
        `磁盘只剩 ${gibText(free)}，升级约需 ${gibText(needed)}。请先腾出空间；不要删除 ${varDir} 里的文件。`,
      )
}

function gibText(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`
}
