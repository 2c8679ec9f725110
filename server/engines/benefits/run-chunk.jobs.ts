import type pg from 'pg'
import { monthsBetween, type Month } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import type { ObligationLine } from './line.rules.ts'
import type { AwardRange, Reading } from './reading.db.ts'
import type { AwardInput, AwardLooked, Finding, RunContext, UndoneAct } from './run-input.rules.ts'
import { computeAward } from './run.rules.ts'
import { addOutcome, type RunSummary } from './run-summary.rules.ts'
import { listChanging } from './run-carry.db.ts'
import * as stream from './run-stream.db.ts'
import { readBirths, readTouched, readUndone } from './run-touched.db.ts'

/** What reading and computing a chunk needs to know of its run. */
export interface ChunkSession {
  reading: Reading
  context: RunContext
  /** Months that every award of a programme must look at, by programme. */
  touchedAll: ReadonlyMap<string, Month>
  /** The least of them, or the run's own month. */
  earliest: Month
  /** No month before it has a balance. */
  firstLineMonth: Month
  usesBirth: boolean
  /** The run whose regular lines of last month are carried on where nothing was touched; undefined = everything is computed. */
  carriedFrom: number | undefined
}

export interface LoadedChunk {
  /** Made from the text as they are asked for: parsed contents of a whole chunk would cost more to keep than to make. */
  awards: Iterable<AwardInput>
  touchedAwards: ReadonlyMap<string, AwardInput>
  balance: stream.BalanceOf
  touchedBalance: stream.BalanceOf
  touched: ReadonlyMap<string, Month>
  undone: ReadonlyMap<string, UndoneAct[]>
  changedBirths: ReadonlyMap<string, string[]>
  bornOn: ReadonlyMap<string, string>
}

/** What a chunk needs to be written: last month's lines again but for some awards, and the lines of these. */
export interface ChunkInput {
  carry: { baseNo: number; butFor: string[] } | undefined
  lines: Iterable<ObligationLine>
  /** Complete once the lines were taken. */
  found: Found
}

export async function readChunk(
  client: pg.ClientBase,
  session: ChunkSession,
  range: AwardRange,
): Promise<ChunkInput> {
  const { reading, carriedFrom: baseNo } = session
  const found = emptyFound()
  if (baseNo === undefined) {
    const loaded = await loadChunk(client, session, range)
    return { carry: undefined, lines: computeLoaded(session, loaded, found), found }
  }
  const touched = await readTouched(client, range)
  const changing = await listChanging(client, reading, { range, baseNo })
  const butFor = [...new Set([...touched.keys(), ...changing])].sort()
  const loaded = await loadSome(client, session, { range, touched, awardIds: butFor })
  // They are few: computed here, while the server still writes the chunk before.
  return { carry: { baseNo, butFor }, lines: [...computeLoaded(session, loaded, found)], found }
}

const NO_BIRTHS = { bornOn: new Map<string, string>(), changed: new Map<string, string[]>() }

/** All awards of a range. */
export async function loadChunk(
  reader: pg.ClientBase,
  session: ChunkSession,
  range: AwardRange,
): Promise<LoadedChunk> {
  const { reading, earliest, usesBirth, context } = session
  const touched = await readTouched(reader, range)
  const births = usesBirth ? await readBirths(reader, reading, range) : NO_BIRTHS
  return {
    awards: await stream.readAwards(reader, reading, {
      range,
      fromMonth: least(earliest, context.previousMonth),
    }),
    touchedAwards: await readTouchedAwards(reader, reading, touched),
    balance: await stream.readBalances(reader, reading, {
      range,
      months: monthsBetween(firstAsked(session), reading.month),
    }),
    touchedBalance: await stream.readSomeBalances(reader, reading, balancesAsked(session, touched)),
    touched,
    undone: await readUndone(reader, range),
    changedBirths: births.changed,
    bornOn: births.bornOn,
  }
}

/** Of a range only what `carryLines` leaves. */
async function loadSome(
  reader: pg.ClientBase,
  session: ChunkSession,
  {
    range,
    touched,
    awardIds,
  }: { range: AwardRange; touched: ReadonlyMap<string, Month>; awardIds: readonly string[] },
): Promise<LoadedChunk> {
  const { reading, context } = session
  const { previousMonth } = context
  const asked = new Map(awardIds.map((id) => [id, touched.get(id) ?? previousMonth]))
  const balance = await stream.readSomeBalances(reader, reading, balancesAsked(session, asked))
  const untouched = awardIds.filter((id) => !touched.has(id))
  return {
    awards: await stream.readSomeAwards(reader, reading, { awardIds: untouched, fromMonth: previousMonth }),
    touchedAwards: await readTouchedAwards(reader, reading, touched),
    balance,
    touchedBalance: balance,
    touched,
    undone: await readUndone(reader, range),
    changedBirths: NO_BIRTHS.changed,
    bornOn: NO_BIRTHS.bornOn,
  }
}

/** With all their spans: what was touched may have months to give back. */
async function readTouchedAwards(
  reader: pg.ClientBase,
  reading: Reading,
  touched: ReadonlyMap<string, Month>,
): Promise<Map<string, AwardInput>> {
  const awards = await stream.readSomeAwards(reader, reading, { awardIds: [...touched.keys()] })
  return new Map(awards.map((award) => [award.id, award]))
}

/** Balances of all awards are asked for from here on: last month's for the comparison, older ones where the law has changed. */
function firstAsked({ earliest, firstLineMonth, context }: ChunkSession): Month {
  return least(latest(earliest, firstLineMonth), context.previousMonth)
}

/** First month asked for by award, given the first month touched. */
function balancesAsked(session: ChunkSession, from: ReadonlyMap<string, Month>): Map<string, Month> {
  const first = firstAsked(session)
  return new Map([...from].map(([id, month]) => [id, least(first, latest(month, session.firstLineMonth))]))
}

function least(a: Month, b: Month): Month {
  return a < b ? a : b
}

function latest(a: Month, b: Month): Month {
  return a > b ? a : b
}

/** What a chunk's awards came to, filled in while its lines are taken. */
export interface Found {
  lines: number
  totalFen: Fen
  findings: Finding[]
  summary: RunSummary
}

export function emptyFound(): Found {
  return { lines: 0, totalFen: 0, findings: [], summary: {} }
}

/** Lines in the order of the awards; an award is computed when the line before it has been taken. */
export function* computeLoaded(
  session: Pick<ChunkSession, 'context' | 'touchedAll'>,
  loaded: LoadedChunk,
  found: Found,
): Generator<ObligationLine> {
  const context = { ...session.context, facts: { bornOn: (personId: string) => loaded.bornOn.get(personId) } }
  for (const award of awardsOf(loaded)) {
    const outcome = computeAward(
      award,
      lookAt(loaded, award.id, session.touchedAll.get(award.program)),
      context,
    )
    addOutcome(found.summary, award.program, outcome)
    for (const finding of outcome.findings) found.findings.push(finding)
    for (const line of outcome.lines) {
      found.lines += 1
      found.totalFen += line.fen
      yield line
    }
  }
}

const NONE: readonly never[] = []

/** One question for the many that nothing touched. */
function lookAt(loaded: LoadedChunk, awardId: string, ofLaw: Month | undefined): AwardLooked {
  const from = loaded.touched.get(awardId)
  if (from === undefined) return { touchedFrom: ofLaw, balance: loaded.balance, undone: NONE, newFacts: NONE }
  return {
    touchedFrom: earlier(from, ofLaw),
    balance: loaded.touchedBalance,
    undone: loaded.undone.get(awardId) ?? NONE,
    newFacts: loaded.changedBirths.get(awardId) ?? NONE,
  }
}

/** All awards of the chunk once: a touched one with all its spans, in its place. */
function* awardsOf({ awards, touchedAwards }: LoadedChunk): Generator<AwardInput> {
  if (touchedAwards.size === 0) return yield* awards
  const rest = new Map(touchedAwards)
  for (const award of awards) {
    yield rest.get(award.id) ?? award
    rest.delete(award.id)
  }
  yield* rest.values()
}

function earlier(a: Month, b: Month | undefined): Month {
  return b === undefined ? a : least(a, b)
}
