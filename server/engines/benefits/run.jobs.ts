import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { Deps } from '../../platform/command.ts'
import { inTransaction } from '../../platform/copy.ts'
import { conflict } from '../../platform/errors.ts'
import { refreshStatistics } from '../../platform/statistics.db.ts'
import {
  FINDINGS_PER_CHUNK,
  findChunks,
  insertChunks,
  isStillComputing,
  lockRun,
  updateChunkDone,
  type Chunk,
} from './chunk.db.ts'
import type { ProgramBook } from './programs.rules.ts'
import { listAwardRanges, type Reading } from './reading.db.ts'
import type { Finding } from './run-input.rules.ts'
import { carryLines, explainCarrying } from './run-carry.db.ts'
import {
  computeLoaded,
  emptyFound,
  loadChunk,
  readChunk,
  type ChunkInput,
  type Found,
} from './run-chunk.jobs.ts'
import { withSession, type Session } from './run-session.jobs.ts'
import { addUnchanged, hasTooManyCorrections, mergeSummaries, type Carried } from './run-summary.rules.ts'
import { insertFindings, updateComputed } from './run.db.ts'
import * as stream from './run-stream.db.ts'

export interface ComputeOptions {
  /** Awards per chunk; each chunk is one transaction. */
  chunkSize?: number
  onProgress?: (done: number, total: number) => void
}

export interface ComputedRun {
  runNo: number
  lines: number
  amountFen: number
  findings: number
}

const CHUNK_SIZE = 10_000
/** A carried chunk holds few of its awards in memory. */
const CARRIED_CHUNK_SIZE = 20_000

/**
 * Computes the open chunks of a run and closes it. Safe to call again after a crash: a chunk is committed with its lines or not
 * at all, and the reading is fixed by the run's cut. Runs as the runner; never inside a request.
 */
export async function computeRun(
  deps: Deps,
  programs: ProgramBook,
  { county, runNo, ...options }: ComputeOptions & { county: string; runNo: number },
): Promise<ComputedRun> {
  return withSession(deps, programs, { county, runNo }, async (session) => {
    const { writer, reading } = session
    if (session.run.status !== 'computing')
      throw conflict('benefits.run_state', `第 ${runNo} 次核算已完成计算，不能重复计算。`)
    if (!(await lockRun(writer, reading)))
      throw conflict('benefits.run_busy', `第 ${runNo} 次核算正在另一处计算，请等待。`)
    await planChunks(session, options.chunkSize)
    await computeChunks(session, await findChunks(writer, reading), options)
    return finishRun(deps, session)
  })
}

async function planChunks(
  { writer, reading, carriedFrom }: Session,
  size: number | undefined,
): Promise<void> {
  const planned = await findChunks(writer, reading)
  if (planned.length > 0) return
  const usual = carriedFrom === undefined ? CHUNK_SIZE : CARRIED_CHUNK_SIZE
  const ranges = await listAwardRanges(writer, reading, size ?? usual)
  await inTransaction(writer, () => insertChunks(writer, reading, ranges))
}

async function computeChunks(
  session: Session,
  chunks: readonly Chunk[],
  options: ComputeOptions,
): Promise<void> {
  const open = chunks.filter((chunk) => !chunk.isDone)
  // The next chunk is read while this one is written: two server processes and this one overlap.
  const read = (chunk: Chunk | undefined) => chunk && readChunk(session.reader, session, chunk)
  let next = read(open[0])
  for (const [index, chunk] of open.entries()) {
    const input = await next
    next = read(open[index + 1])
    next?.catch(() => {})
    if (input) await writeChunk(session, chunk, input)
    options.onProgress?.(chunks.length - open.length + index + 1, chunks.length)
  }
}

async function writeChunk(
  session: Session,
  chunk: Chunk,
  { carry, lines, found }: ChunkInput,
): Promise<void> {
  const { writer, reading } = session
  await inTransaction(writer, async () => {
    await requireComputing(writer, reading)
    const carried = carry ? await carryLines(writer, reading, { range: chunk, ...carry }) : []
    for (const each of carried) addCarried(found, each)
    await stream.copyLines(writer, reading.county, lines)
    await stream.copyFindings(writer, reading, {
      firstNo: chunk.no * FINDINGS_PER_CHUNK,
      findings: found.findings,
    })
    await updateChunkDone(writer, reading, {
      no: chunk.no,
      lines: found.lines,
      totalFen: found.totalFen,
      summary: found.summary,
    })
  })
}

/** Lines that are last month's again (ADR 0006). */
function addCarried(found: Found, carried: Carried): void {
  found.lines += carried.lines
  found.totalFen += carried.fen
  addUnchanged(found.summary, carried)
}

async function requireComputing(client: pg.ClientBase, reading: Reading): Promise<void> {
  if (await isStillComputing(client, reading)) return
  throw rejectedMeanwhile(reading.runNo)
}

function rejectedMeanwhile(runNo: number) {
  return conflict(
    'benefits.run_state',
    `第 ${runNo} 次核算在计算过程中已被退回，计算已停止。如仍需要，请重新开始一次核算。`,
  )
}

async function finishRun(deps: Deps, { writer, reading, run }: Session): Promise<ComputedRun> {
  const chunks = await findChunks(writer, reading)
  const comparison = mergeSummaries(chunks.flatMap((chunk) => (chunk.summary ? [chunk.summary] : [])))
  const lines = chunks.reduce((sum, chunk) => sum + chunk.lines, 0)
  const totalFen = chunks.reduce((sum, chunk) => sum + chunk.totalFen, 0)
  const extra: Finding[] = hasTooManyCorrections(comparison)
    ? [{ kind: 'too_many_corrections', blocks: true, awardId: null, forMonth: run.month, detail: {} }]
    : []
  const { county } = reading
  await deps.database.runner.transaction().execute(async (tx) => {
    await insertFindings(tx, { county, runNo: run.no, firstNo: 0 }, extra)
    const isComputed = await updateComputed(
      tx,
      { county, no: run.no, at: await deps.clock.stamp(tx) },
      { lines, totalFen, comparison },
    )
    if (!isComputed) throw rejectedMeanwhile(run.no)
  })
  await refreshStatistics(deps.database.runner)
  return { runNo: run.no, lines, amountFen: totalFen, findings: await stream.countFindings(writer, reading) }
}

export interface Replay {
  runNo: number
  lines: number
  isIdentical: boolean
  storedDigest: string
  replayedDigest: string
  firstDifference: { stored: string | undefined; replayed: string | undefined } | undefined
}

/** Computes a run again from its cut and earlier runs alone, and compares the bytes with what was written. */
export async function replayRun(
  deps: Deps,
  programs: ProgramBook,
  { county, runNo }: { county: string; runNo: number },
): Promise<Replay> {
  return withSession(deps, programs, { county, runNo }, async (session) => {
    const { reader } = session
    const stored = createHash('sha256')
    const replayed = createHash('sha256')
    let lines = 0
    let firstDifference: Replay['firstDifference']
    for (const chunk of await findChunks(reader, session.reading)) {
      const computed = computeLoaded(session, await loadChunk(reader, session, chunk), emptyFound())
      const now = Array.from(computed, stream.canonicalLine).sort()
      const then = (await stream.readStoredLines(reader, session.reading, chunk)).sort()
      lines += now.length
      for (const line of now) replayed.update(line).update('\n')
      for (const line of then) stored.update(line).update('\n')
      const at = firstDifference ? -1 : now.findIndex((line, index) => line !== then[index])
      if (at >= 0 || (!firstDifference && then.length > now.length)) {
        const index = at >= 0 ? at : now.length
        firstDifference = { stored: then[index], replayed: now[index] }
      }
    }
    const [storedDigest, replayedDigest] = [stored.digest('hex'), replayed.digest('hex')]
    return {
      runNo,
      lines,
      isIdentical: storedDigest === replayedDigest,
      storedDigest,
      replayedDigest,
      firstDifference,
    }
  })
}

/** The plans of what a run asks for its first chunk, as the runner, on the run's own connection. */
export async function explainReading(
  deps: Deps,
  programs: ProgramBook,
  { county, runNo }: { county: string; runNo: number },
): Promise<string[]> {
  return withSession(deps, programs, { county, runNo }, async ({ reader, reading, carriedFrom: baseNo }) => {
    const [chunk] = await findChunks(reader, reading)
    if (!chunk) return []
    if (baseNo === undefined) return stream.explainAwards(reader, reading, chunk)
    return explainCarrying(reader, reading, { range: chunk, baseNo })
  })
}
