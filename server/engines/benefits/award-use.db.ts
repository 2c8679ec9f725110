import type { Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'

export interface HeldAward {
  holderId: string
  program: string
  lastPaidMonth: Month | null
  lastPaidFen: number | null
}

/** Awards of these holders on file, and those on a list of the old system that nobody has signed yet. */
export async function listAwardsOfHolders(
  db: Db,
  county: string,
  ids: readonly string[],
): Promise<HeldAward[]> {
  const { rows } = await sql<HeldAward>`
    select holder_id, program, last_paid_month, last_paid_fen from benefits.award
     where county = ${county} and holder_id = any (${ids}::uuid[])
    union all
    select holder_id, program, last_paid_month, last_paid_fen from benefits.takeover_award
     where county = ${county} and holder_id = any (${ids}::uuid[])
       and takeover_id = any (array(
         select id from benefits.takeover where county = ${county} and status = 'proposed'))`.execute(db)
  return rows
}

/** People whom a determination in force covers, or covered. */
export async function listCoveredAmong(db: Db, county: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct person_id as id from benefits.coverage
     where county = ${county} and person_id = any (${ids}::uuid[])`.execute(db)
  return rows.map(({ id }) => id)
}

/** What proposals that wait for a check say. */
export async function listWaitingContents(db: Db, county: string): Promise<unknown[]> {
  const { rows } = await sql<{ content: unknown }>`
    select content from benefits.determination
     where county = ${county} and status = 'proposed' and content is not null`.execute(db)
  return rows.map(({ content }) => content)
}
