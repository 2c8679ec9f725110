import type { Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'

/** What a correction causes in one run: while nobody has decided it, findings; afterwards, lines that take back. */

export interface CorrectedMonth {
  awardId: string
  forMonth: Month
  dueFen: Fen
  fen: Fen
  /** Where the next page begins. */
  mark: string
}

export interface Cause {
  kind: string
  subject: string
}

interface OfRun {
  county: string
  runNo: number
  cause: Cause
}

function causeText({ kind, subject }: Cause): string {
  return JSON.stringify([[kind, subject]])
}

/** Of the findings of one run, along their key. */
function found({ county, runNo, cause }: OfRun) {
  return sql`
      from benefits.run_finding f
     where f.county = ${county} and f.run_no = ${runNo} and f.kind = 'undecided_recovery'
       and f.detail -> 'causes' @> ${causeText(cause)}::jsonb`
}

/** Of the county's lines only the pages that the run filled are read. */
function written({ county, runNo, cause }: OfRun) {
  return sql`
      from benefits.explained_line l
     where l.county = ${county} and l.run_no = ${runNo} and l.fen < 0
       and (l.detail -> 'causes')::jsonb @> ${causeText(cause)}::jsonb`
}

interface Sum {
  lines: number
  fen: Fen
}

export async function sumFound(db: Db, of: OfRun): Promise<Sum> {
  const { rows } = await sql<Sum>`
    select count(*) as lines, coalesce(sum((f.detail ->> 'fen')::bigint), 0)::bigint as fen ${found(of)}`.execute(
    db,
  )
  return rows[0] ?? { lines: 0, fen: 0 }
}

export async function sumCorrected(db: Db, of: OfRun): Promise<Sum> {
  const { rows } = await sql<Sum>`
    select count(*) as lines, coalesce(sum(l.fen), 0)::bigint as fen ${written(of)}`.execute(db)
  return rows[0] ?? { lines: 0, fen: 0 }
}

type Page = OfRun & { after: string | undefined; limit: number }

/** What the month had come to is its balance; a mark of the other list begins anew. */
export async function listFound(db: Db, { after, limit, ...of }: Page): Promise<CorrectedMonth[]> {
  const rest = /^\d+$/.test(after ?? '') ? sql`and f.no > ${Number(after)}` : sql``
  const { rows } = await sql<CorrectedMonth>`
    select t.award_id, t.for_month, t.fen, coalesce(b.fen, 0) + t.fen as due_fen, t.mark
      from (
        select f.no, f.award_id, f.for_month, (f.detail ->> 'fen')::bigint as fen, f.no::text as mark
        ${found(of)} ${rest} order by f.no limit ${limit}
      ) t
      left join lateral (
        select fen from benefits.month_balance
         where county = ${of.county} and for_month = t.for_month and award_id = t.award_id limit 1
      ) b on true
     order by t.no`.execute(db)
  return rows
}

export async function listCorrectedLines(db: Db, { after, limit, ...of }: Page): Promise<CorrectedMonth[]> {
  const [awardId = '', month, seq] = after?.split('.') ?? []
  const rest =
    month === undefined
      ? sql``
      : sql`and (l.award_id, l.for_month, l.seq) > (${awardId}::uuid, ${month}::text, ${Number(seq)}::integer)`
  const { rows } = await sql<CorrectedMonth>`
    select l.award_id, l.for_month, l.fen, l.due_fen, l.award_id || '.' || l.for_month || '.' || l.seq as mark
    ${written(of)} ${rest} order by l.award_id, l.for_month, l.seq limit ${limit}`.execute(db)
  return rows
}
