import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildHttp } from '../server/http.ts'
import type { Schema } from '../server/platform/db.ts'
import { ROLES } from '../server/roles.ts'
import { routes } from '../server/routes.ts'
import { asking, type Asking } from './asking.ts'
import { testDb, type TestDb } from './db.ts'
import { plantCounty, type PlantedCounty } from './scope-world.ts'

/**
 * What a page costs is for the most part how often it asks the database. Bounds on the number of statements in a small county; begin,
 * scope, audit row and commit are among them, so that fewer than `FEWEST` were not all of them heard.
 */
const FEWEST = 4

const COUNTY = '441882'
const NUMBERS = ['110101199003074477', '441882195903121625']

let db: TestDb
let http: FastifyInstance
let world: PlantedCounty
let clerk: Asking
let asked: string[] = []

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  world = await plantCounty(db, { county: COUNTY, month: '2020-02', numbers: NUMBERS })
  const app = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: db.deps.database.pools.minben_app }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
    log: ({ query }) => {
      asked.push(query.sql)
    },
  })
  const deps = { ...db.deps, database: { ...db.deps.database, app } }
  http = await buildHttp(deps, { routes, isDemo: true, mostRequests: 100_000 })
  const permissions = ROLES.find(({ key }) => key === 'section_clerk')?.permissions ?? []
  clerk = await asking(db, http, COUNTY, { login: `clerk_${randomUUID()}`, permissions })
})
afterAll(async () => {
  await http.close()
  await db.close()
})

test.each([
  ['the file of a person', 21, () => `/people/${one().id}`],
  ['its timeline', 24, () => `/people/${one().id}/timeline`],
  ['an award with its why', 25, () => `/awards/${one().awardId}`],
])('%s asks the database at most %i times', async (_, most, pathOf) => {
  const path = pathOf()
  asked = []
  const { status } = await clerk.get(path)

  expect(status).toBe(200)
  expectAsked(most)
})

test.each([
  ['a name', 9, '某甲'],
  ['a name in a town', 11, '某甲 某地'],
  ['a number', 8, '4477'],
])('a search for %s asks the database at most %i times', async (_, most, text) => {
  asked = []
  const { status } = await clerk.post('/people/search', { text }, null)

  expect(status).toBe(200)
  expectAsked(most)
})

function expectAsked(most: number): void {
  expect(asked.length, asked.join('\n\n')).toBeGreaterThanOrEqual(FEWEST)
  expect(asked.length, asked.join('\n\n')).toBeLessThanOrEqual(most)
}

function one() {
  const [person] = world.people
  if (!person) throw new Error('nobody was planted')
  return person
}
