import type { Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { LineDetail, LineKind } from './line.rules.ts'

export interface StoredLine {
  awardId: string
  forMonth: Month
  seq: number
  fen: number
  dueFen: number
  persons: number
  program: string
  category: string
  town: string | null
  village: string | null
  kind: LineKind
  detail: LineDetail
}

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
    select l.award_id, l.for_month, l.seq, l.fen, l.due_fen, l.persons, l.program, l.category, l.town, l.village, l.detail,
           case when l.fen < 0 then 'correction'
                when l.for_month = (select month from benefits.run where county = ${county} and no = ${runNo}) then 'regular'
                else 'arrears' end as kind
      from benefits.explained_line l
     where l.county = ${county} and l.for_month = ${month} and l.run_no = ${runNo} ${rest}
     order by l.award_id, l.seq limit ${limit}`.execute(db)
  return rows
}
