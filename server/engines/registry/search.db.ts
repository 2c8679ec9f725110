import { sql, type Db } from '../../platform/db.ts'
import { PERSON_COLUMNS, type Person } from './person.db.ts'

/** A page in the order of ids, which is the order of registration. */
export interface Page {
  after?: string | undefined
  limit: number
}

/** People whose names have all these keys. */
export async function listByNameKeys(
  db: Db,
  county: string,
  { keys, after, limit }: { keys: readonly string[] } & Page,
): Promise<Person[]> {
  const [first = '', ...others] = keys
  const also = others.map(
    (key) => sql`and exists (select from registry.name_key o
       where o.county = k.county and o.person_id = k.person_id and o.key = ${key} and o.county = ${county})`,
  )
  const rest = after === undefined ? sql`` : sql`and k.person_id > ${after}`
  const { rows } = await sql<Person>`
    select ${PERSON_COLUMNS} from registry.name_key k
      join registry.person p on p.county = k.county and p.id = k.person_id
     where k.county = ${county} and k.key = ${first} ${rest} ${sql.join(also, sql` `)}
     order by k.person_id limit ${limit}`.execute(db)
  return rows
}

/** People found by the keyed hash of a number, its last four, or a phone. */
export async function listByHash(
  db: Db,
  county: string,
  { column, hash, after, limit }: { column: 'id_hash' | 'id_tail' | 'phone_hash'; hash: string } & Page,
): Promise<Person[]> {
  const rest = after === undefined ? sql`` : sql`and p.id > ${after}`
  const { rows } = await sql<Person>`
    select ${PERSON_COLUMNS} from registry.person p
     where p.county = ${county} and ${sql.ref(`p.${column}`)} = ${hash} ${rest}
     order by p.id limit ${limit}`.execute(db)
  return rows
}

/** Who is known under these keyed hashes of numbers, as far as in reach. */
export async function listByIdHashes(
  db: Db,
  county: string,
  hashes: readonly string[],
): Promise<(Person & { idHash: string })[]> {
  const { rows } = await sql<Person & { idHash: string }>`
    select ${PERSON_COLUMNS}, p.id_hash from registry.person p
     where p.county = ${county} and p.id_hash = any (${hashes}::text[]) and p.alias_of is null`.execute(db)
  return rows
}
