import type { Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { ObligationLine } from './line.rules.ts'

/** Its kind follows from the month of its run. */
export type StoredLine = Omit<ObligationLine, 'runNo' | 'kind' | 'statedIn'>

export interface LinePage {
  runNo: number
  month: Month
  after: { awardId: string; seq: number } | undefined
  limit: number
}

/** Lines that a run wrote for one month, along their primary key; most lines of a run's own month are its own. */
export async function listRunLines(
  db: Db,
  county: string,
  { runNo, month, after, limit }: LinePage,
): Promise<StoredLine[]> {
  const rest =
    after === undefined
      ? sql``
      : sql`and (l.award_id, l.seq) > (${after.awardId}::uuid, ${after.seq}::integer)`
  const { rows } = await sql<StoredLine>`
    select l.award_id, l.for_month, l.seq, l.fen, l.due_fen, l.persons, l.program, l.category, l.town, l.village, l.detail
      from benefits.explained_line l
     where l.county = ${county} and l.for_month = ${month} and l.run_no = ${runNo} ${rest}
     order by l.award_id, l.seq limit ${limit}`.execute(db)
  return rows
}
