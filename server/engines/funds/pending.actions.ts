import type { Month, PlainDate } from '../../platform/dates.ts'
import type { Db } from '../../platform/db.ts'
import { holdsOn } from './hold.db.ts'
import { payablesOf } from './payable.db.ts'
import { listAccounts, listPendingLines, listPublishedRuns, type PublishedRun } from './pending.db.ts'
import { planPayments, type PlannedLine } from './pending.rules.ts'

export interface PlanQuestion {
  group?: string | undefined
  awards?: readonly string[] | undefined
  upToMonth?: Month | undefined
  /** Day on which accounts must be current; without it none is looked up. */
  day?: PlainDate | undefined
  /** Published runs of the group where the caller has read them already. */
  runs?: readonly PublishedRun[] | undefined
}

/** What waits to be paid and what may happen to each line. Reads as of now: a writer takes `lockCash` first. */
export async function loadPlan(
  db: Db,
  county: string,
  { group, awards, upToMonth, day, runs }: PlanQuestion,
): Promise<PlannedLine[]> {
  const published = runs ?? (await listPublishedRuns(db, county, group))
  const lines = await listPendingLines(db, { county, runs: published, awards })
  if (lines.length === 0) return []
  const payeeIds = lines.flatMap(({ payeeId }) => (payeeId === null ? [] : [payeeId]))
  return planPayments({
    lines,
    payable: await payablesOf(db, county, lines),
    holds: await holdsOn(db, county, lines),
    accounts: day === undefined ? new Map() : await listAccounts(db, county, { payeeIds, day }),
    upToMonth,
  })
}
