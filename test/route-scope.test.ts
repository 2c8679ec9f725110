import { createHash, randomBytes, randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commands } from '../server/app.ts'
import { buildHttp } from '../server/http.ts'
import { routes } from '../server/routes.ts'
import { buildActor } from './actors.ts'
import { subsistence } from './benefits.ts'
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
  for (const county of [here, there]) await proposeChanges(county)
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000 })
})
afterAll(async () => {
  await http.close()
  await db.close()
})

/** Determinations that wait, one for each person, in the order of the people. */
const waiting = new Map<string, string>()

async function proposeChanges({ people, maker, does }: PlantedCounty): Promise<void> {
  const change = { kind: 'change', outcome: 'grant', from: '2021-01', to: null, cause: '测试', clause: '' }
  const { ids } = await does(maker, commands.proposeDeterminations, {
    determinations: people.map(({ id, awardId }) => {
      return { awardId, ...change, content: subsistence({ persons: [id], incomeFen: 50_00 }) }
    }),
  })
  for (const [index, { id }] of people.entries()) waiting.set(id, ids[index] ?? '')
}

interface Asked {
  /** The county asked for. */
  of: PlantedCounty
  scope: readonly string[]
  person: PlantedPerson
}

interface Sample {
  path: Readonly<Record<string, string>>
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

const waitingFor = ({ of, scope }: Asked) =>
  of.people
    .filter((each) => mayHave(scope, of.county, each))
    .map(({ id }) => waiting.get(id) ?? '')
    .toSorted()
const unknown = { status: 404, code: 'benefits.determination_unknown' }
const outside = { status: 403, code: 'platform.outside_scope' }
const noPolicy = { status: 404, code: 'benefits.policy_unknown' }

/** More for all of the countryside, from a month that nobody has settled. */
const RAISE = {
  title: '提标',
  document: { title: '通知' },
  rates: [
    {
      ...{ program: 'subsistence_allowance', item: 'standard', when: { residence: 'rural' } },
      ...{ value: { kind: 'amount', fen: 580_00 }, from: '2020-12' },
    },
  ],
}

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
  // Law is for everybody in the county to read, and for the county alone to set.
  'GET /api/counties/:county/standards': ({ of }) => ({
    path: {},
    answer: { status: 200, ids: [of.county, of.county] },
    idsOf: (body) => (body as { standards: { area: string }[] }).standards.map(({ area }) => area),
  }),
  'GET /api/counties/:county/standards/drafts': () => ({ path: {}, answer: { status: 200 } }),
  'POST /api/counties/:county/standards/drafts': (asked) => ({
    path: {},
    body: RAISE,
    answer: isWhole(asked) ? { status: 200 } : outside,
  }),
  'POST /api/counties/:county/standards/drafts/:policyId/publish': () => ({
    path: { policyId: randomUUID() },
    body: {},
    answer: noPolicy,
  }),
  'POST /api/counties/:county/standards/drafts/:policyId/withdraw': () => ({
    path: { policyId: randomUUID() },
    body: { why: '测试' },
    answer: noPolicy,
  }),
  'POST /api/counties/:county/standards/preview': (asked) => ({
    path: {},
    body: { draft: RAISE },
    answer: isWhole(asked) ? { status: 200, ids: asked.of.towns } : outside,
    idsOf: (body) => (body as { towns: { town: string }[] }).towns.map(({ town }) => town),
  }),
  'POST /api/counties/:county/standards/preview/people': (asked) => ({
    path: {},
    body: { draft: RAISE, kind: 'gained' },
    // Every second award has ended.
    answer: isWhole(asked)
      ? { status: 200, ids: asked.of.people.filter((_, index) => index % 2 === 0).map(({ awardId }) => awardId).toSorted() } // prettier-ignore
      : outside,
    idsOf: (body) => (body as { changes: { awardId: string }[] }).changes.map(({ awardId }) => awardId),
  }),
  'GET /api/counties/:county/determinations': (asked) => ({
    path: {},
    answer: { status: 200, ids: waitingFor(asked) },
    idsOf: (body) => (body as { determinations: { id: string }[] }).determinations.map(({ id }) => id),
  }),
  'GET /api/counties/:county/determinations/:id': ({ of, scope, person }) => ({
    path: { id: waiting.get(person.id) ?? '' },
    answer: mayHave(scope, of.county, person) ? { status: 200, ids: [person.id] } : unknown,
    idsOf: (body) =>
      (body as { determination: { people: { id: string }[] } }).determination.people.map(({ id }) => id),
  }),
  // Asked with what is never allowed, so that the planted ones stay as they are: who is out of reach learns nothing.
  'POST /api/counties/:county/determinations': ({ of, scope, person }) => ({
    path: {},
    body: {
      determinations: [
        {
          ...{ awardId: person.awardId, kind: 'change', outcome: 'grant', from: '2021-03', to: null },
          ...{ cause: '测试', clause: '', content: subsistence({ persons: [person.id] }) },
        },
      ],
    },
    answer: mayHave(scope, of.county, person)
      ? { status: 409, code: 'benefits.determination_waiting' }
      : { status: 404, code: 'benefits.award_unknown' },
  }),
  'POST /api/counties/:county/determinations/check': ({ person }) => ({
    path: {},
    body: { ids: [waiting.get(person.id), randomUUID()] },
    answer: unknown,
  }),
  'POST /api/counties/:county/determinations/:id/refuse': () => ({
    path: { id: randomUUID() },
    body: { why: '测试' },
    answer: unknown,
  }),
  'POST /api/counties/:county/determinations/:id/withdraw': ({ of, scope, person }) => ({
    path: { id: waiting.get(person.id) ?? '' },
    body: { why: '测试' },
    answer: mayHave(scope, of.county, person) ? { status: 403, code: 'benefits.not_the_maker' } : unknown,
  }),
  'POST /api/counties/:county/determinations/:id/undo': ({ of, scope, person }) => ({
    path: { id: waiting.get(person.id) ?? '' },
    body: { why: '测试', clause: '第一条' },
    answer: mayHave(scope, of.county, person)
      ? { status: 409, code: 'benefits.determination_state' }
      : unknown,
  }),
  // Without a permission to act on anything nothing waits.
  'GET /api/counties/:county/inbox': () => ({
    path: {},
    answer: { status: 200, ids: [] },
    idsOf: (body) => (body as { groups: { kind: string }[] }).groups.map(({ kind }) => kind),
  }),
  'POST /api/counties/:county/people/search': ({ of, scope, person }) => ({
    path: {},
    body: { text: person.name },
    answer: { status: 200, ids: mayHave(scope, of.county, person) ? [person.id] : [] },
    idsOf: (body) => (body as { people: { id: string }[] }).people.map(({ id }) => id),
  }),
}

function certain(route: (typeof routes)[number]) {
  const asked = { route, of: here, isPermitted: true, index: 0 }
  return [[{ ...asked, scope: [here.county] }], [{ ...asked, scope: [there.county] }]] as [
    typeof asked & { scope: string[] },
  ][]
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
        url: endpoint.path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? ''),
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
    // Two of each address are certain: whoever may, and whoever is from elsewhere; the rest is chance.
    { numRuns: 400 + 2 * routes.length, examples: routes.flatMap((route) => certain(route)) },
  )
  // The asking reached a refusal and an answer of every address.
  for (const { endpoint } of routes)
    expect(
      [...got.keys()].filter((outcome) => outcome.startsWith(`${keyOf(endpoint)} `)).length,
    ).toBeGreaterThan(1)
})
