import type { Instant, PlainDate } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import { areaChain, type RateRow, type SettingRow } from './rates.rules.ts'

export interface PolicyLoadRow {
  id: string
  area: string
  title: string
  digest: string
  content: string
  madeBy: string
  madeAt: Instant
  publishedBy: string | null
  withdrawnBy: string | null
}

const LOAD_COLUMNS = sql.raw('id, area, title, digest, content, made_by, made_at, published_by, withdrawn_by')

export async function insertPolicyLoad(
  tx: Tx,
  row: {
    id: string
    area: string
    title: string
    digest: string
    content: string
    madeBy: string
    madeAt: Instant
  },
): Promise<void> {
  await sql`insert into benefits.policy_load (id, area, title, digest, content, made_by, made_at)
    values (${row.id}, ${row.area}, ${row.title}, ${row.digest}, ${row.content}, ${row.madeBy}, ${row.madeAt})`.execute(
    tx,
  )
}

/** Two who answer the same proposal take turns. */
export async function findPolicyLoadForUpdate(tx: Tx, id: string): Promise<PolicyLoadRow | undefined> {
  const { rows } = await sql<PolicyLoadRow>`
    select ${LOAD_COLUMNS} from benefits.policy_load where id = ${id} for update`.execute(tx)
  return rows[0]
}

/** Proposed for these areas and neither published nor withdrawn, the oldest first. */
export async function listWaitingPolicies(db: Db, areas: readonly string[]): Promise<PolicyLoadRow[]> {
  const { rows } = await sql<PolicyLoadRow>`
    select ${LOAD_COLUMNS} from benefits.policy_load
     where area = any (${[...areas]}) and published_by is null and withdrawn_by is null
     order by made_at, id`.execute(db)
  return rows
}

export async function updatePolicyPublished(
  tx: Tx,
  publish: { id: string; by: string; at: Instant },
): Promise<void> {
  await sql`update benefits.policy_load set published_by = ${publish.by}, published_at = ${publish.at} where id = ${publish.id}`.execute(
    tx,
  )
}

export async function updatePolicyWithdrawn(
  tx: Tx,
  withdrawal: { id: string; by: string; at: Instant; why: string },
): Promise<void> {
  const { id, by, at, why } = withdrawal
  await sql`update benefits.policy_load set withdrawn_by = ${by}, withdrawn_at = ${at}, withdrawn_why = ${why}
             where id = ${id}`.execute(tx)
}

type Dated = { id: string; rootId: string; valid: string }

/** Current rows of the same item whose time overlaps: they are superseded and their remainders re-entered around the new row. */
export async function supersedeOverlapping(
  tx: Tx,
  table: 'rate' | 'setting' | 'exclusion',
  { keys, valid, at }: { keys: Record<string, string>; valid: string; at: Instant },
): Promise<void> {
  const same = sql.join(
    Object.entries(keys).map(([column, value]) =>
      column === 'ages' ? sql`ages && ${value}::int4range` : sql`${sql.ref(column)} = ${value}`,
    ),
    sql` and `,
  )
  const target = sql.table(`benefits.${table}`)
  const { rows } = await sql<Dated & Record<string, unknown>>`
    update ${target} set superseded_at = ${at}
     where ${same} and superseded_at is null and not voided and valid && ${valid}::daterange
    returning id, root_id, valid`.execute(tx)
  const columns = sql.raw(REMAINDER_COLUMNS[table])
  for (const { id, rootId } of rows) {
    await sql`
      insert into ${target} (id, root_id, valid, recorded_at, ${columns})
      select gen_random_uuid(), ${rootId}, part, ${at}, ${columns} from ${target} old,
             lateral (select unnest(datemultirange(old.valid) - datemultirange(${valid}::daterange)) as part) rest
       where old.id = ${id}`.execute(tx)
  }
}

const REMAINDER_COLUMNS = {
  rate: 'policy_id, area, program, item, when_key, ages, fen, percent, factor, factor_of, rounding, per, basis, recorded_on',
  setting: 'policy_id, area, program, key, value, basis',
  exclusion: 'policy_id, area, program_a, program_b, rule, basis',
} as const

export async function insertDated(
  tx: Tx,
  table: 'rate' | 'setting' | 'exclusion',
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  await insertRows(tx, `benefits.${table}`, rows)
}

const RATE_COLUMNS = sql.raw(`
  id, root_id, area, program, item, when_key, fen, percent, factor, factor_of, rounding, per, basis, recorded_at,
  to_char(lower(valid), 'YYYY-MM') as from_month, to_char(upper(valid), 'YYYY-MM') as to_month`)
const SETTING_COLUMNS = sql.raw(
  `id, area, program, key, value, basis, recorded_at, lower(valid) as from_day, upper(valid) as to_day`,
)

export interface Law {
  rates: RateRow[]
  settings: SettingRow[]
}

export async function listLaw(db: Db, county: string): Promise<Law> {
  const known = sql`area = any (${areaChain(county)}) and superseded_at is null and not voided`
  return listLawWhere(db, known)
}

export async function listLawAsKnown(db: Db, county: string, cut: Instant): Promise<Law> {
  const known = sql`area = any (${areaChain(county)}) and recorded_at <= ${cut}
    and (superseded_at is null or superseded_at > ${cut}) and not voided`
  return listLawWhere(db, known)
}

async function listLawWhere(db: Db, known: ReturnType<typeof sql>): Promise<Law> {
  const rates = await sql<RateRow>`select ${RATE_COLUMNS} from benefits.rate where ${known}`.execute(db)
  const settings =
    await sql<SettingRow>`select ${SETTING_COLUMNS} from benefits.setting where ${known}`.execute(db)
  return { rates: rates.rows, settings: settings.rows }
}

/** Legal basis by rate row, current or superseded: for the sentences of lines. */
export async function listBasis(db: Db, rateIds: readonly string[]): Promise<Map<string, string>> {
  if (rateIds.length === 0) return new Map()
  const { rows } = await sql<{ id: string; basis: string }>`
    select id, basis from benefits.rate where id = any (${[...new Set(rateIds)]}::uuid[])`.execute(db)
  return new Map(rows.map(({ id, basis }) => [id, basis]))
}

export interface NewLaw {
  /** Rows as published, also where a later one has displaced them. */
  rateRoots: Set<string>
  /** In force as known at the cut; `id` is the row as published. Days [fromDay, toDay). */
  settings: { id: string; program: string; key: string; fromDay: string; toDay: string | null }[]
}

/** Law that came to be known after `base` and up to `cut`. */
export async function listNewLaw(
  db: Db,
  county: string,
  { base, cut }: { base: Instant; cut: Instant },
): Promise<NewLaw> {
  const isNew = sql`root.recorded_at > ${base} and root.recorded_at <= ${cut}`
  const rates = await sql<{ id: string }>`
    select root.id from benefits.rate root where root.area = any (${areaChain(county)}) and root.id = root.root_id and ${isNew}`.execute(
    db,
  )
  const settings = await sql<NewLaw['settings'][number]>`
    select l.root_id as id, l.program, l.key, lower(l.valid) as from_day, upper(l.valid) as to_day
      from benefits.setting l join benefits.setting root on root.id = l.root_id
     where l.area = any (${areaChain(county)}) and ${isNew} and l.recorded_at <= ${cut}
       and (l.superseded_at is null or l.superseded_at > ${cut}) and not l.voided
     order by l.root_id, l.valid`.execute(db)
  return { rateRoots: new Set(rates.rows.map((row) => row.id)), settings: settings.rows }
}

/**
 * Earliest month per programme that a rate or setting which came to be known after `base` and up to `cut` speaks of. What is left of
 * an older row around it says what was known before and touches nothing; an undone row touches the months it no longer holds for.
 */
export async function listLawTouched(
  db: Db,
  county: string,
  window: { base: Instant; cut: Instant },
): Promise<Map<string, string>> {
  const { rows } = await sql<{ program: string; fromMonth: string }>`
    select program, min(to_char(lower(valid), 'YYYY-MM')) as from_month
      from (select id, root_id, program, valid, recorded_at, area, voided from benefits.rate
            union all
            select id, root_id, program, valid, recorded_at, area, voided from benefits.setting) law
     where area = any (${areaChain(county)}) and recorded_at > ${window.base} and recorded_at <= ${window.cut}
       and (id = root_id or voided)
     group by program`.execute(db)
  return new Map(rows.map((row) => [row.program, row.fromMonth]))
}

/** A row of law as it was recorded, or what holds of it now. */
interface Recorded {
  id: string
  area: string
  program: string
  basis: string
  fromDay: PlainDate
  toDay: PlainDate | null
  recordedAt: Instant
  supersededAt: Instant | null
  madeBy: string
  madeAt: Instant
  publishedBy: string | null
}

export type RecordedRate = Recorded &
  Pick<RateRow, 'item' | 'whenKey' | 'fen' | 'percent' | 'factor' | 'factorOf' | 'per'>
export type RecordedSetting = Recorded & Pick<SettingRow, 'key' | 'value'>

const RECORDED =
  sql.raw(`l.id, l.area, l.program, l.basis, lower(l.valid) as from_day, upper(l.valid) as to_day, l.recorded_at,
  l.superseded_at, p.made_by, p.made_at, p.published_by`)

/** Every dated value of a county and the areas above it, the latest first: as published, and what later ones have left of it. */
export async function listLawHistory(
  db: Db,
  county: string,
): Promise<{ rates: RecordedRate[]; settings: RecordedSetting[] }> {
  const kept = sql`l.area = any (${areaChain(county)}) and not l.voided and (l.id = l.root_id or l.superseded_at is null)`
  const order = sql`lower(l.valid) desc, l.recorded_at desc`
  const rates = await sql<RecordedRate>`
    select ${RECORDED}, l.item, l.when_key, l.fen, l.percent, l.factor, l.factor_of, l.per
      from benefits.rate l join benefits.policy_load p on p.id = l.policy_id
     where ${kept} order by l.program, l.item, l.when_key, length(l.area) desc, ${order}`.execute(db)
  const settings = await sql<RecordedSetting>`
    select ${RECORDED}, l.key, l.value from benefits.setting l join benefits.policy_load p on p.id = l.policy_id
     where ${kept} order by l.program, l.key, length(l.area) desc, ${order}`.execute(db)
  return { rates: rates.rows, settings: settings.rows }
}
