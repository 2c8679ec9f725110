import { createHash, randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildHttp } from '../server/http.ts'
import { routes } from '../server/routes.ts'
import { buildActor } from './actors.ts'
import { testDb, type TestDb } from './db.ts'
import { plantCounty, type PlantedCounty, type PlantedPerson } from './scope-world.ts'

/** For every address: random people of the office ask for random records; an independent oracle says what they get. */

let db: TestDb
let http: FastifyInstance
let here: PlantedCounty
let there: PlantedCounty

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  here = await plantCounty(db, { county: '441882', month: '2020-02' })
  there = await plantCounty(db, { county: '430181', month: '2020-04' })
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000 })
})
afterAll(async () => {
  await http.close()
  await db.close()
})

interface Asked {
  /** The county asked for. */
  of: PlantedCounty
  scope: readonly string[]
  person: PlantedPerson
}

interface Sample {
  path: Readonly<Record<string, string>>
  query?: string
  body?: object
  /** What somebody with the permission, and with an area in the county, gets. */
  answer: { status: number; code?: string; ids?: readonly (string | number)[] }
  idsOf?: (body: unknown) => (string | number)[]
}

const isWhole = ({ of, scope }: Asked) => scope.includes(of.county)
const mayHave = (scope: readonly string[], county: string, { town, village }: PlantedPerson) =>
  scope.some((code) => code === county || code === town || code === village)
/** Both months of the planted county are published. */
const RUNS = [2, 1]
const published = (asked: Asked) =>
  isWhole(asked) ? { status: 409, code: 'benefits.run_state' } : { status: 404, code: 'benefits.run_unknown' }

const NOBODY = '00000000-0000-7000-8000-000000000000'
/** Known to nobody, wherever they are. */
const unknown = (code: string) => ({ status: 404, code })
/** The correction that was proposed about the last person. */
const subjectOf = ({ of }: Asked) => of.people.at(-1)?.id ?? ''

/** A new address needs its line here, or this test fails. */
const SAMPLES: Readonly<Record<string, (asked: Asked) => Sample>> = {
  'GET /api/counties/:county/runs': (asked) => ({
    path: {},
    answer: { status: 200, ids: isWhole(asked) ? RUNS : [] },
    idsOf: (body) => (body as { runs: { no: number }[] }).runs.map(({ no }) => no),
  }),
  'GET /api/counties/:county/runs/:runNo': (asked) => ({
    path: { runNo: '1' },
    answer: isWhole(asked) ? { status: 200 } : { status: 404, code: 'benefits.run_unknown' },
  }),
  'GET /api/counties/:county/runs/:runNo/lines': (asked) => ({
    path: { runNo: '1' },
    // The run itself is the whole county's.
    answer: isWhole(asked)
      ? { status: 200, ids: asked.of.people.map(({ awardId }) => awardId).toSorted() }
      : { status: 404, code: 'benefits.run_unknown' },
    idsOf: (body) => (body as { lines: { awardId: string }[] }).lines.map(({ awardId }) => awardId),
  }),
  'POST /api/counties/:county/runs/:runNo/check': (asked) => ({
    path: { runNo: '1' },
    body: {},
    answer: published(asked),
  }),
  'POST /api/counties/:county/runs/:runNo/approve': (asked) => ({
    path: { runNo: '1' },
    body: {},
    answer: published(asked),
  }),
  'GET /api/counties/:county/runs/:runNo/changes': (asked) => ({
    path: { runNo: '1' },
    query: 'change=new&limit=200',
    answer: isWhole(asked)
      ? { status: 200, ids: asked.of.people.map(({ awardId }) => awardId).toSorted() }
      : { status: 404, code: 'benefits.run_unknown' },
    idsOf: (body) => (body as { items: { awardId: string }[] }).items.map(({ awardId }) => awardId),
  }),
  'GET /api/counties/:county/runs/:runNo/sample': (asked) => ({
    path: { runNo: '1' },
    answer: isWhole(asked)
      ? { status: 200, ids: asked.of.people.map(({ awardId }) => awardId).toSorted() }
      : { status: 404, code: 'benefits.run_unknown' },
    idsOf: (body) =>
      (body as { awards: { awardId: string }[] }).awards.map(({ awardId }) => awardId).toSorted(),
  }),
  // Two months are published: the first cannot be started any more.
  'POST /api/counties/:county/runs': (asked) => ({
    path: {},
    body: { group: 'basic_assistance', month: '1999-01' },
    answer: isWhole(asked)
      ? { status: 409, code: 'benefits.run_month' }
      : { status: 403, code: 'platform.outside_scope' },
  }),
  'POST /api/counties/:county/runs/:runNo/publish': (asked) => ({
    path: { runNo: '1' },
    body: {},
    answer: published(asked),
  }),
  'POST /api/counties/:county/runs/:runNo/reject': (asked) => ({
    path: { runNo: '1' },
    body: { reason: '重新核对' },
    answer: published(asked),
  }),
  // The first of two published months cannot be taken back.
  'POST /api/counties/:county/runs/:runNo/cancel': (asked) => ({
    path: { runNo: '1' },
    body: {},
    answer: isWhole(asked)
      ? { status: 409, code: 'benefits.run_not_cancellable' }
      : { status: 404, code: 'benefits.run_unknown' },
  }),
  'POST /api/counties/:county/runs/:runNo/answer': (asked) => ({
    path: { runNo: '1' },
    body: { kind: 'too_many_corrections', answer: '已逐笔核对' },
    answer: published(asked),
  }),
  'GET /api/counties/:county/corrections': (asked) => ({
    path: {},
    answer: { status: 200, ids: isWhole(asked) ? [subjectOf(asked)] : [] },
    idsOf: (body) =>
      (body as { corrections: { subject: string }[] }).corrections.map(({ subject }) => subject),
  }),
  'POST /api/counties/:county/corrections': (asked) => ({
    path: {},
    body: { kind: 'fact', subject: subjectOf(asked), clause: '第三十一条' },
    answer: isWhole(asked)
      ? { status: 409, code: 'benefits.correction_open' }
      : { status: 403, code: 'platform.outside_scope' },
  }),
  'POST /api/counties/:county/corrections/:correctionId/decide': () => ({
    path: { correctionId: NOBODY },
    body: {},
    answer: unknown('benefits.correction_unknown'),
  }),
  'POST /api/counties/:county/corrections/:correctionId/reject': () => ({
    path: { correctionId: NOBODY },
    body: { why: '依据不足' },
    answer: unknown('benefits.correction_unknown'),
  }),
  'POST /api/counties/:county/awards/:awardId/opening': () => ({
    path: { awardId: NOBODY },
    body: { reason: '旧系统有误' },
    answer: unknown('benefits.award_not_imported'),
  }),
  'POST /api/counties/:county/people/search': ({ of, scope, person }) => ({
    path: {},
    body: { text: person.name },
    answer: { status: 200, ids: mayHave(scope, of.county, person) ? [person.id] : [] },
    idsOf: (body) => (body as { people: { id: string }[] }).people.map(({ id }) => id),
  }),
}

let made = 0

/** Signed in without a password: what is asked here comes after. */
async function sessionOf(permissions: readonly string[], scope: readonly string[]): Promise<string> {
  const token = randomBytes(16).toString('hex')
  const actor = await buildActor(db, { login: `asker_${++made}`, permissions, scope })
  await db.pool.query(
    `insert into platform.session (id, token_hash, account_id, device, ends_at) values (gen_random_uuid(), $1, $2, '', now() + interval '1 hour')`,
    [createHash('sha256').update(token).digest(), actor.id],
  )
  return token
}

const keyOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`

test('every address has its line in this test, and every line its address', () => {
  expect(Object.keys(SAMPLES).toSorted()).toEqual(routes.map(({ endpoint }) => keyOf(endpoint)).toSorted())
})

test('whoever asks gets what their permission and their areas give, and nothing more', async () => {
  const counties = [here, there]
  const areas = counties.flatMap(({ county, towns, villages }) => [county, ...towns, ...villages])
  const asking = fc.record({
    route: fc.constantFrom(...routes),
    scope: fc.uniqueArray(fc.constantFrom(...areas), { maxLength: 3 }),
    of: fc.constantFrom(...counties),
    isPermitted: fc.boolean(),
    index: fc.nat({ max: 11 }),
  })
  const got = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(asking, async ({ route, scope, of, isPermitted, index }) => {
      const { endpoint, permission } = route
      const person = of.people[index]
      if (!person) throw new Error(`nobody at ${index}`)
      const sample = SAMPLES[keyOf(endpoint)]?.({ of, scope, person })
      const token = await sessionOf(isPermitted ? [permission] : ['registry.nothing.at_all'], scope)
      const values: Record<string, string> = { county: of.county, ...sample?.path }
      const answer = await http.inject({
        method: endpoint.method,
        url: `${endpoint.path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? '')}${sample?.query ? `?${sample.query}` : ''}`,
        headers: { 'x-minben': '1', 'idempotency-key': token },
        cookies: { minben_session: token },
        ...(sample?.body ? { payload: sample.body } : {}),
      })
      const body: unknown = answer.json()

      const isInside = scope.some((code) => code.startsWith(of.county))
      const wanted = !isPermitted
        ? { status: 403, code: 'platform.permission_missing' }
        : isInside
          ? sample?.answer
          : { status: 403, code: 'platform.outside_scope' }
      expect({
        status: answer.statusCode,
        ...(wanted?.code ? { code: (body as { code: string }).code } : {}),
      }).toEqual({
        status: wanted?.status,
        ...(wanted?.code ? { code: wanted.code } : {}),
      })
      if (wanted === sample?.answer && sample?.answer.ids && sample.idsOf)
        expect(sample.idsOf(body)).toEqual(sample.answer.ids)
      if (answer.statusCode !== 200 || sample?.answer.ids?.length === 0) {
        expect(answer.body).not.toContain(person.id)
        expect(answer.body).not.toContain(person.name)
      }
      const outcome = `${keyOf(endpoint)} ${answer.statusCode}`
      got.set(outcome, (got.get(outcome) ?? 0) + 1)
    }),
    { numRuns: 700 },
  )
  // The asking reached a refusal and an answer of every address.
  for (const { endpoint } of routes)
    expect(
      [...got.keys()].filter((outcome) => outcome.startsWith(`${keyOf(endpoint)} `)).length,
    ).toBeGreaterThan(1)
})
