import type { Fen } from '../../platform/money.ts'
import type { AwardOutcome, MonthlyChange } from './run-input.rules.ts'

/** Awards and money of one kind of change against last month. */
export interface Tally {
  awards: number
  fen: Fen
}

/** Run against last month, per programme: a waterfall whose steps add up from last month's due to this run's total. */
export interface ProgramSummary {
  previousFen: Fen
  currentFen: Fen
  changes: Record<MonthlyChange, Tally>
  regular: { lines: number; fen: Fen }
  arrears: { lines: number; fen: Fen }
  correction: { lines: number; fen: Fen }
}

export type RunSummary = Record<string, ProgramSummary>

function emptyTally(): Tally {
  return { awards: 0, fen: 0 }
}

export function emptySummary(): ProgramSummary {
  const changes = {
    new: emptyTally(),
    ended: emptyTally(),
    raised: emptyTally(),
    lowered: emptyTally(),
    unchanged: emptyTally(),
  }
  const lines = () => ({ lines: 0, fen: 0 })
  return { previousFen: 0, currentFen: 0, changes, regular: lines(), arrears: lines(), correction: lines() }
}

export function addOutcome(summary: RunSummary, program: string, outcome: AwardOutcome): void {
  const mine = (summary[program] ??= emptySummary())
  mine.previousFen += outcome.previousFen
  mine.currentFen += outcome.currentFen
  if (outcome.change) {
    mine.changes[outcome.change].awards += 1
    mine.changes[outcome.change].fen += outcome.currentFen - outcome.previousFen
  }
  for (const line of outcome.lines) {
    const kind = mine[line.kind]
    kind.lines += 1
    kind.fen += line.fen
  }
}

/** Lines of a programme that are last month's again. */
export interface Carried {
  program: string
  lines: number
  fen: Fen
}

/** The same as `addOutcome` for each of them: one regular line, as much as last month. */
export function addUnchanged(summary: RunSummary, { program, lines, fen }: Carried): void {
  const mine = (summary[program] ??= emptySummary())
  mine.previousFen += fen
  mine.currentFen += fen
  mine.changes.unchanged.awards += lines
  mine.regular.lines += lines
  mine.regular.fen += fen
}

/** Chunks are computed and committed one by one, also by different processes; the run's summary is their sum. */
export function mergeSummaries(parts: readonly RunSummary[]): RunSummary {
  const total: RunSummary = {}
  for (const part of parts)
    for (const [program, each] of Object.entries(part)) addSummary((total[program] ??= emptySummary()), each)
  return total
}

/** All programmes of a run together. */
export function totalOf(summary: RunSummary): ProgramSummary {
  const total = emptySummary()
  for (const each of Object.values(summary)) addSummary(total, each)
  return total
}

function addSummary(mine: ProgramSummary, each: ProgramSummary): void {
  mine.previousFen += each.previousFen
  mine.currentFen += each.currentFen
  for (const change of Object.keys(mine.changes) as MonthlyChange[]) {
    mine.changes[change].awards += each.changes[change].awards
    mine.changes[change].fen += each.changes[change].fen
  }
  for (const kind of ['regular', 'arrears', 'correction'] as const) {
    mine[kind].lines += each[kind].lines
    mine[kind].fen += each[kind].fen
  }
}

/** Share of corrections among lines above which a run needs a person's word, and the number below which nobody is bothered. */
const MANY_CORRECTIONS_PERCENT = 5
const FEW_CORRECTIONS = 20

export function hasTooManyCorrections(summary: RunSummary): boolean {
  let corrections = 0
  let awards = 0
  for (const each of Object.values(summary)) {
    corrections += each.correction.lines
    awards += Object.values(each.changes).reduce((count, tally) => count + tally.awards, 0)
  }
  return corrections > FEW_CORRECTIONS && corrections * 100 > awards * MANY_CORRECTIONS_PERCENT
}
