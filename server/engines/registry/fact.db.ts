import type { Instant, PlainDate } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import { rangeText, type Laying, type Span } from './timeline.rules.ts'

export interface Fact extends Span {
  personId: string
  kind: string
  value: Record<string, unknown>
  source: string
  recordedAt: Instant
}

/** With the current place columns, which row-level security reads. */
export interface FactRow extends Span {
  personId: string
  kind: string
  value: Record<string, unknown>
  source: string
  town: string | null
  village: string | null
}

export interface FactFilter {
  county: string
  /** Absent = everybody in reach. */
  personIds?: readonly string[]
  kinds?: readonly string[]
  /** Facts true on this day; absent = the whole history. */
  on?: PlainDate
}

const FACT = sql`id, root_id, person_id, kind, value, source, recorded_at, lower(valid) as "from", upper(valid) as "to"`
const ROW = sql`id, root_id, person_id, kind, value, source, town, village, lower(valid) as "from", upper(valid) as "to"`

/** What is known now. */
export async function currentFacts(db: Db, filter: FactFilter): Promise<Fact[]> {
  const { rows } = await sql<Fact>`
    select ${FACT} from registry.fact
     where county = ${filter.county} and superseded_at is null and not voided and ${matching(filter)}
     order by person_id, kind, lower(valid)`.execute(db)
  return rows
}

/** What was known at the cut; a month computed again with its old cut sees the same. */
export async function factsAsKnown(db: Db, filter: FactFilter & { cut: Instant }): Promise<Fact[]> {
  const { rows } = await sql<Fact>`
    select ${FACT} from registry.fact
     where county = ${filter.county} and not voided
       and recorded_at <= ${filter.cut}::timestamptz
       and (superseded_at is null or superseded_at > ${filter.cut}::timestamptz)
       and ${matching(filter)}
     order by person_id, kind, lower(valid)`.execute(db)
  return rows
}

function matching({ personIds, kinds, on }: FactFilter) {
  const conditions = [
    ...(personIds ? [sql`person_id = any (${personIds}::uuid[])`] : []),
    ...(kinds ? [sql`kind = any (${kinds}::text[])`] : []),
    ...(on === undefined ? [] : [sql`valid @> ${on}::date`]),
  ]
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
}

/** Known rows of these people and kinds: what a new record may displace. */
export async function listKnownRows(
  db: Db,
  county: string,
  { personIds, kinds }: { personIds: readonly string[]; kinds: readonly string[] },
): Promise<FactRow[]> {
  const { rows } = await sql<FactRow>`
    select ${ROW} from registry.fact
     where county = ${county} and person_id = any (${personIds}::uuid[]) and kind = any (${kinds}::text[])
       and superseded_at is null and not voided
     order by person_id, kind, lower(valid)`.execute(db)
  return rows
}

/** The row with this id, whatever has become of it since. */
export async function findFactRow(db: Db, county: string, id: string): Promise<FactRow | undefined> {
  const { rows } = await sql<FactRow>`
    select ${ROW} from registry.fact where county = ${county} and id = ${id}`.execute(db)
  return rows[0]
}

/** Every record of a person and kind as it was first entered, oldest first, with its undoing. */
export async function listRecords(
  db: Db,
  county: string,
  { personId, kind }: { personId: string; kind: string },
): Promise<(FactRow & { isUndone: boolean })[]> {
  const { rows } = await sql<FactRow & { isUndone: boolean }>`
    select ${ROW},
           exists (select from registry.fact u
                    where u.county = r.county and u.person_id = r.person_id and u.kind = r.kind
                      and u.root_id = r.id and u.voided) as is_undone
      from registry.fact r
     where county = ${county} and person_id = ${personId} and kind = ${kind} and id = root_id
     order by recorded_at, id`.execute(db)
  return rows
}

/** Known residences in these villages that reach beyond a day. */
export async function listResidencesIn(
  db: Db,
  county: string,
  { villages, after }: { villages: readonly string[]; after: PlainDate },
): Promise<FactRow[]> {
  const { rows } = await sql<FactRow>`
    select ${ROW} from registry.fact
     where county = ${county} and kind = 'residence' and superseded_at is null and not voided
       and value ->> 'village' = any (${villages}::text[])
       and (upper(valid) is null or upper(valid) > ${after}::date)
     order by person_id, lower(valid)`.execute(db)
  return rows
}

export async function supersedeFacts(
  tx: Tx,
  county: string,
  { ids, at }: { ids: readonly string[]; at: Instant },
): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update registry.fact set superseded_at = ${at}::timestamptz
     where county = ${county} and id = any (${ids}::uuid[]) and superseded_at is null`.execute(tx)
}

/** Superseding comes first: the exclusion constraint looks at each row as it is written. */
export async function insertFacts(
  tx: Tx,
  county: string,
  { laid, at, by }: { laid: Laying<FactRow>['inserted']; at: Instant; by: string },
): Promise<void> {
  const rows = laid.map(({ span, isKnown }) => ({
    ...columnsOf(span, { county, at, by }),
    superseded_at: isKnown ? null : at,
    voided: false,
  }))
  await insertRows(tx, 'registry.fact', rows)
}

/** The records of undoings: each says nothing about the person but that its `rootId` no longer counts. */
export async function insertUndoings(
  tx: Tx,
  county: string,
  { undone, at, by }: { undone: readonly FactRow[]; at: Instant; by: string },
): Promise<void> {
  const rows = undone.map((span) => ({
    ...columnsOf(span, { county, at, by }),
    superseded_at: null,
    voided: true,
  }))
  await insertRows(tx, 'registry.fact', rows)
}

function columnsOf(span: FactRow, { county, at, by }: { county: string; at: Instant; by: string }) {
  return {
    county,
    id: span.id,
    root_id: span.rootId,
    person_id: span.personId,
    kind: span.kind,
    value: span.value,
    valid: rangeText(span),
    source: span.source,
    town: span.town,
    village: span.village,
    recorded_by: by,
    recorded_at: at,
  }
}
