import type pg from 'pg'
import type { Month } from '../platform/dates.ts'

export interface KnownPerson {
  id: string
  fullName: string
  initials: string
  town: string
  village: string
  idTail: string
  idNumber: string
  phone: string | null
}

const PERSON = `id, full_name as "fullName", initials, town, village, id_tail as "idTail", id_number as "idNumber", phone`

/** As many people as asked, the same for one population, with a phone. */
export async function samplePeople(owner: pg.Pool, salt: string, limit: number): Promise<KnownPerson[]> {
  const { rows } = await owner.query<KnownPerson>(
    `select ${PERSON} from bench.person where phone is not null order by hashtext(id::text || $1), id limit $2`,
    [salt, limit],
  )
  return rows
}

/** Everybody on file, as text fields in the order of `PERSON`. */
export const EVERYBODY =
  'select full_name, initials, town, village, id_tail, id_number, phone from bench.person'

export async function sampleAwards(owner: pg.Pool, limit: number): Promise<string[]> {
  const { rows } = await owner.query<{ id: string }>(
    `select award_id as id from bench.plan where to_month is null order by hashtext(award_id::text || 'page'), award_id limit $1`,
    [limit],
  )
  return rows.map(({ id }) => id)
}

export async function sampleHouseholds(owner: pg.Pool, limit: number): Promise<string[]> {
  const { rows } = await owner.query<{ id: string }>(
    `select id from registry.household order by hashtext(id::text), id limit $1`,
    [limit],
  )
  return rows.map(({ id }) => id)
}

export async function countPeople(owner: pg.Pool): Promise<number> {
  const { rows } = await owner.query<{ count: number }>('select count(*) as count from bench.person')
  return rows[0]?.count ?? 0
}

/** How many have the commonest name: how alike people's names are here. */
export async function commonestName(owner: pg.Pool): Promise<{ name: string; holders: number }> {
  const { rows } = await owner.query<{ name: string; holders: number }>(
    `select full_name as name, count(*) as holders from bench.person group by full_name order by 2 desc, 1 limit 1`,
  )
  return rows[0] ?? { name: '', holders: 0 }
}

export async function lastPublished(owner: pg.Pool): Promise<{ no: number; month: Month }> {
  const { rows } = await owner.query<{ no: number; month: Month }>(
    `select no, month from benefits.run where status = 'published' order by no desc limit 1`,
  )
  const [last] = rows
  if (!last) throw new Error('the ledger has no published month: fill it with --history 1 or more')
  return last
}

export async function nextBatchNo(owner: pg.Pool): Promise<number> {
  const { rows } = await owner.query<{ no: number }>('select coalesce(max(no), 0) + 1 as no from funds.batch')
  return rows[0]?.no ?? 1
}

/** Whoever reads in the bench: every permission of the office, the whole county. */
export async function insertReader(
  owner: pg.Pool,
  {
    login,
    permissions,
    county,
    passwordHash,
  }: { login: string; permissions: readonly string[]; county: string; passwordHash: string },
): Promise<void> {
  await owner.query(
    `insert into platform.role (key, title, permissions) values ($1, $1, $2)
     on conflict (key) do update set permissions = excluded.permissions`,
    [login, permissions],
  )
  await owner.query(
    `insert into platform.account (id, login, full_name, roles, scope, level, created_at, password_hash, password_set_at)
     values (gen_random_uuid(), $1, $1, $2, $3, 'county', now(), $4, now())
     on conflict (login) do update set password_hash = excluded.password_hash`,
    [login, [login], [county], passwordHash],
  )
}
