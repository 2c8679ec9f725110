import type { Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { StoredLine } from './run-lines.db.ts'

export interface SampleQuestion {
  county: string
  runNo: number
  size: number
  /** Only awards of these ranges are drawn from: a part of a very large run. */
  ranges: readonly { first: string; last: string }[]
}

/**
 * Awards of a run, drawn by the digest of the run's number and the award's id: the same again for whoever asks. One of each programme and
 * town in turn, so that small ones are looked at too.
 */
export async function drawSample(db: Db, { county, runNo, size, ranges }: SampleQuestion): Promise<string[]> {
  if (ranges.length === 0) return []
  const inRanges = sql.join(
    ranges.map(({ first, last }) => sql`l.award_id between ${first}::uuid and ${last}::uuid`),
    sql` or `,
  )
  const { rows } = await sql<{ awardId: string }>`
    with drawn as (
      select l.award_id, min(l.program) as program, min(l.town) as town, md5(${String(runNo)} || '.' || l.award_id::text) as lot
        from benefits.obligation_line l
       where l.county = ${county} and l.run_no = ${runNo} and (${inRanges})
       group by l.award_id
    ), turns as (
      select award_id, lot, row_number() over (partition by program, town order by lot) as turn from drawn
    )
    select award_id from turns order by turn, lot limit ${size}`.execute(db)
  return rows.map(({ awardId }) => awardId)
}

/** All lines that a run wrote for some awards, month by month; along their key, since the months are few. */
export async function listLinesOfAwards(
  db: Db,
  county: string,
  { runNo, awardIds, months }: { runNo: number; awardIds: readonly string[]; months: readonly Month[] },
): Promise<StoredLine[]> {
  if (awardIds.length === 0) return []
  const { rows } = await sql<StoredLine>`
    select l.award_id, l.for_month, l.seq, l.fen, l.due_fen, l.persons, l.program, l.category, l.town, l.village, l.detail
      from benefits.explained_line l
     where l.county = ${county} and l.for_month = any (${[...months]}::text[]) and l.award_id = any (${[...awardIds]}::uuid[])
       and l.run_no = ${runNo}
     order by l.award_id, l.for_month, l.seq`.execute(db)
  return rows
}

/** The first month in which the county has any line. */
export async function findFirstMonth(db: Db, county: string): Promise<Month | null> {
  const { rows } = await sql<{ month: Month | null }>`
    select min(for_month) as month from benefits.obligation_line where county = ${county}`.execute(db)
  return rows[0]?.month ?? null
}
