/**
 * Replays a list of money events from scratch. What happened is written down even when it should not have happened; the
 * rule that it broke is named in `breaches`. An event that names a run or an instruction that does not exist throws.
 */
import type { Month } from './calendar.ts'
import {
  emptyBooks,
  expectedLines,
  findRun,
  isLive,
  isPublished,
  lastPublishedRun,
  payable,
} from './ledger.ts'
import type { InstructionRow, LineRow, OffsetRow, OracleBooks, RunQuestion, RunRow } from './ledger.ts'
import type { OracleHistory } from './types.ts'

export type OracleEvent =
  | ({ kind: 'run'; runId: string } & RunQuestion)
  | { kind: 'publish' | 'reject' | 'cancel'; runId: string }
  | { kind: 'instruct'; id: string; awardId: string; month: Month; fen: number; seq?: number | undefined }
  | { kind: 'result'; id: string; status: 'paid' | 'returned' | 'unknown' | 'dropped' }
  | { kind: 'receipt' | 'writeOff'; awardId: string; month: Month; fen: number }
  | ({ kind: 'offset' } & OffsetRow)

export interface Replay {
  books: OracleBooks
  breaches: string[]
}

/** A `run` event writes the lines that the oracle expects of it; they count once the run is published. */
export function replay(history: OracleHistory, events: readonly OracleEvent[]): Replay {
  const books = emptyBooks()
  const breaches: string[] = []
  for (const event of events) {
    switch (event.kind) {
      case 'run':
        breaches.push(...startRun(history, books, event))
        break
      case 'publish':
      case 'reject':
      case 'cancel':
        breaches.push(...moveRun(books, event.runId, event.kind))
        break
      case 'instruct':
        breaches.push(...instruct(books, event))
        break
      case 'result':
        breaches.push(...settle(books, event.id, event.status))
        break
      case 'receipt':
        books.receipts.push({ awardId: event.awardId, month: event.month, fen: positive(event.fen) })
        break
      case 'writeOff':
        books.writeOffs.push({ awardId: event.awardId, month: event.month, fen: positive(event.fen) })
        break
      case 'offset':
        breaches.push(...offset(books, event))
        break
    }
  }
  return { books, breaches }
}

/** §2.4: one open run per programme group; a later run knows at least as much as an earlier one. */
function startRun(
  history: OracleHistory,
  books: OracleBooks,
  event: { runId: string } & RunQuestion,
): string[] {
  const breaches: string[] = []
  for (const run of books.runs) {
    if (run.id === event.runId) throw new Error(`run ${run.id} twice`)
    if (run.group !== event.group) continue
    if (isOpen(run)) breaches.push(`run ${event.runId} begins while run ${run.id} of ${run.group} is open`)
    if (run.cut > event.cut) breaches.push(`run ${event.runId} has an earlier cut than run ${run.id}`)
  }
  const { group, month, cut, withheld } = event
  const lines = expectedLines(history, books, { group, month, cut, withheld })
  books.runs.push({ id: event.runId, group, month, cut, withheld, status: 'computed' })
  for (const { awardId, month: forMonth, fen, seq, entitledFen, shares } of lines)
    books.lines.push({ runId: event.runId, awardId, month: forMonth, fen, seq, entitledFen, shares })
  return breaches
}

/** §2.4: only an open run is published or rejected; only the latest published one, not yet in a batch, is cancelled. */
function moveRun(books: OracleBooks, runId: string, step: 'publish' | 'reject' | 'cancel'): string[] {
  const run = findRun(books, runId)
  const breaches: string[] = []
  if (step === 'cancel') {
    if (lastPublishedRun(books, run.group) !== run)
      breaches.push(`run ${runId} is cancelled but is not the latest published run`)
    for (const line of books.lines) {
      if (line.runId === runId && instructionsOf(books, line).length > 0)
        breaches.push(
          `run ${runId} is cancelled but its line ${line.awardId} ${line.month} is already in a batch`,
        )
    }
    run.status = 'cancelled'
    return breaches
  }
  if (!isOpen(run)) breaches.push(`run ${runId}: ${step} from ${run.status}`)
  run.status = step === 'publish' ? 'published' : 'rejected'
  return breaches
}

function isOpen(run: RunRow): boolean {
  return (
    run.status === 'computing' ||
    run.status === 'computed' ||
    run.status === 'checked' ||
    run.status === 'approved'
  )
}

/** Every instruction, live or not, that names this line. */
function instructionsOf(books: OracleBooks, line: LineRow): InstructionRow[] {
  const found: InstructionRow[] = []
  for (const instruction of books.instructions) {
    if (instruction.awardId === line.awardId && instruction.month === line.month) {
      if (line.seq !== undefined && instruction.seq === line.seq) found.push(instruction)
    }
  }
  return found
}

/**
 * §2.1: an instruction settles a positive published line without a live instruction, the oldest first, with
 * min(line, payable). Instructions of one batch are expected in that order; a returned older line may wait for re-issue.
 */
function instruct(
  books: OracleBooks,
  event: { id: string; awardId: string; month: Month; fen: number; seq?: number | undefined },
): string[] {
  const { id, awardId, month, fen, seq } = event
  const breaches: string[] = []
  for (const one of books.instructions) if (one.id === id) throw new Error(`instruction ${id} twice`)
  const before = payable(books, awardId, month)
  if (fen > before)
    breaches.push(`instruction ${id} pays ${fen} for ${awardId} ${month} where ${before} is payable`)

  if (seq !== undefined) {
    const free = books.lines.filter(
      (line) =>
        line.awardId === awardId &&
        line.month === month &&
        line.fen > 0 &&
        isPublished(findRun(books, line.runId)) &&
        !instructionsOf(books, line).some(isLive),
    )
    const named = free.find((line) => line.seq === seq)
    if (named === undefined)
      breaches.push(
        `instruction ${id} names line ${seq} of ${awardId} ${month}, which is not free to be paid`,
      )
    else {
      if (fen !== Math.min(named.fen, before))
        breaches.push(`instruction ${id} pays ${fen}, not min(line ${named.fen}, payable ${before})`)
      for (const line of free) {
        if ((line.seq ?? 0) < seq && instructionsOf(books, line).length === 0)
          breaches.push(`instruction ${id} pays line ${seq} before the older line ${line.seq}`)
      }
    }
  }
  books.instructions.push({ id, awardId, month, fen: positive(fen), seq, status: 'in_flight' })
  return breaches
}

/** A returned instruction is over: re-issue is a new instruction for the same line. */
function settle(
  books: OracleBooks,
  id: string,
  status: 'paid' | 'returned' | 'unknown' | 'dropped',
): string[] {
  const instruction = books.instructions.find((one) => one.id === id)
  if (instruction === undefined) throw new Error(`no instruction ${id}`)
  const before = instruction.status
  instruction.status = status
  return before === 'in_flight' || before === 'unknown' || (before === 'paid' && status === 'returned')
    ? []
    : [`instruction ${id}: ${status} after ${before}`]
}

/** An offset takes what is payable here and settles a claim that is open there, never more than either. */
function offset(books: OracleBooks, event: OffsetRow): string[] {
  const breaches: string[] = []
  const there = -payable(books, event.to.awardId, event.to.month)
  const here = payable(books, event.from.awardId, event.from.month)
  if (event.fen > here)
    breaches.push(
      `offset of ${event.fen} from ${event.from.awardId} ${event.from.month} with ${here} payable`,
    )
  if (event.fen > there)
    breaches.push(
      `offset of ${event.fen} to ${event.to.awardId} ${event.to.month} with ${Math.max(0, there)} claimed`,
    )
  books.offsets.push({ from: event.from, to: event.to, fen: positive(event.fen) })
  return breaches
}

function positive(fen: number): number {
  if (!Number.isSafeInteger(fen) || fen <= 0) throw new Error(`not a positive amount in fen: ${fen}`)
  return fen
}
