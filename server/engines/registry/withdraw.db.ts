import type { Instant } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { MemberRow } from './household.db.ts'
import type { FactRow } from './fact.db.ts'

export interface Registered {
  id: string
  recordedAt: Instant
}

/** Locked until commit: nobody adds anything to them meanwhile. */
export async function lockPeople(tx: Tx, county: string, ids: readonly string[]): Promise<Registered[]> {
  const { rows } = await sql<Registered>`
    select id, recorded_at from registry.person
     where county = ${county} and id = any (${ids}::uuid[]) and withdrawn_at is null
     order by id for update`.execute(tx)
  return rows
}

export async function lockHouseholds(tx: Tx, county: string, ids: readonly string[]): Promise<Registered[]> {
  const { rows } = await sql<Registered>`
    select id, recorded_at from registry.household
     where county = ${county} and id = any (${ids}::uuid[]) and withdrawn_at is null
     order by id for update`.execute(tx)
  return rows
}

/** Everything known now about these people. */
export async function listAllFacts(db: Db, county: string, personIds: readonly string[]): Promise<FactRow[]> {
  const { rows } = await sql<FactRow>`
    select id, root_id, person_id, kind, value, source, town, village, lower(valid) as "from", upper(valid) as "to"
      from registry.fact
     where county = ${county} and person_id = any (${personIds}::uuid[]) and superseded_at is null and not voided`.execute(
    db,
  )
  return rows
}

/** Memberships of these households as known now. */
export async function listAllMembers(
  db: Db,
  county: string,
  householdIds: readonly string[],
): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select id, root_id, household_id, person_id, relation, reason, town, village, lower(valid) as "from", upper(valid) as "to"
      from registry.household_member
     where county = ${county} and household_id = any (${householdIds}::uuid[]) and superseded_at is null and not voided`.execute(
    db,
  )
  return rows
}

/** Which of these records were entered at one of these instants: the rest came later. */
export async function listEnteredAt(
  db: Db,
  county: string,
  {
    table,
    ids,
    at,
  }: { table: 'fact' | 'bank_account' | 'household_member'; ids: readonly string[]; at: readonly Instant[] },
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.table(`registry.${table}`)}
     where county = ${county} and id = any (${ids}::uuid[]) and recorded_at = any (${at}::timestamptz[])`.execute(
    db,
  )
  return new Set(rows.map(({ id }) => id))
}

/** What is known of these people in the whole county, also past the asker's areas. */
export async function listPersonUses(
  db: Db,
  county: string,
  ids: readonly string[],
): Promise<{ id: string; reason: 'member' | 'merged' | 'on_file' }[]> {
  const { rows } = await sql<{ id: string; reason: 'member' | 'merged' | 'on_file' }>`
    select id, reason from registry.find_uses(${county}, ${ids}::uuid[])`.execute(db)
  return rows
}

/** No list and no search finds them any more; their numbers are gone from here. */
export async function updatePeopleWithdrawn(
  tx: Tx,
  county: string,
  { ids, at }: { ids: readonly string[]; at: Instant },
): Promise<void> {
  await sql`delete from registry.name_key where county = ${county} and person_id = any (${ids}::uuid[])`.execute(
    tx,
  )
  await sql`
    update registry.person
       set withdrawn_at = ${at}::timestamptz, id_kind = 'none', id_cipher = null, id_hash = null, id_tail = null,
           phone_cipher = null, phone_hash = null, phone_tail = null, version = version + 1
     where county = ${county} and id = any (${ids}::uuid[])`.execute(tx)
}

export async function updateHouseholdsWithdrawn(
  tx: Tx,
  county: string,
  { ids, at }: { ids: readonly string[]; at: Instant },
): Promise<void> {
  await sql`
    update registry.household set withdrawn_at = ${at}::timestamptz, version = version + 1
     where county = ${county} and id = any (${ids}::uuid[])`.execute(tx)
}
