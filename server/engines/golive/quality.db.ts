import type { RawBuilder } from 'kysely'
import { firstDay } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { ProjectRow } from './project.db.ts'

/** Whom a row of a check is about, and what it says; `detail` is worded by the check (quality.rules.ts). */
export interface QualityRow {
  id: string
  personId: string | null
  householdId: string | null
  awardId: string | null
  importId: string | null
  rowNo: number | null
  program: string | null
  detail: string
  town: string | null
  village: string | null
}

export interface Looked {
  county: string
  project: ProjectRow
  /** Runs of the opening month; none = not computed yet. */
  runs: readonly number[]
  /** Which areas' rules hold here. */
  areas: readonly string[]
}

type Query = (looked: Looked) => RawBuilder<unknown>

/**
 * What the checks look at, worked out once for all that are asked: `live_award`, awards that go on in the opening month or that nobody has
 * decided about; `beneficiary`, everybody whom such an award is for: the covered ones, and its holder, of a household its head.
 */
function basis({ county, project: { programs, openingMonth } }: Looked) {
  const day = firstDay(openingMonth)
  return sql`
    with live_award as materialized (
      select a.id, a.program, a.holder_kind, a.holder_id, a.town, a.village, a.ledger_opens_month, a.last_paid_month, a.last_paid_fen,
             s.is_decided
        from benefits.award a
        left join (select award_id, true as is_decided,
                          bool_or(outcome = 'grant' and (upper_inf(valid) or upper(valid) > ${day}::date)) as goes_on
                     from benefits.determination_span where county = ${county} and superseded_at is null group by award_id) s
          on s.award_id = a.id
       where a.county = ${county} and a.program = any (${[...programs]}) and coalesce(s.goes_on, true)
    ), beneficiary as materialized (
      select l.id as award_id, l.program, c.person_id, l.town, l.village
        from live_award l join benefits.coverage c
          on c.county = ${county} and c.award_id = l.id and c.superseded_at is null and c.valid @> ${day}::date
      union
      select l.id, l.program, case l.holder_kind when 'person' then l.holder_id else h.head_id end, l.town, l.village
        from live_award l left join registry.household h on h.county = ${county} and h.id = l.holder_id
    )`
}

interface Shown {
  person?: RawBuilder<unknown>
  household?: RawBuilder<unknown>
  award?: RawBuilder<unknown>
  program?: RawBuilder<unknown>
}

const NO_ID = sql`null::uuid`
const NOTHING = sql`null::text`

function shown(id: RawBuilder<unknown>, detail: RawBuilder<unknown>, of: Shown = {}, place = sql`x`) {
  return sql`${id} as id, ${of.person ?? NO_ID} as person_id, ${of.household ?? NO_ID} as household_id,
    ${of.award ?? NO_ID} as award_id, null::uuid as import_id, null::integer as row_no, ${of.program ?? NOTHING} as program,
    ${detail} as detail, ${place}.town, ${place}.village`
}

/** Of an award: its holder is the person, or the household. */
const AWARD: Shown = {
  award: sql`x.id`,
  program: sql`x.program`,
  person: sql`case x.holder_kind when 'person' then x.holder_id end`,
  household: sql`case x.holder_kind when 'household' then x.holder_id end`,
}

/** Of a person on file. */
const PERSON: Shown = { person: sql`x.id` }
const PERSON_LIVE = sql`x.withdrawn_at is null and x.alias_of is null`

/** Of a beneficiary: one row for each award and person. */
const BENEFICIARY: Shown = { award: sql`x.award_id`, program: sql`x.program`, person: sql`x.person_id` }
const BENEFICIARY_ID = sql`md5(x.award_id::text || x.person_id::text)::uuid`

export const QUERIES: Readonly<Record<string, Query>> = {
  old_list_missing: ({ county }) => sql`
    select x.id, null::uuid as person_id, null::uuid as household_id, null::uuid as award_id, x.id as import_id,
           null::integer as row_no, null::text as program, x.detail, null::text as town, null::text as village
      from (select b.id, count(r.row_no)::text as detail, count(r.row_no) as rows
              from (${newestBatches(county)}) b join imports.batch_row r on r.county = ${county} and r.batch_id = b.id
             where b.kind = 'old_list' and r.status in ('ready', 'wrong', 'held') group by b.id) x`,
  opens_early: (looked) => sql`
    select ${shown(sql`x.id`, sql`x.ledger_opens_month`, AWARD)} from live_award x
     where x.ledger_opens_month < ${looked.project.openingMonth}`,
  opens_late: (looked) => sql`
    select ${shown(sql`x.id`, sql`x.ledger_opens_month`, AWARD)} from live_award x
     where x.ledger_opens_month > ${looked.project.openingMonth} and x.last_paid_month is not null`,
  award_twice: () => sql`
    select ${shown(sql`x.id`, sql`x.times::text`, AWARD)}
      from (select l.*, count(*) over (partition by l.program, l.holder_id) as times from live_award l) x
     where x.times > 1`,
  no_determination: () => sql`
    select ${shown(sql`x.id`, sql`''`, AWARD)} from live_award x where x.is_decided is null`,
  place_missing: () => sql`
    select ${shown(sql`x.id`, sql`''`, AWARD)} from live_award x where x.town is null or x.village is null`,
  paid_nothing: () => sql`
    select ${shown(sql`x.id`, sql`x.last_paid_month`, AWARD)} from live_award x where x.last_paid_fen = 0`,
  // A difference of two sets: how many members a day has cannot be estimated, and an anti-join compared each household with each other.
  household_empty: (looked) => sql`
    select ${shown(sql`x.id`, sql`''`, AWARD)} from live_award x
     where x.holder_id in (
       select l.holder_id from live_award l where l.holder_kind = 'household'
       except
       select h.id from registry.household h join registry.household_member m
         on m.county = h.county and m.household_id = h.id and m.person_id = h.head_id and m.superseded_at is null and not m.voided
            and m.valid @> ${firstDay(looked.project.openingMonth)}::date
        where h.county = ${looked.county})`,
  dead_on_file: (looked) => sql`
    select ${shown(BENEFICIARY_ID, sql`coalesce(x.value ->> 'on', lower(x.valid)::text)`, BENEFICIARY)}
      from (select b.*, f.value, f.valid from beneficiary b join registry.fact f
              on f.county = ${looked.county} and f.person_id = b.person_id and f.kind = 'death' and f.superseded_at is null
                 and not f.voided) x`,
  age_impossible: (looked) => sql`
    select ${shown(BENEFICIARY_ID, sql`x.value ->> 'on'`, BENEFICIARY)}
      from (select b.*, f.value from beneficiary b join registry.fact f
              on f.county = ${looked.county} and f.person_id = b.person_id and f.kind = 'birth' and f.superseded_at is null
                 and not f.voided) x
     where x.value ->> 'on' < (${firstDay(looked.project.openingMonth)}::date - interval '110 years')::date::text`,
  number_missing: (looked) => sql`
    select ${shown(BENEFICIARY_ID, sql`''`, BENEFICIARY)}
      from (select b.* from beneficiary b join registry.person p
              on p.county = ${looked.county} and p.id = b.person_id and p.id_kind = 'none') x`,
  overlapping: (looked) => sql`
    select ${shown(sql`md5(x.award_id::text || x.other_id::text || x.person_id::text)::uuid`, sql`x.basis`, BENEFICIARY)}
      from (select a.award_id, a.program, a.person_id, a.town, a.village, b.award_id as other_id, e.basis
              from beneficiary a join beneficiary b on b.person_id = a.person_id
              join benefits.exclusion e
                on e.area = any (${[...looked.areas]}) and e.program_a = a.program and e.program_b = b.program and e.rule = 'exclude'
                   and e.superseded_at is null and not e.voided and e.valid @> ${firstDay(looked.project.openingMonth)}::date) x`,
  account_missing: ({ county, project, runs }) => sql`
    select ${shown(sql`x.payee_id`, sql`''`, { person: sql`x.payee_id`, program: sql`x.program` })}
      from (select distinct on (p.payee_id) p.* from (
              select (l.detail -> 'payee' ->> 'id')::uuid as payee_id, l.detail -> 'payee' ->> 'kind' as kind, l.program, l.town, l.village
                from benefits.explained_line l
               where l.county = ${county} and l.for_month = ${project.openingMonth} and l.run_no = any (${[...runs]}::integer[])) p
             order by p.payee_id) x
     where x.kind = 'person' and not exists (
       select from registry.bank_account k
        where k.county = ${county} and k.holder_id = x.payee_id and k.superseded_at is null and not k.voided
          and k.valid @> ${firstDay(project.openingMonth)}::date)`,
  account_shared: ({ county }) => sql`
    select ${shown(sql`x.id`, sql`x.holders::text`, { person: sql`x.holder_id` })}
      from (select k.id, k.holder_id, k.town, k.village, count(*) over (partition by k.number_hash) as holders
              from registry.bank_account k
             where k.county = ${county} and k.holder_kind = 'person' and k.superseded_at is null and not k.voided
               and upper_inf(k.valid)) x
     where x.holders > 1`,
  account_name: ({ county }) => sql`
    select ${shown(sql`x.id`, sql`''`, { person: sql`x.holder_id` })}
      from (select k.* from registry.bank_account k join registry.person p on p.county = ${county} and p.id = k.holder_id
             where k.county = ${county} and k.holder_kind = 'person' and k.superseded_at is null and not k.voided
               and upper_inf(k.valid) and k.holder_name <> p.full_name) x`,
  same_person: ({ county }) => sql`
    select ${shown(sql`x.id`, sql`x.born_on`, PERSON)}
      from (select p.id, p.town, p.village, f.value ->> 'on' as born_on,
                   count(*) over (partition by p.full_name, f.value ->> 'on') as times
              from (select x.* from registry.person x where x.county = ${county} and ${PERSON_LIVE}) p
              join registry.fact f
                on f.county = ${county} and f.person_id = p.id and f.kind = 'birth' and f.superseded_at is null and not f.voided) x
     where x.times > 1`,
}

/** The newest upload of each list: a corrected file under the same name takes the place of the one before. */
function newestBatches(county: string) {
  return sql`
    select distinct on (b.kind, b.file_name) b.id, b.kind, b.status from imports.batch b
     where b.county = ${county} and b.status not in ('undone', 'undoing') order by b.kind, b.file_name, b.made_at desc, b.id desc`
}

function faultRows(county: string, codes: readonly string[]) {
  return sql`
    select f.id, null::uuid as person_id, null::uuid as household_id, null::uuid as award_id, f.batch_id as import_id, f.row_no,
           null::text as program, f.code as detail, f.town, f.village
      from (${newestBatches(county)}) b join imports.fault f on f.county = ${county} and f.batch_id = b.id
     where f.code = any (${[...codes]})`
}

/** Faults of the newest uploads by code: one question for all checks of files. */
export async function countFaults(db: Db, county: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ code: string; count: number }>`
    select f.code, count(*) as count from (${newestBatches(county)}) b
      join imports.fault f on f.county = ${county} and f.batch_id = b.id group by f.code`.execute(db)
  return new Map(rows.map(({ code, count }) => [code, count]))
}

/** How many rows each of these checks has, in one question. */
export async function countRegister(
  db: Db,
  looked: Looked,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const counts = keys.map(
    (key) => sql`
    select ${key}::text as key, count(*) as count from (${queryOf(key, looked)}) q`,
  )
  const { rows } = await sql<{ key: string; count: number }>`
    ${basis(looked)} ${sql.join(counts, sql` union all `)}`.execute(db)
  return new Map(rows.map(({ key, count }) => [key, count]))
}

function queryOf(key: string, looked: Looked): RawBuilder<unknown> {
  const query = QUERIES[key]
  if (!query) throw new Error(`check ${key} has no query`)
  return query(looked)
}

export interface QualityPage {
  key: string
  codes: readonly string[] | undefined
  after: string | undefined
  limit: number
}

export async function listQualityPage(
  db: Db,
  looked: Looked,
  { key, codes, after, limit }: QualityPage,
): Promise<QualityRow[]> {
  const query = codes ? faultRows(looked.county, codes) : queryOf(key, looked)
  const rest = after === undefined ? sql`` : sql`where q.id > ${after}`
  const { rows } = await sql<QualityRow>`
    ${basis(looked)} select q.* from (${query}) q ${rest} order by q.id limit ${limit}`.execute(db)
  return rows
}
