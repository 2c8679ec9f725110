import { explainLine, type LineDetail } from './line.rules.ts'
import type { ProgramBook } from './programs.rules.ts'
import type { UsedRate } from './rates.rules.ts'
import type { StoredLine } from './run-lines.db.ts'
import type { MonthlyChange } from './run-input.rules.ts'
import type { RunSummary } from './run-summary.rules.ts'
import type { Comparison, Line } from './run-view.schema.ts'

/** A programme's part of the comparison as it is shown. */
export function comparisonOf(part: RunSummary[string]): Comparison {
  const { previousFen, currentFen, changes, arrears, correction } = part
  const bar = (change: MonthlyChange) => ({ count: changes[change].awards, fen: changes[change].fen })
  return {
    previousFen,
    currentFen,
    changes: {
      new: bar('new'),
      ended: bar('ended'),
      raised: bar('raised'),
      lowered: bar('lowered'),
      unchanged: bar('unchanged'),
    },
    arrears: { count: arrears.lines, fen: arrears.fen },
    correction: { count: correction.lines, fen: correction.fen },
  }
}

const NOTHING: Comparison = {
  previousFen: 0,
  currentFen: 0,
  changes: {
    new: { count: 0, fen: 0 },
    ended: { count: 0, fen: 0 },
    raised: { count: 0, fen: 0 },
    lowered: { count: 0, fen: 0 },
    unchanged: { count: 0, fen: 0 },
  },
  arrears: { count: 0, fen: 0 },
  correction: { count: 0, fen: 0 },
}

/** All programmes together; the sum of none is nothing. */
export function totalOf(parts: readonly Comparison[]): Comparison {
  return parts.reduce(added, NOTHING)
}

function added(one: Comparison, other: Comparison): Comparison {
  const sum = (a: Comparison['arrears'], b: Comparison['arrears']) => ({
    count: a.count + b.count,
    fen: a.fen + b.fen,
  })
  return {
    previousFen: one.previousFen + other.previousFen,
    currentFen: one.currentFen + other.currentFen,
    changes: {
      new: sum(one.changes.new, other.changes.new),
      ended: sum(one.changes.ended, other.changes.ended),
      raised: sum(one.changes.raised, other.changes.raised),
      lowered: sum(one.changes.lowered, other.changes.lowered),
      unchanged: sum(one.changes.unchanged, other.changes.unchanged),
    },
    arrears: sum(one.arrears, other.arrears),
    correction: sum(one.correction, other.correction),
  }
}

interface Steps {
  status: string
  startedBy: string
  checkedBy: string | null
}

/** Separation of duties, as the steps themselves ask it (architecture.md §2). */
export function mayStep(
  { status, startedBy, checkedBy }: Steps,
  { id, permissions }: { id: string; permissions: ReadonlySet<string> },
  hasBlockers: boolean,
): { check: boolean; approve: boolean } {
  return {
    check: status === 'computed' && startedBy !== id && permissions.has('benefits.run.check'),
    approve:
      status === 'checked' &&
      ![startedBy, checkedBy].includes(id) &&
      !hasBlockers &&
      permissions.has('benefits.run.approve'),
  }
}

/** The rate and what it was taken of. */
export function rateIds(rate: UsedRate): string[] {
  return rate.of ? [rate.id, ...rateIds(rate.of)] : [rate.id]
}

/** Those covered, the payee first if it is one of them. */
export function peopleOf({ payee, shares }: LineDetail): string[] {
  const covered = shares.map(([personId]) => personId)
  const first = covered.filter((id) => id === payee?.id)
  return [...first, ...covered.filter((id) => id !== payee?.id)]
}

interface Known {
  programs: ProgramBook
  basis: ReadonlyMap<string, string>
  names: ReadonlyMap<string, string>
}

/** A line as it is read: the sum as a clerk would write it, and the sentence. */
export function lineShown(line: StoredLine, { programs, basis, names }: Known): Line {
  const program = programs.get(line.program)
  if (!program) throw new Error(`programme ${line.program} is gone: its lines cannot be explained`)
  const { awardId, forMonth, seq, kind, town, village, dueFen, fen } = line
  return {
    ...{ awardId, forMonth, seq, kind, town, village, dueFen, fen },
    program: line.program,
    programTitle: program.title,
    // Whoever is outside the reader's areas has no name here.
    people: peopleOf(line.detail).flatMap((id) => {
      const fullName = names.get(id)
      return fullName === undefined ? [] : [{ id, fullName }]
    }),
    wasFen: dueFen - fen,
    sentence: explainLine(program, line, (rateId) => basis.get(rateId) ?? ''),
  }
}
