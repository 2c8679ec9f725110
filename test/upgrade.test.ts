import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { urlOfDatabase } from '../server/platform/database.ts'
import { openPool } from '../server/platform/db.ts'
import { listMigrations, migrate } from '../server/platform/migrate.ts'

/** What an installation holds keeps its meaning when its schema moves on, also where its owner is no superuser. */

const NAME = `upgrade_${process.pid}`
const OWNER = `${NAME}_owner`
const [MAKER, CHECKER, APPROVER] = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`)
let pool: pg.Pool

beforeAll(async () => {
  const maker = new pg.Client({ connectionString: inject('clusterUrl') })
  await maker.connect()
  await maker.query(`create database ${NAME}`)
  await maker.end()
  pool = openPool({ url: urlOfDatabase(inject('clusterUrl'), NAME), max: 2, applicationName: 'test' })
})
afterAll(() => pool.end())

const before = (number: string) => listMigrations().filter(({ name }) => name < number)

async function as(role: string, work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(`set role ${role}`)
    await work(client)
  } finally {
    await client.query('reset role')
    client.release()
  }
}

const run = (no: number, status: string, checkedBy: string | undefined) =>
  pool.query(
    `insert into benefits.run (county, no, program_group, month, is_full, cut, above_cut, formulas, status, started_by, started_at,
                               checked_by, checked_at, approved_by, published_at)
     values ('441882', $1, $2, '2020-01', false, now(), now(), '{}', $3, $4, now(), $5, now(), $6, $7)`,
    [
      ...[no, `group ${no}`, status, MAKER, checkedBy],
      ...[status === 'checked' ? null : APPROVER, status === 'published' ? '2020-01-20Z' : null],
    ],
  )

test('0010: corrections on file stay decided, an open run checked by whoever started it is checked again', async () => {
  const client = await pool.connect()
  await migrate(client, before('0010'))
  client.release()
  await pool.query(
    `insert into benefits.correction (county, id, kind, subject, clause, made_by, checked_by, recorded_at)
     values ('441882', gen_random_uuid(), 'rate', 'r', '第9条', $1, $2, '2020-03-01Z')`,
    [MAKER, CHECKER],
  )
  await run(1, 'published', MAKER)
  await run(2, 'checked', MAKER)
  await run(3, 'approved', MAKER)
  await run(4, 'checked', CHECKER)
  await pool.query(
    `insert into platform.role values ('section_clerk', '经办', '{benefits.award.import}'), ('section_checker', '复核', '{benefits.run.check}')`,
  )
  await pool.query(`create role ${OWNER} nosuperuser nobypassrls`)
  await pool.query(`grant usage, create on schema public, benefits to ${OWNER}`)
  await pool.query(`grant usage on schema platform to ${OWNER}`)
  await pool.query(`grant all on public.migration to ${OWNER}`)
  for (const table of ['benefits.correction', 'benefits.run', 'platform.role'])
    await pool.query(`alter table ${table} owner to ${OWNER}`)

  await as(OWNER, (owner) => migrate(owner, before('0011')))

  const corrections = await pool.query(
    'select status, made_by, made_at, checked_by, recorded_at, rejected_why from benefits.correction',
  )
  const at = '2020-03-01T00:00:00.000000Z'
  expect(corrections.rows).toEqual([
    {
      ...{ status: 'decided', made_by: MAKER, made_at: at, checked_by: CHECKER, recorded_at: at },
      rejected_why: null,
    },
  ])
  const runs = await pool.query<{ no: number; status: string; checked_by: string | null }>(
    'select no, status, checked_by, approved_by from benefits.run order by no',
  )
  expect(runs.rows).toEqual([
    { no: 1, status: 'published', checked_by: MAKER, approved_by: APPROVER },
    { no: 2, status: 'computed', checked_by: null, approved_by: null },
    { no: 3, status: 'computed', checked_by: null, approved_by: null },
    { no: 4, status: 'checked', checked_by: CHECKER, approved_by: null },
  ])
  await expect(run(5, 'checked', MAKER)).rejects.toThrow('run_checked_by_another')
  const roles = await pool.query<{ permissions: string[] }>(
    'select permissions from platform.role order by key',
  )
  expect(roles.rows.map(({ permissions }) => permissions)).toEqual([
    [
      'benefits.run.check',
      'benefits.takeover.sign',
      'benefits.takeover.withdraw',
      'benefits.correction.propose',
    ],
    ['benefits.award.import', 'benefits.takeover.withdraw', 'benefits.correction.propose'],
  ])
  const forced = await pool.query(
    `select relname from pg_class where relname in ('run', 'correction', 'takeover', 'takeover_award')
        and relnamespace = 'benefits'::regnamespace and relforcerowsecurity order by 1`,
  )
  expect(forced.rows.map(({ relname }: { relname: string }) => relname)).toEqual([
    'correction',
    'run',
    'takeover',
    'takeover_award',
  ])
})

test('0017: numbers shown in clear before stand in the file of whom they belong to', async () => {
  const client = await pool.connect()
  await migrate(client, before('0017'))
  const person = '00000000-0000-4000-8000-000000000009'
  await pool.query(
    `insert into registry.person (county, id, full_name, id_kind, town, village, recorded_at)
     values ('441882', $1, '某人', 'none', '441882100', '441882100001', now())`,
    [person],
  )
  const revealed = (outcome: string, subject: object) =>
    pool.query(
      `insert into platform.audit_row (county, id, at, actor_id, event, outcome, subject, request_id, xact)
       values ('441882', gen_random_uuid(), '2020-03-01Z', $1, 'registry.identity.revealed', $2, $3, gen_random_uuid(), 1)`,
      [MAKER, outcome, JSON.stringify(subject)],
    )
  await revealed('done', { personId: person, purpose: 'verify_identity' })
  await revealed('refused', {})

  await migrate(client)
  client.release()

  const looks = await pool.query(
    'select person_id, what, part, purpose, actor_id, at, village from registry.person_look',
  )
  expect(looks.rows).toEqual([
    {
      ...{ person_id: person, what: 'revealed', part: null, purpose: 'verify_identity', actor_id: MAKER },
      ...{ at: '2020-03-01T00:00:00.000000Z', village: '441882100001' },
    },
  ])
  const forced = await pool.query<{ relname: string }>(
    `select relname from pg_class where relname in ('person', 'person_look', 'audit_row') and relforcerowsecurity order by 1`,
  )
  expect(forced.rows.map(({ relname }) => relname)).toEqual(['audit_row', 'person', 'person_look'])
})
