import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { buildActor } from '../../../test/actors.ts'
import {
  benefitsWorld,
  COUNTY,
  standards,
  subsistence,
  TOWN,
  VILLAGE,
  type BenefitsWorld,
} from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { officeHttp, type OfficeHttp } from '../../../test/office-http.ts'
import { plantPeople } from '../../../test/people.ts'
import type { Actor } from '../../platform/access.ts'
import type {
  getCorrectionEndpoint,
  listCorrectedEndpoint,
  listCorrectionsEndpoint,
} from './correction-view.schema.ts'

type List = z.output<typeof listCorrectionsEndpoint.output>
type One = z.output<typeof getCorrectionEndpoint.output>
type Months = z.output<typeof listCorrectedEndpoint.output>

let db: TestDb
let world: BenefitsWorld
let office: OfficeHttp
let maker: Actor
let chief: Actor
let award: string
let person: string

const READ = 'benefits.run.read'
const url = (rest = '') => `/api/counties/${COUNTY}/corrections${rest}`

/** One person without income: each month is the standard, 484.00, paid for January and February 2020. */
beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-02T01:00:00Z' } })
  world = await benefitsWorld(db)
  await world.law(standards({ rural: '484.00' }))
  const [one = ''] = await plantPeople(db, 1, { county: COUNTY, town: TOWN, village: VILLAGE })
  person = one
  award = await world.award('subsistence_allowance', { opens: '2020-01' })
  await world.decide(award, { from: '2020-01', content: subsistence({ persons: [person] }) })
  await world.run('2020-01')
  await world.run('2020-02')
  office = await officeHttp(db)
  const actor = (login: string, ...permissions: string[]) =>
    buildActor(db, { login, permissions: [READ, ...permissions], scope: [COUNTY] })
  maker = await actor('clerk', 'benefits.correction.propose')
  chief = await actor('chief', 'benefits.run.approve')
})
afterAll(async () => {
  await office.close()
  await db.close()
})

/** The standard is lowered from a month on that is settled; the row that did it. */
async function lowered(rural: string, from = '2020-01'): Promise<string> {
  await world.law(standards({ rural, from }))
  const { rows } = await db.pool.query<{ id: string }>(
    `select id from benefits.rate where superseded_at is null and when_key like '%rural%' and lower(valid) = $1`,
    [`${from}-01`],
  )
  return rows[0]?.id ?? ''
}

async function propose(kind: string, subject: string): Promise<string> {
  const { body } = await office.post<{ correctionId: string }>(maker, url(), {
    ...{ kind, subject, clause: '测〔2020〕2号' },
  })
  return body.correctionId
}
const one = async (id: string, who = chief) => (await office.get<One>(who, url(`/${id}`))).body
const months = async (id: string, runNo: number, rest = '') =>
  (await office.get<Months>(chief, url(`/${id}/months?runNo=${runNo}${rest}`))).body
const reject = (runNo: number) => world.does(world.checker, world.commands.rejectRun, { runNo })

describe('what a correction causes', () => {
  test('waits as found in the run that needs it, and is settled by the first published after the decision', async () => {
    const id = await propose('rate', await lowered('480.00'))
    expect((await one(id)).runs).toEqual([])
    const waiting = await world.compute('2020-02')
    expect((await one(id)).runs).toEqual([
      // 480 − 484, in January and in February.
      expect.objectContaining({
        runNo: waiting.runNo,
        month: '2020-02',
        stage: 'found',
        lines: 2,
        fen: -800,
      }),
    ])
    const first = await months(id, waiting.runNo, '&limit=1')
    const rest = await months(id, waiting.runNo, `&after=${first.next}`)
    expect(rest.next).toBeNull()
    const told = {
      ...{ awardId: award, programTitle: '最低生活保障', people: [{ id: person, fullName: '某人' }] },
      ...{ wasFen: 48_400, dueFen: 48_000, fen: -400, paidFen: 0, claim: null },
    }
    const both = [...first.months, ...rest.months]
    expect(both).toEqual(both.map(({ forMonth }) => ({ ...told, forMonth })))
    expect(both.map(({ forMonth }) => forMonth).toSorted()).toEqual(['2020-01', '2020-02'])

    await reject(waiting.runNo)
    expect((await one(id)).runs[0]).toMatchObject({ runNo: waiting.runNo, stage: 'found' })
    expect(await office.post(chief, url(`/${id}/decide`), {})).toMatchObject({ status: 200 })
    const { runNo } = await world.compute('2020-02')
    expect((await one(id)).runs).toEqual([
      expect.objectContaining({ runNo, stage: 'written', lines: 2, fen: -800 }),
    ])
    await world.publish(runNo)
    expect((await one(id)).runs).toEqual([
      expect.objectContaining({ runNo, month: '2020-02', stage: 'settled', lines: 2, fen: -800 }),
    ])
    const page = await months(id, runNo, '&limit=1')
    const last = await months(id, runNo, `&after=${page.next}`)
    expect([...page.months, ...last.months]).toEqual([
      { ...told, forMonth: '2020-01' },
      { ...told, forMonth: '2020-02' },
    ])
  })

  test('a month with a claim says what is still owed', async () => {
    const id = await propose('rate', await lowered('470.00', '2020-02'))
    await office.post(chief, url(`/${id}/decide`), {})
    const { runNo } = await world.run('2020-02')
    await db.pool.query(
      `insert into funds.claim (county, id, award_id, for_month, status, opened_fen, open_fen, town, village, opened_at)
       values ($1, gen_random_uuid(), $2, '2020-02', 'open', 1000, 600, $3, $4, now())`,
      [COUNTY, award, TOWN, VILLAGE],
    )

    // 470 − 480
    expect((await months(id, runNo)).months).toMatchObject([
      { forMonth: '2020-02', fen: -1000, claim: { status: 'open', openFen: 600 } },
    ])
  })

  test('a correction that nothing needed has no run, and a run of another matter is not its own', async () => {
    const id = await propose('fact', person)

    expect(await one(id)).toMatchObject({
      runs: [],
      correction: { kindTitle: '登记事实更正', subjectTitle: '某人' },
    })
    expect(await office.get(chief, url(`/${id}/months?runNo=1`))).toMatchObject({
      status: 404,
      body: { code: 'benefits.run_unknown' },
    })
  })
})

test('the list says in words what each is about, the latest first, and who may decide it', async () => {
  const rate = await propose('rate', await lowered('460.00', '2020-03'))
  const { corrections, may } = (await office.get<List>(chief, url())).body

  expect(corrections[0]).toMatchObject({
    ...{ id: rate, status: 'proposed', madeBy: 'clerk', may: { decide: true } },
    subjectTitle: expect.stringContaining('460.00 元/人·月，自 2020-03-01 起'),
  })
  expect(may.propose).toBe(false)
  const own = (await office.get<List>(maker, url())).body
  expect([own.may.propose, own.corrections[0]?.may.decide]).toEqual([true, false])
})

test('people of a town and of another county learn nothing of a correction', async () => {
  const id = await propose('formula', `x@${randomUUID().slice(0, 8)}`)
  const permissions = [READ, 'benefits.run.approve']
  const town = await buildActor(db, { login: 'town', permissions, scope: [TOWN], level: 'township' })
  const stranger = await buildActor(db, { login: 'stranger', permissions, scope: ['430181'] })

  expect((await office.get<List>(town, url())).body.corrections).toEqual([])
  for (const path of [`/${id}`, `/${id}/months?runNo=1`]) {
    expect(await office.get(town, url(path))).toMatchObject({
      status: 404,
      body: { code: 'benefits.correction_unknown' },
    })
    expect(await office.get(stranger, url(path))).toMatchObject({
      status: 403,
      body: { code: 'platform.outside_scope' },
    })
  }
})
