import type pg from 'pg'
import { monthsBetween, type Month } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import type { ObligationLine } from './line.rules.ts'
import type { AwardRange, Reading } from './reading.db.ts'
import {
  computeAward,
  type AwardInput,
  type AwardLooked,
  type Finding,
  type RunContext,
  type UndoneAct,
} from './run.rules.ts'
import { addOutcome, type RunSummary } from './run-summary.rules.ts'
import * as stream from './run-stream.db.ts'
import { readBirths, readTouched, readUndone } from './run-touched.db.ts'

/** What reading and computing a chunk needs to know of its run. */
export interface ChunkSession {
  reader: pg.ClientBase
  reading: Reading
  context: RunContext
  /** Months that every award of a programme must look at, by programme. */
  touchedAll: ReadonlyMap<string, Month>
  /** The least of them, or the run's own month. */
  earliest: Month
  /** No month before it has a balance. */
  firstLineMonth: Month
  usesBirth: boolean
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

export async function loadChunk(session: ChunkSession, range: AwardRange): Promise<LoadedChunk> {
  const { reader, reading, earliest, usesBirth } = session
  const touched = await readTouched(reader, range)
  const births = usesBirth
    ? await readBirths(reader, reading, range)
    : { bornOn: new Map<string, string>(), changed: new Map<string, string[]>() }
  const months = monthsLooked(session, touched)
  return {
    awards: await stream.readAwards(reader, reading, {
      range,
      fromMonth: least(earliest, session.context.previousMonth),
    }),
    touchedAwards: touched.size === 0 ? new Map() : await stream.readTouchedAwards(reader, reading, range),
    balance: await stream.readBalances(reader, reading, { range, months: months.all }),
    touchedBalance: await stream.readTouchedBalances(reader, reading, { range, months: months.touched }),
    touched,
    undone: await readUndone(reader, range),
    changedBirths: births.changed,
    bornOn: births.bornOn,
  }
}

/** Months whose balances are asked for: last month's for the comparison, older ones where something was touched. */
function monthsLooked(
  { reading, earliest, firstLineMonth, context }: ChunkSession,
  touched: ReadonlyMap<string, Month>,
): { all: Month[]; touched: Month[] } {
  const first = least(latest(earliest, firstLineMonth), context.previousMonth)
  const touchedFirst = least(
    first,
    latest([...touched.values()].reduce(least, reading.month), firstLineMonth),
  )
  return { all: monthsBetween(first, reading.month), touched: monthsBetween(touchedFirst, reading.month) }
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
