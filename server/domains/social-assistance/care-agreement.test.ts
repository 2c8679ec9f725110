import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import { COUNTY, TOWN, VILLAGE } from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { plantAreas, plantPeople } from '../../../test/people.ts'
import type { Actor } from '../../platform/access.ts'
import { execute, read, type Command, type Ctx } from '../../platform/command.ts'
import { endAgreement, recordAgreements } from './care-agreement.actions.ts'
import { displacedBy, signedPercent } from './care-agreement.rules.ts'
import { agreementCoverage, agreementsAsKnown, liveAgreements } from './index.ts'

const PLACE = { town: TOWN, village: VILLAGE }
let db: TestDb
let clerk: Actor
let elsewhere: Actor

beforeAll(async () => {
  db = await testDb()
  await plantAreas(db, [VILLAGE])
  const permissions = ['social_assistance.agreement.record']
  clerk = await buildActor(db, { login: 'clerk', permissions, scope: [TOWN], level: 'township' })
  elsewhere = await buildActor(db, {
    login: 'elsewhere',
    permissions,
    scope: ['441882101'],
    level: 'township',
  })
})
afterAll(() => db.close())

const does = <Input, Result>(definition: Command<Input, Result>, input: unknown, actor = clerk) =>
  execute(db.deps, definition, { actor, county: COUNTY, input })
const reads = <Result>(work: (ctx: Ctx) => Promise<Result>, actor = clerk) =>
  read(db.deps, { actor, county: COUNTY }, work)
const newcomer = async () => (await plantPeople(db, 1, { county: COUNTY, ...PLACE }))[0] ?? ''

interface Signed {
  personId: string
  carerName?: string
  from: string
  to?: string | null
}

const sign = ({ personId, carerName = '甲', from, to = null }: Signed, actor = clerk) =>
  does(
    recordAgreements,
    { agreements: [{ personId, carerKind: 'person', carerId: null, carerName, from, to, ...PLACE }] },
    actor,
  )

const stretchesOf = (personId: string) =>
  reads(async ({ tx }) =>
    (await liveAgreements(tx, { county: COUNTY, personIds: [personId] })).map(({ carerName, from, to }) => [
      carerName,
      from,
      to,
    ]),
  )

describe('#5 one live agreement per supported person', () => {
  test('a second one replaces the first from its first day', async () => {
    const personId = await newcomer()
    await sign({ personId, carerName: '甲', from: '2020-01-01' })
    const { replaced } = await sign({ personId, carerName: '乙', from: '2020-04-01' })

    expect(replaced).toBe(1)
    expect(await stretchesOf(personId)).toEqual([
      ['甲', '2020-01-01', '2020-04-01'],
      ['乙', '2020-04-01', null],
    ])
  })

  test.each([
    ['2020-03-31', ['甲']],
    ['2020-04-01', ['乙']],
    ['2019-12-31', []],
  ])('on %s it is %j', async (on, names) => {
    const personId = await newcomer()
    await sign({ personId, carerName: '甲', from: '2020-01-01' })
    await sign({ personId, carerName: '乙', from: '2020-04-01' })

    const live = await reads(({ tx }) => liveAgreements(tx, { county: COUNTY, personIds: [personId], on }))

    expect(live.map(({ carerName }) => carerName)).toEqual(names)
  })

  test('one that was to begin later is displaced whole, and the earlier does not come back', async () => {
    const personId = await newcomer()
    await sign({ personId, carerName: '甲', from: '2020-01-01' })
    await sign({ personId, carerName: '乙', from: '2020-09-01' })
    await sign({ personId, carerName: '丙', from: '2020-05-01', to: '2020-10-01' })

    expect(await stretchesOf(personId)).toEqual([
      ['甲', '2020-01-01', '2020-05-01'],
      ['丙', '2020-05-01', '2020-10-01'],
    ])
  })

  test('as known at an earlier cut the first is still the only one', async () => {
    const personId = await newcomer()
    await sign({ personId, carerName: '甲', from: '2020-01-01' })
    const { rows } = await db.pool.query<{ cut: string }>('select clock_timestamp() as cut')
    await sign({ personId, carerName: '乙', from: '2020-04-01' })

    const known = await reads(({ tx }) =>
      agreementsAsKnown(tx, { county: COUNTY, personIds: [personId], cut: rows[0]?.cut ?? '' }),
    )

    expect(known.map(({ carerName, from, to }) => [carerName, from, to])).toEqual([
      ['甲', '2020-01-01', null],
    ])
  })

  test('the database refuses two at a time', async () => {
    const personId = await newcomer()
    await sign({ personId, from: '2020-01-01' })

    const second = db.pool.query(
      `insert into social_assistance.care_agreement (county, id, root_id, person_id, carer_kind, carer_name, valid, recorded_by, recorded_at)
       select $1, id, id, $2, 'person', '乙', '[2020-02-01,)', id, now() from (select gen_random_uuid() as id) x`,
      [COUNTY, personId],
    )

    await expect(second).rejects.toThrow('care_agreement_one_live')
  })
})

describe('ending', () => {
  test('the last day is the one before', async () => {
    const personId = await newcomer()
    await sign({ personId, from: '2020-01-01' })
    await does(endAgreement, { personId, on: '2020-07-01' })

    expect(await stretchesOf(personId)).toEqual([['甲', '2020-01-01', '2020-07-01']])
  })

  test('one that never began leaves a voided record', async () => {
    const personId = await newcomer()
    await sign({ personId, from: '2020-09-01' })
    await does(endAgreement, { personId, on: '2020-07-01' })

    const { rows } = await db.pool.query(
      'select voided, superseded_at is null as known from social_assistance.care_agreement where person_id = $1 order by voided',
      [personId],
    )
    expect(await stretchesOf(personId)).toEqual([])
    expect(rows).toEqual([
      { voided: false, known: false },
      { voided: true, known: true },
    ])
  })

  test('without an agreement there is nothing to end', async () => {
    const personId = await newcomer()

    await expect(does(endAgreement, { personId, on: '2020-07-01' })).rejects.toMatchObject({
      code: 'social_assistance.agreement_unknown',
    })
  })
})

describe('refused', () => {
  test.each([
    ['an end before the beginning', { to: '2020-01-01', from: '2020-02-01' }],
    ['an end on the first day', { to: '2020-02-01', from: '2020-02-01' }],
    ['no name', { from: '2020-01-01', carerName: ' ' }],
  ])('%s', async (_, fields) => {
    await expect(sign({ personId: await newcomer(), ...fields })).rejects.toMatchObject({
      code: 'platform.input_invalid',
    })
  })

  test('somebody who cares for themselves, and the same person twice in a list', async () => {
    const personId = await newcomer()
    const agreement = {
      personId,
      carerKind: 'person',
      carerId: null,
      carerName: '甲',
      from: '2020-01-01',
      to: null,
      ...PLACE,
    }

    for (const agreements of [[{ ...agreement, carerId: personId }], [agreement, agreement]]) {
      await expect(does(recordAgreements, { agreements })).rejects.toMatchObject({
        code: 'platform.input_invalid',
      })
    }
  })

  test('somebody who is not on file, and a clerk of another town', async () => {
    await expect(
      sign({ personId: '00000000-0000-4000-8000-000000000001', from: '2020-01-01' }),
    ).rejects.toMatchObject({
      code: 'social_assistance.person_unknown',
    })
    await expect(sign({ personId: await newcomer(), from: '2020-01-01' }, elsewhere)).rejects.toMatchObject({
      code: 'registry.outside_scope',
    })
  })
})

describe('#5 who has none', () => {
  test('2 935 signed of 2 969 supported persons lists the 34 without; all signed shows 100 %', async () => {
    await db.pool.query(
      `with person as (
         select gen_random_uuid() as id, gen_random_uuid() as award, n from generate_series(1, 2969) n
       ), award as (
         insert into benefits.award (county, id, program, holder_kind, holder_id, town, village, ledger_opens_month, created_by, recorded_at)
         select $1, award, 'extreme_poverty_support', 'person', id, $2, $3, '2020-01', id, now() from person
       ), coverage as (
         insert into benefits.coverage (county, id, span_id, award_id, person_id, exclusive_key, valid, town, village, recorded_at)
         select $1, gen_random_uuid(), gen_random_uuid(), award, id, 'basic_living', '[2030-01-01,)', $2, $3, now() from person
       )
       insert into social_assistance.care_agreement (county, id, root_id, person_id, carer_kind, carer_name, valid, town, village, recorded_by, recorded_at)
       select $1, award, award, id, 'person', '甲', '[2030-01-01,)', $2, $3, id, now() from person where n <= 2935`,
      [COUNTY, TOWN, VILLAGE],
    )

    const before = await reads((ctx) => agreementCoverage(ctx, '2030-01-31'))
    expect(before).toMatchObject({ supported: 2969, signed: 2935, percent: '98.85%' })
    expect(before.without).toHaveLength(34)
    await plantMissing(before.without)
    expect(await reads((ctx) => agreementCoverage(ctx, '2030-01-31'))).toMatchObject({
      supported: 2969,
      signed: 2969,
      percent: '100%',
      without: [],
    })
  })

  async function plantMissing(personIds: readonly string[]) {
    await db.pool.query(
      `insert into registry.person (county, id, full_name, id_kind, town, village, recorded_at)
       select $1, id, '某人', 'none', $2, $3, now() from unnest($4::uuid[]) as id`,
      [COUNTY, TOWN, VILLAGE, personIds],
    )
    const agreements = personIds.map((personId) => ({
      personId,
      carerKind: 'organisation',
      carerName: '敬老院',
      from: '2030-01-31',
      to: null,
      ...PLACE,
    }))
    await does(recordAgreements, { agreements })
  }

  test.each([
    [2900, 2900, '100%'],
    [2899, 2900, '99.96%'],
    [99_999, 100_000, '99.99%'],
    [0, 0, '—'],
  ])('%i of %i: %s', (signed, supported, percent) => {
    expect(signedPercent(signed, supported)).toBe(percent)
  })
})

test.each([
  ['before', { from: '2020-01-01', to: '2020-02-01' }, 0],
  ['touching the first day', { from: '2020-01-01', to: '2020-03-01' }, 0],
  ['reaching the first day', { from: '2020-01-01', to: '2020-03-02' }, 1],
  ['from the last day on', { from: '2020-06-01', to: null }, 0],
  ['up to the last day', { from: '2020-05-31', to: null }, 1],
])('an agreement %s of a new one [2020-03-01, 2020-06-01) is displaced or not', (_, known, displaced) => {
  expect(displacedBy([known], { from: '2020-03-01', to: '2020-06-01' }).closed).toHaveLength(displaced)
})
