/**
 * Brings a backup to a new folder, up to its end or to a moment: the newest copy before it, then the log. The result is an
 * installation of its own on a new timeline; the backup is only read, so it can be restored from as often as one likes.
 */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { setScope } from '../access.ts'
import { insertAudit, NOWHERE } from '../audit.db.ts'
import { clockOf } from '../clock.ts'
import { countiesIn } from '../counties.db.ts'
import { connectRoles, openCluster, serverPassword } from '../database.ts'
import type { Instant } from '../dates.ts'
import { startRecovery, type RecoveryServer } from '../embedded-pg.ts'
import { conflict, unavailable } from '../errors.ts'
import type { KeyRing } from '../keys.ts'
import { ensureRoles, roleSecrets } from '../migrate.ts'
import { recordRestore, sealsDirectory, type SealerDeps } from '../sealer.ts'
import { uuidv7 } from '../uuid.ts'
import { prepareArchive } from './archive-flags.ts'
import { chooseCopy, openArchive, planLog, verifyCopy, type Planned } from './archive.ts'
import { lastReplayed, serverFacts, setServerPassword, storedFileNames } from './backup.db.ts'
import { namesIn } from './folder.ts'
import { recoveryFlags, requireRoomFor, STAGED, unpackCopy, unpackPools, stageLog } from './unpack.ts'

export interface RestoreOrder {
  /** The backup folder. */
  root: string
  /** The new data folder of the installation (MINBEN_VAR); empty, but for the folder of the keys. */
  to: string
  keys: KeyRing
  /** Everything committed up to it; undefined = to the end. */
  at?: Instant | undefined
  /** Where the restored installation archives; undefined = nowhere, it is a drill and leaves no row. */
  archiveTo?: string | undefined
  onStep?: (text: string) => void
}

export interface Restored {
  copy: string
  /** Up to which moment everything is there. */
  upTo: Instant
  /** The moment asked for is later than all that is in the backup. */
  isEnd: boolean
  /** Position of the log that is missing in the backup; what came after it is lost. */
  missing: string | undefined
  timeline: number
  /** Names of stored files that are registered, and not in the backup or not as they were written. */
  lostFiles: string[]
}

/** The restored installation while its server is up. */
export interface RestoredPlace {
  deps: SealerDeps
  adminUrl: string
}

/**
 * Throws `platform.restore_not_empty`, `platform.backup_not_found`, `platform.backup_too_early`, `platform.backup_other_keys`,
 * `platform.backup_altered`, `platform.backup_no_room`, `platform.restore_failed` (with what the server says). The target is then
 * as it was.
 */
export async function restore(
  order: RestoreOrder,
  inspect: (place: RestoredPlace, restored: Restored) => Promise<void> = async () => {},
): Promise<Restored> {
  await requireEmpty(order.to)
  try {
    return await restoreInto(order, inspect)
  } catch (error) {
    for (const name of await namesIn(order.to))
      if (name !== KEYS) await rm(path.join(order.to, name), { recursive: true, force: true })
    throw error
  }
}

const KEYS = 'keys'

async function requireEmpty(to: string): Promise<void> {
  if ((await namesIn(to)).every((name) => name === KEYS)) return
  throw conflict(
    'platform.restore_not_empty',
    `${to} 不是空的，没有恢复。请指定一个新的目录；原来的数据不要动，恢复核对无误后再处理。`,
  )
}

async function restoreInto(
  order: RestoreOrder,
  inspect: (place: RestoredPlace, restored: Restored) => Promise<void>,
): Promise<Restored> {
  const { root, to, keys, at, onStep: tell = () => {} } = order
  const archive = await openArchive(root)
  const copy = chooseCopy(archive, at)
  tell(`核对整库备份 ${copy.name}（每个文件的 SM3 和签名）`)
  await verifyCopy(archive, copy, { keys })
  const planned = planLog(archive, copy, at)
  await requireRoomFor(archive, planned, to)
  tell('解开整库备份')
  await unpackCopy(archive, copy, to)
  const damaged = await unpackPools(root, to, keys)
  tell(`解开日志 ${planned.segments.length} 段`)
  const brokenAt = await stageLog(archive, planned, to)
  tell('数据库重放日志')
  const recovered = await recover(order, planned)
  await rm(path.join(to, STAGED), { recursive: true })
  tell('登记恢复，核对文件')
  const restored = {
    ...{ copy: copy.name, isEnd: recovered.isEnd, timeline: recovered.timeline },
    upTo: recovered.isEnd || at === undefined ? (recovered.lastAt ?? copy.stoppedAt) : at,
    missing: recovered.isEnd || at === undefined ? (brokenAt ?? planned.missing) : undefined,
    lostFiles: damaged,
  }
  return finish(order, restored, inspect)
}

interface Recovered {
  isEnd: boolean
  lastAt: Instant | undefined
  timeline: number
}

/** A moment after the last transaction is not reached: then everything there is. */
async function recover(order: RestoreOrder, { copy }: Planned): Promise<Recovered> {
  const { to, at, archiveTo } = order
  const dataDir = path.join(to, 'pg')
  if (archiveTo !== undefined) prepareArchive(archiveTo, dataDir)
  const first = await startRecovery({ dataDir, flags: recoveryFlags({ at, archiveTo }) })
  const isEnd =
    !first.server && first.log.includes('recovery ended before configured recovery target was reached')
  const { server, log } = isEnd
    ? await startRecovery({ dataDir, flags: recoveryFlags({ archiveTo }) })
    : first
  if (!server) {
    throw unavailable(
      'platform.restore_failed',
      `数据库没有恢复成（整库备份 ${copy.name}），原因见下面它的说明。备份没有改动；请换更早的时刻或第二处的副本再试。`,
      { server: log.slice(-3000) },
    )
  }
  try {
    return { isEnd, ...(await takeOver(server, to)) }
  } finally {
    await server.stop()
  }
}

/** The passwords of the old installation are not in the backup: new ones are made as for a new installation. */
async function takeOver({ host, port }: RecoveryServer, to: string): Promise<Omit<Recovered, 'isEnd'>> {
  const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres' })
  await client.connect()
  try {
    const lastAt = await lastReplayed(client)
    const { timeline } = await serverFacts(client)
    await setServerPassword(client, serverPassword(to))
    await ensureRoles(client, roleSecrets(to))
    return { lastAt, timeline }
  } finally {
    await client.end()
  }
}

async function finish(
  { to, keys, archiveTo }: RestoreOrder,
  restored: Restored,
  inspect: (place: RestoredPlace, restored: Restored) => Promise<void>,
): Promise<Restored> {
  const { adminUrl, server } = await openCluster({ varDir: to, databaseUrl: undefined }, archiveTo)
  const database = connectRoles(adminUrl, roleSecrets(to))
  try {
    const deps = { database, keys, varDir: to, clock: await clockOf(database.app) }
    for (const county of await sealedCounties(deps)) await recordRestore(deps, county)
    if (archiveTo !== undefined) await leaveRow(deps, restored)
    const whole = { ...restored, lostFiles: await lostFiles(adminUrl, to, restored.lostFiles) }
    await inspect({ deps, adminUrl }, whole)
    return whole
  } finally {
    await database.close()
    await server?.stop()
  }
}

async function sealedCounties({ database, varDir }: SealerDeps): Promise<string[]> {
  const logged = (await namesIn(sealsDirectory(varDir))).flatMap(
    (name) => /^(\d{6})\.log$/.exec(name)?.[1] ?? [],
  )
  return [...new Set([...logged, ...(await countiesIn(database.runner, 'platform.audit_seal'))])].sort()
}

async function leaveRow({ database, clock }: SealerDeps, restored: Restored): Promise<void> {
  const { copy, upTo, timeline } = restored
  await database.app.transaction().execute(async (tx) => {
    await setScope(tx, [NOWHERE])
    await insertAudit(tx, {
      ...{ county: NOWHERE, at: await clock.stamp(tx), actorId: null, requestId: uuidv7() },
      event: 'platform.backup.restored',
      outcome: 'finished',
      subject: { copy, upTo, timeline, lostFiles: restored.lostFiles.length },
    })
  })
}

async function lostFiles(adminUrl: string, to: string, damaged: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const registered = await storedFileNames(client)
    const folders = await namesIn(path.join(to, 'files'))
    const kept = await Promise.all(folders.map((folder) => namesIn(path.join(to, 'files', folder))))
    const there = new Set(kept.flat().filter((name) => !damaged.includes(name)))
    return registered.filter((name) => !there.has(name)).sort()
  } finally {
    await client.end()
  }
}
