import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildHttp } from '../server/http.ts'
import type { SheetRow } from '../server/engines/benefits/run-sheet.schema.ts'
import type { RunShown } from '../server/engines/benefits/run-view.schema.ts'
import { routes } from '../server/routes.ts'
import { asking, type Asking } from './asking.ts'
import { testDb, type TestDb } from './db.ts'
import { plantCounty } from './scope-world.ts'

/** Twelve households in three towns at 484.00 − 100.00 = 384.00; from March every second one has ended backwards. */

const COUNTY = '441882'
const EACH = 384_00

let db: TestDb
let http: FastifyInstance
let clerk: Asking

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  await plantCounty(db, { county: COUNTY, month: '2020-02' })
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000 })
  clerk = await asking(db, http, COUNTY, { login: 'clerk', permissions: ['benefits.run.read'] })
})
afterAll(async () => {
  await http.close()
  await db.close()
})

const linesOf = (lines: number, fen: number) => ({ lines, fen })

test('by town and programme: the month, what is taken back, and what last month came to', async () => {
  const { status, body } = await clerk.get('/runs/2/sheet')
  const { rows } = body as { rows: SheetRow[] }

  expect(status).toBe(200)
  expect(rows.map(({ town }) => town)).toEqual(['441882100', '441882101', '441882102'])
  for (const row of rows)
    expect(row).toMatchObject({
      program: 'subsistence_allowance',
      programTitle: '最低生活保障',
      // Four households of a town in February; two are left in March, and two give February back.
      previousFen: 4 * EACH,
      regular: linesOf(2, 2 * EACH),
      arrears: linesOf(0, 0),
      correction: linesOf(2, -2 * EACH),
      total: linesOf(4, 0),
    })
})

test.each([1, 2])('of run %i: the rows come to the run and to its comparison, to the fen', async (runNo) => {
  const { rows } = (await clerk.get(`/runs/${runNo}/sheet`)).body as { rows: SheetRow[] }
  const { run, total } = (await clerk.get(`/runs/${runNo}`)).body as RunShown
  const sum = (of: (row: SheetRow) => number) => rows.reduce((all, row) => all + of(row), 0)

  expect(sum((row) => row.total.fen)).toBe(run.totalFen)
  expect(sum((row) => row.total.lines)).toBe(run.lines)
  expect(sum((row) => row.previousFen)).toBe(total.previousFen)
  for (const kind of ['regular', 'arrears', 'correction'] as const)
    expect(
      linesOf(
        sum((row) => row[kind].lines),
        sum((row) => row[kind].fen),
      ),
    ).toEqual(total[kind])
})

test('a run that is not there, and a reader without the right', async () => {
  const nobody = await asking(db, http, COUNTY, { login: 'nobody', permissions: ['funds.ledger.read'] })

  expect((await clerk.get('/runs/9/sheet')).body).toMatchObject({ code: 'benefits.run_unknown' })
  expect((await nobody.get('/runs/1/sheet')).status).toBe(403)
})
