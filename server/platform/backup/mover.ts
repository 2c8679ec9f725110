/**
 * Takes the segments that the server handed over, compresses them and puts them away. A file stands under its name whole and
 * written to the disk before the one that came is removed, so a crash at any point loses nothing; a segment that the server
 * hands over again after a crash is compared and not kept twice.
 */
import { readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import {
  basesOf,
  exists,
  incomingOf,
  makeFolder,
  namesIn,
  pack,
  syncFolder,
  unpack,
  walOf,
  writeWhole,
} from './folder.ts'
import { isArchivable, nextPosition, parseSegment } from './wal.rules.ts'

const LEVEL = 4
/** So many are put away before the folder is synced. */
const BATCH = 32
/** What a server that was killed left of a file it was writing. */
const LEFT_OVER = /^archtemp\./
const LEFT_OVER_MS = 600_000

export interface Moved {
  /** In the order in which they came. */
  names: string[]
  /** Nothing can be restored without a copy of the data directory, so what came before the first is not kept. */
  dropped: number
  /** Another content stands under the same name in the archive: two databases write there. */
  conflicts: string[]
  /** A segment came whose predecessor did not: what follows it can be restored only from a copy made later. */
  gapBefore: string | undefined
  last: string | undefined
}

/** `last`: the segment put away last. */
export async function moveArrived(
  root: string,
  arrived: readonly string[],
  last: string | undefined,
): Promise<Moved> {
  const moved: Moved = { names: [], dropped: 0, conflicts: [], gapBefore: undefined, last }
  // Asked after the list was taken: a copy that begins later needs none of these.
  const isKept = await hasCopies(root)
  await makeFolder(walOf(root))
  for (let start = 0; start < arrived.length; start += BATCH)
    await moveBatch(root, arrived.slice(start, start + BATCH), { isKept, moved })
  return moved
}

/** Names that wait, in order; what a killed server left over is removed. */
export async function listArrived(root: string): Promise<string[]> {
  const names = await namesIn(incomingOf(root))
  for (const name of names.filter((each) => LEFT_OVER.test(each)))
    await dropLeftOver(path.join(incomingOf(root), name))
  return names.filter((name) => isArchivable(name))
}

async function dropLeftOver(file: string): Promise<void> {
  const { mtimeMs } = await stat(file)
  if (Date.now() - mtimeMs > LEFT_OVER_MS) await rm(file, { force: true })
}

/** Whole ones or one under way. */
export async function hasCopies(root: string): Promise<boolean> {
  return (await namesIn(basesOf(root))).length > 0
}

async function moveBatch(
  root: string,
  names: readonly string[],
  { isKept, moved }: { isKept: boolean; moved: Moved },
): Promise<void> {
  const away: string[] = []
  for (const name of names) {
    const bytes = await readFile(path.join(incomingOf(root), name))
    if (!isKept && parseSegment(name)) moved.dropped += 1
    else if (!(await putAway(path.join(walOf(root), `${name}.gz`), bytes))) {
      moved.conflicts.push(name)
      continue
    } else moved.names.push(name)
    noteOrder(moved, name, bytes.length)
    away.push(name)
  }
  await syncFolder(walOf(root))
  for (const name of away) await rm(path.join(incomingOf(root), name), { force: true })
}

/** False when another content is kept under the name. */
async function putAway(target: string, bytes: Buffer): Promise<boolean> {
  if (await exists(target)) return (await unpack(await readFile(target))).equals(bytes)
  await writeWhole(target, await pack(bytes, { level: LEVEL }))
  return true
}

function noteOrder(moved: Moved, name: string, bytes: number): void {
  const here = parseSegment(name)
  if (!here) return
  const before = moved.last === undefined ? undefined : parseSegment(moved.last)
  const follows = nextPosition(before?.position ?? here.position, bytes)
  const isSame = before?.timeline === here.timeline
  if (isSame && here.position > follows) moved.gapBefore = name
  if (!isSame || here.position > before.position) moved.last = name
}

/** The last segment of the newest timeline in the archive. */
export async function lastSegment(root: string): Promise<string | undefined> {
  const names = (await namesIn(walOf(root))).map((name) => name.replace(/\.gz$/, ''))
  return names.filter((name) => parseSegment(name)).at(-1)
}
