import { addMonths, monthsBetween, type Instant, type Month } from '../platform/dates.ts'

/** The first month that the engine itself computes; the closed history lies before it. */
const FIRST_RUN: Month = '2025-01'

export interface Calendar {
  /** Closed months, oldest first; empty for a ledger that has just begun. */
  history: Month[]
  /** Months prepared for the engine's own runs. */
  ahead: Month[]
  /** The first month of the ledger. */
  opens: Month
}

export function benchCalendar(history: number, ahead: number): Calendar {
  const opens = addMonths(FIRST_RUN, -history)
  return {
    history: monthsBetween(opens, addMonths(FIRST_RUN, -1)),
    ahead: monthsBetween(FIRST_RUN, addMonths(FIRST_RUN, ahead - 1)),
    opens,
  }
}

/** Knowledge cut of a month's run. */
export function cutOf(month: Month): Instant {
  return `${month}-10T01:00:00.000000Z`
}

/** When a decision that pays from `month` becomes known: after the cut of the month before. */
export function decidedFor(month: Month): Instant {
  return `${addMonths(month, -1)}-20T02:00:00.000000Z`
}

/** When a correction of the month before becomes known, just before the run of `month`. */
export function correctedFor(month: Month): Instant {
  return `${month}-05T02:00:00.000000Z`
}
