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
import { plantAreas, plantPeople } from '../../../test/people.ts'
import type { Actor } from '../../platform/access.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { listLaw, readPolicy } from './index.ts'
import type { listPreviewPeopleEndpoint, previewStandardsEndpoint } from './preview.schema.ts'
import { layOver } from './standard.rules.ts'

type Preview = z.output<typeof previewStandardsEndpoint.output>
type People = z.output<typeof listPreviewPeopleEndpoint.output>

const OTHER = { town: '441882101', village: '441882101001' }
const HERE = { town: TOWN, village: VILLAGE }
const url = (rest: string) => `/api/counties/${COUNTY}/standards${rest}`

let db: TestDb
let world: BenefitsWorld
let office: OfficeHttp
let planner: Actor
let publisher: Actor
/** Urban, two people, no income. */
let couple: string

const PLANNING = ['load', 'preview', 'read', 'withdraw'].map((verb) => `benefits.policy.${verb}`)
const PUBLISHING = ['publish', 'preview', 'read'].map((verb) => `benefits.policy.${verb}`)

/** New standards of the county; 1.6 times of the first is what the destitute get. */
const draft = (rural: number, urban: number, from: string) => ({
  title: '提高城乡低保标准',
  document: { title: '关于提高标准的通知', number: '测〔2020〕8号' },
  rates: [
    ['rural', rural],
    ['urban', urban],
  ].map(([residence, fen]) => ({
    program: 'subsistence_allowance',
    item: 'standard',
    when: { residence },
    value: { kind: 'amount', fen },
    from,
    clause: '第一条',
  })),
})

async function award(program: string, place: { town: string; village: string }): Promise<string> {
  const holderKind = program === 'subsistence_allowance' ? 'household' : 'person'
  const id = uuidv7()
  await world.does(world.maker, world.commands.openAwards, {
    awards: [{ id, program, holderKind, holderId: randomUUID(), ...place, ledgerOpensMonth: '2020-01' }],
  })
  return id
}

const persons = (count: number, place = HERE) => plantPeople(db, count, { county: COUNTY, ...place })

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-01T01:00:00Z' } })
  world = await benefitsWorld(db)
  await plantAreas(db, [OTHER.village])
  office = await officeHttp(db)
  const person = (login: string, permissions: readonly string[]) =>
    buildActor(db, { login, permissions, scope: [COUNTY] })
  planner = await person('planner', PLANNING)
  publisher = await person('publisher', PUBLISHING)
  const factor = { factor: '1.6', of: 'subsistence_allowance.standard', round: 'up_yuan' }
  const base = { program: 'extreme_poverty_support', item: 'base', ...factor, when: { residence: 'rural' } }
  const care = { program: 'extreme_poverty_care', item: 'care', when: { selfCare: 'none' }, yuan: '846.00' }
  const dated = { per: 'person_month', from: '2019-01', basis: 'b1' }
  const supplement = {
    ...{ program: 'subsistence_allowance', item: 'supplement', percent: '20' },
    when: { residence: 'rural', category: 'severe_disability' },
  }
  await world.law(standards({ rates: [base, care, supplement].map((each) => ({ ...each, ...dated })) }))

  const single = await award('subsistence_allowance', HERE)
  await world.decide(single, { from: '2020-01', content: subsistence({ persons: await persons(1) }) })
  const family = await persons(3, OTHER)
  const disabled = [{ personId: family[0], category: 'severe_disability' }]
  const earning = await award('subsistence_allowance', OTHER)
  await world.decide(earning, {
    from: '2020-01',
    content: subsistence({ persons: family, incomeFen: 620_00, supplements: disabled }),
  })
  couple = await award('subsistence_allowance', HERE)
  await world.decide(couple, {
    from: '2020-01',
    content: subsistence({ residence: 'urban', persons: await persons(2) }),
  })
  const ended = await award('subsistence_allowance', OTHER)
  await world.decide(ended, {
    from: '2020-01',
    to: '2020-02',
    content: subsistence({ persons: await persons(1, OTHER) }),
  })
  const [destitute = ''] = await persons(1)
  const payee = { kind: 'person', id: destitute }
  const support = await award('extreme_poverty_support', HERE)
  const content = { support: 'home', selfCare: 'none', personId: destitute, payee }
  await world.decide(support, { from: '2020-01', content: { residence: 'rural', ...content } })
  const nursing = await award('extreme_poverty_care', HERE)
  await world.decide(nursing, { from: '2020-01', content })
  await world.at('2020-01-10T01:00:00Z')
  await world.run('2020-01')
  await world.at('2020-02-10T01:00:00Z')
  await world.run('2020-02')
  await world.at('2020-03-10T01:00:00Z')
})
afterAll(async () => {
  await office.close()
  await db.close()
})

const preview = (asked: object, who = planner) => office.post<Preview>(who, url('/preview'), asked, null)

describe('a raise that counts from two settled months', () => {
  let asked: object
  let told: Preview

  beforeAll(async () => {
    asked = draft(580_00, 807_00, '2020-01')
    const { status, body } = await preview({ draft: asked })
    expect(status).toBe(200)
    told = body
  })

  test('is told month by month, worked out by hand', () => {
    // Rural +96, urban +105; 1.6 × 484 = 774.4 → 775, 1.6 × 580 = 928: +153. Three people: 3 × 96, and a fifth of 96 for the disabled one.
    const monthly = 96_00 + (3 * 96_00 + 19_20) + 2 * 105_00 + 153_00
    expect(told.kinds).toEqual({
      gained: { awards: 4, people: 7, fen: monthly },
      lost: { awards: 0, people: 0, fen: 0 },
      leaving: { awards: 0, people: 0, fen: 0 },
      entering: { awards: 0, people: 0, fen: 0 },
      unchanged: { awards: 0, people: 0, fen: 0 },
      unknown: { awards: 0, people: 0, fen: 0 },
    })
    // January and February, and one month of the family that has ended.
    expect(told.arrears).toEqual({ awards: 5, people: 8, lines: 9, fen: 2 * monthly + 96_00 })
    expect(told.recoveries).toEqual({ awards: 0, people: 0, lines: 0, fen: 0 })
    const months = { month: '2020-03', arrearsMonths: ['2020-01', '2020-02'] }
    // Care has its own standard, which nobody changes.
    expect(told.programs).toMatchObject([
      { key: 'subsistence_allowance', ...months },
      { key: 'extreme_poverty_support', ...months },
    ])
    expect(told.histogram).toEqual([
      { from: 96_00, to: 96_00, awards: 1, people: 1 },
      { from: 153_00, to: 153_00, awards: 1, people: 1 },
      { from: 210_00, to: 210_00, awards: 1, people: 2 },
      { from: 307_20, to: 307_20, awards: 1, people: 3 },
    ])
    expect(told.towns.map(({ town, monthlyFen, arrears }) => [town, monthlyFen, arrears.fen])).toEqual([
      [TOWN, 459_00, 918_00],
      [OTHER.town, 307_20, 710_40],
    ])
    expect(told.losers).toEqual([])
  })

  test('shows families with names and with both sums as sentences', () => {
    const sample = told.samples.find(({ awardId }) => awardId === couple)
    expect(told.samples).toHaveLength(4)
    expect(sample).toMatchObject({ nowFen: 1404_00, newFen: 1614_00, arrearsFen: 420_00, kind: 'gained' })
    expect(sample?.people.map(({ fullName }) => fullName)).toEqual(['某人', '某人'])
    expect(sample?.nowSentence).toContain('702.00')
    expect(sample?.newSentence).toContain('807.00')
    expect(sample?.newSentence).toContain('关于提高标准的通知（测〔2020〕8号）第一条')
  })

  test('opens the list behind each figure, page by page', async () => {
    const page = (rest: object) =>
      office.post<People>(planner, url('/preview/people'), { draft: asked, ...rest }, null)
    const found: string[] = []
    for (let after: string | null | undefined; after !== null;) {
      const { status, body } = await page({ kind: 'gained', limit: 3, ...(after ? { after } : {}) })
      expect(status).toBe(200)
      found.push(...body.changes.map(({ awardId }) => awardId))
      after = body.next
    }
    const arrears = await page({ kind: 'arrears', town: OTHER.town })

    expect(found).toHaveLength(4)
    expect(found).toEqual(found.toSorted())
    expect(
      arrears.body.changes.map(({ nowFen, newFen, arrearsFen }) => [nowFen, newFen, arrearsFen]),
    ).toEqual([
      [928_80, 1236_00, 614_40], // (484 × 3 − 620) + 20 % of 484; (580 × 3 − 620) + 20 % of 580
      [0, 0, 96_00],
    ])
    expect((await page({ kind: 'lost' })).body).toEqual({ changes: [], next: null })
  })

  test('leaves nothing behind but the row of who asked', async () => {
    const { rows } = await db.pool.query(`select from benefits.policy_load`)
    const audit = await db.pool.query<{ outcome: string; subject: string }>(
      `select outcome, subject from platform.audit_row where event = 'benefits.policy.previewed'`,
    )

    expect(rows).toHaveLength(1)
    expect(audit.rows.map(({ outcome }) => outcome)).toEqual(['done'])
    expect(JSON.parse(audit.rows[0]?.subject ?? '')).toEqual({
      policyId: null,
      gained: 4,
      lost: 0,
      arrears: 5,
    })
  })

  test('is written by the run after its publication to the fen, also town by town', async () => {
    const before = await listLaw(db.deps.database.app, COUNTY)
    const { body } = await office.post<{ policyId: string }>(planner, url('/drafts'), asked)
    const { policyId } = body
    const waiting = await preview({ policyId }, publisher)
    expect((await office.post(publisher, url(`/drafts/${policyId}/publish`), {})).status).toBe(200)
    const { runNo } = await world.run('2020-03')

    expect({ ...waiting.body, asOf: '' }).toEqual({ ...told, asOf: '' })
    const comparison = (await world.runRow(runNo))?.comparison ?? {}
    const parts = Object.values(comparison)
    const sum = (fen: (part: (typeof parts)[number]) => number) =>
      parts.reduce((total, part) => total + fen(part), 0)
    expect(sum(({ changes }) => changes.raised.fen)).toBe(told.kinds.gained.fen)
    expect(sum(({ changes }) => changes.raised.awards)).toBe(told.kinds.gained.awards)
    expect(sum(({ arrears }) => arrears.fen)).toBe(told.arrears.fen)
    expect(sum(({ arrears }) => arrears.lines)).toBe(told.arrears.lines)
    const { rows } = await db.pool.query<{ town: string; fen: number }>(
      `select town, sum(fen)::int as fen from benefits.obligation_line where run_no = $1 and for_month < '2020-03' group by town order by town`,
      [runNo],
    )
    expect(rows).toEqual(told.towns.map(({ town, arrears }) => ({ town, fen: arrears.fen })))
    const { rows: loads } = await db.pool.query<{ content: string }>(
      `select content from benefits.policy_load where id = $1`,
      [policyId],
    )
    const after = await listLaw(db.deps.database.app, COUNTY)
    expect(lawText(layOver(before, readPolicy(loads[0]?.content ?? '')))).toEqual(lawText(after))
  })
})

/** What is law in which months, whatever row says so. */
function lawText({ rates }: Awaited<ReturnType<typeof listLaw>>): string[] {
  return rates
    .map(
      ({ program, item, whenKey, fen, factor, percent, fromMonth, toMonth, basis }) =>
        `${program}.${item} ${whenKey} ${fen} ${factor} ${percent} ${fromMonth} ${toMonth} ${basis}`,
    )
    .sort()
}

describe('new standards that give less', () => {
  test('name who loses, the largest loss first, and compare the first month under them', async () => {
    const { body } = await preview({ draft: draft(570_00, 650_00, '2020-06') })

    expect(body.kinds.lost).toMatchObject({ awards: 4, people: 7 })
    expect(body.arrears.lines + body.recoveries.lines).toBe(0)
    // 807 → 650 for two; 580 → 570 for three and a fifth for the disabled one; 928 → 912; 580 → 570.
    expect(body.losers.map(({ nowFen = 0, newFen = 0 }) => Number(newFen) - Number(nowFen))).toEqual([
      -314_00, -32_00, -16_00, -10_00,
    ])
    expect(body.losers[0]).toMatchObject({ awardId: couple, month: '2020-06', town: TOWN })
  })

  test('for settled months are told as recoveries, apart from arrears', async () => {
    const { body } = await preview({ draft: draft(580_00, 800_00, '2020-02') })

    expect(body.recoveries).toEqual({ awards: 1, people: 2, lines: 2, fen: -28_00 })
    expect(body.arrears.lines).toBe(0)
  })
})

describe('a preview is refused', () => {
  test.each([
    ['to whoever is responsible for a town', 'town', [TOWN], PLANNING, 'platform.outside_scope'],
    ['to another county', 'neighbour', ['441881'], PLANNING, 'platform.outside_scope'],
    ['without the permission', 'reader', [COUNTY], ['benefits.policy.read'], 'platform.permission_missing'],
  ])('%s', async (_, login, scope, permissions, code) => {
    const actor = await buildActor(db, { login, permissions, scope })
    const answer = await preview({ draft: draft(580_00, 807_00, '2020-01') }, actor)

    expect(answer).toMatchObject({ status: 403, body: { code } })
  })

  test.each([
    ['nothing to preview', {}, 404, 'benefits.policy_unknown'],
    ['an unknown draft', { policyId: randomUUID() }, 404, 'benefits.policy_unknown'],
    [
      'a draft that changes nothing',
      { draft: { ...draft(1, 1, '2020-01'), rates: [] } },
      422,
      'benefits.policy_empty',
    ],
    ['a month that is none', { draft: draft(1, 1, '2020-13') }, 422, 'platform.input_invalid'],
  ])('for %s', async (_, asked, status, code) => {
    expect(await preview(asked)).toMatchObject({ status, body: { code } })
  })
})
