import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isCoordinator, listPlacements, place } from '../server/platform/placement.ts'
import {
  coordinatorSettings,
  inOrder,
  placementStatements,
  type PlacedTable,
} from '../server/platform/placement.rules.ts'
import { testDb, type TestDb } from './db.ts'

/**
 * A coordinator is not to be had here: what a distributed engine demands of the schema is asked of plain PostgreSQL (and in
 * schema-lint.test.ts), and the statements are carried out against functions that note how they were called.
 */

let db: TestDb
let tables: PlacedTable[]

beforeAll(async () => {
  db = await testDb()
  tables = await listPlacements(db.pool)
})
afterAll(() => db.close())

interface Key {
  table: string
  name: string
  type: 'p' | 'u' | 'x' | 'f'
  columns: string[]
  target: string | null
  target_columns: string[] | null
}

async function keys(): Promise<Key[]> {
  const columnsOf = (rel: string, numbers: string) =>
    `(select array_agg(a.attname::text order by i) from unnest(${numbers}) with ordinality u (n, i) join pg_attribute a on a.attrelid = ${rel} and a.attnum = u.n)`
  const { rows } = await db.pool.query<Key>(
    `select n.nspname || '.' || c.relname as table, k.conname as name, k.contype as type, ${columnsOf('k.conrelid', 'k.conkey')} as columns,
            tn.nspname || '.' || t.relname as target, ${columnsOf('k.confrelid', 'k.confkey')} as target_columns
       from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
       left join pg_class t on t.oid = k.confrelid left join pg_namespace tn on tn.oid = t.relnamespace
      where k.contype in ('p', 'u', 'x', 'f') and c.relkind in ('r', 'p')
     union all
     select n.nspname || '.' || c.relname, i.relname, 'u', ${columnsOf('c.oid', 'x.indkey::int2[]')}, null, null
       from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = c.relnamespace
      where x.indisunique`,
  )
  return rows
}

test('every table of the schema has its place, the same that its migration asked for', () => {
  const folder = path.resolve(import.meta.dirname, '../server/migrations')
  const asked = new Map<string, string>()
  for (const name of readdirSync(folder).sort()) {
    const text = readFileSync(path.join(folder, name), 'utf8')
    for (const [, helper, table = ''] of text.matchAll(
      /platform\.(shard_by_county|replicate_everywhere)\('([\w.]+)'/g,
    ))
      asked.set(table, helper === 'shard_by_county' ? 'county' : 'reference')
    for (const [, table = ''] of text.matchAll(/drop table ([\w.]+)/g)) asked.delete(table)
  }
  expect(Object.fromEntries(tables.map(({ name, kind }) => [name, kind]))).toEqual(
    Object.fromEntries([...asked].sort()),
  )
  expect(tables.length).toBeGreaterThan(60)
})

test('county is part of every key of a county table, and at the same place on both sides of every reference between two', async () => {
  const kinds = new Map(tables.map(({ name, kind }) => [name, kind]))
  const broken = (await keys()).filter(({ table, type, columns, target, target_columns: there }) => {
    if (type !== 'f') return kinds.get(table) === 'county' && !columns.includes('county')
    if (kinds.get(target ?? '') === 'reference') return false
    return kinds.get(table) !== 'county' || columns[0] !== 'county' || there?.[0] !== 'county'
  })
  expect(broken.filter(({ table }) => kinds.has(table))).toEqual([])
})

test('references come first, and no table before one that it points at', () => {
  const order = inOrder(tables)
  const at = new Map(order.map(({ name }, index) => [name, index]))
  const late = order.filter(({ name, parents }) =>
    parents.some((parent) => (at.get(parent) ?? Infinity) > (at.get(name) ?? -1)),
  )
  expect(late).toEqual([])
  const firstCounty = order.findIndex(({ kind }) => kind === 'county')
  expect(order.slice(firstCounty).every(({ kind }) => kind === 'county')).toBe(true)
})

test('the statements are understood by the server and place each table once; a second time there is nothing to do', async () => {
  expect(await isCoordinator(db.pool)).toBe(false)
  await db.pool.query(`
    create table public.placed (no serial, name text, by text);
    create function public.create_distributed_table(rel regclass, by text) returns void language sql as 'insert into public.placed (name, by) values (rel::text, by)';
    create function public.create_reference_table(rel regclass) returns void language sql as 'insert into public.placed (name) values (rel::text)';
    create function public.truncate_local_data_after_distributing_table(rel regclass) returns void language sql as 'insert into public.placed (name, by) values (rel::text, ''cleared'')';`)
  const client = await db.pool.connect()
  const count = await place(client, tables)
  client.release()

  expect(count).toBe(tables.length)
  const calls = await db.pool.query<{ name: string; by: string | null }>(
    'select name, by from public.placed order by no',
  )
  const created = calls.rows.filter(({ by }) => by !== 'cleared')
  expect(created.map(({ name, by }) => [name, by])).toEqual(
    inOrder(tables).map(({ name, kind }) => [name, kind === 'county' ? 'county' : null]),
  )
  expect(calls.rows.filter(({ by }) => by === 'cleared').map(({ name }) => name)).toContain(
    'platform.installation',
  )
  expect(placementStatements(tables.map((table) => ({ ...table, isPlaced: true })))).toEqual([])
})

test('settings of a coordinator are accepted by a plain server too, and stay with the database', async () => {
  for (const setting of coordinatorSettings(db.name)) await db.pool.query(setting)

  const { rows } = await db.pool.query<{ setting: string }>(
    `select unnest(setconfig) as setting from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = current_database()`,
  )
  expect(rows.map(({ setting }) => setting)).toEqual([
    'citus.propagate_set_commands=local',
    'citus.enable_local_reference_table_foreign_keys=off',
  ])
})
