import type pg from 'pg'
import { COUNTY } from '../server/bench/world.ts'
import * as store from '../server/bench/kills.db.ts'
import { median } from '../server/bench/machine.ts'
import type { Config } from '../server/platform/config.ts'
import type { Cluster } from '../server/platform/database.ts'
import { startWorker } from './kills-victims.ts'

/** Both come from one database in which the run has been started and nothing computed. */
export const CALM = 'kills_calm'
export const KILLED = 'kills_killed'

/** Where it happens; the server is another one after every restart. */
export interface Place {
  config: Config
  cluster: Cluster
  runNo: number
  /** Awards per chunk; the product's own number when absent. */
  chunkSize: number | undefined
}

/** What the undisturbed run did, and how long it took. */
export interface Calm {
  chunks: store.ChunkState[]
  chunkMs: number
  publishMs: number
  /** Of the balances before the publication. */
  balancesBefore: string
  outcome: Record<string, string>
}

export function asOwner<Result>(
  { cluster }: Place,
  name: string,
  work: (owner: pg.Pool) => Promise<Result>,
): Promise<Result> {
  return store.withOwner({ clusterUrl: cluster.adminUrl, name }, work)
}

export function taskAt({ runNo, chunkSize }: Place, name: string) {
  return { name, runNo, ...(chunkSize === undefined ? {} : { chunkSize }) }
}

/** Lets a process take the run to its end. Throws what the process said when it does not get there. */
export async function runToEnd(place: Place, name: string): Promise<Pick<Calm, 'chunkMs' | 'publishMs'>> {
  const chunkMs: number[] = []
  let publishMs = 0
  let last = 0
  const worker = startWorker({ ...taskAt(place, name), holdMs: 0 }, ({ told }) => {
    const now = performance.now()
    if (told === 'progress') chunkMs.push(now - last)
    if (told === 'published') publishMs = now - last
    last = now
  })
  const { code, signal, errors } = await worker.ended
  if (code !== 0) throw new Error(`the process failed (${signal ?? code}): ${errors}`)
  return { chunkMs: median(chunkMs), publishMs }
}

export async function runCalm(place: Place): Promise<Calm> {
  const run = { county: COUNTY, runNo: place.runNo }
  const balancesBefore = await asOwner(place, CALM, (owner) => store.readBalanceDigest(owner, COUNTY))
  const times = await runToEnd(place, CALM)
  const chunks = await asOwner(place, CALM, (owner) => store.readChunkStates(owner, run))
  const outcome = await asOwner(place, CALM, (owner) => store.readOutcome(owner, run))
  return { ...times, balancesBefore, chunks, outcome }
}
