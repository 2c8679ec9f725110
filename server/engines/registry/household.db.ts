import type { Instant, PlainDate } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import { rangeText, type Laying, type Span } from './timeline.rules.ts'

export interface Household {
  id: string
  headId: string
  town: string | null
  village: string | null
  version: number
}

export interface Member extends Span {
  householdId: string
  personId: string
  relation: string
}

export interface MemberRow extends Member {
  reason: string | null
  town: string | null
  village: string | null
}

const MEMBER = sql`m.id, m.root_id, m.household_id, m.person_id, m.relation, lower(m.valid) as "from", upper(m.valid) as "to"`
const ROW = sql`${MEMBER}, m.reason, m.town, m.village`

/** Who belongs to these households on a day, as known now. */
export async function membersOn(
  db: Db,
  { county, householdIds, on }: { county: string; householdIds: readonly string[]; on: PlainDate },
): Promise<Member[]> {
  const { rows } = await sql<Member>`
    select ${MEMBER} from registry.household_member m
     where m.county = ${county} and m.household_id = any (${householdIds}::uuid[])
       and m.superseded_at is null and not m.voided and m.valid @> ${on}::date
     order by m.household_id, m.person_id`.execute(db)
  return rows
}

/** Who belonged to them on a day, as known at the cut. */
export async function membersAsKnown(
  db: Db,
  filter: { county: string; householdIds: readonly string[]; on: PlainDate; cut: Instant },
): Promise<Member[]> {
  const { rows } = await sql<Member>`
    select ${MEMBER} from registry.household_member m
     where m.county = ${filter.county} and m.household_id = any (${filter.householdIds}::uuid[])
       and m.recorded_at <= ${filter.cut}::timestamptz
       and (m.superseded_at is null or m.superseded_at > ${filter.cut}::timestamptz)
       and not m.voided and m.valid @> ${filter.on}::date
     order by m.household_id, m.person_id`.execute(db)
  return rows
}

/** The household of each of these people on a day, as known now. */
export async function householdsOfPeople(
  db: Db,
  { county, personIds, on }: { county: string; personIds: readonly string[]; on: PlainDate },
): Promise<Map<string, string>> {
  const { rows } = await sql<{ personId: string; householdId: string }>`
    select m.person_id, m.household_id from registry.household_member m
     where m.county = ${county} and m.person_id = any (${personIds}::uuid[])
       and m.superseded_at is null and not m.voided and m.valid @> ${on}::date`.execute(db)
  return new Map(rows.map(({ personId, householdId }) => [personId, householdId]))
}

export async function listHouseholds(db: Db, county: string, ids: readonly string[]): Promise<Household[]> {
  const { rows } = await sql<Household>`
    select id, head_id, town, village, version from registry.household
     where county = ${county} and id = any (${ids}::uuid[]) and withdrawn_at is null
     order by id`.execute(db)
  return rows
}

/** Null for a household or a head out of reach. */
export async function findHeadName(db: Db, county: string, householdId: string): Promise<string | null> {
  const { rows } = await sql<{ fullName: string }>`
    select p.full_name from registry.household h
      join registry.person p on p.county = h.county and p.id = h.head_id
     where h.county = ${county} and h.id = ${householdId}`.execute(db)
  return rows[0]?.fullName ?? null
}

/** Households in reach, in the order of ids; `after` continues a page. */
export async function listHouseholdsPage(
  db: Db,
  county: string,
  { after, limit }: { after?: string; limit: number },
): Promise<Household[]> {
  const rest = after === undefined ? sql`true` : sql`id > ${after}`
  const { rows } = await sql<Household>`
    select id, head_id, town, village, version from registry.household
     where county = ${county} and withdrawn_at is null and ${rest}
     order by id limit ${limit}`.execute(db)
  return rows
}

/** Known memberships of people, in any household in reach. */
export async function listMemberships(
  db: Db,
  county: string,
  personIds: readonly string[],
): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select ${ROW} from registry.household_member m
     where m.county = ${county} and m.person_id = any (${personIds}::uuid[])
       and m.superseded_at is null and not m.voided
     order by m.person_id, lower(m.valid)`.execute(db)
  return rows
}

export async function insertHouseholds(
  tx: Tx,
  county: string,
  { households, at }: { households: readonly Omit<Household, 'version'>[]; at: Instant },
): Promise<void> {
  const rows = households.map(({ id, headId, town, village }) => ({
    county,
    id,
    head_id: headId,
    town,
    village,
    recorded_at: at,
  }))
  await insertRows(tx, 'registry.household', rows)
}

export async function supersedeMembers(
  tx: Tx,
  county: string,
  { ids, at }: { ids: readonly string[]; at: Instant },
): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update registry.household_member set superseded_at = ${at}::timestamptz
     where county = ${county} and id = any (${ids}::uuid[]) and superseded_at is null`.execute(tx)
}

/** Superseding comes first: the exclusion constraint looks at each row as it is written. */
export async function insertMembers(
  tx: Tx,
  county: string,
  { laid, at, by }: { laid: Laying<MemberRow>['inserted']; at: Instant; by: string },
): Promise<void> {
  const rows = laid.map(({ span, isKnown }) => ({
    ...columnsOf(span, { county, at, by }),
    superseded_at: isKnown ? null : at,
    voided: false,
  }))
  await insertRows(tx, 'registry.household_member', rows)
}

/** Memberships that never began after all. */
export async function insertUndoneMembers(
  tx: Tx,
  county: string,
  { undone, at, by }: { undone: readonly MemberRow[]; at: Instant; by: string },
): Promise<void> {
  const rows = undone.map((span) => ({
    ...columnsOf(span, { county, at, by }),
    superseded_at: null,
    voided: true,
  }))
  await insertRows(tx, 'registry.household_member', rows)
}

function columnsOf(span: MemberRow, { county, at, by }: { county: string; at: Instant; by: string }) {
  return {
    county,
    id: span.id,
    root_id: span.rootId,
    household_id: span.householdId,
    person_id: span.personId,
    relation: span.relation,
    reason: span.reason,
    valid: rangeText(span),
    town: span.town,
    village: span.village,
    recorded_by: by,
    recorded_at: at,
  }
}
