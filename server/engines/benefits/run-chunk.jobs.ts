import type pg from 'pg'
import { addMonths, monthsBetween, type Month } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import type { ObligationLine } from './line.rules.ts'
import type { AwardRange, Reading } from './reading.db.ts'
import {
  computeAward,
  type AwardInput,
  type Balance,
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
  balance: (awardId: string, month: Month) => Balance | undefined
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
  return {
    awards: await stream.readAwards(reader, reading, {
      range,
      fromMonth: least(earliest, addMonths(reading.month, -1)),
    }),
    touchedAwards: touched.size === 0 ? new Map() : await stream.readTouchedAwards(reader, reading, range),
    balance: await readBalances(session, range, touched),
    touched,
    undone: await readUndone(reader, range),
    changedBirths: births.changed,
    bornOn: births.bornOn,
  }
}

async function readBalances(
  { reader, reading, earliest, firstLineMonth }: ChunkSession,
  range: AwardRange,
  touched: ReadonlyMap<string, Month>,
): Promise<LoadedChunk['balance']> {
  const first = least(latest(earliest, firstLineMonth), addMonths(reading.month, -1))
  const balances = await stream.readBalances(reader, reading, {
    range,
    months: monthsBetween(first, reading.month),
  })
  const touchedFirst = latest([...touched.values()].reduce(least, reading.month), firstLineMonth)
  const months = monthsBetween(touchedFirst, addMonths(first, -1))
  const older = await stream.readBalances(reader, reading, { range, months, isTouchedOnly: true })
  return (awardId, month) => (balances.get(month) ?? older.get(month))?.get(awardId)
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
      {
        touchedFrom: earlier(loaded.touched.get(award.id), session.touchedAll.get(award.program)),
        balance: (month) => loaded.balance(award.id, month),
        undone: loaded.undone.get(award.id) ?? [],
        newFacts: loaded.changedBirths.get(award.id) ?? [],
      },
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

function earlier(a: Month | undefined, b: Month | undefined): Month | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return least(a, b)
}
