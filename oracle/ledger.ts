/**
 * The two ledgers as plain rows (architecture §2.1, §2.4): obligation lines written by runs, and cash. Everything is
 * summed from scratch each time; there are no balances, no dirty sets, no shortcuts.
 */
import { monthsFromTo } from './calendar.ts'
import type { Month } from './calendar.ts'
import { entitlement } from './entitlement.ts'
import { groupOf } from './types.ts'
import type { OracleGroup, OracleHistory, OracleProgram, Share } from './types.ts'

export type RunStatus =
  'computing' | 'computed' | 'checked' | 'approved' | 'published' | 'closed' | 'rejected' | 'cancelled'

export interface AwardMonth {
  awardId: string
  month: Month
}

/** What a run is asked: programmes, month, knowledge cut; and the negative Δ it left unwritten as undecided (§2.7). */
export interface RunQuestion {
  group: OracleGroup
  month: Month
  cut: number
  withheld?: AwardMonth[] | undefined
}

export interface RunRow extends RunQuestion {
  id: string
  status: RunStatus
}

/** `fen` is Δ. The optional columns are compared when they are present. */
export interface LineRow extends AwardMonth {
  runId: string
  fen: number
  seq?: number | undefined
  entitledFen?: number | undefined
  shares?: Share[] | undefined
}

export interface ExpectedLine extends AwardMonth {
  program: OracleProgram
  seq: number
  fen: number
  entitledFen: number
  publishedFen: number
  shares: Share[]
  why: string
}

/** `seq` names the obligation line that is settled. `returned` and `dropped` (never sent) move no money. */
export interface InstructionRow extends AwardMonth {
  id: string
  fen: number
  status: 'in_flight' | 'paid' | 'unknown' | 'returned' | 'dropped'
  seq?: number | undefined
}

export interface AmountRow extends AwardMonth {
  fen: number
}

/** Arrears of `from` kept back to settle the claim of `to` (§2.1: by a recorded consent or clause). */
export interface OffsetRow {
  from: AwardMonth
  to: AwardMonth
  fen: number
}

/**
 * Rows of a replay, or rows observed in a database. `runs` stand in the order they were computed. `claims`: what is still
 * open of each claim, positive fen.
 */
export interface OracleBooks {
  runs: RunRow[]
  lines: LineRow[]
  instructions: InstructionRow[]
  receipts: AmountRow[]
  writeOffs: AmountRow[]
  offsets: OffsetRow[]
  claims?: AmountRow[] | undefined
  balances?: AmountRow[] | undefined
}

export function emptyBooks(): OracleBooks {
  return { runs: [], lines: [], instructions: [], receipts: [], writeOffs: [], offsets: [] }
}

export function isPublished(run: RunRow): boolean {
  return run.status === 'published' || run.status === 'closed'
}

export function findRun(books: OracleBooks, runId: string): RunRow {
  for (const run of books.runs) if (run.id === runId) return run
  throw new Error(`no run ${runId}`)
}

/** The last one of a group that is published and not cancelled; runs stand in the order they were computed. */
export function lastPublishedRun(books: OracleBooks, group: OracleGroup): RunRow | undefined {
  let last: RunRow | undefined
  for (const run of books.runs) if (run.group === group && isPublished(run)) last = run
  return last
}

/**
 * The lines a run must write: for every award of the group and every month from the opening of its ledger to the month
 * of the run, Δ = entitlement as known at the cut − Σ lines of published, not cancelled runs; no line for 0.
 */
export function expectedLines(
  history: OracleHistory,
  books: OracleBooks,
  question: RunQuestion,
): ExpectedLine[] {
  const lines: ExpectedLine[] = []
  for (const award of history.awards) {
    if (groupOf(award.program) !== question.group) continue
    for (const month of monthsFromTo(award.opensMonth, question.month)) {
      const entitled = entitlement(history, award.id, month, question.cut)
      const publishedFen = obligation(books, award.id, month)
      const fen = entitled.fen - publishedFen
      if (fen === 0 || (fen < 0 && isListed(question.withheld, award.id, month))) continue
      lines.push({
        awardId: award.id,
        program: award.program,
        month,
        seq: highestSeq(books, award.id, month) + 1,
        fen,
        entitledFen: entitled.fen,
        publishedFen,
        shares: entitled.shares,
        why: entitled.why,
      })
    }
  }
  return lines
}

/** §2.4: the highest seq of any line ever written for this award and month, rejected and cancelled runs included. */
function highestSeq(books: OracleBooks, awardId: string, month: Month): number {
  let highest = 0
  for (const line of books.lines) {
    if (line.awardId === awardId && line.month === month && line.seq !== undefined && line.seq > highest)
      highest = line.seq
  }
  return highest
}

/** Σ lines of published, not cancelled runs, in fen. */
export function obligation(books: OracleBooks, awardId: string, month: Month): number {
  let fen = 0
  for (const line of books.lines) {
    if (line.awardId !== awardId || line.month !== month) continue
    if (isPublished(findRun(books, line.runId))) fen = fen + line.fen
  }
  return fen
}

/** Money that left or may have left: in flight + paid + unknown. */
export function cashOut(books: OracleBooks, awardId: string, month: Month): number {
  let fen = 0
  for (const instruction of books.instructions) {
    if (instruction.awardId === awardId && instruction.month === month && isLive(instruction))
      fen = fen + instruction.fen
  }
  return fen
}

export function isLive(instruction: InstructionRow): boolean {
  return (
    instruction.status === 'in_flight' || instruction.status === 'paid' || instruction.status === 'unknown'
  )
}

/** What came back or was forgiven: receipts + write-offs + offsets received − offsets given. */
export function cashBack(books: OracleBooks, awardId: string, month: Month): number {
  let fen = 0
  for (const row of books.receipts) if (row.awardId === awardId && row.month === month) fen = fen + row.fen
  for (const row of books.writeOffs) if (row.awardId === awardId && row.month === month) fen = fen + row.fen
  for (const { from, to, fen: moved } of books.offsets) {
    if (to.awardId === awardId && to.month === month) fen = fen + moved
    if (from.awardId === awardId && from.month === month) fen = fen - moved
  }
  return fen
}

/** §2.1: positive is to be paid unless held, negative is an open claim. */
export function payable(books: OracleBooks, awardId: string, month: Month): number {
  return obligation(books, awardId, month) - cashOut(books, awardId, month) + cashBack(books, awardId, month)
}

/** Every award and month whose payable is below zero, with the amount owed back. */
export function openClaims(books: OracleBooks): AmountRow[] {
  const claims: AmountRow[] = []
  for (const { awardId, month } of touchedMonths(books)) {
    const fen = payable(books, awardId, month)
    if (fen < 0) claims.push({ awardId, month, fen: -fen })
  }
  return claims
}

/** Every award and month that any row names, once, in order. */
export function touchedMonths(books: OracleBooks): AwardMonth[] {
  const rows: AwardMonth[] = [
    ...books.lines,
    ...books.instructions,
    ...books.receipts,
    ...books.writeOffs,
    ...books.offsets.map((offset) => offset.from),
    ...books.offsets.map((offset) => offset.to),
    ...(books.claims ?? []),
    ...(books.balances ?? []),
  ]
  const touched: AwardMonth[] = []
  for (const { awardId, month } of rows) {
    if (!isListed(touched, awardId, month)) touched.push({ awardId, month })
  }
  return touched.sort((a, b) => {
    const left = `${a.awardId} ${a.month}`
    const right = `${b.awardId} ${b.month}`
    return left < right ? -1 : left > right ? 1 : 0
  })
}

export function isListed(list: AwardMonth[] | undefined, awardId: string, month: Month): boolean {
  for (const one of list ?? []) if (one.awardId === awardId && one.month === month) return true
  return false
}
