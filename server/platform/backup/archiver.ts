/**
 * Archives while the office serves: every half minute the server is asked for the segment under way, if anything was committed since,
 * and what came is put away. One process of all does it; `incoming` is complete at any moment, so a restore reads both folders.
 */
import { readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { endedWork, switchSegment, tryLockArchive } from './backup.db.ts'
import { exists, namesIn, pack, stateOf, UNFINISHED, walOf, writeWhole } from './folder.ts'
import { lastSegment, listArrived, moveArrived, type Moved } from './mover.ts'
import { keepFiles, keepSeals } from './pools.ts'
import { isHistory } from './wal.rules.ts'

const State = z.object({
  /** When the last pass ended well. */
  at: z.string(),
  /** The segment put away last, and when. */
  last: z.string().optional(),
  lastAt: z.string().optional(),
  /** When a segment came whose predecessor did not; a copy made later closes the gap. */
  gapAt: z.string().optional(),
  conflicts: z.array(z.string()),
  /** What went wrong in the last pass. */
  failure: z.string().optional(),
  /** The second place: when it had everything, how many files it lacks, why. */
  second: z
    .object({ at: z.string().optional(), missing: z.int(), failure: z.string().optional() })
    .optional(),
})
export type ArchiverState = z.infer<typeof State>

export interface ArchiverPlace {
  adminUrl: string
  varDir: string
  /** The backup folder. */
  root: string
}

/** How long a pass waits for the server to hand over the segment it was asked for. */
const PATIENCE_MS = 10_000

/** Undefined before the first pass. */
export async function readState(root: string): Promise<ArchiverState | undefined> {
  const file = stateOf(root)
  if (!(await exists(file))) return undefined
  const parsed = State.safeParse(parseJson(await readFile(file, 'utf8')))
  return parsed.success ? parsed.data : undefined
}

/** Not synced: after a power cut it is told anew from the archive. */
export async function writeState(root: string, state: ArchiverState): Promise<void> {
  const temporary = `${stateOf(root)}${UNFINISHED}`
  await writeFile(temporary, JSON.stringify(state), { mode: 0o600 })
  await rename(temporary, stateOf(root))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export interface Archiver {
  /** Undefined: another process archives. */
  pass: () => Promise<Moved | undefined>
  end: () => Promise<void>
}

/** Passes on demand; the connection is opened by the first and again after it was lost. */
export function archiverOf(place: ArchiverPlace): Archiver {
  const seen = new Map<string, number>()
  let client: pg.Client | undefined
  let ended: string | undefined
  const connected = async () => {
    client ??= await connect(place.adminUrl, () => (client = undefined))
    return client
  }
  return {
    pass: async () => {
      const open = await connected()
      if (open === undefined) return undefined
      const now = await endedWork(open)
      if (now !== ended) await handOver(open, place)
      ended = now
      return putAway(place, seen)
    },
    end: async () => {
      await client?.end()
    },
  }
}

/** With the archiver's lock; undefined when another process has it. */
async function connect(adminUrl: string, onLost: () => void): Promise<pg.Client | undefined> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'minben_archiver' })
  client.on('error', onLost)
  await client.connect()
  if (await tryLockArchive(client)) return client
  await client.end()
  return undefined
}

/** A server that does not hand over keeps the segments; the next pass finds them or reports them. */
async function handOver(client: pg.Client, { varDir }: ArchiverPlace): Promise<void> {
  await switchSegment(client)
  const until = Date.now() + PATIENCE_MS
  while ((await waitingSegments(varDir)).length > 0 && Date.now() < until) await wait(100)
}

/** Segments that the server has finished and not handed over. */
export async function waitingSegments(varDir: string): Promise<string[]> {
  const names = await namesIn(path.join(varDir, 'pg', 'pg_wal', 'archive_status'))
  return names.filter((name) => name.endsWith('.ready'))
}

/** Files and seals first: what can be restored by the segments has them then. */
async function putAway({ varDir, root }: ArchiverPlace, seen: Map<string, number>): Promise<Moved> {
  const state = await readState(root)
  const arrived = await listArrived(root)
  await keepFiles(varDir, root, seen)
  await keepSeals(varDir, root)
  const moved = await moveArrived(root, arrived, state?.last ?? (await lastSegment(root)))
  await keepHistories(varDir, root)
  const at = new Date().toISOString()
  const gapAt = moved.gapBefore === undefined ? state?.gapAt : at
  const lastAt = moved.last === state?.last ? state?.lastAt : at
  await writeState(root, {
    ...{ at, conflicts: moved.conflicts },
    ...(moved.last === undefined ? {} : { last: moved.last }),
    ...(lastAt === undefined ? {} : { lastAt }),
    ...(gapAt === undefined ? {} : { gapAt }),
    ...(state?.second === undefined ? {} : { second: state.second }),
  })
  return moved
}

/** Which timeline came of which: a restore that lacks it would end where the old one was left. */
async function keepHistories(varDir: string, root: string): Promise<void> {
  const folder = path.join(varDir, 'pg', 'pg_wal')
  for (const name of (await namesIn(folder)).filter((each) => isHistory(each))) {
    const target = path.join(walOf(root), `${name}.gz`)
    if (await exists(target)) continue
    await writeWhole(target, await pack(await readFile(path.join(folder, name)), { level: 9 }))
  }
}
