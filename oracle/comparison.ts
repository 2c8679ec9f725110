/** Rules that the books must keep, and the comparison of observed rows with what the oracle expects. */
import { monthsFromTo } from './calendar.ts'
import { entitlement } from './entitlement.ts'
import {
  cashBack,
  cashOut,
  expectedLines,
  findRun,
  isListed,
  isLive,
  isPublished,
  lastPublishedRun,
  obligation,
  openClaims,
  touchedMonths,
} from './ledger.ts'
import type { AmountRow, AwardMonth, ExpectedLine, LineRow, OracleBooks, RunRow } from './ledger.ts'
import { findAward, groupOf } from './types.ts'
import type { OracleGroup, OracleHistory, Share } from './types.ts'

/** Readable violations; an empty list means the books are in order. Claims are checked against `books.claims` if given. */
export function checkInvariants(history: OracleHistory, books: OracleBooks): string[] {
  return [
    ...checkRuns(books),
    ...checkLines(history, books),
    ...checkObligation(history, books, 'basic_assistance'),
    ...checkObligation(history, books, 'temporary_assistance'),
    ...checkCash(books),
    ...checkInstructions(books),
  ]
}

/** Invariants, then line by line every run whose basis is certain, then the balances if given. */
export function compareWithObserved(history: OracleHistory, observed: OracleBooks): string[] {
  const found = checkInvariants(history, observed)
  for (const run of observed.runs) {
    // A rejected or cancelled run contributes nothing, and which runs it counted is no longer certain from the rows.
    if (run.status === 'rejected' || run.status === 'cancelled' || run.status === 'computing') continue
    const before = booksBefore(observed, run)
    const expected = expectedLines(history, before, run)
    const written = observed.lines.filter((line) => line.runId === run.id)
    found.push(...compareLines(`run ${run.id}`, expected, written))
  }
  for (const { awardId, month, fen } of observed.balances ?? []) {
    const sum = obligation(observed, awardId, month)
    if (fen !== sum)
      found.push(`balance of ${label(awardId, month)} is ${fen}, its published lines sum to ${sum}`)
  }
  if (observed.balances !== undefined) {
    for (const { awardId, month } of touchedMonths({ ...observed, balances: [] })) {
      const sum = obligation(observed, awardId, month)
      if (sum !== 0 && !isListed(observed.balances, awardId, month))
        found.push(`balance of ${label(awardId, month)} is missing, its published lines sum to ${sum}`)
    }
  }
  return found
}

/** Lines expected against lines written, by award and month; optional columns are compared when present. */
export function compareLines(
  title: string,
  expected: readonly ExpectedLine[],
  written: readonly LineRow[],
): string[] {
  const found: string[] = []
  for (const line of expected) {
    const name = `${title}: ${label(line.awardId, line.month)}`
    const same = written.filter((one) => one.awardId === line.awardId && one.month === line.month)
    const one = same[0]
    if (one === undefined) {
      found.push(`${name}: no line, expected ${line.fen} (${line.why}; published ${line.publishedFen})`)
      continue
    }
    if (same.length > 1) found.push(`${name}: ${same.length} lines in one run`)
    if (one.fen !== line.fen)
      found.push(`${name}: ${one.fen}, expected ${line.fen} (${line.why}; published ${line.publishedFen})`)
    if (one.seq !== undefined && one.seq !== line.seq)
      found.push(`${name}: seq ${one.seq}, expected ${line.seq}`)
    if (one.entitledFen !== undefined && one.entitledFen !== line.entitledFen)
      found.push(`${name}: entitled ${one.entitledFen}, expected ${line.entitledFen} (${line.why})`)
    if (one.shares !== undefined && sharesText(one.shares) !== sharesText(line.shares))
      found.push(`${name}: shares ${sharesText(one.shares)}, expected ${sharesText(line.shares)}`)
  }
  for (const line of written) {
    if (!expected.some((one) => one.awardId === line.awardId && one.month === line.month))
      found.push(`${title}: ${label(line.awardId, line.month)}: ${line.fen}, expected no line`)
  }
  return found
}

/**
 * What the ledger held when a run was computed: the earlier runs of its group. Of these only published ones count (a
 * cancelled one was cancelled before the next was published); the lines of all of them use up a seq.
 */
function booksBefore(observed: OracleBooks, run: RunRow): OracleBooks {
  const earlier = observed.runs.slice(0, observed.runs.indexOf(run))
  const runs = earlier.filter((one) => one.group === run.group)
  const lines = observed.lines.filter((line) => runs.some((one) => one.id === line.runId))
  return { ...observed, runs, lines }
}

/** A later run of a group knows at least as much as an earlier one. */
function checkRuns(books: OracleBooks): string[] {
  const found: string[] = []
  for (const [index, run] of books.runs.entries()) {
    for (const later of books.runs.slice(index + 1)) {
      if (later.id === run.id) found.push(`run ${run.id} twice`)
      if (later.group === run.group && later.cut < run.cut)
        found.push(`run ${later.id} has an earlier cut than run ${run.id}`)
    }
  }
  return found
}

function checkLines(history: OracleHistory, books: OracleBooks): string[] {
  const found: string[] = []
  for (const [index, line] of books.lines.entries()) {
    const name = `line ${label(line.awardId, line.month)} of run ${line.runId}`
    const award = findAward(history, line.awardId)
    const run = findRun(books, line.runId)
    if (!Number.isSafeInteger(line.fen) || line.fen === 0) found.push(`${name}: amount ${line.fen}`)
    if (groupOf(award.program) !== run.group) found.push(`${name}: award of another programme group`)
    if (line.month < award.opensMonth) found.push(`${name}: before the ledger opens in ${award.opensMonth}`)
    if (line.month > run.month) found.push(`${name}: after the month of the run, ${run.month}`)
    // §2.4: once only. Neither two lines of one run nor two lines of one seq for an award and month.
    for (const other of books.lines.slice(index + 1)) {
      if (other.awardId !== line.awardId || other.month !== line.month) continue
      if (other.runId === line.runId) found.push(`${name}: twice in the run`)
      if (other.seq !== undefined && other.seq === line.seq) found.push(`${name}: seq ${line.seq} twice`)
    }
  }
  return found
}

/** (a) Σ published obligation = entitlement as known at the last published run, for every month up to its month. */
function checkObligation(history: OracleHistory, books: OracleBooks, group: OracleGroup): string[] {
  const run = lastPublishedRun(books, group)
  const found: string[] = []
  for (const award of history.awards) {
    if (groupOf(award.program) !== group || run === undefined) continue
    for (const month of monthsFromTo(award.opensMonth, run.month)) {
      const due = entitlement(history, award.id, month, run.cut)
      const published = obligation(books, award.id, month)
      const isWithheld = isListed(run.withheld, award.id, month) && published > due.fen
      if (published !== due.fen && !isWithheld)
        found.push(
          `(a) ${label(award.id, month)}: published ${published}, entitled ${due.fen} at run ${run.id} (${due.why})`,
        )
    }
  }
  return found
}

/** (b) net cash ≤ obligation, or the difference is exactly one open claim; (c) no open claim while money is still owed. */
function checkCash(books: OracleBooks): string[] {
  const claims = books.claims ?? openClaims(books)
  const found: string[] = []
  for (const { awardId, month } of touchedMonths(books)) {
    const owed = obligation(books, awardId, month)
    const netCash = cashOut(books, awardId, month) - cashBack(books, awardId, month)
    const open = claims.filter((claim) => claim.awardId === awardId && claim.month === month)
    const name = label(awardId, month)
    if (netCash > owed && (open.length !== 1 || open[0]?.fen !== netCash - owed))
      found.push(
        `(b) ${name}: net cash ${netCash} exceeds the obligation ${owed} by ${netCash - owed}, open claims: ${amounts(open)}`,
      )
    if (netCash <= owed && open.length > 0)
      found.push(
        `(c) ${name}: open claims ${amounts(open)} though net cash ${netCash} does not exceed the obligation ${owed}`,
      )
  }
  return found
}

/** §2.1: an instruction settles one positive published line, within its amount; one live instruction per line. */
function checkInstructions(books: OracleBooks): string[] {
  const found: string[] = []
  for (const [index, one] of books.instructions.entries()) {
    const name = `instruction ${one.id} for ${label(one.awardId, one.month)}`
    if (!Number.isSafeInteger(one.fen) || one.fen <= 0) found.push(`${name}: amount ${one.fen}`)
    if (one.seq === undefined || !isLive(one)) continue
    const line = books.lines.find(
      (other) => other.awardId === one.awardId && other.month === one.month && other.seq === one.seq,
    )
    if (line === undefined) found.push(`${name}: no line ${one.seq}`)
    else if (!isPublished(findRun(books, line.runId)))
      found.push(`${name}: line ${one.seq} is of run ${line.runId}, which is not published`)
    else if (one.fen > line.fen) found.push(`${name}: pays ${one.fen} on line ${one.seq} of ${line.fen}`)
    for (const other of books.instructions.slice(index + 1)) {
      if (isLive(other) && isSameLine(one, other) && other.seq === one.seq)
        found.push(`${name}: line ${one.seq} is also in instruction ${other.id}`)
    }
  }
  return found
}

function isSameLine(a: AwardMonth, b: AwardMonth): boolean {
  return a.awardId === b.awardId && a.month === b.month
}

function label(awardId: string, month: string): string {
  return `${awardId} ${month}`
}

function amounts(rows: readonly AmountRow[]): string {
  return rows.length === 0 ? 'none' : rows.map((row) => row.fen).join(' + ')
}

/** Persons who get nothing may be listed or not. */
function sharesText(shares: readonly Share[]): string {
  return shares
    .filter((share) => share.fen !== 0)
    .map((share) => `${share.personId} ${share.fen}`)
    .sort()
    .join(', ')
}
