import * as fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildHttp } from '../server/http.ts'
import { routes } from '../server/routes.ts'
import { buildActor } from './actors.ts'
import { SAMPLES } from './all-samples.ts'
import { openSession } from './asking.ts'
import { testDb, type TestDb } from './db.ts'
import { proposeChanges } from './scope-samples-benefits.ts'
import { plantGoLive } from './scope-samples-golive.ts'
import { plantImports } from './scope-samples-imports.ts'
import { grantAids } from './scope-samples-lists.ts'
import { plantCounty, type PlantedCounty } from './scope-world.ts'

/** For every address: random people of the office ask for random records; an independent oracle says what they get. */

let db: TestDb
let http: FastifyInstance
let here: PlantedCounty
let there: PlantedCounty

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  here = await plantCounty(db, { county: '441882', month: '2020-02' })
  there = await plantCounty(db, { county: '430181', month: '2020-04' })
  for (const county of [here, there]) {
    await proposeChanges(county)
    await plantImports(db, county)
    await plantGoLive(db, county)
    await grantAids(county)
  }
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000, mostReleases: 1_000_000 })
})
afterAll(async () => {
  await http.close()
  await db.close()
})

interface Asking {
  route: (typeof routes)[number]
  scope: string[]
  of: PlantedCounty
  isPermitted: boolean
  index: number
}

let made = 0

/** Signed in without a password: what is asked here comes after. */
async function sessionOf(permissions: readonly string[], scope: readonly string[]): Promise<string> {
  const actor = await buildActor(db, { login: `asker_${++made}`, permissions, scope })
  return openSession(db, actor.id)
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
  // Of every address at least one answer and one refusal; the rest is chance.
  const examples = routes.flatMap((route) =>
    [true, false].map((isPermitted): [Asking] => [
      { route, scope: [here.county], of: here, isPermitted, index: 0 },
    ]),
  )
  const got = new Map<string, number>()
  const answered = new Set<string>()
  await fc.assert(
    fc.asyncProperty(asking, async ({ route, scope, of, isPermitted, index }) => {
      const { endpoint, permission, also = [] } = route
      const person = of.people[index]
      if (!person) throw new Error(`nobody at ${index}`)
      const sample = SAMPLES[keyOf(endpoint)]?.({ of, scope, person })
      const token = await sessionOf(isPermitted ? [permission, ...also] : ['registry.nothing.at_all'], scope)
      const values: Record<string, string> = { county: of.county, ...sample?.path }
      const answer = await http.inject({
        method: endpoint.method,
        url: `${endpoint.path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? '')}?${sample?.query ?? ''}`,
        headers: { 'x-minben': '1', 'idempotency-key': token },
        cookies: { minben_session: token },
        ...(sample?.body ? { payload: sample.body } : {}),
      })
      const isJson = String(answer.headers['content-type']).includes('json')
      const body: unknown = isJson ? answer.json() : answer.body

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
      if (wanted && wanted === sample?.answer) answered.add(keyOf(endpoint))
      if (wanted === sample?.answer && sample?.answer.ids && sample.idsOf)
        expect(sample.idsOf(body)).toEqual(sample.answer.ids)
      if (answer.statusCode !== 200 || sample?.answer.ids?.length === 0) {
        expect(answer.body).not.toContain(person.id)
        expect(answer.body).not.toContain(person.name)
      }
      const code = (body as { code?: string } | undefined)?.code ?? ''
      const outcome = `${keyOf(endpoint)} ${answer.statusCode} ${code}`
      got.set(outcome, (got.get(outcome) ?? 0) + 1)
    }),
    { numRuns: 400 + examples.length, examples },
  )
  expect([...answered].toSorted()).toEqual(routes.map(({ endpoint }) => keyOf(endpoint)).toSorted())
  // The asking reached a refusal and an answer of every address.
  for (const { endpoint } of routes)
    expect(
      [...got.keys()].filter((outcome) => outcome.startsWith(`${keyOf(endpoint)} `)).length,
    ).toBeGreaterThan(1)
}, 300_000)
