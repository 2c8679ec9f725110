import type { PlainDate } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'

/** Whom awards cover on a day or after it, as known now. */
export async function listCovered(
  db: Db,
  county: string,
  { awardIds, since }: { awardIds: readonly string[]; since: PlainDate },
): Promise<{ awardId: string; personId: string }[]> {
  const { rows } = await sql<{ awardId: string; personId: string }>`
    select distinct award_id, person_id from benefits.coverage
     where county = ${county} and award_id = any (${[...awardIds]}::uuid[]) and superseded_at is null
       and (upper_inf(valid) or upper(valid) > ${since}::date)
     order by award_id, person_id`.execute(db)
  return rows
}
