import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from './db.ts'
import { lintSchema, type SchemaFinding } from './schema-lint.ts'

let db: TestDb

beforeAll(async () => {
  db = await testDb()
})

afterAll(async () => {
  await db.close()
})

test('the migrated schema keeps the promises that let it be sharded by county', async () => {
  const findings = await lintSchema(db.pool)

  expect(findings.map(sentence).join('\n')).toBe('')
})

const COUNTY = `county text not null constraint planted_county check (county ~ '^[0-9]{6}$')`
const KEY = 'constraint planted_pk primary key (county, id)'
const WORDS = `comment on table registry.planted is 'a table that a test plants'`
const SECURED = `select platform.shard_by_county('registry.planted')`
const GOOD = [
  `create table registry.planted (${COUNTY}, id uuid not null, other uuid, ${KEY})`,
  WORDS,
  SECURED,
]
const longName = 'planted_'.padEnd(51, 'x')

/** The good table with its columns and keys replaced. */
function table(columns: string): string[] {
  return [`create table registry.planted (${columns})`, WORDS, SECURED]
}

function reference(columns: string): string[] {
  return [
    `create table registry.planted (${columns})`,
    `comment on table registry.planted is 'reference: planted by a test'`,
  ]
}

test('a county table in the prescribed form is not reported', async () => {
  expect(await lintPlanted(GOOD)).toEqual([])
})

test('a reference table needs neither county nor row-level security', async () => {
  expect(
    await lintPlanted(reference('id uuid constraint planted_pk primary key, name text not null')),
  ).toEqual([])
})

test('an append-only table of the plumbing may be written for the county and read within the scope', async () => {
  const statements = GOOD.map((statement) => statement.replaceAll('registry.', 'platform.'))

  expect(
    await lintPlanted([
      ...statements.slice(0, 2),
      `select platform.shard_by_county('platform.planted', 'append')`,
    ]),
  ).toEqual([])
})

test('a county table may point at a reference table without county', async () => {
  const columns = `${COUNTY}, id uuid not null, account_id uuid constraint planted_account references platform.account (id), ${KEY}`

  expect(await lintPlanted(table(columns))).toEqual([])
})

test('a deferred foreign key on both columns is one finding, not two', async () => {
  const columns = `${COUNTY}, id uuid not null, person_id uuid, ${KEY},
    constraint planted_person foreign key (county, person_id) references registry.person (county, id) deferrable`

  expect(await lintPlanted(table(columns))).toEqual(['deferrable'])
})

const BREACHES: readonly [rule: string, what: string, statements: readonly string[]][] = [
  [
    'county',
    'neither county nor a registration',
    [`create table registry.planted (id uuid constraint planted_pk primary key)`, WORDS],
  ],
  [
    'county-type',
    'county as char(6)',
    table(
      `county char(6) not null constraint planted_county check (county ~ '^[0-9]{6}$'), id uuid not null, ${KEY}`,
    ),
  ],
  [
    'county-null',
    'county may be null',
    [
      ...table(
        `county text constraint planted_county check (county ~ '^[0-9]{6}$'), id uuid constraint planted_pk primary key`,
      ),
    ],
  ],
  ['county-check', 'no check on county', table(`county text not null, id uuid not null, ${KEY}`)],
  ['primary-key', 'no primary key', table(`${COUNTY}, id uuid not null`)],
  [
    'primary-key',
    'county is not first in the primary key',
    table(`${COUNTY}, id uuid not null, constraint planted_pk primary key (id, county)`),
  ],
  [
    'unique',
    'a unique constraint without county',
    table(`${COUNTY}, id uuid not null, ${KEY}, constraint planted_once unique (id)`),
  ],
  [
    'unique',
    'a partial unique index without county',
    [...GOOD, 'create unique index planted_once on registry.planted (other) where other is not null'],
  ],
  [
    'exclusion',
    'an exclusion without county',
    table(
      `${COUNTY}, id uuid not null, valid daterange, ${KEY}, constraint planted_one exclude using gist (id with =, valid with &&)`,
    ),
  ],
  [
    'exclusion',
    'county excluded by another operator',
    table(
      `${COUNTY}, id uuid not null, ${KEY}, constraint planted_one exclude using gist (county with <>, id with =)`,
    ),
  ],
  [
    'foreign-key',
    'a foreign key with county second',
    table(
      `${COUNTY}, id uuid not null, person_id uuid, ${KEY}, constraint planted_person foreign key (person_id, county) references registry.person (id, county)`,
    ),
  ],
  [
    'foreign-key',
    'a reference table that points at people',
    reference(
      `${COUNTY}, id uuid constraint planted_pk primary key, constraint planted_person foreign key (county, id) references registry.person (county, id)`,
    ),
  ],
  [
    'set-null',
    'ON DELETE SET NULL',
    table(
      `${COUNTY}, id uuid not null, person_id uuid, ${KEY}, constraint planted_person foreign key (county, person_id) references registry.person (county, id) on delete set null (person_id)`,
    ),
  ],
  [
    'on-update',
    'ON UPDATE CASCADE',
    table(
      `${COUNTY}, id uuid not null, person_id uuid, ${KEY}, constraint planted_person foreign key (county, person_id) references registry.person (county, id) on update cascade`,
    ),
  ],
  [
    'deferrable',
    'a deferrable unique constraint',
    table(`${COUNTY}, id uuid not null, ${KEY}, constraint planted_once unique (county, id) deferrable`),
  ],
  [
    'rls',
    'row-level security switched off',
    [...GOOD, 'alter table registry.planted disable row level security'],
  ],
  [
    'rls-forced',
    'row-level security not forced',
    [...GOOD, 'alter table registry.planted no force row level security'],
  ],
  ['rls-scope', 'no policy', [...GOOD, 'drop policy scope on registry.planted']],
  [
    'rls-scope',
    'a policy that lets everything through',
    [...GOOD, 'alter policy scope on registry.planted using (true)'],
  ],
  [
    'rls-scope',
    'a policy without nullif',
    [
      ...GOOD,
      `alter policy scope on registry.planted using (county = any (string_to_array(current_setting('app.scope', true), ',')))`,
    ],
  ],
  [
    'rls-scope',
    'a town clerk reaches people of the whole county',
    [...GOOD.slice(0, 2), `select platform.shard_by_county('registry.planted', 'county')`],
  ],
  [
    'rls-scope',
    'a policy for reading alone',
    [
      ...GOOD,
      'drop policy scope on registry.planted',
      `create policy scope on registry.planted for select using (county = any (string_to_array(nullif(current_setting('app.scope', true), ''), ',')))`,
    ],
  ],
  [
    'rls-scope',
    'an open policy for appending',
    [...GOOD, 'create policy scope_append on registry.planted for insert with check (true)'],
  ],
  ['rls-other', 'a second door', [...GOOD, 'create policy open on registry.planted using (true)']],
  ['comment', 'no comment', [...GOOD, 'comment on table registry.planted is null']],
  [
    'comment',
    'an exception without a reason',
    [
      ...reference('id uuid constraint planted_pk primary key'),
      `comment on table registry.planted is 'exception:'`,
    ],
  ],
  [
    'name-length',
    'a constraint name of 51 bytes',
    [...GOOD, `alter table registry.planted add constraint ${longName} check (other is not null)`],
  ],
  [
    'name-length',
    'an index name of 51 bytes',
    [...GOOD, `create index ${longName} on registry.planted (county, other)`],
  ],
  [
    'identity',
    'an identity column',
    [...GOOD, 'alter table registry.planted add column no bigint generated always as identity'],
  ],
  ['identity', 'a serial column', [...GOOD, 'alter table registry.planted add column no bigserial']],
  [
    'identity',
    'a random default',
    [...GOOD, 'alter table registry.planted alter column other set default gen_random_uuid()'],
  ],
  [
    'trigger',
    'a trigger',
    [
      ...GOOD,
      'create trigger planted before update on registry.planted for each row execute function suppress_redundant_updates_trigger()',
    ],
  ],
  ['rule', 'a rule', [...GOOD, 'create rule planted as on delete to registry.planted do instead nothing']],
  [
    'schema',
    'a table in public',
    [
      'create table public.planted (id uuid constraint planted_pk primary key)',
      `comment on table public.planted is 'reference: planted by a test'`,
    ],
  ],
  ['unlogged', 'an unlogged table', [...GOOD, 'alter table registry.planted set unlogged']],
]

test.each(BREACHES)('%s is found: %s', async (rule, _, statements) => {
  expect(await lintPlanted(statements)).toContain(rule)
})

test('county excluded first with = is not reported', async () => {
  const columns = `${COUNTY}, id uuid not null, valid daterange, ${KEY}, constraint planted_one exclude using gist (county with =, id with =, valid with &&)`

  expect(await lintPlanted(table(columns))).toEqual([])
})

/** Rules broken by the planted table alone; the transaction that plants it is rolled back. */
async function lintPlanted(statements: readonly string[]): Promise<string[]> {
  const client: pg.PoolClient = await db.pool.connect()
  try {
    await client.query('begin')
    for (const statement of statements) await client.query(statement)
    const findings = await lintSchema(client)
    return findings.filter(({ table: name }) => name.endsWith('.planted')).map(({ rule }) => rule)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

function sentence({ table: name, rule, detail }: SchemaFinding): string {
  return `${name}: ${rule}: ${detail}`
}
