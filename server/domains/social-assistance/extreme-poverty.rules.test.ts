import { describe, expect, test } from 'vitest'
import { book, noFacts, rate } from '../../../test/rates.ts'
import { CareContent, SupportContent } from './content.schema.ts'
import { assessExtremePovertyCare, assessExtremePovertySupport, selfCareOf } from './extreme-poverty.rules.ts'

const BASE = 'extreme_poverty_support.base'
const CARE = 'extreme_poverty_care.care'
const STANDARD = 'subsistence_allowance.standard'
const PERSON = '00000000-0000-4000-8000-000000000001'
const HOME = '00000000-0000-4000-8000-000000000002'

const content = (rest: object) => ({
  ...{
    residence: 'urban',
    support: 'home',
    selfCare: 'full',
    personId: PERSON,
    payee: { kind: 'person', id: PERSON },
  },
  ...rest,
})
const support = (rates: ReturnType<typeof book>, month: string, rest: object = {}) =>
  assessExtremePovertySupport(SupportContent.parse(content(rest)), noFacts, rates, month).fen
const care = (rates: ReturnType<typeof book>, month: string, rest: object = {}) =>
  assessExtremePovertyCare(CareContent.parse(content(rest)), noFacts, rates, month).fen

describe('base', () => {
  const lianzhou = book([
    rate(BASE, { residence: 'urban' }, { yuan: '1292.00' }, { from: '2020-01' }),
    rate(BASE, { residence: 'rural' }, { yuan: '928.00' }, { from: '2020-01' }),
  ])
  const byFactor = book([
    rate(STANDARD, { residence: 'urban' }, { yuan: '807.00' }, { from: '2020-01' }),
    rate(STANDARD, { residence: 'rural' }, { yuan: '580.00' }, { from: '2020-01' }),
    rate(BASE, {}, { factor: '1.6', of: STANDARD, round: 'up_yuan' }),
  ])
  test.each([
    ['urban', 129_200], // 807 × 1.6 = 1 291.20 ↑ 1 292
    ['rural', 92_800], // 580 × 1.6 = 928.00
  ])('#3 %s of January 2020: %i fen, as published and as 1.6 times the standard', (residence, fen) => {
    expect(support(lianzhou, '2020-01', { residence })).toBe(fen)
    expect(support(byFactor, '2020-01', { residence })).toBe(fen)
  })

  test('2 × 910 = 1 820.00 in Dongxihu', () => {
    const rates = book([
      rate(STANDARD, { residence: 'urban' }, { yuan: '910.00' }, { from: '2022-04' }),
      rate(BASE, { residence: 'urban' }, { factor: '2', of: STANDARD }),
    ])

    expect(support(rates, '2022-04')).toBe(182_000)
  })

  test.each([
    // 4 260.00 a year = 355.00 a month
    ['2020-01', 35_500],
    ['2020-12', 35_500],
  ])('a yearly standard is paid in twelfths: %s', (month, fen) => {
    const rates = book([
      rate(BASE, { residence: 'rural', support: 'home' }, { yuan: '4260.00', per: 'person_year' }),
    ])

    expect(support(rates, month, { residence: 'rural' })).toBe(fen)
  })

  test('what a twelfth leaves over is paid in December: 11 × 83.33 + 83.37 = 1 000.00', () => {
    const rates = book([rate(BASE, { residence: 'rural' }, { yuan: '1000.00', per: 'person_year' })])

    expect([
      support(rates, '2020-11', { residence: 'rural' }),
      support(rates, '2020-12', { residence: 'rural' }),
    ]).toEqual([8_333, 8_337])
  })

  test('an amount per bed is no monthly amount of a person', () => {
    const rates = book([rate(BASE, { residence: 'urban' }, { yuan: '600.00', per: 'bed_month' })])

    expect(() => support(rates, '2020-01')).toThrowError(
      expect.objectContaining({ code: 'benefits.rate_per' }),
    )
  })

  test('factors that refer to each other are refused', () => {
    const rates = book([
      rate(BASE, { residence: 'urban' }, { factor: '1.6', of: 'extreme_poverty_support.other' }),
      rate('extreme_poverty_support.other', { residence: 'urban' }, { factor: '2', of: BASE }),
    ])

    expect(() => support(rates, '2020-01')).toThrowError(
      expect.objectContaining({ code: 'benefits.rate_circular' }),
    )
  })

  test('the county wins over the province also where the province tells more cases apart', () => {
    const rates = book([
      rate(BASE, { residence: 'urban', support: 'home' }, { yuan: '1000.00' }, { area: '44' }),
      rate(BASE, { residence: 'urban' }, { yuan: '1292.00' }, { area: '441882' }),
    ])

    expect(support(rates, '2020-01')).toBe(129_200)
  })

  test('in one area the row that names more of the case wins', () => {
    const rates = book([
      rate(BASE, { residence: 'urban' }, { yuan: '1292.00' }),
      rate(BASE, { residence: 'urban', support: 'institution' }, { yuan: '1400.00' }),
    ])

    expect(support(rates, '2020-01')).toBe(129_200)
    expect(support(rates, '2020-01', { support: 'institution' })).toBe(140_000)
  })
})

describe('#6 care', () => {
  const suzhou = book([
    rate(BASE, { residence: 'rural', support: 'home' }, { yuan: '355.00' }),
    rate(BASE, { residence: 'rural', support: 'institution' }, { yuan: '440.00' }),
    ...(['full', 'partial', 'none'] as const).flatMap((selfCare, index) => [
      rate(CARE, { selfCare, support: 'home' }, { yuan: `${40 + 10 * index}.00` }),
      rate(CARE, { selfCare, support: 'institution' }, { yuan: `${100 + 100 * index}.00` }),
    ]),
  ])
  test.each([
    // 355 + 60 = 415, 440 + 300 = 740
    ['home', 'none', 35_500, 6_000, 41_500],
    ['institution', 'none', 44_000, 30_000, 74_000],
    ['home', 'full', 35_500, 4_000, 39_500],
    ['institution', 'partial', 44_000, 20_000, 64_000],
  ])('%s, self-care %s: %i + %i = %i', (place, selfCare, base, extra, whole) => {
    const rest = { residence: 'rural', support: place, selfCare }

    expect(support(suzhou, '2020-01', rest)).toBe(base)
    expect(care(suzhou, '2020-01', rest)).toBe(extra)
    expect(base + extra).toBe(whole)
  })

  const lianzhou = book([
    rate(CARE, { selfCare: 'none' }, { yuan: '846.00' }),
    rate(CARE, { selfCare: 'partial' }, { yuan: '423.00' }),
    rate(CARE, { selfCare: 'full' }, { yuan: '28.20' }),
  ])
  test.each([
    ['none', 84_600], // 1 410 × 60 %
    ['partial', 42_300], // 1 410 × 30 %
    ['full', 2_820], // 1 410 × 2 %
  ])('Lianzhou, self-care %s: %i fen, at home and in an institution', (selfCare, fen) => {
    expect(care(lianzhou, '2020-01', { selfCare })).toBe(fen)
    expect(care(lianzhou, '2020-01', { selfCare, support: 'institution' })).toBe(fen)
  })

  test('in an institution the money goes to the institution', () => {
    const inside = CareContent.parse(
      content({ support: 'institution', selfCare: 'none', payee: { kind: 'organisation', id: HOME } }),
    )

    expect(assessExtremePovertyCare(inside, noFacts, suzhou, '2020-01')).toMatchObject({
      fen: 30_000,
      payee: { kind: 'organisation', id: HOME },
      shares: [[PERSON, 30_000]],
    })
  })
})

describe('#4 self-care by six acts', () => {
  test.each([
    [0, 'full'],
    [1, 'partial'],
    [3, 'partial'],
    [4, 'none'],
    [6, 'none'],
  ])('%i of six acts failed: %s', (failed, grade) => {
    expect(selfCareOf(failed)).toBe(grade)
  })

  test.each([-1, 7, 1.5])('%d acts are not an assessment', (failed) => {
    expect(() => selfCareOf(failed)).toThrowError(
      expect.objectContaining({ code: 'social_assistance.self_care_acts' }),
    )
  })

  test('302 none + 76 partial + 2 522 full = 2 900 people graded', () => {
    const failed = [
      ...Array<number>(302).fill(5),
      ...Array<number>(76).fill(2),
      ...Array<number>(2522).fill(0),
    ]
    const grades = failed.map(selfCareOf)
    const count = (grade: string) => grades.filter((each) => each === grade).length

    expect([count('none'), count('partial'), count('full'), grades.length]).toEqual([302, 76, 2522, 2900])
  })
})
