/** From the backup to a new data folder: the copy, the log it needs, stored files and seal logs. */
import { createReadStream, createWriteStream } from 'node:fs'
import { copyFile, readFile, statfs, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { SERVER_FLAGS } from '../database.ts'
import type { Instant } from '../dates.ts'
import { giveToServer } from '../embedded-pg.ts'
import { conflict } from '../errors.ts'
import { decryptBytes } from '../field-crypto.ts'
import type { KeyRing } from '../keys.ts'
import { sealsDirectory } from '../sealer.ts'
import { archiveFlags } from './archive-flags.ts'
import { historiesOf, readLogged, type Archive, type Planned } from './archive.ts'
import { rawBytes } from './base-copy.ts'
import { basesOf, filesOf, makeFolder, namesIn, sealsOf, sizeOf, syncBelow } from './folder.ts'
import { bytesBelow } from './keeping.ts'
import { altered, type Manifest } from './manifest.ts'
import { keptFiles } from './pools.ts'

/** The log that the server reads, beside its data folder: by a name that no path of the operator's is part of. */
export const STAGED = 'restore-wal'
const LANES = 3
const SPARE_BYTES = 64 * 2 ** 20

export function recoveryFlags({
  at,
  archiveTo,
}: {
  at?: Instant | undefined
  archiveTo: string | undefined
}): string[] {
  const settings = [
    `restore_command=cp ../${STAGED}/%f %p`, // the server stands in its data folder
    'recovery_target_timeline=latest',
    'recovery_target_action=promote',
    'hot_standby=off',
    ...(at === undefined ? [] : [`recovery_target_time=${spelled(at)}`, 'recovery_target_inclusive=on']),
  ]
  const archiving = archiveTo === undefined ? [] : archiveFlags(archiveTo)
  return [...SERVER_FLAGS, ...settings.flatMap((setting) => ['-c', setting]), ...archiving]
}

/** The setting takes no T and no Z. */
function spelled(at: Instant): string {
  return at.replace('T', ' ').replace('Z', '+00')
}

/** Throws `platform.backup_no_room`. */
export async function requireRoomFor(
  { root }: Archive,
  { copy, segments }: Planned,
  to: string,
): Promise<void> {
  await makeFolder(to)
  const stored = (await namesIn(filesOf(root))).length > 0 ? await bytesBelow(filesOf(root)) : 0
  const needed = rawBytes(copy) + segments.length * copy.segmentBytes + stored + SPARE_BYTES
  const { bavail, bsize } = await statfs(to)
  if (bavail * bsize >= needed) return
  throw conflict(
    'platform.backup_no_room',
    `恢复约需 ${Math.ceil(needed / 2 ** 20)} MB，${to} 所在的磁盘只剩 ${Math.ceil((bavail * bsize) / 2 ** 20)} MB，没有开始。请换一个磁盘。`,
  )
}

export async function unpackCopy({ root }: Archive, copy: Manifest, to: string): Promise<void> {
  const dataDir = path.join(to, 'pg')
  const folders = [...copy.folders, 'pg_wal', 'pg_wal/archive_status', 'pg_wal/summaries']
  for (const folder of ['', ...folders]) await makeOwned(path.join(dataDir, folder))
  const rest = copy.files.values()
  const lane = async () => {
    for (const file of rest) {
      const target = path.join(dataDir, file.path.replace(/\.gz$/, ''))
      const source = path.join(basesOf(root), copy.name, file.path)
      await pipeline(createReadStream(source), createGunzip(), createWriteStream(target, { mode: 0o600 }))
      if ((await sizeOf(target)) !== file.bytes) throw altered(`base/${copy.name}/${file.path}`)
      giveToServer(target)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  await writeFile(path.join(dataDir, 'recovery.signal'), '', { mode: 0o600 })
  giveToServer(path.join(dataDir, 'recovery.signal'))
}

async function makeOwned(folder: string): Promise<void> {
  await makeFolder(folder)
  giveToServer(folder)
}

/** Returns the position from which the log cannot be read, if there is one. */
export async function stageLog(
  archive: Archive,
  { segments }: Planned,
  to: string,
): Promise<string | undefined> {
  await makeOwned(path.join(to, STAGED))
  for (const name of historiesOf(archive)) await stage(archive, name, to)
  for (const name of segments) {
    try {
      await stage(archive, name, to)
    } catch {
      return name.slice(8)
    }
  }
  return undefined
}

async function stage({ log }: Archive, name: string, to: string): Promise<void> {
  const target = path.join(to, STAGED, name)
  await writeFile(target, await readLogged(log.get(name) ?? ''), { mode: 0o600 })
  giveToServer(target)
}

/** Stored files of a later moment come along: nothing asks for them. Returns those that are not as they were written. */
export async function unpackPools(root: string, to: string, keys: KeyRing): Promise<string[]> {
  const damaged: string[] = []
  for (const name of await keptFiles(root)) {
    const folder = path.join(to, 'files', name.slice(0, 2))
    const bytes = await readFile(path.join(filesOf(root), name.slice(0, 2), name))
    if (!isAsWritten(keys, name, bytes)) {
      damaged.push(name)
      continue
    }
    await makeFolder(folder)
    await writeFile(path.join(folder, name), bytes, { mode: 0o600 })
  }
  await makeFolder(sealsDirectory(to))
  for (const name of (await namesIn(sealsOf(root))).filter((each) => each.endsWith('.log')))
    await copyFile(path.join(sealsOf(root), name), path.join(sealsDirectory(to), name))
  await syncBelow(to)
  return damaged
}

function isAsWritten(keys: KeyRing, name: string, bytes: Buffer): boolean {
  try {
    decryptBytes(keys, name, bytes)
    return true
  } catch {
    return false
  }
}
