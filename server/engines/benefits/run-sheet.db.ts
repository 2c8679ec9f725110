import { addMonths } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import type { OpenedRun } from './run-change.db.ts'

export interface SheetSum {
  program: string
  town: string | null
  kind: 'previous' | 'regular' | 'arrears' | 'correction'
  lines: number
  fen: Fen
}

/**
 * What a run wrote, and what last month came to, by programme and town. A run's own lines are few pages (obligation_line_by_run); last
 * month is read along its key, and where the old system paid it, from its list.
 */
export async function sumByTown(
  db: Db,
  { county, runNo, month, uncounted, programs }: Omit<OpenedRun, 'oneOff'>,
): Promise<SheetSum[]> {
  const previous = addMonths(month, -1)
  const isOurs = sql`l.program = any (${[...programs]}::text[])`
  const { rows } = await sql<SheetSum>`
    with own as (
      select l.program, l.town,
             case when l.fen < 0 then 'correction' when l.for_month = ${month} then 'regular' else 'arrears' end as kind, l.fen
        from benefits.obligation_line l
       where l.county = ${county} and l.run_no = ${runNo}
    ), last as (
      select l.award_id, min(l.program) as program, min(l.town) as town, sum(l.fen) as fen
        from benefits.obligation_line l
       where l.county = ${county} and l.for_month = ${previous} and ${isOurs} and l.run_no < ${runNo}
         and l.run_no <> all (${[...uncounted]}::integer[])
       group by l.award_id
    ), imported as (
      select a.id, a.program, a.town, a.last_paid_fen as fen
        from benefits.award a
       where a.county = ${county} and a.last_paid_month = ${previous} and a.program = any (${[...programs]}::text[])
    ), before as (
      select coalesce(i.program, l.program) as program, coalesce(i.town, l.town) as town, coalesce(i.fen, l.fen) as fen
        from last l full join imported i on i.id = l.award_id
    )
    select program, town, kind, count(*)::integer as lines, sum(fen)::bigint as fen from own group by program, town, kind
    union all
    select program, town, 'previous', count(*)::integer, sum(fen)::bigint from before where fen <> 0 group by program, town`.execute(
    db,
  )
  return rows
}
