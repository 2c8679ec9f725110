import type { Instant, Month } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import type { RunStatus } from '../benefits/run-view.schema.ts'
import type { CompareState, Reason } from './project.schema.ts'

export interface ComparedRow {
  id: string
  program: string
  holderId: string
  awardId: string | null
  personId: string | null
  oldFen: Fen | null
  arrearsFen: Fen | null
  oldPersons: number | null
  newFen: Fen | null
  newPersons: number | null
  deltaFen: Fen
  state: CompareState
  reason: Reason | null
  rule: string | null
  note: string | null
  explainedBy: string | null
  town: string | null
  village: string | null
}

const COLUMNS =
  sql.raw(`id, program, holder_id, award_id, person_id, old_fen, arrears_fen, old_persons, new_fen, new_persons, delta_fen,
  state, reason, rule, note, explained_by, town, village`)

export interface ComparableRun {
  no: number
  group: string
  status: RunStatus
}

/** Runs of the month that were computed and not turned down, by group. */
export async function listComparableRuns(
  db: Db,
  county: string,
  { groups, month }: { groups: readonly string[]; month: Month },
): Promise<ComparableRun[]> {
  const { rows } = await sql<ComparableRun>`
    select no, program_group as "group", status from benefits.run
     where county = ${county} and program_group = any (${[...groups]}) and month = ${month}
       and status in ('computed', 'checked', 'approved', 'published') order by no`.execute(db)
  return rows
}

export async function deleteCompared(tx: Tx, county: string, projectId: string): Promise<void> {
  await sql`delete from golive.compared where county = ${county} and project_id = ${projectId}`.execute(tx)
}

export interface Comparison {
  projectId: string
  programs: readonly string[]
  listMonth: Month
  openingMonth: Month
  runs: readonly number[]
}

/** The old list and the runs' lines of the opening month side by side, one row for each holder and programme of either. */
export async function insertCompared(tx: Tx, county: string, comparison: Comparison): Promise<number> {
  const { projectId, programs, listMonth, openingMonth, runs } = comparison
  const { numAffectedRows } = await sql`
    with old as (
      select p.program, p.holder_id, sum(p.fen)::bigint as fen, sum(p.arrears_fen)::bigint as arrears_fen,
             sum(p.persons)::integer as persons, min(p.person_id::text)::uuid as person_id, min(p.town) as town, min(p.village) as village
        from golive.old_payment p
       where p.county = ${county} and p.for_month = ${listMonth} and p.program = any (${[...programs]})
       group by p.program, p.holder_id
    ), now as (
      select l.award_id, sum(l.fen)::bigint as fen, max(l.persons)::integer as persons
        from benefits.obligation_line l
       where l.county = ${county} and l.for_month = ${openingMonth} and l.run_no = any (${[...runs]}::integer[])
       group by l.award_id
    ), award as (
      select a.program, a.holder_id, max(a.id::text)::uuid as award_id, sum(n.fen)::bigint as fen, sum(n.persons)::integer as persons,
             min(a.town) as town, min(a.village) as village,
             min(a.holder_id::text) filter (where a.holder_kind = 'person')::uuid as person_id
        from benefits.award a left join now n on n.award_id = a.id
       where a.county = ${county} and a.program = any (${[...programs]})
       group by a.program, a.holder_id
    ), both_sides as (
      select coalesce(o.program, a.program) as program, coalesce(o.holder_id, a.holder_id) as holder_id, a.award_id,
             coalesce(o.person_id, a.person_id) as person_id, o.fen as old_fen, o.arrears_fen, o.persons as old_persons,
             a.fen as new_fen, a.persons as new_persons, coalesce(a.fen, 0) - coalesce(o.fen, 0) as delta_fen,
             coalesce(a.town, o.town) as town, coalesce(a.village, o.village) as village
        from old o full join award a on a.program = o.program and a.holder_id = o.holder_id
       where o.fen is not null or a.fen is not null
    )
    insert into golive.compared (county, project_id, id, program, holder_id, award_id, person_id, old_fen, arrears_fen, old_persons,
                                 new_fen, new_persons, delta_fen, state, town, village)
    select ${county}, ${projectId}, gen_random_uuid(), b.program, b.holder_id, b.award_id,
           coalesce(b.person_id, (select h.head_id from registry.household h where h.county = ${county} and h.id = b.holder_id)),
           b.old_fen, b.arrears_fen, b.old_persons, b.new_fen, b.new_persons, b.delta_fen,
           case when b.delta_fen = 0 then 'equal' when b.new_fen is null then 'only_old'
                when b.old_fen is null then 'only_new' else 'differing' end,
           b.town, b.village
      from both_sides b`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

export interface DifferingRow extends ComparedRow {
  isImported: boolean
  isHeld: boolean
}

/** What differs, with what else is on file about it. */
export async function listDiffering(
  db: Db,
  county: string,
  { projectId, month }: { projectId: string; month: Month },
): Promise<DifferingRow[]> {
  const { rows } = await sql<DifferingRow>`
    select c.id, c.program, c.holder_id, c.award_id, c.person_id, c.old_fen, c.arrears_fen, c.old_persons, c.new_fen, c.new_persons,
           c.delta_fen, c.state, c.reason, c.rule, c.note, c.explained_by, c.town, c.village,
           coalesce((select a.last_paid_month is not null from benefits.award a where a.county = c.county and a.id = c.award_id), false)
             as is_imported,
           exists (select from funds.hold h
                    where h.county = c.county and h.superseded_at is null and not h.voided and h.from_month <= ${month}
                      and (h.award_id = c.award_id or h.person_id = c.person_id)) as is_held
      from golive.compared c
     where c.county = ${county} and c.project_id = ${projectId} and c.state <> 'equal'
     order by c.program, c.holder_id`.execute(db)
  return rows
}

export interface SaidBefore {
  program: string
  holderId: string
  deltaFen: Fen
  reason: Reason
  note: string
  explainedBy: string
  explainedAt: Instant
}

/** What people have said of differences, to be said again where a new comparison finds the same. */
export async function listSaid(db: Db, county: string, projectId: string): Promise<SaidBefore[]> {
  const { rows } = await sql<SaidBefore>`
    select program, holder_id, delta_fen, reason, note, explained_by, explained_at from golive.compared
     where county = ${county} and project_id = ${projectId} and explained_by is not null`.execute(db)
  return rows
}

export async function updateFound(
  tx: Tx,
  county: string,
  {
    projectId,
    ids,
    reason,
    rule,
  }: { projectId: string; ids: readonly string[]; reason: Reason; rule: string },
): Promise<void> {
  await sql`
    update golive.compared set reason = ${reason}, rule = ${rule}
     where county = ${county} and project_id = ${projectId} and id = any (${[...ids]}::uuid[])`.execute(tx)
}

export interface Said {
  reason: Reason
  note: string
  by: string
  at: Instant
}

export async function updateSaid(
  tx: Tx,
  county: string,
  {
    projectId,
    ids,
    said: { reason, note, by, at },
  }: { projectId: string; ids: readonly string[]; said: Said },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update golive.compared
       set reason = ${reason}, rule = null, note = ${note}, explained_by = ${by}, explained_at = ${at}
     where county = ${county} and project_id = ${projectId} and id = any (${[...ids]}::uuid[]) and state <> 'equal'`.execute(
    tx,
  )
  return Number(numAffectedRows ?? 0n)
}

/** Everything of a state that nobody has explained yet. */
export async function updateRest(
  tx: Tx,
  county: string,
  {
    projectId,
    state,
    said: { reason, note, by, at },
  }: { projectId: string; state: CompareState | undefined; said: Said },
): Promise<number> {
  const ofState = state === undefined ? sql`state <> 'equal'` : sql`state = ${state}`
  const { numAffectedRows } = await sql`
    update golive.compared
       set reason = ${reason}, rule = null, note = ${note}, explained_by = ${by}, explained_at = ${at}
     where county = ${county} and project_id = ${projectId} and ${ofState} and state <> 'equal' and reason is null`.execute(
    tx,
  )
  return Number(numAffectedRows ?? 0n)
}

/** Unexplained differences: how many, and how much money without regard to the sign. */
export async function countUnexplained(
  db: Db,
  county: string,
  projectId: string,
): Promise<{ lines: number; fen: Fen }> {
  const { rows } = await sql<{ lines: number; fen: Fen }>`
    select count(*) as lines, coalesce(sum(abs(delta_fen)), 0)::bigint as fen from golive.compared
     where county = ${county} and project_id = ${projectId} and state <> 'equal' and reason is null`.execute(
    db,
  )
  return rows[0] ?? { lines: 0, fen: 0 }
}

export interface ComparedSum {
  state: CompareState
  reason: Reason | null
  isByRule: boolean
  lines: number
  oldFen: Fen
  newFen: Fen
  deltaFen: Fen
}

export async function sumCompared(db: Db, county: string, projectId: string): Promise<ComparedSum[]> {
  const { rows } = await sql<ComparedSum>`
    select state, reason, rule is not null as is_by_rule, count(*) as lines, coalesce(sum(old_fen), 0)::bigint as old_fen,
           coalesce(sum(new_fen), 0)::bigint as new_fen, sum(delta_fen)::bigint as delta_fen
      from golive.compared where county = ${county} and project_id = ${projectId}
     group by state, reason, rule is not null
     order by state = 'equal', reason is not null, state, reason, is_by_rule desc`.execute(db)
  return rows
}

/** What the two signatures stand under: every line, in an order that a new comparison does not change. */
export async function listDigested(db: Db, county: string, projectId: string): Promise<{ text: string }[]> {
  const { rows } = await sql<{ text: string }>`
    select concat_ws('|', program, holder_id, coalesce(old_fen::text, '-'), coalesce(new_fen::text, '-'), coalesce(reason, '-'),
                     coalesce(note, '')) as text
      from golive.compared where county = ${county} and project_id = ${projectId} order by program, holder_id`.execute(
    db,
  )
  return rows
}

export interface ComparedPage {
  projectId: string
  state: CompareState | undefined
  reason: Reason | 'none' | undefined
  after: string | undefined
  limit: number
}

/** In the order of ids, which means nothing but holds still while a page is read on. */
export async function listComparedPage(
  db: Db,
  county: string,
  { projectId, state, reason, after, limit }: ComparedPage,
): Promise<ComparedRow[]> {
  const ofState = state === undefined ? sql`` : sql`and state = ${state}`
  const ofReason =
    reason === undefined
      ? sql``
      : reason === 'none'
        ? sql`and reason is null and state <> 'equal'`
        : sql`and reason = ${reason}`
  const rest = after === undefined ? sql`` : sql`and id > ${after}`
  const { rows } = await sql<ComparedRow>`
    select ${COLUMNS} from golive.compared
     where county = ${county} and project_id = ${projectId} ${ofState} ${ofReason} ${rest}
     order by id limit ${limit}`.execute(db)
  return rows
}

/** The awards of each reason, for the first run. */
export async function listReasons(
  db: Db,
  county: string,
  projectId: string,
): Promise<{ reason: Reason; note: string | null; awardIds: string[] }[]> {
  const { rows } = await sql<{ reason: Reason; note: string | null; awardIds: string[] }>`
    select reason, note, array_agg(award_id) as award_ids from golive.compared
     where county = ${county} and project_id = ${projectId} and state <> 'equal' and reason is not null and award_id is not null
     group by reason, note`.execute(db)
  return rows
}
