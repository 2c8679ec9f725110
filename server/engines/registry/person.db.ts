import type { Instant, PlainDate } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import { notFound } from '../../platform/errors.ts'

export interface Person {
  id: string
  fullName: string
  sex: 'male' | 'female' | null
  idKind: 'citizen' | 'none'
  idCipher: string | null
  phoneCipher: string | null
  /** The record that this human being is known under. */
  aliasOf: string | null
  town: string | null
  village: string | null
  version: number
}

export const PERSON_COLUMNS = sql`p.id, p.full_name, p.sex, p.id_kind, p.id_cipher, p.phone_cipher, p.alias_of, p.town, p.village, p.version`

export interface PersonRow extends Omit<Person, 'aliasOf' | 'version'> {
  idHash: string | null
  idTail: string | null
  phoneHash: string | null
  phoneTail: string | null
}

export async function insertPeople(
  tx: Tx,
  county: string,
  { people, at }: { people: readonly PersonRow[]; at: Instant },
): Promise<void> {
  const rows = people.map((person) => ({
    county,
    id: person.id,
    full_name: person.fullName,
    sex: person.sex,
    id_kind: person.idKind,
    id_cipher: person.idCipher,
    id_hash: person.idHash,
    id_tail: person.idTail,
    phone_cipher: person.phoneCipher,
    phone_hash: person.phoneHash,
    phone_tail: person.phoneTail,
    town: person.town,
    village: person.village,
    recorded_at: at,
  }))
  await insertRows(tx, 'registry.person', rows)
}

export async function insertNameKeys(
  tx: Tx,
  county: string,
  keys: readonly { key: string; personId: string; town: string | null; village: string | null }[],
): Promise<void> {
  const rows = keys.map(({ key, personId, town, village }) => ({
    county,
    key,
    person_id: personId,
    town,
    village,
  }))
  await insertRows(tx, 'registry.name_key', rows)
}

/** In the order of ids; unknown ids and people out of reach are absent. */
export async function listPeople(db: Db, county: string, ids: readonly string[]): Promise<Person[]> {
  const { rows } = await sql<Person>`
    select ${PERSON_COLUMNS} from registry.person p
     where p.county = ${county} and p.id = any (${ids}::uuid[]) and p.withdrawn_at is null
     order by p.id`.execute(db)
  return rows
}

/** People in reach, in the order of ids; `after` continues a page. */
export async function listPeoplePage(
  db: Db,
  county: string,
  { after, limit }: { after?: string; limit: number },
): Promise<Person[]> {
  const rest = after === undefined ? sql`true` : sql`p.id > ${after}`
  const { rows } = await sql<Person>`
    select ${PERSON_COLUMNS} from registry.person p
     where p.county = ${county} and p.withdrawn_at is null and ${rest}
     order by p.id limit ${limit}`.execute(db)
  return rows
}

/** Human beings in reach: a record known to be an alias does not count. */
export async function countPeople(db: Db, county: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from registry.person
     where county = ${county} and alias_of is null and withdrawn_at is null`.execute(db)
  return rows[0]?.count ?? 0
}

export async function getPerson(db: Db, county: string, id: string): Promise<Person> {
  const [person] = await listPeople(db, county, [id])
  if (!person) throw unknown([id])
  return person
}

/** All of them, locked until commit so that two writers of one person take turns. Throws `registry.person_unknown`. */
export async function getPeopleForWrite(
  tx: Tx,
  county: string,
  ids: readonly string[],
): Promise<Map<string, Person>> {
  const { rows } = await sql<Person>`
    select ${PERSON_COLUMNS} from registry.person p
     where p.county = ${county} and p.id = any (${ids}::uuid[]) and p.withdrawn_at is null
     order by p.id for update`.execute(tx)
  const people = new Map(rows.map((person) => [person.id, person]))
  const missing = ids.filter((id) => !people.has(id))
  if (missing.length > 0) throw unknown(missing)
  return people
}

function unknown(ids: readonly string[]) {
  return notFound('registry.person_unknown', '找不到所选人员，或不在您负责的地区。请核对后再试。', {
    personIds: ids.slice(0, 20),
  })
}

/** Identities already on file in the county, with the town to ask; looks past the reader's areas. */
export async function findDuplicates(
  db: Db,
  county: string,
  hashes: readonly string[],
): Promise<Map<string, { town: string | null }>> {
  const { rows } = await sql<{ hash: string; town: string | null }>`
    select h.hash, d.town
      from unnest(${hashes}::text[]) as h (hash)
     cross join lateral registry.find_duplicate(${county}, h.hash) d
     where d.found`.execute(db)
  return new Map(rows.map(({ hash, town }) => [hash, { town }]))
}

/** People whose known residence of a day is another village of this county than their current columns say. */
export async function listOutOfPlace(
  db: Db,
  county: string,
  { personIds, today }: { personIds: readonly string[]; today: PlainDate },
): Promise<{ personId: string; town: string; village: string }[]> {
  if (personIds.length === 0) return []
  const { rows } = await sql<{ personId: string; town: string; village: string }>`
    select p.id as person_id, f.value ->> 'town' as town, f.value ->> 'village' as village
      from registry.person p
      join registry.fact f on f.county = p.county and f.person_id = p.id
     where p.county = ${county} and p.id = any (${personIds}::uuid[])
       and f.kind = 'residence' and f.superseded_at is null and not f.voided and f.valid @> ${today}::date
       and starts_with(f.value ->> 'village', ${county})
       and (p.village, p.town) is distinct from (f.value ->> 'village', f.value ->> 'town')`.execute(db)
  return rows
}

/** The current columns of a person and of what hangs on the person alone. */
export async function updatePersonPlaces(
  tx: Tx,
  county: string,
  moved: readonly { personId: string; town: string; village: string }[],
): Promise<void> {
  if (moved.length === 0) return
  const ids = moved.map(({ personId }) => personId)
  const list = sql`unnest(${ids}::uuid[], ${moved.map(({ town }) => town)}::text[], ${moved.map(({ village }) => village)}::text[])
    as m (person_id, town, village)`
  await sql`update registry.name_key r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.person_id = m.person_id`.execute(tx)
  await sql`update registry.fact r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.person_id = m.person_id`.execute(tx)
  await sql`update registry.bank_account r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.holder_id = m.person_id and r.holder_kind = 'person'`.execute(tx)
  await sql`update registry.person_look r set town = m.town, village = m.village from ${list}
     where r.county = ${county} and r.person_id = m.person_id`.execute(tx)
  await sql`update registry.person r set town = m.town, village = m.village, version = r.version + 1 from ${list}
     where r.county = ${county} and r.id = m.person_id`.execute(tx)
}

export async function updateAliasOf(
  tx: Tx,
  county: string,
  { personId, aliasOf }: { personId: string; aliasOf: string | null },
): Promise<void> {
  await sql`
    update registry.person set alias_of = ${aliasOf}, version = version + 1
     where county = ${county} and id = ${personId}`.execute(tx)
}

/** The keyed hash that makes an identity one of its kind. */
export async function findIdHash(db: Db, county: string, personId: string): Promise<string | null> {
  const { rows } = await sql<{ idHash: string | null }>`
    select id_hash from registry.person where county = ${county} and id = ${personId}`.execute(db)
  return rows[0]?.idHash ?? null
}
