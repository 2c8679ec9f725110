import { randomUUID } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildHttp } from '../server/http.ts'
import { seedCalendar } from '../server/platform/calendar.db.ts'
import { EXPORT_NUMBER_HEADER } from '../server/platform/export.schema.ts'
import { hashPassword } from '../server/platform/password.ts'
import { routes } from '../server/routes.ts'
import { asking, openSession, type Asking } from './asking.ts'
import { startCutProxy, type CutProxy } from './cut-proxy.ts'
import { testDb, type TestDb } from './db.ts'
import { ACCESS_LINES } from './replay-lines-access.ts'
import { BENEFITS_LINES } from './replay-lines-benefits.ts'
import { FUNDS_LINES } from './replay-lines-funds.ts'
import { GOLIVE_LINES } from './replay-lines-golive.ts'
import { LIST_LINES } from './replay-lines-lists.ts'
import { OFFICE_LINES } from './replay-lines-office.ts'
import type { Place, Write, WriteLine, WriteLines } from './replay-lines.ts'
import { plantGoLive } from './scope-samples-golive.ts'
import { RELEASE_SAMPLES } from './scope-samples-releases.ts'
import { plantCounty, type PlantedCounty } from './scope-world.ts'
import { readCsv } from './sheets.ts'
import { changesBetween, digestOf } from './table-digest.ts'

/**
 * For every address that writes: what is sent again with the same key, at the same moment, or after an answer that was lost on its way
 * back from a committed transaction, has one effect and gets one answer.
 */

const COUNTY = '441882'
const HERE = '/api/counties/:county'

/** A new address needs its line in one of these, or among those below that keep no answer. */
const LINES: WriteLines = {
  ...{ ...OFFICE_LINES, ...ACCESS_LINES, ...FUNDS_LINES, ...BENEFITS_LINES },
  // Last: people and awards of other lists come to the county with them.
  ...LIST_LINES,
  ...GOLIVE_LINES,
}

/** Asked with a body because what is looked for must not stand in an address: nothing is written but who looked. */
const READS: Readonly<Record<string, (of: PlantedCounty) => { path?: object; body: object }>> = {
  [`POST ${HERE}/people/search`]: ({ people }) => ({ body: { text: people[0]?.name } }),
  [`POST ${HERE}/people/:personId/reveal`]: ({ people }) => ({
    path: { personId: people[0]?.id },
    body: { what: 'phone', reason: 'verify_identity' },
  }),
  [`POST ${HERE}/standards/preview`]: () => ({ body: { draft: RAISE } }),
  [`POST ${HERE}/standards/preview/people`]: () => ({ body: { draft: RAISE, kind: 'gained' } }),
}

/** Every list that leaves as a file, asked for as whoever may see all of the county asks. */
const EXPORTS = Object.entries(RELEASE_SAMPLES).filter(([address]) => address.includes('/exports/'))

/**
 * What they write holds no answer that may be kept (a password, a secret, codes), or is the sign-in itself; each has its own test below,
 * those of the second factor in replay-second-factor.test.ts.
 */
const BY_NATURE = [
  `POST ${HERE}/accounts/:login/password`,
  'POST /api/second-factor/confirm',
  'POST /api/second-factor/off',
  'POST /api/second-factor/recovery-codes',
  'POST /api/second-factor/start',
  'POST /api/session',
  'POST /api/session/code',
  'DELETE /api/session',
  'DELETE /api/sessions/:id',
  'POST /api/password',
]

const RAISE = {
  ...{ title: '提标', document: { title: '通知' } },
  rates: [
    {
      ...{ program: 'subsistence_allowance', item: 'standard', when: { residence: 'rural' } },
      ...{ value: { kind: 'amount', fen: 580_00 }, from: '2020-12' },
    },
  ],
}

let db: TestDb
let office: FastifyInstance
let port: number
let proxy: CutProxy
let place: Place

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  await db.deps.database.app.transaction().execute(seedCalendar)
  const of = await plantCounty(db, { county: COUNTY, month: '2020-02' })
  await plantGoLive(db, of)
  let made = 0
  place = { db, of, count: () => (made += 1) }
  office = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000, mostReleases: 1000 })
  await office.listen({ port: 0, host: '127.0.0.1' })
  port = (office.server.address() as AddressInfo).port
  proxy = await startCutProxy(port)
})
afterAll(async () => {
  await proxy.close()
  await office.close()
  await db.close()
})

/** Every address of the interface that is not a GET, as the interface describes itself. */
function writingAddresses(): string[] {
  const { paths = {} } = office.swagger() as { paths?: Record<string, object> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== 'get')
      .map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
}

function urlOf(address: string, path: object = {}): string {
  const values: Record<string, unknown> = { county: COUNTY, ...path }
  return (address.split(' ')[1] ?? '').replace(/:(\w+)/g, (_, name: string) => String(values[name]))
}

async function browserOf({ by }: Write): Promise<Asking> {
  return asking(db, office, COUNTY, by)
}

/** Sends over a line that breaks when the answer comes back; what was answered and not received. */
async function sendAndLose(address: string, { by, path, body = {} }: Write, key: string): Promise<string> {
  const token = await openSession(db, by.id)
  proxy.arm({ at: 1, when: 'answered' })
  await new Promise<void>((resolve, reject) => {
    const request = http.request({
      ...{ host: '127.0.0.1', port: proxy.port, agent: false, method: 'POST', path: urlOf(address, path) },
      headers: {
        ...{ 'x-minben': '1', 'idempotency-key': key, cookie: `minben_session=${token}` },
        'content-type': 'application/json',
      },
    })
    request.once('response', () => reject(new Error('the answer came through')))
    request.once('error', () => resolve())
    request.end(JSON.stringify(body))
  })
  return proxy.lost()
}

async function doneRows(): Promise<number> {
  const { rows } = await db.pool.query(`select from platform.audit_row where outcome = 'done'`)
  return rows.length
}

/** Valid content that is not the same: another word in it, or another thing that it is about. */
function other({ path = {}, body = {} }: Write): Pick<Write, 'path' | 'body'> {
  const words = Object.entries(body).filter(
    ([name, value]) => typeof value === 'string' && /\p{Script=Han}/u.test(value) && name !== 'source',
  )
  const [word] = words
  if (word) return { path, body: { ...body, [word[0]]: `${String(word[1])}，另` } }
  const [name, value] = Object.entries(path).at(-1) ?? []
  if (name === undefined) return { path, body: { ...body, month: '2020-05', ids: [randomUUID()] } }
  const another = /^\d+$/.test(String(value)) ? 987_654 : name === 'login' ? `x${value}` : randomUUID()
  return { path: { ...path, [name]: another }, body }
}

test('every address that writes has its line in this test, and every line its address', () => {
  const exports = EXPORTS.map(([address]) => address)
  const known = [...Object.keys(LINES), ...Object.keys(READS), ...exports, ...BY_NATURE]

  expect(known.toSorted()).toEqual(writingAddresses().toSorted())
})

describe.each(Object.entries(LINES))('%s', (address, line: WriteLine) => {
  const { make, otherKey } = line
  /** Rows that one request leaves, table by table. */
  let effect: Record<string, number>

  test('an answer lost after the commit is given again, and nothing is done twice', async () => {
    const write = await make(place)
    const browser = await browserOf(write)
    const url = urlOf(address, write.path)
    const key = randomUUID()
    const [before, doneBefore] = [await digestOf(db), await doneRows()]
    const lost = await sendAndLose(address, write, key)
    const after = await digestOf(db)
    effect = changesBetween(before, after)
    expect(lost).toMatch(/^HTTP\/1\.1 200 /)
    expect(Object.keys(effect)).not.toEqual([])
    expect(await doneRows()).toBe(doneBefore + 1)

    const again = await browser.post(url, write.body, key)
    const third = await browser.post(url, write.body, key)
    expect([again.status, third.status]).toEqual([200, 200])
    expect(lost).toContain(JSON.stringify(again.body))
    expect(third.body).toEqual(again.body)
    expect(changesBetween(after, await digestOf(db))).toEqual({})
    expect(await doneRows()).toBe(doneBefore + 1)

    const { path, body } = (line.other ?? other)(write)
    expect(await browser.post(urlOf(address, path), body, key)).toMatchObject({
      status: 422,
      body: { code: 'platform.idempotency_mismatch' },
    })
    expect(changesBetween(after, await digestOf(db))).toEqual({})

    const apart = await browser.post(url, write.body, randomUUID())
    const changed = Object.keys(changesBetween(after, await digestOf(db)))
    const wanted =
      typeof otherKey === 'object'
        ? { status: expect.toBeOneOf([403, 404, 409]) as number, code: otherKey.refused, isChanged: false }
        : { status: 200, code: undefined, isChanged: otherKey === 'another effect' }
    const { code } = apart.body as { code?: string }
    expect({ status: apart.status, code, isChanged: changed.length > 0 }).toEqual(wanted)
  })

  test('two at the same moment are one', async () => {
    const write = await make(place)
    const [one, two] = [await browserOf(write), await browserOf(write)]
    const url = urlOf(address, write.path)
    const key = randomUUID()
    const [before, doneBefore] = [await digestOf(db), await doneRows()]
    const [first, second] = await Promise.all([
      one.post(url, write.body, key),
      two.post(url, write.body, key),
    ])

    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.body).toEqual(first.body)
    expect(await doneRows()).toBe(doneBefore + 1)
    expect(changesBetween(before, await digestOf(db))).toEqual(effect)
  })
})

describe.each(Object.entries(READS))('%s reads', (address, askedOf) => {
  test('and writes nothing but who looked, however often it is asked', async () => {
    const { path = {}, body } = askedOf(place.of)
    const browser = await asking(db, office, COUNTY, place.of.maker)
    const before = await digestOf(db)
    const [first, second] = [
      await browser.post(urlOf(address, path), body, null),
      await browser.post(urlOf(address, path), body, null),
    ]

    expect([first.status, second.status]).toEqual([200, 200])
    // The moment that it is told for is the only thing that may differ.
    const { asOf: _, ...told } = second.body as { asOf?: string }
    expect(first.body).toMatchObject(told)
    const changed = Object.keys(changesBetween(before, await digestOf(db)))
    expect(changed.filter((table) => table !== 'registry.person_look')).toEqual([])
  })
})

describe.each(EXPORTS)('%s', (address, sampleOf) => {
  test('gives another copy each time, of the same list under a number of its own, and changes nothing else', async () => {
    const { of } = place
    const [person] = of.people
    if (!person) throw new Error('nobody is planted')
    const { body } = sampleOf({ of, scope: [COUNTY], person })
    const browser = await asking(db, office, COUNTY, of.maker)
    const before = await digestOf(db)
    const key = randomUUID()
    const [first, second] = [
      await browser.post(urlOf(address), body, key),
      await browser.post(urlOf(address), body, key),
    ]

    expect([first.status, second.status]).toEqual([200, 200])
    const numberOf = ({ headers }: typeof first) => Number(headers[EXPORT_NUMBER_HEADER])
    expect(numberOf(second)).toBe(numberOf(first) + 1)
    const { titles, rows } = readCsv(first.bytes)
    expect(readCsv(second.bytes)).toMatchObject({ titles, rows })
    const changed = Object.keys(changesBetween(before, await digestOf(db)))
    expect(changed.filter((table) => table !== 'platform.counter')).toEqual([])
  })
})

describe('without a key that could be kept, by their nature', () => {
  const PASSWORD = '山高水长-2020'
  let made = 0

  async function withPassword(): Promise<string> {
    const login = `own.${++made}`
    await db.pool.query(
      `insert into platform.account (id, login, full_name, roles, scope, level, password_hash, created_at)
       values (gen_random_uuid(), $1, '测试人员', '{}', $2, 'county', $3, now())`,
      [login, [COUNTY], await hashPassword(PASSWORD)],
    )
    return login
  }

  async function ask(method: 'POST' | 'DELETE', url: string, token: string, payload?: object) {
    const answer = await office.inject({
      ...{ method, url, headers: { 'x-minben': '1' }, cookies: { minben_session: token } },
      ...(payload ? { payload } : {}),
    })
    const { code } = answer.json<{ code?: string }>()
    return { status: answer.statusCode, code, token: answer.cookies[0]?.value ?? '' }
  }

  const signIn = (login: string, password = PASSWORD) => ask('POST', '/api/session', '', { login, password })

  test('signing in again opens another sign-in, listed beside the first, and changes nothing else', async () => {
    const login = await withPassword()
    const before = await digestOf(db)
    const [first, second] = [await signIn(login), await signIn(login)]

    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.token).not.toBe(first.token)
    expect(changesBetween(before, await digestOf(db))).toEqual({})
  })

  test('a sign-in ends once', async () => {
    const login = await withPassword()
    const [one, two] = [await signIn(login), await signIn(login)]
    const { rows } = await db.pool.query<{ id: string }>(
      `select s.id from platform.session s join platform.account a on a.id = s.account_id where a.login = $1 order by s.id limit 1`,
      [login],
    )
    const revoke = () => ask('DELETE', `/api/sessions/${rows[0]?.id}`, two.token)

    expect(await revoke()).toMatchObject({ status: 200 })
    expect(await revoke()).toMatchObject({ status: 404, code: 'platform.session_unknown' })
    expect(await ask('DELETE', '/api/session', one.token)).toMatchObject({ status: 401 })
    expect(await ask('DELETE', '/api/session', two.token)).toMatchObject({ status: 200 })
    expect(await ask('DELETE', '/api/session', two.token)).toMatchObject({ status: 401 })
  })

  test('a changed password is not changed again: the one that was known is no longer right', async () => {
    const { token } = await signIn(await withPassword())
    const change = () => ask('POST', '/api/password', token, { current: PASSWORD, next: '水流千里-Ab2021' })

    expect(await change()).toMatchObject({ status: 200 })
    expect(await change()).toMatchObject({ status: 422, code: 'platform.password_wrong' })
  })

  test('a password handed out again is another one, and the one whose answer was lost opens nothing', async () => {
    const login = await withPassword()
    const admin = await asking(db, office, COUNTY, place.of.maker)
    const reset = async () => {
      const { body } = await admin.post(`/accounts/${login}/password`, {}, 'the-same-key')
      return (body as { password: string }).password
    }
    const [lost, seen] = [await reset(), await reset()]

    expect((await signIn(login, lost)).status).toBe(401)
    expect((await signIn(login, seen)).status).toBe(200)
  })
})
