import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import * as store from '../server/bench/kills.db.ts'
import { COUNTY } from '../server/bench/world.ts'
import { openCluster } from '../server/platform/database.ts'
import type { Moment } from './kills-moments.ts'
import { asOwner, KILLED, taskAt, type Calm, type Place } from './kills-place.ts'
import { killServer, startWorker, type Told, type Worker } from './kills-victims.ts'

/** How long a process may go on after its database died, and a connection after its process. */
const PATIENCE_MS = 120_000
/** How late a signal may come on a busy machine. */
const LATE_MS = 10_000

export interface Strike {
  delayMs: number
  /** A transaction that had written was open when the signal was sent. */
  isAmidWriting: boolean
  /** Of a killed server: from the signal until it answers again. */
  recoveryMs: number | undefined
  /** Chunks that the process had told done before its end. */
  told: number
  /** Chunks that are done in the database: a server that dies may lose the last commits, whole ones. */
  done: number
  lines: number
  /** What the database holds that it must not hold; empty when the kill was survived. */
  faults: string[]
}

/** Starts a process that takes up the run, kills the victim at its moment, and looks at what is left. */
export async function strike(
  place: Place,
  moment: Moment,
  { calm, doneBefore }: { calm: Calm; doneBefore: number },
): Promise<Strike> {
  const limitMs = delayLimit(moment, calm)
  const delayMs = Math.round(moment.delay * limitMs)
  let killedAt = 0
  let told = doneBefore
  const isAmidWriting = await asOwner(place, KILLED, async (watch) => {
    await store.isWriting(watch) // opens its connection before the time counts
    const task = { ...taskAt(place, KILLED), holdMs: LATE_MS + 2 * limitMs }
    const worker = startWorker(task, (each) => {
      if (each.told === 'progress') told = each.done
    })
    await worker.reached((each) => isDue(moment, each, doneBefore))
    await wait(delayMs)
    const isAmid = await store.isWriting(watch)
    killedAt = performance.now()
    await kill(place, moment, worker)
    await endOf(worker)
    if (moment.victim === 'process') await untilAlone(watch)
    return isAmid
  })
  if (moment.victim !== 'process') place.cluster = await openCluster(place.config)
  const recoveryMs = moment.victim === 'process' ? undefined : Math.round(performance.now() - killedAt)
  return { delayMs, isAmidWriting, recoveryMs, told, ...(await inspect(place, moment, calm)) }
}

function delayLimit({ step }: Moment, { chunkMs, publishMs }: Calm): number {
  if (step === 'chunk') return chunkMs
  return step === 'publish' ? publishMs : 0
}

/** Chunk n is being written as soon as n − 1 are done. */
function isDue({ step, chunk }: Moment, told: Told, doneBefore: number): boolean {
  if (step === 'publish') return told.told === 'publishing'
  if (step === 'finish') return told.told === 'progress' && told.done === told.total
  if (doneBefore >= chunk - 1) return told.told === 'computing'
  return told.told === 'progress' && told.done >= chunk - 1
}

async function kill({ cluster }: Place, { victim }: Moment, worker: Worker): Promise<void> {
  if (victim === 'process') return worker.kill()
  if (!cluster.server || cluster.server.attached) throw new Error('only a server of our own may be killed')
  await killServer(cluster.server.pid, { isWhole: victim === 'server' })
}

async function endOf(worker: Worker): Promise<void> {
  const patience = new AbortController()
  const hasEnded = await Promise.race([
    worker.ended.then(() => true),
    wait(PATIENCE_MS, false, { signal: patience.signal }),
  ])
  patience.abort()
  if (hasEnded) return
  worker.kill()
  throw new Error(`the process still ran ${PATIENCE_MS / 1000} s after the kill`)
}

/** A statement under way goes on after its process is gone; only then the server rolls back. */
async function untilAlone(owner: pg.Pool): Promise<void> {
  const limit = performance.now() + PATIENCE_MS
  while ((await store.countConnections(owner)) > 0) {
    if (performance.now() > limit)
      throw new Error('connections of the killed process are still there; their work may still come')
    await wait(20)
  }
}

async function inspect(
  place: Place,
  moment: Moment,
  calm: Calm,
): Promise<Pick<Strike, 'done' | 'lines' | 'faults'>> {
  return asOwner(place, KILLED, async (owner) => {
    const run = { county: COUNTY, runNo: place.runNo }
    const chunks = await store.readChunkStates(owner, run)
    const { status, strayFindings } = await store.readRunState(owner, run)
    const done = chunks.filter((chunk) => chunk.isDone).length
    const lines = chunks.reduce((sum, chunk) => sum + chunk.linesFound, 0)
    const faults = chunkFaults(chunks, calm.chunks)
    if (strayFindings > 0) faults.push(`${strayFindings} findings of chunks that are not done`)
    const expected = moment.step === 'publish' ? 'approved' : 'computing'
    if (status !== expected) faults.push(`the run is ${status}, not ${expected}: the moment was missed`)
    if (moment.step !== 'chunk' && done !== calm.chunks.length) faults.push('not all chunks are done')
    if (moment.step === 'publish' && (await store.readBalanceDigest(owner, COUNTY)) !== calm.balancesBefore)
      faults.push('balances have moved without the publication')
    return { done, lines, faults }
  })
}

/** A chunk is done with exactly the lines of the undisturbed run, or not done and without any. */
export function chunkFaults(found: readonly store.ChunkState[], calm: readonly store.ChunkState[]): string[] {
  const expected = new Map(calm.map((chunk) => [chunk.no, chunk]))
  return found.flatMap((chunk) => {
    const { no, isDone, lines, fen, linesFound, fenFound } = chunk
    const due = isDone ? expected.get(no) : { linesFound: 0, fenFound: 0 }
    const isAsTold = linesFound === lines && fenFound === fen
    if (no !== null && isAsTold && linesFound === due?.linesFound && fenFound === due.fenFound) return []
    const name = no === null ? 'outside of all chunks' : `chunk ${no} (${isDone ? 'done' : 'not done'})`
    return [
      `${name}: ${linesFound} lines and ${fenFound} fen instead of ${due?.linesFound} and ${due?.fenFound}`,
    ]
  })
}
