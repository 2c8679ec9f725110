/**
 * A copy of the data directory of the running server. Nobody waits for it: the server only notes where the log stands at its
 * beginning and end, and the log between the two makes the files consistent. It stands under its name when it is whole.
 */
import { rename, rm, statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { conflict, unavailable } from '../errors.ts'
import { keyRingFingerprint, type KeyRing } from '../keys.ts'
import {
  serverFacts,
  startCopy,
  stopCopy,
  tryLockCopy,
  type CopyStart,
  type CopyStop,
  type ServerFacts,
} from './backup.db.ts'
import { copyBytes, copyData, listData, type DataTree } from './copy-files.ts'
import {
  basesOf,
  exists,
  incomingOf,
  makeFolder,
  namesIn,
  sealsOf,
  sizeOf,
  syncBelow,
  syncFolder,
  UNFINISHED,
  walOf,
  writeWhole,
} from './folder.ts'
import { listCopies, MANIFEST, sealedManifest, sm3Of, type CopiedFile, type Manifest } from './manifest.ts'
import { keptFiles } from './pools.ts'
import { parseSegment } from './wal.rules.ts'

export interface CopyOrder {
  adminUrl: string
  varDir: string
  root: string
  keys: KeyRing
  /** Brings stored files and seal logs up to date, where no other process does. */
  settle: () => Promise<unknown>
  /** From 0 to 1. */
  onProgress?: (share: number) => void
}

/**
 * Throws `platform.backup_running` (another copy is being made), `platform.archive_off`, `platform.backup_no_room`,
 * `platform.archive_stuck` (the server does not hand over the log, without which the copy is worth nothing).
 */
export async function makeCopy(order: CopyOrder): Promise<Manifest> {
  const client = new pg.Client({ connectionString: order.adminUrl, application_name: 'minben_backup' })
  client.on('error', () => {}) // the statement under way reports that the server is gone
  await client.connect()
  try {
    if (!(await tryLockCopy(client))) {
      throw conflict('platform.backup_running', '另一个备份正在进行。请等它完成后再试。')
    }
    await requireArchiving(client)
    return await copyUnderLock(client, order)
  } finally {
    await client.end()
  }
}

async function requireArchiving(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ mode: string; library: string }>(
    `select current_setting('archive_mode') as mode, current_setting('archive_library') as library`,
  )
  if (rows[0]?.mode === 'on' && rows[0].library === 'basic_archive') return
  throw unavailable(
    'platform.archive_off',
    '数据库正在运行，但没有开启日志归档（可能是旧版本启动的）。请停止服务后重新启动，再备份。',
  )
}

async function copyUnderLock(client: pg.Client, order: CopyOrder): Promise<Manifest> {
  const { root, varDir } = order
  await removeUnfinished(root)
  const dataDir = path.join(varDir, 'pg')
  await requireRoom(root, await listData(dataDir))
  const facts = await serverFacts(client)
  const name = facts.at.replace(/[-:]|\.\d+/g, '')
  const target = path.join(basesOf(root), `${name}${UNFINISHED}`)
  await makeFolder(target) // before the start: from now on the archiver keeps what comes
  try {
    const start = await startCopy(client, `minben ${name}`)
    const tree = await listData(dataDir)
    const files = await copyData(dataDir, target, { tree, onBytes: shareOf(tree, order.onProgress) })
    const stop = await stopCopy(client)
    files.push(await copyBytes(Buffer.from(stop.label), target, 'backup_label'))
    await untilHandedOver(root, stop.segment)
    const manifest = await describe(order, { facts, name, start, stop, tree, files })
    await writeWhole(path.join(target, MANIFEST), Buffer.from(sealedManifest(manifest, order.keys.sealKey)))
    await syncBelow(target)
    await rename(target, path.join(basesOf(root), name))
    await syncFolder(basesOf(root))
    return manifest
  } catch (error) {
    await rm(target, { recursive: true, force: true })
    throw error
  }
}

async function removeUnfinished(root: string): Promise<void> {
  for (const name of (await namesIn(basesOf(root))).filter((each) => each.endsWith(UNFINISHED)))
    await rm(path.join(basesOf(root), name), { recursive: true, force: true })
}

/** Kept free beside the copy, for the log that comes meanwhile. */
const SPARE_BYTES = 256 * 2 ** 20

/** The newest copy says how far the data can be compressed; without one nothing is taken for granted. */
async function requireRoom(root: string, tree: DataTree): Promise<void> {
  await makeFolder(basesOf(root))
  const bytes = tree.files.reduce((sum, file) => sum + file.bytes, 0)
  const last = (await listCopies(root)).at(-1)
  const ratio = last ? packedBytes(last) / Math.max(1, rawBytes(last)) : 1
  const needed = Math.ceil(bytes * Math.min(1, ratio * 1.2)) + SPARE_BYTES
  const { bavail, bsize } = await statfs(root)
  if (bavail * bsize >= needed) return
  throw conflict(
    'platform.backup_no_room',
    `备份所在的磁盘只剩 ${inMegabytes(bavail * bsize)} MB，这次备份约需 ${inMegabytes(needed)} MB，没有开始。请清理磁盘、换一个目录（MINBEN_BACKUP）或少留几份（MINBEN_BACKUP_DAILY、MINBEN_BACKUP_WEEKLY）。`,
  )
}

export function packedBytes({ files }: Manifest): number {
  return files.reduce((sum, file) => sum + file.packedBytes, 0)
}

export function rawBytes({ files }: Manifest): number {
  return files.reduce((sum, file) => sum + file.bytes, 0)
}

function inMegabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20)
}

function shareOf(tree: DataTree, onProgress: CopyOrder['onProgress'] = () => {}): (bytes: number) => void {
  const all = tree.files.reduce((sum, file) => sum + file.bytes, 0)
  let done = 0
  return (bytes) => {
    done += bytes
    onProgress(Math.min(1, done / Math.max(1, all)))
  }
}

const PATIENCE_MS = 120_000

async function untilHandedOver(root: string, segment: string): Promise<void> {
  const places = [path.join(incomingOf(root), segment), path.join(walOf(root), `${segment}.gz`)]
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await wait(100))
    for (const place of places) if (await exists(place)) return
  throw unavailable(
    'platform.archive_stuck',
    '数据库两分钟没有交出日志，这份备份不能用，已删去。请检查备份目录能否写、磁盘是否已满（minben backup status）。',
  )
}

interface Made {
  facts: ServerFacts
  name: string
  start: CopyStart
  stop: CopyStop
  tree: DataTree
  files: CopiedFile[]
}

async function describe(
  { root, keys, settle }: CopyOrder,
  { facts, name, start, stop, tree, files }: Made,
): Promise<Manifest> {
  await settle()
  const { segmentBytes, systemIdentifier, version: postgres } = facts
  // As the server will read it: of a place at the edge of a segment it gives either name.
  const startSegment =
    /^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)/m.exec(stop.label)?.[1] ?? start.segment
  return {
    ...{ format: 'minben-backup/1', name, startedAt: start.at, stoppedAt: stop.at },
    ...{ startLsn: start.lsn, stopLsn: stop.lsn, startSegment, stopSegment: stop.segment },
    timeline: parseSegment(startSegment)?.timeline ?? facts.timeline,
    ...{ segmentBytes, systemIdentifier, postgres, app: appVersion(), keys: keyRingFingerprint(keys) },
    ...{ folders: tree.folders, files, seals: await sealedLogs(root), storedFiles: await keptFiles(root) },
  }
}

async function sealedLogs(root: string): Promise<Manifest['seals']> {
  const logs = (await namesIn(sealsOf(root))).filter((name) => /^\d{6}\.log$/.test(name))
  return Promise.all(
    logs.map(async (name) => {
      const bytes = (await sizeOf(path.join(sealsOf(root), name))) ?? 0
      return { county: name.slice(0, 6), bytes, sm3: await sm3Of(path.join(sealsOf(root), name), bytes) }
    }),
  )
}

function appVersion(): string {
  const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string }
  return version
}
