import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import { benefitsWorld, COUNTY, standards, type BenefitsWorld } from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import type { Actor } from '../../platform/access.ts'
import { isAppError } from '../../platform/errors.ts'
import { listLaw, listLawAsKnown, loadPolicy, publishPolicy, rateBook, readPolicy } from './index.ts'

let db: TestDb
let world: BenefitsWorld
let above: Actor

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-02T01:00:00Z' } })
  world = await benefitsWorld(db)
  const permissions = ['benefits.policy.load', 'benefits.policy.publish', 'benefits.policy.publish_above']
  above = await buildActor(db, { login: 'above', permissions, scope: [COUNTY], level: 'county' })
})
afterAll(() => db.close())

const STANDARD = ['subsistence_allowance', 'standard', { residence: 'rural' }] as const
const rural = (yuan: string, from: string, to?: string) => ({
  ...{
    program: 'subsistence_allowance',
    item: 'standard',
    when: { residence: 'rural' },
    yuan,
    per: 'person_month',
    from,
    basis: 'b1',
  },
  ...(to === undefined ? {} : { to }),
})
const file = (rates: unknown[], rest: object = {}) => ({ ...standards(), rates, ...rest })

async function bookNow() {
  const law = await listLaw(db.deps.database.app, COUNTY)
  return rateBook(COUNTY, law.rates, law.settings)
}

async function bookAsKnown(cut: string) {
  const law = await listLawAsKnown(db.deps.database.app, COUNTY, cut)
  return rateBook(COUNTY, law.rates, law.settings)
}

describe('a file', () => {
  const problemsOf = (policy: unknown) => {
    try {
      readPolicy(typeof policy === 'string' ? policy : JSON.stringify(policy))
      return []
    } catch (error) {
      if (!isAppError(error) || error.code !== 'benefits.policy_invalid') throw error
      return (error.details as { problems: { at: string; problem: string; remedy: string }[] }).problems
    }
  }

  test('with seven things wrong names all seven, each with its place and the way out', () => {
    const problems = problemsOf(
      file(
        [
          { ...rural('580.005', '2020-01'), when: { residence: 'rural' } },
          { ...rural('580', '2020-01'), when: { residence: 'coastal', moon: 'full' } },
          { ...rural('1', '2020-01'), factor: '1.6' },
          { ...rural('1', '2020-01'), item: 'base', basis: 'b9' },
        ],
        { settings: [{ program: 'p', key: 'k', value: 1, from: '2020-05', to: '2020-02', basis: 'b1' }] },
      ),
    )

    expect(problems.map(({ at }) => at)).toEqual([
      'rates.0',
      'rates.1',
      'rates.1',
      'rates.2',
      'rates.2',
      'rates.3',
      'settings.0',
      'rates.2',
    ])
    expect(problems.every(({ problem, remedy }) => problem !== '' && remedy !== '')).toBe(true)
  })

  test.each<[string, unknown]>([
    ['no JSON', '{"format": '],
    ['another format', file([], { format: 'minben-policy/2' })],
    ['an area of five digits', file([], { area: '44188' })],
    ['an amount below zero', file([rural('-5.00', '2020-01')])],
    ['a day that does not exist', file([rural('5.00', '2020-02-30')])],
    ['an end before the beginning', file([rural('5.00', '2020-05', '2020-04')])],
    ['two rows of one item at one time', file([rural('5.00', '2020-01'), rural('6.00', '2020-06')])],
    [
      'two values of one setting at one time',
      file([], {
        settings: [1, 2].map((value) => ({ program: 'p', key: 'k', value, from: '2020-01', basis: 'b1' })),
      }),
    ],
    ['a percent that is no number', file([{ ...rural('1', '2020-01'), yuan: undefined, percent: 'ten' }])],
    ['a factor of nothing', file([{ ...rural('1', '2020-01'), yuan: undefined, factor: '1.6' }])],
    ['payment in named months', file([{ ...rural('1', '2020-01'), payMonths: [6, 12] }])],
    ['an unknown period', file([{ ...rural('1', '2020-01'), per: 'week' }])],
  ])('with %s is refused', (_, policy) => {
    expect(problemsOf(policy)).not.toEqual([])
  })

  test('a row may end where the next begins', () => {
    expect(problemsOf(file([rural('5.00', '2020-01', '2020-05'), rural('6.00', '2020-06')]))).toEqual([])
  })
})

describe('publication', () => {
  test('whoever loaded does not publish, and nothing is law before', async () => {
    const { policyId } = await world.does(world.maker, loadPolicy, {
      text: JSON.stringify(file([rural('484.00', '2019-01')])),
    })
    await expect(world.does(world.maker, publishPolicy, { policyId })).rejects.toMatchObject({
      code: 'benefits.maker_is_checker',
      status: 403,
    })
    expect((await bookNow()).findRate(...STANDARD, '2019-06')).toBeUndefined()

    await world.does(world.checker, publishPolicy, { policyId })
    expect((await bookNow()).rate(...STANDARD, '2019-06').fen).toBe(48_400)
    await expect(world.does(world.checker, publishPolicy, { policyId })).rejects.toMatchObject({
      code: 'benefits.policy_published',
    })
  })

  test('the database refuses one person for both', async () => {
    const { policyId } = await world.does(world.maker, loadPolicy, { text: JSON.stringify(file([])) })

    const update = db.pool.query(
      'update benefits.policy_load set published_by = made_by, published_at = now() where id = $1',
      [policyId],
    )

    await expect(update).rejects.toMatchObject({ constraint: 'policy_load_two_people' })
  })

  test('another county’s file, and a province’s without the right to it, are refused', async () => {
    for (const area of ['441881', '44']) {
      const text = JSON.stringify(file([], { area }))
      await expect(world.does(world.maker, loadPolicy, { text })).rejects.toMatchObject({
        code: 'benefits.policy_area',
      })
    }
  })
})

describe('one after the other', () => {
  test('a rate in the middle splits the one that was there, and the halves stay what they were', async () => {
    await world.law(file([rural('484.00', '2019-01')]))
    await world.law(file([rural('580.00', '2020-01', '2020-06')]))

    const { rows } = await db.pool.query(
      `select valid::text, fen, id = root_id as is_new from benefits.rate
        where superseded_at is null and item = 'standard' and when_key = 'residence=rural' order by valid`,
    )
    expect(rows).toEqual([
      { valid: '[2019-01-01,2020-01-01)', fen: 48_400, is_new: false },
      { valid: '[2020-01-01,2020-07-01)', fen: 58_000, is_new: true },
      { valid: '[2020-07-01,)', fen: 48_400, is_new: false },
    ])
    const book = await bookNow()
    expect(
      ['2019-12', '2020-01', '2020-06', '2020-07'].map((month) => book.rate(...STANDARD, month).fen),
    ).toEqual([48_400, 58_000, 58_000, 48_400])
  })

  test('the database refuses two at a time', async () => {
    const twice = db.pool.query(
      `insert into benefits.rate (id, root_id, policy_id, area, program, item, when_key, ages, fen, per, valid, basis, recorded_on, recorded_at)
       select gen_random_uuid(), root_id, policy_id, area, program, item, when_key, ages, 1, per, valid, basis, recorded_on, recorded_at
         from benefits.rate where superseded_at is null limit 1`,
    )

    await expect(twice).rejects.toMatchObject({ constraint: 'rate_one_at_a_time' })
  })

  test('as known before its publication a rate is the old one, and after it the new one', async () => {
    await world.law(file([rural('600.00', '2021-01')]))
    const { recordedAt } = await world.law(file([rural('650.00', '2021-01')]))
    const before = recordedAt.replace(
      /\d{6}Z$/,
      (micros) => `${String(Number(micros.slice(0, 6)) - 1).padStart(6, '0')}Z`,
    )

    expect((await bookAsKnown(before)).rate(...STANDARD, '2021-03').fen).toBe(60_000)
    expect((await bookAsKnown(recordedAt)).rate(...STANDARD, '2021-03').fen).toBe(65_000)
  })

  test('settings follow each other by the day', async () => {
    const limit = (value: string, from: string) => ({
      program: 'temporary_assistance',
      key: 'township_limit_yuan',
      value,
      from,
      basis: 'b1',
    })
    await world.law(file([], { settings: [limit('1000.00', '2019-01-01')] }))
    await world.law(file([], { settings: [limit('1500.00', '2019-10-01')] }))
    const book = await bookNow()

    expect(
      ['2019-09-30', '2019-10-01'].map((day) =>
        book.setting('temporary_assistance', 'township_limit_yuan', day),
      ),
    ).toEqual(['1000.00', '1500.00'])
  })
})

describe('areas', () => {
  test('the county wins over the province item by item', async () => {
    const { policyId } = await world.does(above, loadPolicy, {
      text: JSON.stringify(
        file([rural('900.00', '2025-01'), { ...rural('950.00', '2025-01'), when: { residence: 'urban' } }], {
          area: '44',
        }),
      ),
    })
    const publisher = await buildActor(db, {
      login: 'above2',
      permissions: ['benefits.policy.publish', 'benefits.policy.publish_above'],
      scope: [COUNTY],
    })
    await world.does(publisher, publishPolicy, { policyId })
    const before = await bookNow()
    await world.law(file([{ ...rural('1000.00', '2025-06'), when: { residence: 'urban' } }]))
    const after = await bookNow()

    const urban = (book: typeof before, month: string) =>
      book.rate('subsistence_allowance', 'standard', { residence: 'urban' }, month).fen
    expect([urban(before, '2025-06'), urban(after, '2025-05'), urban(after, '2025-06')]).toEqual([
      95_000, 95_000, 100_000,
    ])
    // Rural has a county row of its own all along.
    expect(after.rate(...STANDARD, '2025-06').fen).toBe(65_000)
  })
})
