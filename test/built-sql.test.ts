import { expect, test } from 'vitest'
import { builtSql } from './built-sql.ts'
import { isTest, readSources } from './source-files.ts'

/** Values reach the database as parameters. Where a statement is put together as text, this says in how many places and what goes into it. */
const BUILT: Readonly<Record<string, readonly [places: number, reason: string]>> = {
  'server/platform/access.ts': [
    1,
    'SET takes no parameters: the scope is checked to be a list of area codes',
  ],
  'server/platform/audit-dump.db.ts': [3, 'SET takes no parameters: the counties are checked to be codes'],
  'server/platform/backup/backup.db.ts': [
    5,
    'NOW, a constant; ALTER ROLE takes no parameters: the password of the server is made here; tables as the catalogue names them',
  ],
  'server/platform/county-lock.db.ts': [1, 'SET takes no parameters: a number of milliseconds'],
  'server/platform/copy.ts': [4, 'COPY takes no parameters: what its callers below hand in'],
  'server/platform/db.ts': [1, 'insertRows: names are quoted, values are parameters'],
  'server/platform/job-queue.ts': [1, 'GRANTS, a list of constants'],
  'server/platform/move.ts': [7, 'COPY takes no parameters: tables and columns as the catalogue names them'],
  'server/platform/placement.ts': [3, 'the list made by placement.rules.ts of the tables of the catalogue'],
  'server/platform/upgrade-facts.ts': [1, 'the tables of backfills.ts, constants'],
  'server/platform/migrate.ts': [3, 'roles and the files of migrations, before anybody is served'],
  'server/engines/benefits/policy.db.ts': [1, 'REMAINDER_COLUMNS, a table of constants'],
  'server/engines/benefits/reading.db.ts': [
    3,
    'COPY of a run: ids and dates of the database through literal()',
  ],
  'server/engines/benefits/run-carry.db.ts': [
    2,
    'COPY of a run: ids and dates of the database through literal()',
  ],
  'server/engines/benefits/run-stream.db.ts': [
    3,
    'COPY of a run: ids and dates of the database through literal()',
  ],
  'server/engines/benefits/run-touched.db.ts': [
    6,
    'COPY of a run: ids and dates of the database through literal()',
  ],
  'server/engines/funds/hooks.db.ts': [1, 'SET takes no parameters: two lists of constants'],
  'server/engines/registry/person-file.db.ts': [
    1,
    'the alias of a table, a constant of the callers beside it',
  ],
}

/** The bench makes databases of its own and never meets a request. */
const served = readSources(['server']).filter(
  ({ path }) => !isTest(path) && !path.startsWith('server/bench/'),
)

test('statements are written out, but for the places listed here', () => {
  const found = served.flatMap((file) => builtSql(file).map((finding) => ({ path: file.path, finding })))

  expect(found.filter(({ path }) => !(path in BUILT)).map(({ finding }) => finding)).toEqual([])
  const places = Object.keys(BUILT).map((path) => [path, found.filter((each) => each.path === path).length])
  expect(places).toEqual(Object.entries(BUILT).map(([path, [count]]) => [path, count]))
})

test.each([
  ['a value put into raw text', 'sql.raw(`select ${name}`)'],
  ['a text handed in', 'sql.raw(text)'],
  ['a literal of a value', 'sql.lit(name)'],
  ['added up', `await client.query('select * from registry.person where id = ' + id)`],
  ['put into a query', 'await client.query(`select * from registry.person where id = ${id}`)'],
  ['a compiled text', 'tx.executeQuery(CompiledQuery.raw(target + places, values))'],
  ['put into a COPY', 'await copyOut(client, `select * from ${table}`)'],
])('a statement that is built is found: %s', (_, text) => {
  expect(builtSql({ path: 'server/platform/planted.db.ts', text })).toHaveLength(1)
})

test.each([
  ['a parameter', 'sql`select * from registry.person where id = ${id}`'],
  ['written out', `await client.query('select 1 where $1', [id])`],
  ['a constant', `const COLUMNS = 'id, name'\nexport const q = sql.raw(COLUMNS)`],
  ['a quoted name', 'sql`select * from ${sql.table(name)}`'],
])('a statement that is written out is not: %s', (_, text) => {
  expect(builtSql({ path: 'server/platform/planted.db.ts', text })).toEqual([])
})
