import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  comments,
  demonstrationDeeds,
  fileLength,
  moduleShape,
  shutTests,
  silentConflicts,
  sqlPlacement,
} from './architecture-checks.ts'
import type { SchemaRights } from './architecture-checks.ts'
import { migrationNames, unnamedConstraints } from './migration-checks.ts'
import { PLACEHOLDER } from './sql-in-source.ts'
import { isTest, readSources, ROOT, type SourceFile } from './source-files.ts'

/** Files that may be longer than the limit, each with its reason. Empty, and meant to stay so. */
const LONG_FILES: Readonly<Record<string, string>> = {}

/** Where lines, cash and their states live: written by runs, batches and people, never by the demonstration. */
const LEDGER_TABLES = [
  'run',
  'run_chunk',
  'obligation_line',
  'batch',
  'instruction',
  'result',
  'receipt',
  'hold',
  'claim',
]
const MONEY_SCHEMAS = ['benefits', 'funds']

const { ENGINES } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  ENGINES: Readonly<Record<string, string[]>>
}

const code = readSources(['server', 'web', 'oracle', 'scripts', 'test'], /\.tsx?$/)
const product = code.filter(({ path }) => path.startsWith('server/') && !isTest(path))
const modules = readSources(['server/engines', 'server/domains'], /./).map(({ path }) => path)
const migrations = readSources(['server/migrations'], /\.sql$/)
const domains = [...new Set(modules.flatMap((path) => /^server\/domains\/([^/]+)\//.exec(path)?.[1] ?? []))]
const created = migrations.flatMap(({ text }) =>
  [...text.matchAll(/^create schema (\w+)/gm)].map((match) => match[1] ?? ''),
)
const SCHEMAS = [...new Set([...created, ...Object.keys(ENGINES), ...domains.map(schemaOf)])]

describe('the tree', () => {
  test('files of engines and domains carry a known suffix; each folder has a README and an index', () => {
    expectNone(moduleShape(modules))
  })

  test('no file is too long', () => {
    expectNone(fileLength(code, LONG_FILES))
  })

  test('a module writes its own schema only and reads along the table of engines', () => {
    expectNone(product.flatMap((file) => placementOf(file)))
  })

  test('no conflict on a money table is passed over in silence', () => {
    expectNone(product.flatMap((file) => silentConflicts(file)))
  })

  test('the demonstration loader has no SQL and names no ledger table', () => {
    const demo = product.filter(({ path }) => path.startsWith('server/demo/'))

    expectNone(demo.flatMap((file) => demonstrationDeeds(file, LEDGER_TABLES)))
  })

  test('no test is shut, singled out or repeated', () => {
    const runners = readdirSync(ROOT).filter((name) => /^vitest.*\.config\.ts$/.test(name))
    const configurations = runners.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
    const tests = [...code.filter(({ path }) => isTest(path)), ...configurations]

    expectNone(tests.flatMap((file) => shutTests(file)))
  })

  test('suppressions give a reason, open points a name and a date', () => {
    const checks = new Set(['test/architecture-checks.ts', 'test/architecture.test.ts'])

    expectNone(code.filter(({ path }) => !checks.has(path)).flatMap((file) => comments(file)))
  })

  test('migrations are numbered without gaps and name every constraint of the money tables', () => {
    expectNone(migrationNames(migrations.map(({ path }) => path.replace(/^.*\//, ''))))
    expectNone(migrations.flatMap((file) => unnamedConstraints(file, MONEY_SCHEMAS)))
  })

  test('the glossary has one identifier per concept, in snake_case', () => {
    const ids = glossaryIdentifiers()

    expectNone(ids.filter((id) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(id)))
    expectNone(ids.filter((id, i) => ids.indexOf(id) !== i))
  })

  test('the catalogue has its 469 rows, each with a domain, an engine and an acceptance line', () => {
    const rows = readFileSync(join(ROOT, 'docs/catalogue/catalogue.jsonl'), 'utf8').trim().split('\n')
    const parsed = rows.map((row) => JSON.parse(row) as Record<string, unknown>)

    expect(parsed.map(({ id }) => id)).toEqual(Array.from({ length: 469 }, (_, i) => i + 1))
    expect(
      parsed.filter(
        (row) =>
          !['zh', 'domain', 'engine', 'accept'].every(
            (key) => typeof row[key] === 'string' && row[key] !== '',
          ),
      ),
    ).toEqual([])
  })
})

describe('planted breaches', () => {
  const own: SchemaRights = { writes: ['funds.'], reads: ['funds', 'benefits', 'registry', 'platform'] }
  const db = (text: string): SourceFile => ({ path: 'server/engines/funds/planted.db.ts', text })
  const sql = (text: string): SourceFile => db(`export const q = sql\`${text}\``)

  test.each([
    ['update', sql('update benefits.run set status = ${s} where no = 1')],
    ['update with alias', sql('update benefits.run as r set status = 1')],
    ['insert', sql('insert into benefits.obligation_line (fen) values (1)')],
    ['insert in a CTE', sql('with x as (insert into benefits.run values (1) returning no) select * from x')],
    ['delete', sql('delete from registry.fact where id = 1')],
    ['copy', sql('copy benefits.obligation_line (county, fen) from stdin')],
    ['truncate', sql('truncate benefits.run')],
    ['quoted name', sql('insert into "benefits"."run" values (1)')],
    ['name put in', sql('insert into ${table} values (1)')],
    ['no schema', sql('insert into run values (1)')],
    ['builder', db(`export const q = tx.insertInto('benefits.run').values({})`)],
    ['builder update', db(`export const q = tx.updateTable('benefits.run as r')`)],
    ['bulk helper', db(`await insertRows(tx, 'benefits.award', rows)`)],
    ['bulk helper, name put in', db(`await insertRows(tx, table, rows)`)],
    [
      'name chosen among foreign tables',
      db('await sql`update ${sql.table(`benefits.${name}`)} set a = 1`.execute(tx)'),
    ],
    ['bulk copy', db('await copyIn(client, `benefits.obligation_line (${columns})`, lines)')],
    ['copy out', db('await copyOut(client, `${select} from social_assistance.agreement`)')],
    [
      'named fragment',
      db("const target = sql.table('benefits.run')\nawait sql`insert into ${target} values (1)`.execute(tx)"),
    ],
    ['string', db(`await client.query('delete from benefits.run where no = $1', [1])`)],
    ['foreign read', sql('select * from social_assistance.agreement')],
    ['foreign join', sql('select 1 from funds.batch b join social_assistance.agreement a using (county)')],
    ['foreign function', sql('select social_assistance.count_of(1)')],
    [
      'foreign table by name',
      db(`export const q = sql\`select 1 from \${sql.table('social_assistance.agreement')}\``),
    ],
  ])('SQL outside its place is found: %s', (_, file) => {
    expect(sqlPlacement(file, own, SCHEMAS)).not.toEqual([])
  })

  test.each([
    [
      'own write',
      sql(
        'insert into funds.batch (no) select 1 from benefits.run r join registry.area a on a.code = r.county',
      ),
    ],
    [
      'upsert',
      sql('insert into funds.batch (no) values (1) on conflict (county, no) do update set no = excluded.no'),
    ],
    [
      'name chosen among own tables',
      db('const target = sql.table(`funds.${name}`)\nawait sql`update ${target} set a = 1`.execute(tx)'),
    ],
    ['bulk helper', db('await insertRows(tx, `funds.${name}`, rows)')],
    ['lock', sql('select 1 from benefits.run where county = ${c} for update of run')],
    ['comment', sql('select 1 -- not social_assistance.agreement\n from funds.batch')],
    [
      'column of that name',
      sql('select r.benefits from funds.batch r where r.detail is distinct from r.funds'),
    ],
    ['text of that name', db(`throw conflict('social_assistance.too_late', '已经迟了')`)],
    ['temporary table', sql('create temp table staged (a int); insert into staged values (1)')],
  ])('SQL in its place is not reported: %s', (_, file) => {
    expect(sqlPlacement(file, own, SCHEMAS)).toEqual([])
  })

  test.each([
    sql('insert into funds.receipt (id) values (1) on conflict do nothing'),
    sql('insert into funds.receipt (id) values (1) on conflict (county, id)\n do nothing'),
    db(`export const q = tx.insertInto('funds.receipt').values({}).onConflict((c) => c.doNothing())`),
    {
      path: 'server/domains/elderly/x.db.ts',
      text: 'export const q = sql`insert into benefits.run values (1) on conflict do nothing`',
    },
  ])('a silent conflict is found', (file) => {
    expect(silentConflicts(file)).not.toEqual([])
  })

  test('a silent conflict outside money is allowed', () => {
    const file = {
      path: 'server/engines/registry/x.db.ts',
      text: 'export const q = sql`insert into registry.name_key values (1) on conflict do nothing`',
    }

    expect(silentConflicts(file)).toEqual([])
  })

  test.each([
    'await pool.query(`select 1`)',
    'await db.execute(plan)',
    'const q = sql`select 1`',
    `const text = 'insert into registry.person values (1)'`,
    `const table = 'benefits.run'`,
    `await insertRows(tx, 'registry.person', people)`,
  ])('a demonstration loader that goes past the deeds is found: %s', (text) => {
    expect(demonstrationDeeds({ path: 'server/demo/planted.ts', text }, LEDGER_TABLES)).not.toEqual([])
  })

  test('a demonstration loader that calls a use-case is not reported', () => {
    const text = `await execute(deps, startRun, { county, month, group: 'basic_assistance' })`

    expect(demonstrationDeeds({ path: 'server/demo/planted.ts', text }, LEDGER_TABLES)).toEqual([])
  })

  test.each([
    ['test', 'skip', `('x', f)`],
    ['describe', 'only', `('x', f)`],
    ['test', 'concurrent.only', `('x', f)`],
    ['test', 'skipIf', `(true)('x', f)`],
    ['test', 'only.each', `([1])('x', f)`],
  ])('a shut test is found: %s %s', (runner, word, rest) => {
    expect(shutTests({ path: 'x.test.ts', text: `${runner}.${word}${rest}` })).not.toEqual([])
  })

  test('a repeated test is found, in the test and in the configuration of the runner', () => {
    const again = ['re', 'try'].join('')

    expect(shutTests({ path: 'x.test.ts', text: `test('x', { ${again}: 2 }, f)` })).not.toEqual([])
    expect(
      shutTests({ path: 'vitest.config.ts', text: `export default { test: { ${again}: 2 } }` }),
    ).not.toEqual([])
    expect(shutTests({ path: 'x.test.ts', text: `test('x', () => call({ ${again}: 2 }))` })).toEqual([])
  })

  test('a file of another kind, a sub-folder, a missing README and a missing face are found', () => {
    const folder = 'server/engines/funds'
    const whole = [
      `${folder}/README.md`,
      `${folder}/index.ts`,
      `${folder}/batch.db.ts`,
      `${folder}/batch.rules.test.ts`,
      `${folder}/batch.test.ts`,
    ]

    expect(moduleShape(whole)).toEqual([])
    expect(moduleShape([...whole, `${folder}/utils.ts`])).toHaveLength(1)
    expect(moduleShape([...whole, `${folder}/batch.service.ts`])).toHaveLength(1)
    expect(moduleShape([...whole, `${folder}/files/batch.db.ts`])).toHaveLength(1)
    expect(moduleShape([`${folder}/batch.db.ts`])).toHaveLength(2)
  })

  test('a file of 501 lines and a test of 801 are found, 500 and 800 are allowed', () => {
    const lines = (path: string, count: number): SourceFile => ({ path, text: '\n'.repeat(count) })

    expect(fileLength([lines('server/a.ts', 500), lines('server/a.test.ts', 800)], {})).toEqual([])
    expect(fileLength([lines('server/a.ts', 501), lines('server/a.test.ts', 801)], {})).toHaveLength(2)
  })

  test.each([
    ['create table funds.x (id uuid primary key)', 1],
    ['create table funds.x (a text unique, b text check (b > 0))', 2],
    ['create table funds.x (a uuid references funds.y (id))', 1],
    ['create table funds.x (a uuid, foreign key (a) references funds.y (id))', 1],
    ['create table funds.x (a int, exclude using gist (a with =))', 1],
    ['alter table funds.x add check (a > 0)', 1],
    ['alter table funds.x add column b text unique', 1],
    [
      'create table funds.x (a uuid, constraint x_pk primary key (a), constraint x_y foreign key (a) references funds.y (id))',
      0,
    ],
    [
      'create table funds.x (a text not null constraint x_a check (a in (1, 2)) constraint x_y references funds.y (id))',
      0,
    ],
    ['alter table funds.x drop constraint y, validate constraint z', 0],
    ['create unique index x_one on funds.x (a) where b is null', 0],
    [
      'create function funds.f() returns void language sql as $$ create table funds.x (id int primary key) $$',
      0,
    ],
    ['create table registry.x (id uuid primary key)', 0],
  ])('%s: unnamed constraints: %i', (text, count) => {
    expect(unnamedConstraints({ path: 'x.sql', text }, MONEY_SCHEMAS)).toHaveLength(count)
  })

  test('a gap, a repeated number and another form of migration name are found', () => {
    expect(migrationNames(['0001_platform_create_kernel.sql', '0002_registry_create_people.sql'])).toEqual([])
    expect(
      migrationNames(['0001_platform_create_kernel.sql', '0003_registry_create_people.sql']),
    ).toHaveLength(1)
    expect(
      migrationNames(['0001_platform_create_kernel.sql', '0001_registry_create_people.sql']),
    ).toHaveLength(1)
    expect(migrationNames(['0001-kernel.sql'])).toHaveLength(1)
  })

  test('a suppression without reason and a bare open point are found', () => {
    const lint = 'eslint' + '-disable-next-line no-console'

    expect(comments({ path: 'x.ts', text: `// ${lint}` })).toHaveLength(1)
    expect(comments({ path: 'x.ts', text: `// ${lint} -- the command line speaks` })).toEqual([])
    expect(comments({ path: 'x.ts', text: '// TO' + 'DO later' })).toHaveLength(1)
    expect(comments({ path: 'x.ts', text: '// TO' + 'DO(chen, 2026-11-30): after the pilot' })).toEqual([])
  })
})

/** Compared as text, so that a failure prints every finding in full. */
function expectNone(findings: readonly unknown[]): void {
  expect(
    findings.map((finding) => (typeof finding === 'string' ? finding : JSON.stringify(finding))).join('\n'),
  ).toBe('')
}

function schemaOf(folder: string): string {
  return folder.replaceAll('-', '_')
}

function placementOf(file: SourceFile): string[] {
  const rights = rightsOf(file.path)
  return rights ? sqlPlacement(file, rights, SCHEMAS) : []
}

/** Undefined outside engines, domains and platform: elsewhere the linter allows no SQL at all. */
function rightsOf(path: string): SchemaRights | undefined {
  const [, layer, folder = ''] = /^server\/(engines|domains|platform)\/([^/]+)/.exec(path) ?? []
  // The bulk helpers of platform/db.ts are handed the table's name; public.migration exists before any schema does.
  if (layer === 'platform')
    return { writes: ['platform.', 'public.migration', PLACEHOLDER], reads: ['platform'] }
  const own = schemaOf(folder)
  if (layer === 'domains')
    return { writes: [`${own}.`], reads: [own, ...Object.keys(ENGINES), 'platform', 'report'] }
  if (layer !== 'engines') return undefined
  if (folder === 'indicators') return { writes: [`${own}.`], reads: [own, 'report', 'platform'] }
  return { writes: [`${own}.`], reads: [own, ...(ENGINES[folder] ?? []), 'platform'] }
}

function glossaryIdentifiers(): string[] {
  const text = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8')
  return [...text.matchAll(/^\| [^|]+ \| ([^|]+) \| [^|]+ \|$/gm)]
    .map((match) => match[1] ?? '')
    .filter((cell) => cell.includes('`'))
    .flatMap((cell) => cell.split('/').map((id) => id.trim().replaceAll('`', '')))
}
