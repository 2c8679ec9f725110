import type { MonthlyChange } from './run-input.rules.ts'
import type { RunSummary } from './run-summary.rules.ts'
import type { Comparison } from './run-view.schema.ts'

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
