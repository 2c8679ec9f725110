import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildHttp } from '../server/http.ts'
import { jobHandlers } from '../server/jobs.ts'
import { command, execute } from '../server/platform/command.ts'
import { nextNumber } from '../server/platform/counter.db.ts'
import { connectRoles } from '../server/platform/database.ts'
import { runAvailable } from '../server/platform/jobs.ts'
import { askReadiness, USUAL_LIMITS } from '../server/platform/readiness.ts'
import type { Readiness } from '../server/platform/readiness.schema.ts'
import { sealAll } from '../server/platform/sealer.ts'
import { ROLES } from '../server/roles.ts'
import { routes } from '../server/routes.ts'
import { asking, type Asking } from './asking.ts'
import { testDb, type TestDb } from './db.ts'

/** Each fault of the service is said by /readyz and by the administrators' page, with its code and what to do; healed, it is gone. */

const COUNTY = '441882'
const LIMITS = { ...USUAL_LIMITS, diskLowMib: 0, diskNoteMib: 0 }
let db: TestDb
let http: FastifyInstance
let admin: Asking
let clerk: Asking
let limits = LIMITS

beforeAll(async () => {
  db = await testDb()
  const deps = { ...db.deps, get limits() { return limits } } // prettier-ignore
  http = await buildHttp(deps, { routes, isDemo: false, mostRequests: 10_000 })
  const permissionsOf = (wanted: string) => ROLES.find(({ key }) => key === wanted)?.permissions ?? []
  admin = await asking(db, http, COUNTY, { login: 'admin', permissions: permissionsOf('system_admin') })
  clerk = await asking(db, http, COUNTY, { login: 'clerk', permissions: permissionsOf('section_clerk') })
})
beforeEach(() => {
  limits = LIMITS
})
afterAll(async () => {
  await http.close()
  await db.close()
})

async function ready(): Promise<[status: number, reasons: string[], notes: string[]]> {
  const answer = await http.inject({ url: '/readyz' })
  const { reasons, notes } = answer.json<Readiness>()
  for (const { text } of [...reasons, ...notes]) expect(text).toMatch(/请.+。$/)
  return [answer.statusCode, reasons.map(({ code }) => code), notes.map(({ code }) => code)]
}
const WELL = [200, [], []]
const broken = (code: string) => [503, [code], []]
const noted = (code: string) => [200, [], [code]]

/** A row of the trail that this program did not write: when, and with which moment in its id. */
async function plantRow(ago: number): Promise<void> {
  const ms = (Date.now() - ago * 1000).toString(16).padStart(12, '0')
  const id = `${ms.slice(0, 8)}-${ms.slice(8)}-7${randomUUID().slice(15)}`
  await db.pool.query(
    `insert into platform.audit_row (county, id, at, event, outcome, subject, request_id, xact)
     values ($1, $2, now() - $3 * interval '1 second', 'platform.thing.done', 'done', '{}', gen_random_uuid(), 1)`,
    [COUNTY, id, ago],
  )
}

test('all is well: 200 without a word', async () => {
  await sealAll(db.deps)
  expect(await ready()).toEqual(WELL)
})

test('a disk that runs out is noted, then it is a reason', async () => {
  limits = { ...LIMITS, diskNoteMib: 2 ** 40 }
  expect(await ready()).toEqual(noted('platform.disk_shrinking'))
  limits = { ...LIMITS, diskLowMib: 2 ** 40 }
  expect(await ready()).toEqual(broken('platform.disk_low'))
})

test('audit rows without a seal for too long, until they are sealed', async () => {
  await plantRow(9 * 60)
  expect(await ready()).toEqual(WELL)
  await plantRow(11 * 60)
  expect(await ready()).toEqual(broken('platform.seals_late'))
  await sealAll(db.deps)
  expect(await ready()).toEqual(WELL)
})

describe('jobs', () => {
  const none = () => db.pool.query('delete from graphile_worker._private_jobs')
  const add = async (set: string) => {
    await db.pool.query(`select graphile_worker.add_job('platform.nothing.done', '{}', max_attempts => 2)`)
    await db.pool.query(`update graphile_worker._private_jobs set ${set}`)
  }

  test.each([
    ['due for 9 minutes and not taken', `run_at = now() - interval '9 minutes'`, WELL],
    [
      'due for 11 minutes and not taken',
      `run_at = now() - interval '11 minutes'`,
      broken('platform.jobs_waiting'),
    ],
    ['running for 119 minutes', `locked_at = now() - interval '119 minutes', locked_by = 'x'`, WELL],
    [
      'running for 121 minutes',
      `locked_at = now() - interval '121 minutes', locked_by = 'x'`,
      broken('platform.jobs_stuck'),
    ],
    ['given up', 'attempts = 2', noted('platform.jobs_given_up')],
  ])('%s', async (_, set, expected) => {
    await add(set)
    expect(await ready()).toEqual(expected)
    await none()
    await runAvailable(db.deps, jobHandlers)
    expect(await ready()).toEqual(WELL)
  })
})

describe('versions', () => {
  const last = async () => {
    const { rows } = await db.pool.query<{ name: string; hash: string }>(
      'select name, hash from public.migration order by name desc limit 1',
    )
    return rows[0]
  }

  test('a database that lacks a migration, or has one more', async () => {
    const one = await last()
    await db.pool.query('update public.migration set name = $2 where name = $1', [
      one?.name,
      '9999_platform_be_newer.sql',
    ])
    expect(await ready()).toEqual([503, ['platform.migrations_pending', 'platform.database_newer'], []])
    await db.pool.query('update public.migration set name = $2 where name = $1', [
      '9999_platform_be_newer.sql',
      one?.name,
    ])
    expect(await ready()).toEqual(WELL)
  })
})

describe('keys', () => {
  const known = (copied: string) =>
    db.pool.query(
      `insert into platform.key_ring (id, fingerprint, newest, copied, copied_at)
       values ('this', repeat('0', 32), 'k2', ${copied}, ${copied === 'null' ? 'null' : 'now()'})
       on conflict (id) do update set copied = excluded.copied, copied_at = excluded.copied_at`,
    )

  test.each([
    ['never copied', 'null', noted('platform.keys_not_copied')],
    ['changed since the copy', `'k1'`, noted('platform.keys_not_copied')],
    ['copied', `'k2'`, WELL],
  ])('%s', async (_, copied, expected) => {
    await known(copied)
    expect(await ready()).toEqual(expected)
  })
})

describe('the clock set back by an hour', () => {
  const future = () => plantRow(-3600)
  const past = () => db.pool.query(`delete from platform.audit_row where at > now()`)
  const count = command({
    ...{ event: 'platform.thing.counted', permission: 'platform.keys.rotate', input: z.object({}) },
    run: async ({ tx, county }) => ({ number: await nextNumber(tx, county, 'thing') }),
  })
  const write = () => execute(db.deps, count, { actor: admin.actor, county: COUNTY, input: {} })

  test('is told, and nothing is written until it is right again', async () => {
    expect(await write()).toEqual({ number: 1 })
    await future()
    expect(await ready()).toEqual(broken('platform.clock_set_back'))
    await expect(write()).rejects.toMatchObject({ status: 503, code: 'platform.clock_set_back' })
    await past()
    await sealAll(db.deps)
    expect(await ready()).toEqual(WELL)
    // Nothing lost, nothing doubled.
    expect(await write()).toEqual({ number: 2 })
  })

  test('two clocks apart', async () => {
    const here = Date.now
    try {
      Date.now = () => here() - 61_000
      expect((await ready())[1]).toContain('platform.clock_apart')
      Date.now = () => here() - 59_000
      expect((await ready())[1]).not.toContain('platform.clock_apart')
    } finally {
      Date.now = here
    }
  })
})

test('a database that is gone: one reason, and the other checks are not asked', async () => {
  const url = new URL(db.deps.database.adminUrl)
  url.port = '1'
  const database = connectRoles(url.href, {
    minben_app: '',
    minben_runner: '',
    minben_auditor: '',
    minben_sealer: '',
  })
  const dead = await buildHttp({ ...db.deps, database, limits }, { routes, isDemo: false })
  const answer = await dead.inject({ url: '/readyz' })
  expect([answer.statusCode, answer.json<Readiness>().reasons.map(({ code }) => code)]).toEqual([
    503,
    ['platform.database_unreachable'],
  ])
  await dead.close()
  await database.close()
})

test('a check that fails or never ends is a finding itself', async () => {
  const deps = { ...db.deps, limits }
  const fails = () => Promise.reject(new Error('select 440101199001011234'))
  const first = () => Promise.resolve([])
  const { reasons } = await askReadiness(deps, { first, withDatabase: [fails], without: [] })
  expect(reasons).toMatchObject([{ code: 'platform.check_unanswered' }])
  expect(JSON.stringify(reasons)).not.toContain('440101')
})

describe("the administrators' page", () => {
  test('says the same, with a row in the trail', async () => {
    limits = { ...LIMITS, diskLowMib: 2 ** 40 }
    const { status, body } = await admin.get('/readiness')
    expect([status, body]).toMatchObject([
      200,
      { status: 'not_ready', reasons: [{ code: 'platform.disk_low' }] },
    ])
    const { rows } = await db.pool.query(
      `select outcome, subject::json as subject from platform.audit_row where event = 'platform.readiness.shown'`,
    )
    expect(rows).toEqual([{ outcome: 'done', subject: { reasons: 1, notes: 0 } }])
  })

  test('is for those who may see it', async () => {
    expect(await clerk.get('/readiness')).toMatchObject({
      status: 403,
      body: { code: 'platform.permission_missing' },
    })
    expect((await admin.get('/api/counties/441881/readiness')).status).toBe(403)
  })
})
