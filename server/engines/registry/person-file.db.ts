import type { Instant } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { Household, Member } from './household.db.ts'
import { PERSON_COLUMNS, type Person } from './person.db.ts'
import type { Span } from './timeline.rules.ts'

/** Rows as known at a cut; null = as known now. */
function known(alias: string, cut: Instant | null) {
  const a = sql.raw(alias)
  if (cut === null) return sql`${a}.superseded_at is null and not ${a}.voided`
  return sql`${a}.recorded_at <= ${cut}::timestamptz and (${a}.superseded_at is null or ${a}.superseded_at > ${cut}::timestamptz) and not ${a}.voided`
}

/** The record with this id, and those that go by it: two look-ups, for asked as one a plan without statistics reads the county. */
export async function listRecords(db: Db, county: string, id: string): Promise<Person[]> {
  const { rows } = await sql<Person>`
    select ${PERSON_COLUMNS} from registry.person p
     where p.county = ${county} and p.id = ${id} and p.withdrawn_at is null
    union all
    select ${PERSON_COLUMNS} from registry.person p
     where p.county = ${county} and p.alias_of = ${id} and p.id <> ${id} and p.withdrawn_at is null
     order by id`.execute(db)
  return rows
}

export interface Housemate extends Member {
  /** Null for whoever lives outside the reader's areas. */
  fullName: string | null
}

/** Everybody who ever belonged to a household that one of these people ever belonged to, in the order of joining. */
export async function listHousemates(
  db: Db,
  county: string,
  { personIds, cut }: { personIds: readonly string[]; cut: Instant | null },
): Promise<Housemate[]> {
  const { rows } = await sql<Housemate>`
    select m.id, m.root_id, m.household_id, m.person_id, m.relation, lower(m.valid) as "from", upper(m.valid) as "to", p.full_name
      from registry.household_member m
      left join registry.person p on p.county = m.county and p.id = m.person_id
     where m.county = ${county} and ${known('m', cut)}
       and m.household_id = any (array(
         select o.household_id from registry.household_member o
          where o.county = ${county} and o.person_id = any (${personIds}::uuid[]) and ${known('o', cut)}))
     order by lower(m.valid), m.id`.execute(db)
  return rows
}

export async function listMembersEver(
  db: Db,
  county: string,
  { householdId, cut }: { householdId: string; cut: Instant | null },
): Promise<Member[]> {
  const { rows } = await sql<Member>`
    select m.id, m.root_id, m.household_id, m.person_id, m.relation, lower(m.valid) as "from", upper(m.valid) as "to"
      from registry.household_member m
     where m.county = ${county} and m.household_id = ${householdId} and ${known('m', cut)}
     order by lower(m.valid), m.id`.execute(db)
  return rows
}

export async function findHousehold(db: Db, county: string, id: string): Promise<Household | undefined> {
  const { rows } = await sql<Household>`
    select id, head_id, town, village, version from registry.household
     where county = ${county} and id = ${id} and withdrawn_at is null`.execute(db)
  return rows[0]
}

export interface FileFact extends Span {
  personId: string
  kind: string
  value: Record<string, unknown>
  source: string
  /** Of the record as it was entered; what a later record left of it was known since then too. */
  recordedAt: Instant
  recordedBy: string
}

/** The whole history of these people's facts as known. */
export async function listFileFacts(
  db: Db,
  county: string,
  { personIds, cut }: { personIds: readonly string[]; cut: Instant | null },
): Promise<FileFact[]> {
  const { rows } = await sql<FileFact>`
    select f.id, f.root_id, f.person_id, f.kind, f.value, f.source, lower(f.valid) as "from", upper(f.valid) as "to",
           r.recorded_at, r.recorded_by
      from registry.fact f
      join registry.fact r on r.county = f.county and r.id = f.root_id
     where f.county = ${county} and f.person_id = any (${personIds}::uuid[]) and ${known('f', cut)}
     order by f.person_id, f.kind, lower(f.valid)`.execute(db)
  return rows
}

export interface RecordedFact {
  id: string
  rootId: string
  kind: string
  value: Record<string, unknown>
  source: string
  from: string
  to: string | null
  isUndoing: boolean
  recordedAt: Instant
  recordedBy: string
}

/** Records as entered, and their undoings; what later ones left of them is no deed of anybody. */
export async function listFactDeeds(
  db: Db,
  county: string,
  personIds: readonly string[],
): Promise<RecordedFact[]> {
  const { rows } = await sql<RecordedFact>`
    select id, root_id, kind, value, source, lower(valid) as "from", upper(valid) as "to", voided as is_undoing,
           recorded_at, recorded_by
      from registry.fact
     where county = ${county} and person_id = any (${personIds}::uuid[]) and (id = root_id or voided)`.execute(
    db,
  )
  return rows
}

export interface MemberDeed {
  id: string
  rootId: string
  personId: string
  relation: string
  reason: string | null
  from: string
  to: string | null
  isUndoing: boolean
  recordedAt: Instant
  recordedBy: string
}

/** Joining, leaving and undone joining, of everybody in these people's households. */
export async function listMemberDeeds(
  db: Db,
  county: string,
  personIds: readonly string[],
): Promise<MemberDeed[]> {
  const { rows } = await sql<MemberDeed>`
    select m.id, m.root_id, m.person_id, m.relation, m.reason, lower(m.valid) as "from", upper(m.valid) as "to",
           m.voided as is_undoing, m.recorded_at, m.recorded_by
      from registry.household_member m
     where m.county = ${county} and (m.id = m.root_id or m.voided or m.reason is not null)
       and m.household_id = any (array(
         select o.household_id from registry.household_member o
          where o.county = ${county} and o.person_id = any (${personIds}::uuid[])))`.execute(db)
  return rows
}

export interface OtherDeed {
  id: string
  kind: 'merged' | 'unmerged' | 'account'
  text: string
  recordedAt: Instant
  recordedBy: string
}

/** Merging of records (seen by readers of the whole county) and accounts entered. */
export async function listOtherDeeds(
  db: Db,
  county: string,
  personIds: readonly string[],
): Promise<OtherDeed[]> {
  const { rows } = await sql<OtherDeed>`
    select id, case when voided then 'unmerged' else 'merged' end as kind, reason as text, recorded_at, recorded_by
      from registry.person_alias
     where county = ${county} and person_id = any (${personIds}::uuid[]) and (id = root_id or voided)
    union all
    select id, 'account', holder_name, recorded_at, recorded_by from registry.bank_account
     where county = ${county} and holder_id = any (${personIds}::uuid[]) and id = root_id`.execute(db)
  return rows
}
