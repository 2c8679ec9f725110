import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildHttp } from '../server/http.ts'
import { ERROR_CODE_PATTERN } from '../server/platform/errors.ts'
import { hashPassword } from '../server/platform/password.ts'
import { routes } from '../server/routes.ts'
import { ROLES } from '../server/roles.ts'
import { buildActor } from './actors.ts'
import { SAMPLES } from './all-samples.ts'
import { openSession } from './asking.ts'
import { testDb, type TestDb } from './db.ts'
import { attemptsOf, RAW_BODIES } from './hostile-input.ts'
import { proposeChanges } from './scope-samples-benefits.ts'
import type { Sample } from './scope-samples.ts'
import { plantCounty, type PlantedCounty } from './scope-world.ts'

/** What somebody does who is up to no good, at every address: made from the list of routes and their contracts. */

const COUNTY = '441882'
let db: TestDb
let http: FastifyInstance
let here: PlantedCounty
/** Somebody who may do everything in the county, and somebody who may do nothing. */
let token: string
let powerless: string

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  here = await plantCounty(db, { county: COUNTY, month: '2020-02' })
  await proposeChanges(here)
  http = await buildHttp(db.deps, {
    routes,
    isDemo: true,
    mostRequests: 10_000_000,
    mostReleases: 10_000_000,
  })
  const everything = [...new Set(ROLES.flatMap(({ permissions }) => permissions))]
  const signedIn = async (login: string, permissions: readonly string[]) =>
    openSession(db, (await buildActor(db, { login, permissions, scope: [COUNTY] })).id)
  token = await signedIn('hostile', everything)
  powerless = await signedIn('powerless', [])
})
afterAll(async () => {
  await http.close()
  await db.close()
})

type Route = (typeof routes)[number]
const keyOf = ({ endpoint }: Route) => `${endpoint.method} ${endpoint.path}`
const named = routes.map((route): [string, Route] => [keyOf(route), route])

function sampleOf(route: Route): Sample {
  const [person] = here.people
  const sample = person && SAMPLES[keyOf(route)]?.({ of: here, scope: [COUNTY], person })
  if (!sample) throw new Error(`no sample of ${keyOf(route)}`)
  return sample
}

interface Sent {
  method: string
  url: string
  payload?: object | string
  headers?: Record<string, string>
  token?: string
}

let made = 0

function send({ method, url, payload, headers = {}, token: by = token }: Sent) {
  return http.inject({
    method: method as 'GET',
    url,
    // Of each computer few requests are taken where a password may be tried.
    remoteAddress: `10.${(made >> 16) & 255}.${(made >> 8) & 255}.${made & 255}`,
    headers: { 'x-minben': '1', 'idempotency-key': `hostile-${++made}`, ...headers },
    cookies: { minben_session: by },
    ...(payload === undefined ? {} : { payload }),
  })
}

/** As the sample says it. */
function sendSample(route: Route, change: Partial<Sent> = {}) {
  const { endpoint } = route
  const sample = sampleOf(route)
  const values: Record<string, string> = { county: COUNTY, ...sample.path }
  const url = endpoint.path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? '')
  const query = sample.query ? `?${sample.query}` : ''
  return send({
    method: endpoint.method,
    url: url + query,
    ...(endpoint.method === 'POST' ? { payload: sample.body ?? {} } : {}),
    ...change,
  })
}

/** Words that only our own inside uses. */
const INSIDE =
  /node_modules|\bat [^"]*\.[tj]s:\d|syntax error|relation "|column "|invalid input syntax|stack/i

/** What is wrong with an answer, whatever was asked; nothing when it is an answer or a proper refusal. */
function faultsOf({ statusCode, headers, body }: LightMyRequestResponse): string[] {
  const faults: string[] = []
  if (statusCode >= 500) faults.push(`answered ${statusCode}`)
  if (INSIDE.test(body)) faults.push('told of its inside')
  if (String(headers['content-type']).includes('html')) faults.push('answered markup')
  if (statusCode < 400) return faults
  if (!String(headers['content-type']).startsWith('application/problem+json'))
    return [...faults, `refused as ${String(headers['content-type'])}`]
  const { code, detail } = JSON.parse(body) as { code?: string; detail?: string }
  if (!ERROR_CODE_PATTERN.test(code ?? '')) faults.push(`refused with code ${code}`)
  if (!/\p{Script=Han}/u.test(detail ?? '')) faults.push('refused without a word')
  if (body.includes('<')) faults.push('gave markup back')
  return faults
}

describe.each(named)('%s', (_, route) => {
  test('takes whatever stands in its path, its query and its body as content, and never breaks', async () => {
    const wrong: string[] = []
    for (const { name, url, body } of attemptsOf(route.endpoint, COUNTY, sampleOf(route))) {
      const payload = route.endpoint.method === 'POST' ? { payload: JSON.stringify(body ?? {}) } : {}
      const headers = { 'content-type': 'application/json' }
      const sent = { method: route.endpoint.method, url, ...payload }
      const answer = await send('payload' in payload ? { ...sent, headers } : sent)
      wrong.push(...faultsOf(answer).map((fault) => `${name} ${fault}`))
    }

    expect(wrong).toEqual([])
  })
})

describe.each(named.filter(([, { endpoint }]) => endpoint.method !== 'GET'))('%s', (_, route) => {
  test('refuses bodies that are none, and nothing of them stays behind', async () => {
    const wrong: string[] = []
    for (const [name, { type, text }] of Object.entries(RAW_BODIES)) {
      const answer = await sendSample(route, { payload: text, headers: { 'content-type': type } })
      wrong.push(...faultsOf(answer).map((fault) => `${name} ${fault}`))
    }

    expect(wrong).toEqual([])
    expect('isAdmin' in {}).toBe(false)
  })

  test('is not carried out for a page of another site, which leaves its row', async () => {
    const bare = await sendSample(route, { headers: { 'x-minben': '' } })
    const foreign = await sendSample(route, { headers: { origin: 'https://evil.example' } })
    const unread = await sendSample(route, {
      ...{ payload: '{', headers: { 'x-minben': '', 'content-type': 'application/json' } },
    })

    for (const answer of [bare, foreign, unread]) {
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([
        403,
        'platform.foreign_request',
      ])
      expect(await rowOf(answer)).toMatchObject({ outcome: 'refused', code: 'platform.foreign_request' })
    }
  })
})

interface Row {
  county: string
  event: string
  outcome: string
  code: string | null
  subject: string
  login: string | null
}

/** The one audit row of a request. */
async function rowOf({ headers }: LightMyRequestResponse): Promise<Row | undefined> {
  const { rows } = await db.pool.query<Row>(
    `select r.county, r.event, r.outcome, r.code, r.subject, a.login from platform.audit_row r
       left join platform.account a on a.id = r.actor_id where r.request_id = $1`,
    [headers['x-request-id']],
  )
  expect(rows.length).toBeLessThan(2)
  return rows[0]
}

describe.each(named)('%s', (address, route) => {
  test('leaves a row of what its contract does not take: who, where, which code, nothing of the content', async () => {
    const secret = '不该留下的内容'
    const url = route.endpoint.path
      .replace(':county', encodeURIComponent(secret))
      .replace(/:\w+/g, encodeURIComponent(secret))
    const answer = await send({
      method: route.endpoint.method,
      url,
      ...(route.endpoint.method === 'POST' ? { payload: { text: secret } } : {}),
    })

    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([422, 'platform.input_invalid'])
    expect(await rowOf(answer)).toEqual({
      ...{ county: COUNTY, login: 'hostile', event: 'platform.request.refused', outcome: 'failed' },
      ...{ code: 'platform.input_invalid', subject: JSON.stringify({ address }) },
    })
  })

  test('leaves a row of whom it refuses', async () => {
    const answer = await sendSample(route, { token: powerless })

    expect(answer.statusCode).toBe(403)
    expect(await rowOf(answer)).toMatchObject({
      ...{ login: 'powerless', outcome: 'refused', code: 'platform.permission_missing' },
    })
  })

  test('is told in headers that no browser misreads', async () => {
    for (const answer of [await sendSample(route), await sendSample(route, { token: 'nobody' })])
      expect(headersOf(answer)).toEqual(PRIVATE)
  })

  test('knows its own methods and names them to who tries others', async () => {
    const answer = await sendSample(route, { method: 'PUT', payload: {} })

    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([
      405,
      'platform.method_unknown',
    ])
    expect(String(answer.headers.allow).split(', ')).toContain(route.endpoint.method)
  })
})

const PRIVATE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  isInlineAllowed: false,
  isFramed: false,
}

function headersOf({ headers }: LightMyRequestResponse) {
  const policy = String(headers['content-security-policy'])
  return {
    'x-content-type-options': headers['x-content-type-options'],
    'referrer-policy': headers['referrer-policy'],
    'cache-control': headers['cache-control'],
    isInlineAllowed: !policy.startsWith("default-src 'none'") || policy.includes('unsafe'),
    isFramed: !policy.includes("frame-ancestors 'none'"),
  }
}

describe('addresses without a permission', () => {
  const OPEN = [
    ['GET', '/api/session'],
    ['GET', '/api/sessions'],
    ['GET', '/api/openapi.json'],
    ['GET', '/healthz'],
    ['GET', '/readyz'],
    ['GET', '/api/nothing'],
    ['GET', '/nothing'],
    ['GET', '/api/counties/%E0%A4%A/runs'],
    ['GET', `/api/counties/${'1'.repeat(300)}/runs`],
    ['POST', '/api/session'],
    ['POST', '/api/password'],
    ['DELETE', '/api/session'],
    ['DELETE', '/api/sessions/x'],
  ] as const

  test.each(OPEN)('%s %s has the same headers', async (method, url) => {
    expect(headersOf(await send({ method, url, token: 'nobody' }))).toEqual(PRIVATE)
  })

  test.each(OPEN.filter(([method]) => method !== 'GET'))('%s %s: never breaks', async (method, url) => {
    const wrong: string[] = []
    for (const [name, { type, text }] of Object.entries(RAW_BODIES)) {
      const answer = await send({
        ...{ method, url, payload: text, headers: { 'content-type': type } },
        token: url === '/api/session' ? '' : token,
      })
      wrong.push(...faultsOf(answer).map((fault) => `${name} ${fault}`))
    }
    expect(wrong).toEqual([])
    await db.pool.query(`update platform.session set ended_at = null, ended_by = null`)
  })

  test('pages of the office have them too, and are fetched again when they change', async () => {
    const answer = await send({ method: 'GET', url: '/office/people' })

    expect(headersOf(answer)).toEqual({ ...PRIVATE, 'cache-control': 'no-cache' })
  })

  test('a try at signing in that is none leaves a row too, of nobody', async () => {
    const answer = await send({
      ...{ method: 'POST', url: '/api/session', payload: { login: '甲', secret: '乙' }, token: '' },
    })

    expect(answer.statusCode).toBe(422)
    expect(await rowOf(answer)).toMatchObject({
      ...{ county: '000000', login: null, code: 'platform.input_invalid' },
      subject: JSON.stringify({ address: 'POST /api/session' }),
    })
  })

  test('a stranger fills nothing: what they send elsewhere is not read and leaves no row', async () => {
    const answer = await send({
      ...{ method: 'POST', url: `/api/counties/${COUNTY}/holds`, payload: '{', token: 'nobody' },
      headers: { 'content-type': 'application/json' },
    })

    expect(answer.statusCode).toBe(401)
    expect(await rowOf(answer)).toBeUndefined()
  })
})

test('behind TLS the cookie is for TLS alone and browsers are told to stay there', async () => {
  const hash = await hashPassword('山高水长-2020')
  await db.pool.query(
    `insert into platform.account (id, login, full_name, roles, scope, level, password_hash, created_at)
     values (gen_random_uuid(), 'own', '测试人员', '{}', $1, 'county', $2, now())`,
    [[COUNTY], hash],
  )
  const safe = await buildHttp(db.deps, { routes, isDemo: false, isTls: true })
  const answer = await safe.inject({
    method: 'POST',
    url: '/api/session',
    headers: { 'x-minben': '1' },
    payload: { login: 'own', password: '山高水长-2020' },
  })

  expect(answer.cookies).toMatchObject([{ httpOnly: true, secure: true, sameSite: 'Strict', path: '/' }])
  expect(answer.headers['strict-transport-security']).toContain('max-age=31536000')
  expect(headersOf(answer)).toEqual(PRIVATE)
  await safe.close()
})
