import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildHttp } from '../server/http.ts'
import { routes } from '../server/routes.ts'
import { buildActor } from './actors.ts'
import { asking, openSession } from './asking.ts'
import { testDb, type TestDb } from './db.ts'
import { readCsv } from './sheets.ts'

/** A long list on its way to a reader who stops, leaves, or whose database goes away. The audit trail itself is the list. */

const COUNTY = '441882'
const READ = ['platform.audit.read', 'platform.release.make']
/** Of a kilobyte each: more than a connection holds on its way. */
const ROWS = 20_000

let db: TestDb
let http: FastifyInstance
let port: number

beforeAll(async () => {
  db = await testDb()
  await db.pool.query(
    `insert into platform.audit_row (county, id, at, event, outcome, subject, request_id, xact)
     select $1, gen_random_uuid(), '2020-01-01'::timestamptz + n * interval '1 second', 'registry.person.shown', 'done',
            json_build_object('personIds', (select json_agg(gen_random_uuid()) from generate_series(1, 25) where n > 0))::text,
            gen_random_uuid(), 1
       from generate_series(1, ${ROWS}) n`,
    [COUNTY],
  )
  await db.pool.query('analyze platform.audit_row')
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000 })
  await http.listen({ port: 0, host: '127.0.0.1' })
  port = (http.server.address() as AddressInfo).port
})
afterAll(async () => {
  await http.close()
  await db.close()
})

let made = 0

/** Begins an export over a real connection; the answer is there, its bytes are not read. */
async function begin(): Promise<IncomingMessage> {
  const actor = await buildActor(db, {
    login: `auditor_${++made}`,
    permissions: [...READ, 'platform.release.long'],
    scope: [COUNTY],
  })
  const token = await openSession(db, actor.id)
  const asked = request({
    ...{ port, host: '127.0.0.1', method: 'POST', path: `/api/counties/${COUNTY}/exports/audit` },
    headers: { 'content-type': 'application/json', 'x-minben': '1', cookie: `minben_session=${token}` },
  })
  asked.end(JSON.stringify({ format: 'csv', event: 'registry.person.shown' }))
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(200)
  return answer
}

async function endOf(answer: IncomingMessage) {
  const { rows } = await db.pool.query<{ outcome: string; code: string | null; subject: string }>(
    `select outcome, code, subject from platform.audit_row
      where event = 'platform.list.exported' and outcome <> 'started' and subject::json ->> 'release' = $1`,
    [answer.headers['x-minben-release']],
  )
  return rows.map((row) => ({ ...row, subject: JSON.parse(row.subject) as Record<string, unknown> }))
}

/** Transactions of the product that are open, and for how many seconds it has asked for nothing. */
async function asked(): Promise<{ open: number; quiet: number }> {
  const { rows } = await db.pool.query<{ open: number; quiet: number }>(
    `select count(*) filter (where xact_start is not null)::integer as open,
            extract(epoch from clock_timestamp() - max(state_change))::float8 as quiet
       from pg_stat_activity where datname = current_database() and usename = 'minben_app'`,
  )
  return rows[0] ?? { open: 0, quiet: 0 }
}

async function bytesOf(answer: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of answer) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

test('a reader who takes a long list gets all of it, and not one transaction is open while they wait', async () => {
  const answer = await begin()
  // The connection is full: nothing has been asked of the database for a while.
  await expect.poll(async () => (await asked()).quiet, { timeout: 30_000 }).toBeGreaterThan(0.5)
  const { open } = await asked()
  const ends = await endOf(answer)
  const { rows: lines, end } = readCsv(await bytesOf(answer))

  expect([open, ends]).toEqual([0, []])
  expect([lines.length, end]).toEqual([ROWS, `# 完，共 ${ROWS} 行`])
  expect(new Set(lines.map((line) => line.at(-1))).size).toBe(ROWS)
  expect(await endOf(answer)).toMatchObject([{ outcome: 'finished', subject: { rows: ROWS } }])
})

test('a reader who leaves: it is on record how far it came, and nothing is read any more', async () => {
  const answer = await begin()
  await once(answer, 'readable')
  answer.destroy()

  await expect.poll(() => endOf(answer)).toHaveLength(1)
  const [row] = await endOf(answer)
  expect(row).toMatchObject({
    outcome: 'failed',
    code: 'platform.release_reader_gone',
    subject: { list: 'audit' },
  })
  expect(Number(row?.subject.rows)).toBeGreaterThan(0)
  expect(Number(row?.subject.rows)).toBeLessThan(ROWS)
})

test('a database that goes away while the list is read: the file breaks off, and the trail says why', async () => {
  const answer = await begin()
  await once(answer, 'readable')
  const lock = await db.pool.connect()
  await lock.query('begin')
  await lock.query('lock table platform.audit_row in access exclusive mode')
  const reading = bytesOf(answer).then(
    () => 'whole',
    () => 'broken',
  )
  const waiting = () =>
    db.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and usename = 'minben_app'`,
    )
  await expect.poll(async () => (await waiting()).rows.length).toBe(1)
  const pid = (await waiting()).rows[0]?.pid
  await db.pool.query('select pg_terminate_backend($1)', [pid])
  await lock.query('commit')
  lock.release()

  expect(await reading).toBe('broken')
  expect(await endOf(answer)).toMatchObject([{ outcome: 'failed', code: 'platform.database_lost' }])
})

test('whoever may not take out long lists is told before the first byte, and that is on record', async () => {
  const clerk = await asking(db, http, COUNTY, { login: 'clerk', permissions: READ })
  const { status, body } = await clerk.post('/exports/audit', {
    format: 'xlsx',
    event: 'registry.person.shown',
  })
  const { rows } = await db.pool.query<{ outcome: string }>(
    `select outcome from platform.audit_row where code = 'platform.release_too_long'`,
  )

  expect([status, body]).toMatchObject([422, { code: 'platform.release_too_long', details: { most: 5000 } }])
  expect(rows).toEqual([{ outcome: 'failed' }])
})
