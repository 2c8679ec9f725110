import * as fc from 'fast-check'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../server/app.ts'
import { listClaims } from '../server/engines/funds/index.ts'
import { checkDuplicate } from '../server/engines/registry/index.ts'
import { read } from '../server/platform/command.ts'
import { buildActor } from './actors.ts'
import { testDb, type TestDb } from './db.ts'
import { asApp, plantCounty, type PlantedCounty } from './scope-world.ts'

/** Who may see and write what: the two guards (permissions and areas in the code, row-level security in the database). */

let db: TestDb
let here: PlantedCounty
let there: PlantedCounty

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  here = await plantCounty(db, { county: '441882', month: '2020-02', numbers: ['110101199003074477'] })
  there = await plantCounty(db, { county: '430181', month: '2020-04' })
  // What a command would be long for: a person of the county without a place, and one with a town alone.
  await db.pool.query(
    `insert into registry.person (county, id, full_name, id_kind, town, village, recorded_at)
     values ('441882', gen_random_uuid(), '无住址', 'none', null, null, now()), ('441882', gen_random_uuid(), '无村', 'none', '441882101', null, now())`,
  )
})
afterAll(() => db.close())

const TABLES = [
  'registry.person',
  'registry.fact',
  'registry.household',
  'registry.person_look',
  'benefits.award',
  'benefits.takeover',
  'benefits.takeover_award',
  'benefits.correction',
  'benefits.determination',
  'benefits.determination_span',
  'benefits.coverage',
  'benefits.obligation_line',
  'benefits.run',
  'funds.instruction',
  'funds.claim',
  'funds.hold',
  'funds.receipt',
  'funds.batch',
  'platform.audit_row',
] as const

/** Rows are told apart by the database's own address of them: no primary key has to be known here. */
interface Row {
  row_at: string
  county: string
  town?: string | null
  village?: string | null
}

async function allRows(client: Pick<pg.ClientBase, 'query'>, table: string): Promise<Row[]> {
  return (await client.query<Row>(`select ctid::text as row_at, * from ${table}`)).rows
}

/** The oracle: membership of a county, town or village, in plain words. */
function inScope(row: Row, scope: readonly string[]): boolean {
  return scope.some((code) => code === row.county || code === row.town || code === row.village)
}

/**
 * What an office may do, not whom it serves: read at sign-in, before it is known where somebody works. Reading is open to the
 * connection of requests, and so is writing: another county's rows are guarded by role.actions.ts and sign-in-ways.actions.ts alone.
 */
const OPEN_TABLES = ['platform.role', 'platform.second_factor_rule']

async function guardedTables(): Promise<
  { name: string; rls: boolean; forced: boolean; policies: number; mayRead: boolean }[]
> {
  const { rows } = await db.pool.query<{
    name: string
    rls: boolean
    forced: boolean
    policies: number
    mayRead: boolean
  }>(
    `select n.nspname || '.' || c.relname as name, c.relrowsecurity as rls, c.relforcerowsecurity as forced,
            (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies,
            has_table_privilege('minben_app', c.oid, 'select') as "mayRead"
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'county' and not a.attisdropped
      where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'graphile_worker')
        and n.nspname || '.' || c.relname <> all ($1::text[])
      order by 1`,
    [OPEN_TABLES],
  )
  return rows
}

describe('the roles', () => {
  test.each([
    ['minben_app', false],
    ['minben_runner', true],
    ['minben_auditor', false],
    ['minben_sealer', false],
  ] as const)('%s is no superuser; passes row-level security: %s', async (role, isRunner) => {
    const { rows } = await db.deps.database.pools[role].query<{
      current_user: string
      rolsuper: boolean
      rolbypassrls: boolean
    }>('select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user')
    console.info(JSON.stringify(rows[0]))
    expect(rows).toEqual([{ current_user: role, rolsuper: false, rolbypassrls: isRunner }])
  })

  test('none owns a table, none may make one, none is a member of another', async () => {
    const owned = await db.pool.query(
      `select relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname like 'minben%'`,
    )
    const members = await db.pool.query(
      `select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member where m.rolname like 'minben%'`,
    )
    const makers = await db.pool.query(
      `select r.rolname, n.nspname from pg_roles r, pg_namespace n
        where r.rolname like 'minben%' and n.nspname in ('platform', 'registry', 'benefits', 'funds', 'social_assistance', 'report')
          and has_schema_privilege(r.oid, n.oid, 'create')`,
    )
    expect([owned.rows, members.rows, makers.rows]).toEqual([[], [], []])
  })
})

describe('the tables', () => {
  test('every table with a county has row-level security, forced, and a policy', async () => {
    const tables = await guardedTables()
    expect(tables.length).toBeGreaterThan(40)
    expect(tables.filter(({ rls, forced, policies }) => !rls || !forced || policies === 0)).toEqual([])
  })

  test('the open ones are written by requests alone, and only as far as role.actions and sign-in-ways.actions need', async () => {
    const { rows } = await db.pool.query<{ may: string }>(
      `select r.rolname || ' ' || p.name || ' ' || t.name as may
         from pg_roles r, unnest($1::text[]) as t (name), unnest('{insert,update,delete,truncate}'::text[]) as p (name)
        where r.rolname like 'minben%' and has_table_privilege(r.oid, t.name, p.name) order by 1`,
      [OPEN_TABLES],
    )
    expect(rows.map(({ may }) => may)).toEqual([
      'minben_app delete platform.second_factor_rule',
      'minben_app insert platform.role',
      'minben_app insert platform.second_factor_rule',
      'minben_app update platform.role',
    ])
  })

  test('the open ones: the database asks nobody where they work, neither to read nor to write', async () => {
    await asApp(db, [], async (client) => {
      const role = `insert into platform.role (key, title, permissions, county) values ('own', '本县的岗位', '{}', '430181')`
      const rule = `insert into platform.second_factor_rule (county, role, set_by, set_at) values ('430181', 'own', gen_random_uuid(), now())`
      expect([(await client.query(role)).rowCount, (await client.query(rule)).rowCount]).toEqual([1, 1])
      for (const table of OPEN_TABLES)
        expect([
          table,
          (await client.query(`select from ${table} where county = '430181'`)).rowCount,
        ]).toEqual([table, 1])
    })
  })

  test('every view obeys the rows its reader may see', async () => {
    const { rows } = await db.pool.query(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('v', 'm') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'graphile_worker')
          and not coalesce(c.reloptions @> '{security_invoker=true}', false)`,
    )
    expect(rows).toEqual([])
  })

  test('the planted rows reach every table looked at, in both counties', async () => {
    for (const table of TABLES) {
      const counties = new Set((await allRows(db.pool, table)).map(({ county }) => county))
      expect([table, [...counties].toSorted()]).toEqual([table, ['430181', '441882']])
    }
  })
})

describe('a pooled connection', () => {
  test('sees nothing in any table once the scoped transaction has committed', async () => {
    const tables = (await guardedTables()).filter(({ mayRead }) => mayRead)
    const client = await db.deps.database.pools.minben_app.connect()
    try {
      await client.query('begin')
      await client.query(`set local app.scope = '441882,430181'`)
      expect((await allRows(client, 'registry.person')).length).toBe(26)
      await client.query('commit')
      for (const { name } of tables) expect([name, (await allRows(client, name)).length]).toEqual([name, 0])
    } finally {
      client.release()
    }
  })

  test('carries no scope over from a request, done or refused', async () => {
    const duplicate = {
      people: [
        {
          fullName: '某人',
          idNumber: '110101199003074477',
          sex: null,
          bornOn: null,
          town: here.towns[0],
          village: here.villages[0],
        },
      ],
    }
    await expect(here.does(here.maker, commands.registerPeople, duplicate)).rejects.toMatchObject({
      status: 409,
    })
    await read(db.deps, { actor: here.maker, county: here.county }, (ctx) => listClaims(ctx))
    const clients = await Promise.all(
      Array.from({ length: 6 }, () => db.deps.database.pools.minben_app.connect()),
    )
    try {
      for (const client of clients) {
        const { rows } = await client.query<{ scope: string }>(
          `select coalesce(current_setting('app.scope', true), '') as scope`,
        )
        expect(rows).toEqual([{ scope: '' }])
        expect(await allRows(client, 'registry.person')).toEqual([])
      }
    } finally {
      for (const client of clients) client.release()
    }
  })
})

describe('what a scope shows', () => {
  const HERE = '441882'
  const THERE = '430181'
  const towns = [HERE, THERE].flatMap((county) => ['100', '101', '102'].map((suffix) => county + suffix))
  const villages = towns.flatMap((town) => [`${town}001`, `${town}002`])
  const scopes = fc.oneof(
    fc.constantFrom<string[]>([HERE], [THERE], [HERE, THERE], []),
    fc.uniqueArray(fc.constantFrom(...towns), { minLength: 1, maxLength: 3 }),
    fc.uniqueArray(fc.constantFrom(...villages), { minLength: 1, maxLength: 3 }),
    fc.uniqueArray(fc.constantFrom(HERE, ...towns, ...villages), { minLength: 1, maxLength: 4 }),
    // Codes of nobody, and codes that only look like the beginning of one.
    fc.uniqueArray(fc.constantFrom('441883', '44188210', '441882109', '4418821'), {
      minLength: 1,
      maxLength: 2,
    }),
  )

  test('is what the areas say: counts, rows and rows asked for directly, for random scopes in every table', async () => {
    const full = new Map<string, Row[]>()
    for (const table of TABLES) full.set(table, await allRows(db.pool, table))
    await fc.assert(
      fc.asyncProperty(scopes, async (scope) => {
        await asApp(db, scope, async (client) => {
          for (const [table, rows] of full) {
            const expected = rows.filter((row) => inScope(row, scope)).map((row) => row.row_at)
            const counted = await client.query<{ count: number }>(`select count(*) as count from ${table}`)
            const direct = await client.query<{ row_at: string }>(
              `select ctid::text as row_at from ${table} where ctid = any ($1::tid[])`,
              [rows.map((row) => row.row_at)],
            )
            expect([table, counted.rows[0]?.count]).toEqual([table, expected.length])
            expect([table, direct.rows.map((row) => row.row_at).toSorted()]).toEqual([
              table,
              expected.toSorted(),
            ])
          }
        })
      }),
      {
        numRuns: 40,
        examples: [[[HERE]], [[`${HERE}100`, `${HERE}102`]], [[`${HERE}101002`]], [[HERE, THERE]], [[]]],
      },
    )
  })

  test.each([
    ['a county', ['441882']],
    ['two towns', ['441882100', '441882102']],
    ['a village', ['430181101002']],
    ['two counties', ['441882', '430181']],
    ['nothing', []],
  ])('an export of %s holds the same rows', async (_title, scope) => {
    await asApp(db, scope, async (client) => {
      for (const table of TABLES) {
        const expected = (await allRows(db.pool, table)).filter((row) => inScope(row, scope)).length
        expect([table, (await copyOut(client, `copy ${table} to stdout`)).length]).toEqual([table, expected])
        expect([
          table,
          (await copyOut(client, `copy (select county from ${table}) to stdout`)).length,
        ]).toEqual([table, expected])
      }
    })
  })

  async function copyOut(client: pg.PoolClient, statement: string): Promise<string[]> {
    const chunks: Buffer[] = []
    for await (const chunk of client.query(copyTo(statement))) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
  }

  test('a list of the product is cut the same way', async () => {
    const clerk = await buildActor(db, {
      login: 'town_reader',
      permissions: [],
      scope: ['441882101'],
      level: 'township',
    })
    const claims = await read(db.deps, { actor: clerk, county: '441882' }, (ctx) => listClaims(ctx))
    const expected = (await allRows(db.pool, 'funds.claim')).filter((row) => inScope(row, ['441882101']))
    expect(expected.length).toBeGreaterThan(0)
    expect(claims.length).toBe(expected.length)
    await expect(
      read(db.deps, { actor: clerk, county: '430181' }, (ctx) => listClaims(ctx)),
    ).rejects.toMatchObject({ status: 403, code: 'platform.outside_scope' })
  })
})

describe('across the scope', () => {
  test('an identity number on file elsewhere in the county is answered with yes and the town, nothing more', async () => {
    const elsewhere = await buildActor(db, {
      login: 'town_asker',
      permissions: ['registry.duplicate.check'],
      scope: ['441882102'],
      level: 'township',
    })
    expect(await here.does(elsewhere, checkDuplicate, { idNumber: '110101199003074477' })).toEqual({
      found: true,
      town: '441882100',
      townName: '某地',
    })
    expect(await here.does(elsewhere, checkDuplicate, { idNumber: '11010119900307109X' })).toEqual({
      found: false,
      town: null,
      townName: null,
    })
    await asApp(db, ['441882102'], async (client) => {
      const { rows: known } = await db.pool.query<{ hash: string }>(
        `select id_hash as hash from registry.person where id_hash is not null`,
      )
      const { rows, fields } = await client.query(`select * from registry.find_duplicate('441882', $1)`, [
        known[0]?.hash,
      ])
      expect(rows).toEqual([{ found: true, town: '441882100' }])
      expect(fields.map(({ name }) => name)).toEqual(['found', 'town'])
      expect(
        (await client.query(`select from registry.person where id_hash = $1`, [known[0]?.hash])).rowCount,
      ).toBe(0)
    })
    const { rowCount } = await db.pool.query(
      `select from platform.audit_row where event = 'registry.duplicate.checked' and actor_id = $1`,
      [elsewhere.id],
    )
    expect(rowCount).toBe(2)
  })

  test('a row outside the scope is neither inserted nor moved there, and one out of sight is not changed', async () => {
    const insert = (county: string, town: string) => (client: pg.PoolClient) =>
      client.query(
        `insert into registry.person (county, id, full_name, id_kind, town, village, recorded_at) values ($1, gen_random_uuid(), '某', 'none', $2, null, now())`,
        [county, town],
      )
    const refused = { code: '42501', message: expect.stringContaining('row-level security') as string }
    await expect(asApp(db, ['441882100'], insert('441882', '441882101'))).rejects.toMatchObject(refused)
    await expect(asApp(db, ['441882'], insert('430181', '430181100'))).rejects.toMatchObject(refused)
    await expect(asApp(db, [], insert('441882', '441882100'))).rejects.toMatchObject(refused)
    await asApp(db, ['441882100'], insert('441882', '441882100'))
    const move = `update registry.person set town = '441882101', village = null where town = '441882100'`
    await expect(asApp(db, ['441882100'], (client) => client.query(move))).rejects.toMatchObject(refused)
    const blind = await asApp(db, ['441882101'], (client) => client.query(move))
    expect(blind.rowCount).toBe(0)
  })

  test('the code refuses before the database does', async () => {
    const clerk = await buildActor(db, {
      login: 'town_clerk_1',
      permissions: ['registry.person.register'],
      scope: ['441882100'],
      level: 'township',
    })
    const person = (village: string) => ({
      people: [
        {
          fullName: '某人',
          idNumber: null,
          sex: 'male',
          bornOn: '1960-01-02',
          town: village.slice(0, 9),
          village,
        },
      ],
    })
    await expect(here.does(clerk, commands.registerPeople, person('441882101001'))).rejects.toMatchObject({
      status: 403,
      code: 'registry.outside_scope',
    })
    await expect(there.does(clerk, commands.registerPeople, person('430181100001'))).rejects.toMatchObject({
      status: 403,
      code: 'platform.outside_scope',
    })
    await expect(here.does(clerk, commands.recordFacts, { facts: [] })).rejects.toMatchObject({
      status: 403,
      code: 'platform.permission_missing',
    })
    const { rows } = await db.pool.query<{ outcome: string; code: string }>(
      `select outcome, code from platform.audit_row where actor_id = $1 order by at`,
      [clerk.id],
    )
    expect(rows.map(({ outcome, code }) => `${outcome} ${code}`)).toEqual([
      'refused registry.outside_scope',
      'refused platform.outside_scope',
      'refused platform.permission_missing',
    ])
  })
})
