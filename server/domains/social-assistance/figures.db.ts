import { addMonths, firstDay, type Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'

export interface RollRow {
  program: string
  category: string
  awards: number
  persons: number
  dueFen: number
}

/**
 * Roll of a month: awards with a positive net obligation for it, as known at the cut of that month's last published run.
 * Persons and class are those of the last line up to that run. One pass, no join of the lines with themselves: on the newest month,
 * which the planner's statistics do not know yet, such a join was planned as a loop over all pairs (47 s for 12 000 lines).
 */
export async function listRoll(db: Db, county: string, month: Month): Promise<RollRow[]> {
  const { rows } = await sql<RollRow>`
    with last_run as (
      select max(no) as no from report.run
       where county = ${county} and program_group = 'basic_assistance' and month = ${month} and status = 'published'
    ), entitled as (
      select program, sum(fen) as net, (array_agg(persons order by seq desc))[1] as persons,
             (array_agg(category order by seq desc))[1] as category
        from report.obligation
       where county = ${county} and for_month = ${month} and run_no <= (select no from last_run)
         and program in ('subsistence_allowance', 'extreme_poverty_support', 'extreme_poverty_care')
       group by award_id, program having sum(fen) > 0
    )
    select program, category, count(*) as awards, sum(persons)::bigint as persons, sum(net)::bigint as due_fen
      from entitled group by program, category`.execute(db)
  return rows
}

/**
 * People on the roll of 特困 in that month with a live agreement (as known at the same cut). An intersection, not a join: on tables
 * without statistics a join was planned as a loop over all pairs.
 */
export async function countLiveAgreements(db: Db, county: string, month: Month): Promise<number> {
  const window = `[${firstDay(month)},${firstDay(addMonths(month, 1))})`
  const { rows } = await sql<{ agreements: number }>`
    with last_run as materialized (
      select no, cut from report.run
       where county = ${county} and program_group = 'basic_assistance' and month = ${month} and status = 'published'
       order by no desc limit 1
    ), supported as (
      select (l.detail->'shares'->0->>0)::uuid as person_id
        from report.obligation l
       where l.county = ${county} and l.for_month = ${month} and l.program = 'extreme_poverty_support' and l.due_fen > 0
         and l.run_no <= (select no from last_run)
       group by 1 having sum(l.fen) > 0
    )
    select count(*) as agreements from (
      select person_id from supported
      intersect
      select person_id from report.care_agreement
       where county = ${county} and valid && ${window}::daterange and recorded_at <= (select cut from last_run)
         and (superseded_at is null or superseded_at > (select cut from last_run))
    ) signed`.execute(db)
  return rows[0]?.agreements ?? 0
}

export interface PublishedRow {
  program: string
  category: string
  awards: number
  fen: number
}

/** Obligation published by the runs of a period, per programme and class. */
export async function listPublished(
  db: Db,
  county: string,
  { from, to }: { from: Month; to: Month },
): Promise<PublishedRow[]> {
  const { rows } = await sql<PublishedRow>`
    select program, category, count(distinct award_id) as awards, sum(fen)::bigint as fen from report.obligation
     where county = ${county} and run_month >= ${from} and run_month <= ${to}
     group by program, category`.execute(db)
  return rows
}

/** One-off aid that stands after all runs of the period: a grant later taken back is not counted. */
export async function listAid(
  db: Db,
  county: string,
  { from, to }: { from: Month; to: Month },
): Promise<PublishedRow[]> {
  const { rows } = await sql<PublishedRow>`
    with aid as (
      select award_id, max(category) as category, sum(fen) as fen from report.obligation
       where county = ${county} and program = 'temporary_assistance' and run_month >= ${from} and run_month <= ${to}
       group by award_id having sum(fen) > 0
    )
    select 'temporary_assistance' as program, category, count(*) as awards, sum(fen)::bigint as fen from aid group by category`.execute(
    db,
  )
  return rows
}
