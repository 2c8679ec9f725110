import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { Deps } from '../../platform/command.ts'
import { inTransaction } from '../../platform/copy.ts'
import { addMonths, type Month } from '../../platform/dates.ts'
import { ownConnection, type Db } from '../../platform/db.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { refreshStatistics } from '../../platform/statistics.db.ts'
import {
  findChunks,
  insertChunks,
  isStillComputing,
  listReviewed,
  lockRun,
  relaxWriter,
  updateChunkDone,
  type Chunk,
} from './chunk.db.ts'
import { listLawAsKnown, listLawTouched, listNewLaw } from './policy.db.ts'
import { programsOfGroup, type Program, type ProgramBook } from './programs.rules.ts'
import { rateBook } from './rates.rules.ts'
import { needsBirths, newRateIds, spreadToFactors } from './run-law.rules.ts'
import { listAwardRanges, steerReader, type Reading } from './reading.db.ts'
import type { Finding, RunContext } from './run.rules.ts'
import {
  computeLoaded,
  emptyFound,
  loadChunk,
  type ChunkSession,
  type LoadedChunk,
} from './run-chunk.jobs.ts'
import { hasTooManyCorrections, mergeSummaries } from './run-summary.rules.ts'
import { findRun, insertFindings, updateComputed, type RunRow } from './run.db.ts'
import * as stream from './run-stream.db.ts'
import { EVER, stageTouched } from './run-touched.db.ts'

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
/** Finding numbers of a chunk follow its number, so that chunks do not have to know of each other. */
const FINDINGS_PER_CHUNK = 100_000

interface Session extends ChunkSession {
  writer: pg.ClientBase
  run: RunRow
}

/**
 * Computes the open chunks of a run and closes it. Safe to call again after a crash: a chunk is committed with its lines or not
 * at all, and the reading is fixed by the run's cut. Runs as the runner; never inside a request.
 */
export async function computeRun(
  deps: Deps,
  programs: ProgramBook,
  { county, runNo, ...options }: ComputeOptions & { county: string; runNo: number },
): Promise<ComputedRun> {
  return withSession(deps, programs, { county, runNo, isReplay: false }, async (session) => {
    if (session.run.status !== 'computing')
      throw conflict('benefits.run_state', `第 ${runNo} 次核算已完成计算，不能重复计算。`)
    if (!(await lockRun(session.writer, session.reading)))
      throw conflict('benefits.run_busy', `第 ${runNo} 次核算正在另一处计算，请等待。`)
    await planChunks(session, options.chunkSize ?? CHUNK_SIZE)
    await computeChunks(session, options)
    return finishRun(deps, session)
  })
}

async function planChunks({ reader, writer, reading }: Session, size: number): Promise<void> {
  const planned = await findChunks(writer, reading)
  if (planned.length > 0) return
  const ranges = await listAwardRanges(reader, reading, size)
  await inTransaction(writer, () => insertChunks(writer, reading, ranges))
}

async function computeChunks(session: Session, options: ComputeOptions): Promise<void> {
  const { writer, reading } = session
  const chunks = await findChunks(writer, reading)
  const open = chunks.filter((chunk) => !chunk.isDone)
  let next = open[0] && loadChunk(session, open[0])
  for (const [index, chunk] of open.entries()) {
    const loaded = await next
    const following = open[index + 1]
    // The next chunk is read while this one is written: two server processes and this one overlap.
    next = following && loadChunk(session, following)
    next?.catch(() => {})
    if (loaded) await writeChunk(session, chunk, loaded)
    options.onProgress?.(chunks.length - open.length + index + 1, chunks.length)
  }
}

async function writeChunk(
  { writer, reading, ...session }: Session,
  chunk: Chunk,
  loaded: LoadedChunk,
): Promise<void> {
  const found = emptyFound()
  await inTransaction(writer, async () => {
    await requireComputing(writer, reading)
    await stream.copyLines(writer, reading.county, computeLoaded(session, loaded, found))
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

async function requireComputing(writer: pg.ClientBase, reading: Reading): Promise<void> {
  if (await isStillComputing(writer, reading)) return
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
  return withSession(deps, programs, { county, runNo, isReplay: true }, async (session) => {
    const stored = createHash('sha256')
    const replayed = createHash('sha256')
    let lines = 0
    let firstDifference: Replay['firstDifference']
    for (const chunk of await findChunks(session.writer, session.reading)) {
      const computed = computeLoaded(session, await loadChunk(session, chunk), emptyFound())
      const now = Array.from(computed, stream.canonicalLine).sort()
      const then = (await stream.readStoredLines(session.reader, session.reading, chunk)).sort()
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

/** The plan of the query that reads the whole population, for its first chunk; asked as the runner, on the run's own connection. */
export async function explainReading(
  deps: Deps,
  programs: ProgramBook,
  { county, runNo }: { county: string; runNo: number },
): Promise<string[]> {
  return withSession(
    deps,
    programs,
    { county, runNo, isReplay: true },
    async ({ reader, reading, writer }) => {
      const [chunk] = await findChunks(writer, reading)
      return chunk ? stream.explainAwards(reader, reading, chunk) : []
    },
  )
}

async function withSession<Result>(
  deps: Deps,
  programs: ProgramBook,
  { county, runNo, isReplay }: { county: string; runNo: number; isReplay: boolean },
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const pool = deps.database.pools.minben_runner
  const run = await findRun(deps.database.runner, county, runNo)
  if (!run) throw notFound('benefits.run_unknown', `没有第 ${runNo} 次核算。`)
  const members = programsOfGroup(programs, run.programGroup)
  const session = await openSession(deps.database.runner, { run, county, members, isReplay })
  const reader = await ownConnection(pool)
  const writer = await ownConnection(pool)
  try {
    await stageTouched(reader, session.reading, session)
    await steerReader(reader)
    await relaxWriter(writer)
    const firstLineMonth = await stream.findFirstLineMonth(reader, county)
    return await work({ ...session, reader, writer, firstLineMonth: firstLineMonth ?? run.month })
  } finally {
    // Ending a connection drops its temporary tables, and frees the run's advisory lock also when an error left a transaction open.
    await Promise.all([reader.end(), writer.end()])
  }
}

async function openSession(
  db: Db,
  {
    run,
    county,
    members,
    isReplay,
  }: { run: RunRow; county: string; members: readonly Program[]; isReplay: boolean },
): Promise<Omit<Session, 'reader' | 'writer' | 'firstLineMonth'>> {
  const law = await listLawAsKnown(db, county, run.cut)
  const rates = rateBook(county, law.rates, law.settings)
  const base = run.isFull ? undefined : (run.baseCut ?? undefined)
  const baseFormulas = run.baseNo === null ? undefined : (await findRun(db, county, run.baseNo))?.formulas
  const isNewFormula = (key: string) =>
    baseFormulas !== undefined && baseFormulas[key] !== undefined && baseFormulas[key] !== run.formulas[key]
  const touchedLaw =
    base === undefined
      ? new Map<string, Month>()
      : spreadToFactors(await listLawTouched(db, county, { base, cut: run.cut }), law.rates)
  const touchedAll = new Map<string, Month>()
  for (const { key } of members) {
    const from = base === undefined || isNewFormula(key) ? EVER : touchedLaw.get(key)
    if (from !== undefined) touchedAll.set(key, from)
  }
  const former = run.baseCut === null ? undefined : await listLawAsKnown(db, county, run.baseCut)
  const news = run.baseCut === null ? null : await listNewLaw(db, county, { base: run.baseCut, cut: run.cut })
  const context: RunContext = {
    runNo: run.no,
    month: run.month,
    previousMonth: addMonths(run.month, -1),
    rates,
    facts: { bornOn: () => undefined },
    formulaOf: formulasOf(members, run.formulas, isNewFormula),
    formerRates: former && rateBook(county, former.rates, former.settings),
    newRates: newRateIds(law.rates, news && news.rateRoots),
    newSettings: news?.settings ?? [],
    reviewed: await listReviewed(db, county, { cut: run.cut, base: run.baseCut }),
    isOneOff: (key) => members.find((program) => program.key === key)?.isOneOff ?? false,
  }
  const reading = {
    county,
    runNo: run.no,
    programs: members.map((program) => program.key),
    month: run.month,
    cut: run.cut,
    base: run.baseCut ?? undefined,
    isReplay,
  }
  const earliest = [...touchedAll.values()].reduce(
    (least, month) => (month < least ? month : least),
    run.month,
  )
  return { run, reading, context, touchedAll, earliest, usesBirth: needsBirths(members, law.settings) }
}

function formulasOf(
  members: readonly Program[],
  versions: Readonly<Record<string, string>>,
  isNew: (key: string) => boolean,
): RunContext['formulaOf'] {
  const formulas = new Map(
    members.map((program) => {
      const version = versions[program.key] ?? program.version
      const assess = program.formulas[version]
      if (!assess) throw new Error(`formula ${program.key}@${version} is gone: a run could not be replayed`)
      return [program.key, { assess, version, isNew: isNew(program.key) }] as const
    }),
  )
  return (key) => {
    const formula = formulas.get(key)
    if (!formula) throw new Error(`no formula for ${key} in this run`)
    return formula
  }
}
