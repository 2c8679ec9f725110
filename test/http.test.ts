import type { FastifyInstance, InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildHttp } from '../server/http.ts'
import { commands } from '../server/app.ts'
import { execute } from '../server/platform/command.ts'
import { getActor } from '../server/platform/access.ts'
import { resetPassword } from '../server/platform/password.actions.ts'
import { hashPassword } from '../server/platform/password.ts'
import { SESSION } from '../server/platform/session.actions.ts'
import { routes } from '../server/routes.ts'
import { benefitsWorld, COUNTY, people, standards, subsistence, type BenefitsWorld } from './benefits.ts'
import { testDb, type TestDb } from './db.ts'

/** Invented; the check digit is right. */
const ID_NUMBER = '441882195903121625'
const PASSWORD = '山高水长-2020'
let db: TestDb
let http: FastifyInstance
let world: BenefitsWorld

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-01T01:00:00Z' } })
  world = await benefitsWorld(db)
  await world.law(standards())
  const award = await world.award('subsistence_allowance')
  await world.decide(award, { from: '2020-01', content: subsistence({ persons: people(1) }) })
  const couple = await world.award('subsistence_allowance')
  await world.decide(couple, { from: '2020-01', content: subsistence({ persons: people(2) }) })
  await world.at('2020-01-10T01:00:00Z')
  await world.run('2020-01')
  await db.pool.query(
    `insert into platform.role (key, title, permissions) values
      ('reader', '核算查看', '{benefits.run.read}'),
      ('reviewer', '核算复核', '{benefits.run.read,benefits.run.check,benefits.run.approve,registry.person.search,registry.person.register}')`,
  )
  const hash = await hashPassword(PASSWORD)
  for (const [login, scope, role] of [
    ['reader', COUNTY, 'reader'],
    ['neighbour', '441881', 'reader'],
    ['powerless', COUNTY, null],
    ['forgetful', COUNTY, 'reader'],
    ['gone', COUNTY, 'reader'],
    ['reviewer', COUNTY, 'reviewer'],
    ['stranger', '441881', 'reviewer'],
    ['renewed', COUNTY, 'reader'],
  ])
    await db.pool.query(
      `insert into platform.account (id, login, full_name, roles, scope, level, password_hash, is_active, created_at)
       values (gen_random_uuid(), $1, '测试人员', $2, $3, 'county', $4, $1 <> 'gone', now())`,
      [login, role === null ? [] : [role], [scope], hash],
    )
  const person = {
    ...{ fullName: '单雄信', idNumber: ID_NUMBER, sex: null, bornOn: null, phone: '13800138000' },
    ...{ town: '441882100', village: '441882100001' },
  }
  const registered = { actor: await actorOf('reviewer'), county: COUNTY, input: { people: [person] } }
  await execute(db.deps, commands.registerPeople, { ...registered, idempotencyKey: 'http-test-person' })
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 10_000 })
})
afterAll(async () => {
  await http.close()
  await db.close()
})

let address = 0

/** As a browser on our own page asks; every sign-in from its own address, since one address may only try so often. */
async function ask(method: 'GET' | 'POST' | 'DELETE', url: string, rest: Partial<InjectOptions> = {}) {
  const headers = { 'x-minben': '1', ...rest.headers }
  const remoteAddress = rest.remoteAddress ?? `10.0.${(address += 1) >> 8}.${address & 255}`
  const answer = await http.inject({ method, url, ...rest, headers, remoteAddress })
  const body: unknown = answer.body === '' ? undefined : answer.json()
  return { status: answer.statusCode, body, headers: answer.headers, cookies: answer.cookies }
}

async function signIn(login: string, password = PASSWORD) {
  const { status, body, cookies } = await ask('POST', '/api/session', { payload: { login, password } })
  return { status, body, cookie: { minben_session: cookies[0]?.value ?? '' } }
}

const actorOf = (login: string) => getActor(db.deps.database.app, login)

async function auditOf(event: string) {
  const { rows } = await db.pool.query<{ outcome: string; code: string | null; county: string }>(
    `select outcome, code, county from platform.audit_row where event = $1 order by id desc limit 1`,
    [event],
  )
  return rows[0]
}

describe('signing in', () => {
  test('gives who one is and a cookie that scripts cannot read; the token itself is stored nowhere', async () => {
    const answer = await ask('POST', '/api/session', { payload: { login: 'reader', password: PASSWORD } })

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      ...{ login: 'reader', fullName: '测试人员', roles: ['核算查看'], permissions: ['benefits.run.read'] },
      ...{ scope: [COUNTY], places: {}, level: 'county', isDemo: true, needsSecondFactor: false },
      draftKey: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    })
    expect(answer.cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict', path: '/' }])
    const token = answer.cookies[0]?.value ?? ''
    const { rows } = await db.pool.query(
      `select from platform.session s where s::text like '%' || $1 || '%'`,
      [token],
    )
    expect(rows).toEqual([])
    expect(await auditOf('platform.session.opened')).toMatchObject({ outcome: 'done', county: COUNTY })
  })

  test.each([
    ['an unknown name', 'nobody', PASSWORD, '000000'],
    ['a wrong password', 'reader', 'wrong', COUNTY],
    ['a closed account', 'gone', PASSWORD, COUNTY],
  ])('%s gets the same answer and leaves a row', async (_, login, password, county) => {
    const { status, body } = await signIn(login, password)

    expect(status).toBe(401)
    expect(body).toMatchObject({ status: 401, code: 'platform.sign_in_refused' })
    expect(JSON.stringify(body)).not.toContain(login)
    expect(await auditOf('platform.session.opened')).toMatchObject({ outcome: 'refused', county })
  })

  test(`${SESSION.mostFailures} wrong passwords lock the account, also for the right one, until the time is over`, async () => {
    for (let tries = 0; tries < SESSION.mostFailures; tries++) await signIn('forgetful', 'wrong')
    expect((await signIn('forgetful')).status).toBe(401)

    await db.pool.query(
      `update platform.account set locked_until = locked_until - make_interval(mins => $1) where login = 'forgetful'`,
      [SESSION.lockMinutes],
    )
    expect((await signIn('forgetful')).status).toBe(200)
  })

  test('one address may only try so often', async () => {
    const payload = { login: 'nobody', password: 'x' }
    const answers = []
    for (let tries = 0; tries < 21; tries++)
      answers.push(await ask('POST', '/api/session', { payload, remoteAddress: '10.9.9.9' }))

    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1)
    expect(answers.find(({ status }) => status === 429)?.body).toMatchObject({
      code: 'platform.too_many_requests',
    })
  })
})

test('a new password is shown once, works, and ends every sign-in and lock; only the security administrator gives one', async () => {
  const { cookie } = await signIn('renewed')
  const admin = { ...(await actorOf('renewed')), permissions: new Set(['platform.account.create']) }
  const made = await resetPassword(db.deps, { actor: admin, county: COUNTY, login: 'renewed' })

  expect((await ask('GET', '/api/session', { cookies: cookie })).status).toBe(401)
  expect((await signIn('renewed')).status).toBe(401)
  expect((await signIn('renewed', made)).status).toBe(200)
  expect(await auditOf('platform.password.reset')).toMatchObject({ outcome: 'done' })
  const powerless = resetPassword(db.deps, {
    actor: await actorOf('reader'),
    county: COUNTY,
    login: 'reader',
  })
  await expect(powerless).rejects.toMatchObject({ code: 'platform.permission_missing' })
  const stranger = resetPassword(db.deps, { actor: admin, county: COUNTY, login: 'neighbour' })
  await expect(stranger).rejects.toMatchObject({ code: 'platform.account_unknown' })
  const unknown = resetPassword(db.deps, { actor: admin, county: COUNTY, login: 'nobody' })
  await expect(unknown).rejects.toMatchObject({ code: 'platform.account_unknown' })
})

test('whoever brings no sign-in is told the way in', async () => {
  const { status, body } = await ask('GET', '/api/session')

  expect([status, body]).toEqual([200, { next: 'password' }])
})

describe('a session', () => {
  test.each([
    ['idle for too long', `seen_at = seen_at - make_interval(mins => ${SESSION.idleMinutes})`],
    ['older than a day of work', `ends_at = ends_at - make_interval(hours => ${SESSION.hours})`],
  ])('%s is over', async (_, change) => {
    const { cookie } = await signIn('reader')
    expect((await ask('GET', '/api/session', { cookies: cookie })).status).toBe(200)

    await db.pool.query(`update platform.session set ${change} where ended_at is null`)
    const { status, body } = await ask('GET', '/api/session', { cookies: cookie })

    expect(status).toBe(401)
    expect(body).toMatchObject({ code: 'platform.sign_in_needed' })
  })

  test('ends when its owner signs out, and from another of their own, never from somebody else', async () => {
    const [one, other, stranger] = [await signIn('reader'), await signIn('reader'), await signIn('neighbour')]
    const { body } = await ask('GET', '/api/sessions', { cookies: one.cookie })
    const { sessions } = body as { sessions: { id: string; isThis: boolean }[] }
    expect(sessions.filter(({ isThis }) => isThis)).toHaveLength(1)
    const id = sessions.find(({ isThis }) => !isThis)?.id ?? ''

    expect((await ask('DELETE', `/api/sessions/${id}`, { cookies: stranger.cookie })).status).toBe(404)
    expect((await ask('GET', '/api/session', { cookies: other.cookie })).status).toBe(200)
    expect((await ask('DELETE', `/api/sessions/${id}`, { cookies: one.cookie })).status).toBe(200)
    expect((await ask('GET', '/api/session', { cookies: other.cookie })).status).toBe(401)
    expect((await ask('DELETE', '/api/session', { cookies: one.cookie })).status).toBe(200)
    expect((await ask('GET', '/api/session', { cookies: one.cookie })).status).toBe(401)
    expect(await auditOf('platform.session.ended')).toMatchObject({ outcome: 'done' })
  })

  test('a request from another site changes nothing', async () => {
    const { cookie } = await signIn('reader')
    const bare = await ask('DELETE', '/api/session', { cookies: cookie, headers: { 'x-minben': '' } })
    const foreign = await ask('DELETE', '/api/session', {
      cookies: cookie,
      headers: { origin: 'https://evil.example' },
    })

    expect([bare.status, foreign.status]).toEqual([403, 403])
    expect(foreign.body).toMatchObject({ code: 'platform.foreign_request' })
    expect((await ask('GET', '/api/session', { cookies: cookie })).status).toBe(200)
  })
})

describe('a run', () => {
  const url = (step = '') => `/api/counties/${COUNTY}/runs/2${step}`
  const key = (name: string) => ({ 'idempotency-key': `http-test-${name}` })

  beforeAll(async () => {
    await world.at('2020-02-10T01:00:00Z')
    await world.compute('2020-02')
  })

  test('is shown with its comparison, and with what the asker may do', async () => {
    const { cookie } = await signIn('reviewer')
    const { status, body } = await ask('GET', url(), { cookies: cookie })

    expect(status).toBe(200)
    expect(body).toMatchObject({
      run: { no: 2, month: '2020-02', status: 'computed' },
      people: { startedBy: expect.any(String), checkedBy: null },
      programs: [{ key: 'subsistence_allowance', title: '最低生活保障' }],
      // 484.00 + 968.00 of January stay in February: nobody came, nobody left.
      total: { previousFen: 145_200, currentFen: 145_200, changes: { unchanged: { awards: 2, fen: 0 } } },
      blockers: [],
      may: { check: true, approve: false },
    })
  })

  test('is checked once only, whether the answer was lost or the button was pressed twice', async () => {
    const { cookie } = await signIn('reviewer')
    const check = (name: string) =>
      ask('POST', url('/check'), { cookies: cookie, headers: key(name), payload: {} })
    const [first, again] = [await check('a'), await check('a')]
    const other = await check('b')
    const bare = await ask('POST', url('/check'), { cookies: cookie, payload: {} })

    expect([first.status, first.body]).toEqual([200, { runNo: 2, status: 'checked' }])
    expect([again.status, again.body]).toEqual([200, first.body])
    expect([other.status, other.body]).toMatchObject([409, { code: 'benefits.run_state' }])
    expect([bare.status, bare.body]).toMatchObject([422, { code: 'platform.idempotency_key_missing' }])
    const { rows } = await db.pool.query(
      `select from platform.audit_row where event = 'benefits.run.checked' and outcome = 'done' and actor_id = (select id from platform.account where login = 'reviewer')`,
    )
    expect(rows).toHaveLength(1)
  })

  test('is not approved by whoever checked it', async () => {
    const { cookie } = await signIn('reviewer')
    const shown = await ask('GET', url(), { cookies: cookie })
    const { status, body } = await ask('POST', url('/approve'), {
      cookies: cookie,
      headers: key('c'),
      payload: {},
    })

    expect(shown.body).toMatchObject({ may: { check: false, approve: false } })
    expect([status, body]).toMatchObject([403, { code: 'benefits.maker_is_checker' }])
  })

  test('tells of every line how its amount was found, page by page', async () => {
    const { cookie } = await signIn('reviewer')
    const page = async (rest: string) => {
      const { body } = await ask('GET', url(`/lines?limit=1${rest}`), { cookies: cookie })
      return body as { month: string; next: string | null; lines: { fen: number; sentence: string }[] }
    }
    const first = await page('')
    const second = await page(`&after=${first.next}`)

    expect([first.month, second.next]).toEqual(['2020-02', null])
    expect([...first.lines, ...second.lines].map(({ fen }) => fen).toSorted()).toEqual([48_400, 96_800])
    // Two persons × 484.00 = 968.00, one person 484.00; January's line states how, February's says it again.
    for (const { sentence } of [...first.lines, ...second.lines]) expect(sentence).toContain('484.00')
    const january = await page('&month=2020-01')
    expect(january.lines).toEqual([])
  })

  test('that does not exist is no run', async () => {
    const { cookie } = await signIn('reviewer')
    const { status, body } = await ask('GET', `/api/counties/${COUNTY}/runs/99`, { cookies: cookie })

    expect([status, body]).toMatchObject([404, { code: 'benefits.run_unknown' }])
  })
})

describe('people', () => {
  const url = `/api/counties/${COUNTY}/people/search`

  test.each([
    ['two characters', '雄信', 'name'],
    ['pinyin initials', 'sxx', 'name'],
    ['the last four', ID_NUMBER.slice(-4), 'id_tail'],
    ['the whole number', ID_NUMBER, 'id_number'],
    ['the telephone', '13800138000', 'phone'],
  ])('are found by %s, masked, and the text stands in no record', async (_, text, by) => {
    const { cookie } = await signIn('reviewer')
    const { status, body } = await ask('POST', url, { cookies: cookie, payload: { text } })

    expect([status, body]).toMatchObject([
      200,
      { by, people: [{ fullName: '单雄信', phone: '138****8000' }] },
    ])
    expect(JSON.stringify(body)).not.toContain(ID_NUMBER)
    const { rows } = await db.pool.query<{ subject: string }>(
      `select subject from platform.audit_row where event = 'registry.person.searched' order by id desc limit 1`,
    )
    expect(JSON.parse(rows[0]?.subject ?? '')).toEqual({ by, people: [expect.any(String)] })
  })

  test('of another county are not found, neither by asking there nor here', async () => {
    const { cookie } = await signIn('stranger')
    const there = await ask('POST', url, { cookies: cookie, payload: { text: '单雄信' } })
    const here = await ask('POST', url.replace(COUNTY, '441881'), {
      cookies: cookie,
      payload: { text: '单雄信' },
    })

    expect([there.status, there.body]).toMatchObject([403, { code: 'platform.outside_scope' }])
    expect([here.status, here.body]).toMatchObject([200, { people: [], next: null }])
  })

  test('an empty text is refused with its field', async () => {
    const { cookie } = await signIn('reviewer')
    const { status, body } = await ask('POST', url, { cookies: cookie, payload: { text: ' ' } })

    expect([status, body]).toMatchObject([
      422,
      { code: 'platform.input_invalid', details: [{ path: 'text' }] },
    ])
  })
})

describe('addresses', () => {
  test('runs are listed to who may read them in the county, each asking with its row', async () => {
    const { cookie } = await signIn('reader')
    const { status, body } = await ask('GET', `/api/counties/${COUNTY}/runs?month=2020-01`, {
      cookies: cookie,
    })

    expect(status).toBe(200)
    expect(body).toMatchObject({ runs: [{ no: 1, month: '2020-01', status: 'published' }] })
    expect(await auditOf('benefits.run.listed')).toMatchObject({ outcome: 'done', county: COUNTY })
  })

  test.each([
    ['another county', 'neighbour', 'platform.outside_scope'],
    ['nobody without the permission', 'powerless', 'platform.permission_missing'],
  ])('%s reads them not, and the refusal has its row', async (_, login, code) => {
    const { cookie } = await signIn(login)
    const { status, body } = await ask('GET', `/api/counties/${COUNTY}/runs`, { cookies: cookie })

    expect([status, body]).toMatchObject([403, { code }])
    expect(await auditOf('benefits.run.listed')).toMatchObject({ outcome: 'refused', code })
  })

  test('every address is closed to whoever is not signed in', async () => {
    for (const { endpoint } of routes) {
      const { status, body } = await ask(endpoint.method, endpoint.path.replace(/:\w+/g, COUNTY))

      expect([status, body]).toMatchObject([401, { code: 'platform.sign_in_needed' }])
    }
  })

  test.each([
    ['an unknown address', '/api/nothing', 404, 'platform.address_unknown'],
    ['a county that is none', '/api/counties/4418/runs', 422, 'platform.input_invalid'],
    ['a month that is none', `/api/counties/${COUNTY}/runs?month=2020-13`, 422, 'platform.input_invalid'],
  ])('%s is a problem with a code', async (_, url, wanted, code) => {
    const { cookie } = await signIn('reader')
    const { status, body, headers } = await ask('GET', url, { cookies: cookie })

    expect([status, body]).toMatchObject([wanted, { code, requestId: headers['x-request-id'] }])
    expect(headers['content-type']).toContain('application/problem+json')
  })

  test('pages may load nothing from elsewhere and be framed by nobody', async () => {
    const { headers } = await ask('GET', '/healthz')

    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  })

  test('behind TLS the cookie is for TLS alone and browsers are told to stay there', async () => {
    const safe = await buildHttp(db.deps, { routes, isDemo: true, isTls: true })
    const payload = { login: 'reader', password: PASSWORD }
    const answer = await safe.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'x-minben': '1' },
      payload,
    })
    await safe.close()

    expect(answer.cookies).toMatchObject([{ secure: true }])
    expect(answer.headers['strict-transport-security']).toContain('max-age=31536000')
  })

  test('the description names every address', async () => {
    const { body } = await ask('GET', '/api/openapi.json')
    const { openapi, paths } = body as { openapi: string; paths: Record<string, Record<string, unknown>> }

    expect(openapi).toBe('3.1.0')
    for (const { endpoint } of routes) {
      const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
      expect(paths[path]?.[endpoint.method.toLowerCase()]).toMatchObject({ summary: endpoint.title })
    }
  })
})
