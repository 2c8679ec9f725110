import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { Deps } from '../../platform/command.ts'
import { inTransaction } from '../../platform/copy.ts'
import { addMonths, monthsBetween, type Month } from '../../platform/dates.ts'
import { ownConnection, type Db } from '../../platform/db.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { refreshStatistics } from '../../platform/statistics.db.ts'
import { findChunks, insertChunks, isStillComputing, listReviewed, lockRun, updateChunkDone, type Chunk } from './chunk.db.ts'
import { listLawAsKnown, listLawTouched } from './policy.db.ts'
import { programsOfGroup, type Program, type ProgramBook } from './programs.rules.ts'
import { rateBook } from './rates.rules.ts'
import { needsBirths, newRateIds, spreadToFactors } from './run-law.rules.ts'
import { computeAward, type AwardInput, type AwardOutcome, type Balance, type Finding, type RunContext } from './run.rules.ts'
import { addOutcome, hasTooManyCorrections, mergeSummaries, type RunSummary } from './run-summary.rules.ts'
import { findRun, insertFindings, updateComputed, type RunRow } from './run.db.ts'
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
/** Finding numbers of a chunk follow its number, so that chunks do not have to know of each other. */
const FINDINGS_PER_CHUNK = 100_000

interface Session {
  reader: pg.ClientBase
  writer: pg.ClientBase
  run: RunRow
  reading: stream.Reading
  context: RunContext
  touchedAll: ReadonlyMap<string, Month>
  /** Months before the run's own that every award of some programme must look at. */
  earliest: Month
  usesBirth: boolean
}

/**
 * Computes the open chunks of a run and closes it. Safe to call again after a crash: a chunk is committed with its lines or not
 * at all, and the reading is fixed by the run's cut. Runs as the runner; never inside a request.
 */
export async function computeRun(deps: Deps, programs: ProgramBook, { county, runNo, ...options }: ComputeOptions & { county: string; runNo: number }): Promise<ComputedRun> {
  return withSession(deps, programs, { county, runNo, isReplay: false }, async (session) => {
    if (session.run.status !== 'computing') throw conflict('benefits.run_state', `第 ${runNo} 次核算已完成计算，不能重复计算。`)
    if (!(await lockRun(session.writer, session.reading))) throw conflict('benefits.run_busy', `第 ${runNo} 次核算正在另一处计算，请等待。`)
    await planChunks(session, options.chunkSize ?? CHUNK_SIZE)
    await computeChunks(session, options)
    return finishRun(deps, session)
  })
}

async function planChunks({ reader, writer, reading }: Session, size: number): Promise<void> {
  const planned = await findChunks(writer, reading)
  if (planned.length > 0) return
  const ranges = await stream.listAwardRanges(reader, reading, size)
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
    if (loaded) await writeChunk(session, chunk, computeLoaded(session, loaded))
    options.onProgress?.(chunks.length - open.length + index + 1, chunks.length)
  }
}

interface LoadedChunk {
  awards: AwardInput[]
  balances: stream.Balances
  touchedFrom: (award: AwardInput) => Month | undefined
  undone: Awaited<ReturnType<typeof stream.readUndone>>
  changedBirths: ReadonlyMap<string, string[]>
  bornOn: ReadonlyMap<string, string>
}

async function loadChunk(session: Session, range: stream.AwardRange): Promise<LoadedChunk> {
  const { reader, reading, earliest, touchedAll, run } = session
  const touched = await stream.readTouched(reader, reading, range)
  const undone = await stream.readUndone(reader, reading, range)
  const births = session.usesBirth ? await stream.readBirths(reader, reading, range) : { bornOn: new Map<string, string>(), changed: new Map<string, string[]>() }
  for (const awardId of births.changed.keys()) touched.set(awardId, EVER)
  const ids = [...touched.keys()]
  const previous = addMonths(run.month, -1)
  const awards = await stream.readAwards(reader, reading, { range, fromMonth: earliest < previous ? earliest : previous, ids })
  const seen = new Set(awards.map((award) => award.id))
  awards.push(...(await stream.readBareAwards(reader, reading, { range, ids: ids.filter((id) => !seen.has(id)) })))
  const balances = await readAllBalances(session, range, { awards, touched })
  return {
    awards,
    balances,
    undone,
    touchedFrom: (award) => earlier(touched.get(award.id), touchedAll.get(award.program)),
    changedBirths: births.changed,
    bornOn: births.bornOn,
  }
}

const EVER: Month = '0001-01'

async function readAllBalances(
  { reader, reading, earliest, run }: Session,
  range: stream.AwardRange,
  { awards, touched }: { awards: readonly AwardInput[]; touched: ReadonlyMap<string, Month> },
): Promise<stream.Balances> {
  const previous = addMonths(run.month, -1)
  const opens = awards.reduce((first, award) => (award.opensMonth < first ? award.opensMonth : first), run.month)
  const from = later(earliest, opens)
  const first = from < previous ? from : previous
  const balances = new Map(await stream.readBalances(reader, reading, { range, months: monthsBetween(first, run.month) }))
  const touchedFirst = [...touched.values()].reduce((least, month) => (month < least ? month : least), run.month)
  const longer = later(touchedFirst, opens)
  if (touched.size === 0 || longer >= first) return balances
  const months = monthsBetween(longer, addMonths(first, -1))
  const more = await stream.readBalances(reader, reading, { range, months, ids: [...touched.keys()] })
  for (const [awardId, byMonth] of more) balances.set(awardId, new Map([...(balances.get(awardId) ?? []), ...byMonth]))
  return balances
}

const later = (a: Month, b: Month): Month => (a > b ? a : b)

function earlier(a: Month | undefined, b: Month | undefined): Month | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a < b ? a : b
}

interface ComputedChunk {
  outcomes: AwardOutcome[]
  summary: RunSummary
}

function computeLoaded(session: Session, loaded: LoadedChunk): ComputedChunk {
  const summary: RunSummary = {}
  const context = { ...session.context, facts: { bornOn: (personId: string) => loaded.bornOn.get(personId) } }
  const outcomes = loaded.awards.map((award) => {
    const mine = loaded.balances.get(award.id)
    const outcome = computeAward(
      award,
      {
        touchedFrom: loaded.touchedFrom(award),
        balance: (month): Balance | undefined => mine?.get(month),
        undone: loaded.undone.get(award.id) ?? [],
        newFacts: loaded.changedBirths.get(award.id) ?? [],
      },
      context,
    )
    addOutcome(summary, award.program, outcome)
    return outcome
  })
  return { outcomes, summary }
}

async function writeChunk({ writer, reading }: Session, chunk: Chunk, { outcomes, summary }: ComputedChunk): Promise<void> {
  const lines = outcomes.flatMap((outcome) => outcome.lines)
  const findings = outcomes.flatMap((outcome) => outcome.findings)
  const totalFen = lines.reduce((sum, line) => sum + line.fen, 0)
  await inTransaction(writer, async () => {
    await requireComputing(writer, reading)
    await stream.copyLines(writer, reading.county, lines)
    await stream.copyFindings(writer, reading, { firstNo: chunk.no * FINDINGS_PER_CHUNK, findings })
    await updateChunkDone(writer, reading, { no: chunk.no, lines: lines.length, totalFen, summary })
  })
}

async function requireComputing(writer: pg.ClientBase, reading: stream.Reading): Promise<void> {
  if (await isStillComputing(writer, reading)) return
  throw rejectedMeanwhile(reading.runNo)
}

function rejectedMeanwhile(runNo: number) {
  return conflict('benefits.run_state', `第 ${runNo} 次核算在计算过程中已被退回，计算已停止。如仍需要，请重新开始一次核算。`)
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
    const isComputed = await updateComputed(tx, { county, no: run.no, at: await deps.clock.stamp(tx) }, { lines, totalFen, comparison })
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
export async function replayRun(deps: Deps, programs: ProgramBook, { county, runNo }: { county: string; runNo: number }): Promise<Replay> {
  return withSession(deps, programs, { county, runNo, isReplay: true }, async (session) => {
    const stored = createHash('sha256')
    const replayed = createHash('sha256')
    let lines = 0
    let firstDifference: Replay['firstDifference']
    for (const chunk of await findChunks(session.writer, session.reading)) {
      const { outcomes } = computeLoaded(session, await loadChunk(session, chunk))
      const now = outcomes.flatMap((outcome) => outcome.lines.map(stream.canonicalLine)).sort()
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
    return { runNo, lines, isIdentical: storedDigest === replayedDigest, storedDigest, replayedDigest, firstDifference }
  })
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
    return await work({ ...session, reader, writer })
  } finally {
    // Ending the connection frees the run's advisory lock also when a transaction was left open by an error.
    await Promise.all([reader.end(), writer.end()])
  }
}

async function openSession(
  db: Db,
  { run, county, members, isReplay }: { run: RunRow; county: string; members: readonly Program[]; isReplay: boolean },
): Promise<Omit<Session, 'reader' | 'writer'>> {
  const law = await listLawAsKnown(db, county, run.cut)
  const rates = rateBook(county, law.rates, law.settings)
  const base = run.isFull ? undefined : (run.baseCut ?? undefined)
  const baseFormulas = run.baseNo === null ? undefined : (await findRun(db, county, run.baseNo))?.formulas
  const isNewFormula = (key: string) => baseFormulas !== undefined && baseFormulas[key] !== undefined && baseFormulas[key] !== run.formulas[key]
  const touchedLaw = base === undefined ? new Map<string, Month>() : spreadToFactors(await listLawTouched(db, county, { base, cut: run.cut }), law.rates)
  const touchedAll = new Map<string, Month>()
  for (const { key } of members) {
    const from = base === undefined || isNewFormula(key) ? EVER : touchedLaw.get(key)
    if (from !== undefined) touchedAll.set(key, from)
  }
  const former = run.baseCut === null ? undefined : await listLawAsKnown(db, county, run.baseCut)
  const context: RunContext = {
    runNo: run.no,
    month: run.month,
    rates,
    facts: { bornOn: () => undefined },
    formulaOf: formulasOf(members, run.formulas, isNewFormula),
    formerRates: former && rateBook(county, former.rates, former.settings),
    newRates: newRateIds(law.rates, run.baseCut),
    reviewed: await listReviewed(db, county, { cut: run.cut, base: run.baseCut }),
    isOneOff: (key) => members.find((program) => program.key === key)?.isOneOff ?? false,
  }
  const reading = { county, runNo: run.no, programs: members.map((program) => program.key), month: run.month, cut: run.cut, base: run.baseCut ?? undefined, isReplay }
  const earliest = [...touchedAll.values()].reduce((least, month) => (month < least ? month : least), run.month)
  return { run, reading, context, touchedAll, earliest, usesBirth: needsBirths(members, law.settings) }
}

function formulasOf(members: readonly Program[], versions: Readonly<Record<string, string>>, isNew: (key: string) => boolean): RunContext['formulaOf'] {
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
