/** A backup as a restore sees it: whose it is, which copies can be brought to which moment, and the log they need for it. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Instant } from '../dates.ts'
import { conflict, notFound } from '../errors.ts'
import type { KeyRing } from '../keys.ts'
import { basesOf, incomingOf, isErrno, namesIn, sealsOf, sizeOf, unpack, walOf } from './folder.ts'
import { altered, listCopies, sm3Of, verifiedManifest, type Manifest } from './manifest.ts'
import {
  chainOf,
  historyName,
  isArchivable,
  isHistory,
  isOnLine,
  newestTimeline,
  parseHistory,
  parseSegment,
  type Line,
} from './wal.rules.ts'

export interface Archive {
  root: string
  /** Segments and histories, each with the file that holds it. */
  log: ReadonlyMap<string, string>
  /** Of the newest timeline: where the installation went in the end. */
  line: Line
  copies: Manifest[]
}

/** Throws `platform.backup_not_found` when there is no copy at all. */
export async function openArchive(root: string): Promise<Archive> {
  const copies = await listCopies(root)
  if (copies.length === 0) {
    throw notFound(
      'platform.backup_not_found',
      `${root} 里没有整库备份。请核对 --from 的目录（应含 base 和 wal）。`,
    )
  }
  const log = await listLog(root)
  return { root, log, line: await lineOf(log), copies }
}

/** What was put away, and what the server handed over last. */
async function listLog(root: string): Promise<Map<string, string>> {
  const log = new Map<string, string>()
  for (const name of await namesIn(incomingOf(root)))
    if (isArchivable(name)) log.set(name, path.join(incomingOf(root), name))
  for (const name of await namesIn(walOf(root)))
    if (name.endsWith('.gz')) log.set(name.slice(0, -3), path.join(walOf(root), name))
  return log
}

async function lineOf(log: ReadonlyMap<string, string>): Promise<Line> {
  const timeline = newestTimeline([...log.keys()])
  const file = log.get(historyName(timeline))
  return {
    timeline,
    ancestors: file === undefined ? [] : parseHistory((await readLogged(file)).toString('utf8')),
  }
}

/** Throws when the compressed bytes are not whole. What came a moment ago may have been put away since it was listed. */
export async function readLogged(file: string): Promise<Buffer> {
  if (file.endsWith('.gz')) return unpack(await readFile(file))
  return readFile(file).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error
    const root = path.dirname(path.dirname(file))
    return readLogged(path.join(walOf(root), `${path.basename(file)}.gz`))
  })
}

/**
 * The newest copy from which the moment can be reached; without one the newest of all.
 *
 * Throws `platform.backup_too_early` when every copy was made later.
 */
export function chooseCopy({ copies, line }: Archive, at: Instant | undefined): Manifest {
  const usable = copies.filter((copy) => isOnLine(copy, line))
  const chosen = usable.filter((copy) => at === undefined || copy.stoppedAt <= at).at(-1)
  if (chosen) return chosen
  throw conflict(
    'platform.backup_too_early',
    '要恢复到的时刻早于备份里最早的整库备份，没有恢复。请选晚一些的时刻。',
    { earliest: usable[0]?.stoppedAt },
  )
}

export interface Planned {
  copy: Manifest
  /** Names of the segments, in order. */
  segments: string[]
  /** A position from which nothing can be brought, although later segments are there. */
  missing: string | undefined
}

/** The log from the copy on: up to the next copy that is later than the moment, since everything before it is wanted at most. */
export function planLog(archive: Archive, copy: Manifest, at: Instant | undefined): Planned {
  const { line, log, copies } = archive
  const first = parseSegment(copy.startSegment)
  if (!first) throw altered(`${copy.name}/manifest.json`)
  const later =
    at === undefined
      ? undefined
      : copies.find(
          (other) => other.startedAt > at && isOnLine(other, line) && other.startLsn !== copy.startLsn,
        )
  const until = later && parseSegment(later.stopSegment)?.position
  const { names, missing } = chainOf([...log.keys()], first, { line, segmentBytes: copy.segmentBytes, until })
  return { copy, segments: names, missing }
}

export function historiesOf({ log }: Archive): string[] {
  return [...log.keys()].filter((name) => isHistory(name))
}

/**
 * Everything that the copy consists of, before any of it is used. Stored files that are missing are no reason to keep the rest from
 * anybody: the restore tells which.
 *
 * Throws `platform.backup_other_keys`, `platform.backup_altered`.
 */
export async function verifyCopy(
  { root }: Archive,
  { name }: Manifest,
  { keys, onProgress = () => {} }: { keys: KeyRing; onProgress?: ((share: number) => void) | undefined },
): Promise<void> {
  const copy = await verifiedManifest(root, name, keys)
  const all = copy.files.reduce((sum, file) => sum + file.packedBytes, 0)
  let done = 0
  for (const file of copy.files) {
    const stored = path.join(basesOf(root), name, file.path)
    if ((await sizeOf(stored)) !== file.packedBytes || (await sm3Of(stored)) !== file.sm3)
      throw altered(`base/${name}/${file.path}`)
    done += file.packedBytes
    onProgress(done / Math.max(1, all))
  }
  for (const { county, bytes, sm3 } of copy.seals) {
    const log = path.join(sealsOf(root), `${county}.log`)
    // The second place may have a shorter one: the restore completes it from the seals themselves.
    if (((await sizeOf(log)) ?? 0) >= bytes && (await sm3Of(log, bytes)) !== sm3)
      throw altered(`seals/${county}.log`)
  }
}
