import type { Instant, Month } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import { monthRange } from './rates.rules.ts'
import type { DeterminationKind } from './award.schema.ts'

export interface DeterminationRow {
  id: string
  awardId: string
  kind: DeterminationKind
  outcome: 'grant' | 'end'
  fromMonth: Month
  toMonth: Month | null
  content: unknown
  cause: string
  clause: string
  decidedLevel: 'township' | 'county'
  status: 'proposed' | 'effective' | 'refused' | 'undone'
  madeBy: string
  version: number
  /** Whoever edited the proposal, besides its maker. */
  editors: string[]
  recordedAt: Instant | null
}

const MONTHS = sql.raw(
  `to_char(lower(valid), 'YYYY-MM') as from_month, to_char(upper(valid), 'YYYY-MM') as to_month`,
)
const COLUMNS = sql.raw(
  'id, award_id, kind, outcome, content, cause, clause, decided_level, status, made_by, version, editors, recorded_at',
)

export interface NewDetermination {
  id: string
  awardId: string
  kind: DeterminationKind
  outcome: 'grant' | 'end'
  from: Month
  to: Month | null
  content: unknown
  cause: string
  clause: string
  decidedLevel: 'township' | 'county'
  town: string | null
  village: string | null
}

export async function insertDeterminations(
  tx: Tx,
  { county, by, at }: { county: string; by: string; at: Instant },
  determinations: readonly NewDetermination[],
): Promise<void> {
  const rows = determinations.map((each) => ({
    county,
    id: each.id,
    award_id: each.awardId,
    kind: each.kind,
    outcome: each.outcome,
    valid: monthRange(each.from, each.to),
    content: JSON.stringify(each.content ?? null),
    cause: each.cause,
    clause: each.clause,
    decided_level: each.decidedLevel,
    status: 'proposed',
    town: each.town,
    village: each.village,
    made_by: by,
    made_at: at,
  }))
  await insertRows(tx, 'benefits.determination', rows)
}

export async function listDeterminationsForUpdate(
  tx: Tx,
  county: string,
  ids: readonly string[],
): Promise<DeterminationRow[]> {
  const { rows } = await sql<DeterminationRow>`
    select ${COLUMNS}, ${MONTHS} from benefits.determination
     where county = ${county} and id = any (${[...ids]}::uuid[]) order by id for update`.execute(tx)
  return rows
}

/** In the order in which they became known; of one moment, in the order in which they were made. */
export async function listEffective(
  db: Db,
  county: string,
  awardIds: readonly string[],
): Promise<DeterminationRow[]> {
  const { rows } = await sql<DeterminationRow>`
    select ${COLUMNS}, ${MONTHS} from benefits.determination
     where county = ${county} and award_id = any (${[...awardIds]}::uuid[]) and status = 'effective'
     order by recorded_at, id`.execute(db)
  return rows
}

export async function updateChecked(
  tx: Tx,
  { county, by, at }: { county: string; by: string; at: Instant },
  ids: readonly string[],
): Promise<void> {
  await sql`
    update benefits.determination set status = 'effective', checked_by = ${by}, recorded_at = ${at}
     where county = ${county} and id = any (${[...ids]}::uuid[])`.execute(tx)
}

/** `by` null: whoever proposed it takes it back. */
export async function updateRefused(
  tx: Tx,
  { county, by, at }: { county: string; by: string | null; at: Instant },
  { ids, why }: { ids: readonly string[]; why: string },
): Promise<void> {
  await sql`
    update benefits.determination set status = 'refused', checked_by = ${by}, refused_at = ${at}, refused_why = ${why}
     where county = ${county} and id = any (${[...ids]}::uuid[])`.execute(tx)
}

export async function updateUndone(
  tx: Tx,
  { county, by, at }: { county: string; by: string; at: Instant },
  { id, why }: { id: string; why: string },
): Promise<void> {
  await sql`
    update benefits.determination set status = 'undone', undone_by = ${by}, undone_at = ${at}, undone_why = ${why}
     where county = ${county} and id = ${id}`.execute(tx)
}

export interface SpanRow {
  id: string
  awardId: string
  determinationId: string
  kind: string
  outcome: 'grant' | 'end'
  fromMonth: Month
  toMonth: Month | null
}

export async function listCurrentSpans(
  db: Db,
  county: string,
  awardIds: readonly string[],
): Promise<SpanRow[]> {
  const { rows } = await sql<SpanRow>`
    select id, award_id, determination_id, kind, outcome, ${MONTHS} from benefits.determination_span
     where county = ${county} and award_id = any (${[...awardIds]}::uuid[]) and superseded_at is null
     order by award_id, valid`.execute(db)
  return rows
}

export async function closeSpans(
  tx: Tx,
  { county, at }: { county: string; at: Instant },
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await sql`update benefits.determination_span set superseded_at = ${at}
             where county = ${county} and id = any (${[...ids]}::uuid[])`.execute(tx)
  await sql`update benefits.coverage set superseded_at = ${at}
             where county = ${county} and span_id = any (${[...ids]}::uuid[]) and superseded_at is null`.execute(
    tx,
  )
}

export interface NewSpanRow {
  id: string
  awardId: string
  determinationId: string
  kind: string
  outcome: 'grant' | 'end'
  isChange: boolean
  from: Month
  to: Month | null
  content: unknown
  town: string | null
  village: string | null
}

export async function insertSpans(
  tx: Tx,
  { county, at }: { county: string; at: Instant },
  spans: readonly NewSpanRow[],
): Promise<void> {
  const rows = spans.map((span) => ({
    county,
    id: span.id,
    award_id: span.awardId,
    determination_id: span.determinationId,
    kind: span.kind,
    outcome: span.outcome,
    is_change: span.isChange,
    valid: monthRange(span.from, span.to),
    content: JSON.stringify(span.content ?? null),
    town: span.town,
    village: span.village,
    recorded_at: at,
  }))
  await insertRows(tx, 'benefits.determination_span', rows)
}

export interface NewCoverage {
  id: string
  spanId: string
  awardId: string
  personId: string
  exclusiveKey: string
  from: Month
  to: Month | null
  town: string | null
  village: string | null
}

export async function insertCoverage(
  tx: Tx,
  { county, at }: { county: string; at: Instant },
  coverage: readonly NewCoverage[],
): Promise<void> {
  const rows = coverage.map((each) => ({
    county,
    id: each.id,
    span_id: each.spanId,
    award_id: each.awardId,
    person_id: each.personId,
    exclusive_key: each.exclusiveKey,
    valid: monthRange(each.from, each.to),
    town: each.town,
    village: each.village,
    recorded_at: at,
  }))
  await insertRows(tx, 'benefits.coverage', rows)
}

export async function closeReviews(
  tx: Tx,
  county: string,
  { awardIds, at }: { awardIds: readonly string[]; at: Instant },
): Promise<void> {
  await sql`update benefits.review set status = 'answered', closed_at = ${at}
             where county = ${county} and award_id = any (${[...awardIds]}::uuid[]) and status = 'open'`.execute(
    tx,
  )
}
