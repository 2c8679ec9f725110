import { sql, type Db } from '../../platform/db.ts'
import { PERSON_COLUMNS, type Person } from './person.db.ts'
import type { NamedArea } from './search.rules.ts'

/** A page in the order of ids, which is the order of registration. */
export interface Page {
  after?: string | undefined
  limit: number
}

export interface ByName {
  /** The whole name as typed. */
  name: string
  keys: readonly string[]
  places: readonly (readonly string[])[]
}

/** People of exactly this name, in the places. */
export async function listByFullName(
  db: Db,
  county: string,
  { name, places, after, limit }: ByName & Page,
): Promise<Person[]> {
  const { rows } = await sql<Person>`
    select ${PERSON_COLUMNS} from registry.person p
     where p.county = ${county} and p.withdrawn_at is null and p.full_name = ${name} ${livingIn('p', places)} ${behind('p.id', after)}
     order by p.id limit ${limit}`.execute(db)
  return rows
}

/** People whose names have all these keys without being the whole name as typed. */
export async function listByNameKeys(
  db: Db,
  county: string,
  { name, keys, places, after, limit }: ByName & Page,
): Promise<Person[]> {
  const [first = '', ...others] = keys
  const { rows } = await sql<Person>`
    select ${PERSON_COLUMNS} from registry.name_key k
      join registry.person p on p.county = k.county and p.id = k.person_id
     where k.county = ${county} and k.key = ${first} and p.full_name <> ${name}
       ${havingKeys('k.person_id', { county, keys: others })} ${livingIn('k', places)} ${behind('k.person_id', after)}
     order by k.person_id limit ${limit}`.execute(db)
  return rows
}

export interface ByNumbers extends Pick<ByName, 'keys' | 'places'> {
  /** Any of the columns of a number may have its hash. */
  numbers: readonly (readonly (readonly [column: HashColumn, hash: string])[])[]
}

export type HashColumn = 'id_hash' | 'id_tail' | 'phone_hash' | 'phone_tail'

/** People found by the keyed hash of a number, its last four, a phone or its last four; perhaps with a name and places too. */
export async function listByNumbers(
  db: Db,
  county: string,
  { numbers, keys, places, after, limit }: ByNumbers & Page,
): Promise<Person[]> {
  // Index by index: for an "or", tables without statistics are read whole; a number's unique index leaves second files out.
  const fitting = numbers.map((columns) => {
    const each = columns.flatMap(([column, hash]) => {
      const having = sql`select id from registry.person where county = ${county} and ${sql.ref(column)} = ${hash}`
      return column === 'id_hash'
        ? [sql`${having} and alias_of is null`, sql`${having} and alias_of is not null`]
        : [having]
    })
    return sql`and p.id = any (array(${sql.join(each, sql` union all `)}))`
  })
  const { rows } = await sql<Person>`
    select ${PERSON_COLUMNS} from registry.person p
     where p.county = ${county} ${sql.join(fitting, sql` `)}
       ${havingKeys('p.id', { county, keys })} ${livingIn('p', places)} ${behind('p.id', after)}
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

function havingKeys(person: string, { county, keys }: { county: string; keys: readonly string[] }) {
  const each = keys.map(
    (key) => sql`and exists (select from registry.name_key o
       where o.county = ${county} and o.person_id = ${sql.ref(person)} and o.key = ${key})`,
  )
  return sql.join(each, sql` `)
}

/** Each place is a list of codes of towns and villages, one of which must be where the person is filed. */
function livingIn(alias: string, places: readonly (readonly string[])[]) {
  const each = places.map((codes) => {
    const list = sql`any (${codes}::text[])`
    return sql`and (${sql.ref(`${alias}.town`)} = ${list} or ${sql.ref(`${alias}.village`)} = ${list})`
  })
  return sql.join(each, sql` `)
}

function behind(id: string, after: string | undefined) {
  return after === undefined ? sql`` : sql`and ${sql.ref(id)} > ${after}`
}

/** Towns and villages of the county whose names begin with one of these words. */
export async function listAreasNamed(db: Db, county: string, words: readonly string[]): Promise<NamedArea[]> {
  const { rows } = await sql<NamedArea>`
    select code, name from registry.area
     where superseded_at is null and length(code) > length(${county}) and starts_with(code, ${county})
       and exists (select from unnest(${words}::text[]) as typed (word) where starts_with(name, word))`.execute(
    db,
  )
  return rows
}
