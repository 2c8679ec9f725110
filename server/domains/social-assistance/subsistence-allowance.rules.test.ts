import { describe, expect, test } from 'vitest'
import { book, noFacts, rate, setting } from '../../../test/rates.ts'
import { SubsistenceContent } from './content.schema.ts'
import {
  assessSubsistenceAllowance,
  countableIncomeFen,
  evenShares,
  isBelowStandard,
  isNearSubsistence,
  requireSubsistenceEligible,
} from './subsistence-allowance.rules.ts'

const STANDARD = 'subsistence_allowance.standard'
const lianzhou = book([
  rate(STANDARD, { residence: 'urban' }, { yuan: '702.00' }, { to: '2020-01' }),
  rate(STANDARD, { residence: 'urban' }, { yuan: '807.00' }, { from: '2020-01' }),
  rate(STANDARD, { residence: 'rural' }, { yuan: '484.00' }, { to: '2020-01' }),
  rate(STANDARD, { residence: 'rural' }, { yuan: '580.00' }, { from: '2020-01' }),
  rate('subsistence_allowance.tier', { residence: 'rural', category: 'B' }, { yuan: '400.00' }),
  rate('subsistence_allowance.tier', { residence: 'rural', category: 'C' }, { yuan: '250.00' }),
  rate('subsistence_allowance.supplement', { category: 'elderly' }, { percent: '10' }),
  rate('subsistence_allowance.supplement', { category: 'severe_disability' }, { percent: '20' }),
  rate('subsistence_allowance.supplement', { category: 'severe_illness' }, { yuan: '50.00' }),
])
const dongxihu = book([
  rate(STANDARD, { residence: 'urban' }, { yuan: '870.00' }, { from: '2021-04', to: '2022-04' }),
  rate(STANDARD, { residence: 'urban' }, { yuan: '910.00' }, { from: '2022-04' }),
])

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`

interface Household {
  residence?: 'urban' | 'rural'
  persons: number
  /** Yuan a month of the whole household. */
  income?: number
}

function household(
  { residence = 'urban', persons, income = 0 }: Household,
  rest: Partial<SubsistenceContent> = {},
): SubsistenceContent {
  const members = Array.from({ length: persons }, (_, n) => id(n + 1))
  return SubsistenceContent.parse({
    ...{
      residence,
      members,
      covered: members,
      unit: 'household',
      deductions: [],
      supplements: [],
      method: { kind: 'differential' },
    },
    income: income === 0 ? [] : [{ kind: 'wage', fen: Math.round(income * 100) }],
    payee: { kind: 'person', id: id(1) },
    ...rest,
  })
}

const fenIn = (content: SubsistenceContent, month: string, rates = lianzhou) =>
  assessSubsistenceAllowance(content, noFacts, rates, month).fen

describe('worked examples', () => {
  test.each<[string, Household, string, number]>([
    // 1 200 ÷ 3 = 400; (807 − 400) × 3 = 1 221.00
    ['#1 urban 807, three people with 1 200', { persons: 3, income: 1200 }, '2020-02', 122_100],
    // (580 − 0) × 4 = 2 320.00
    ['rural 580, four people without income', { residence: 'rural', persons: 4 }, '2020-02', 232_000],
    // (484 − 0) × 4 = 1 936.00: 384.00 a month less, twice = 768.00
    ['rural 484, the same four before the raise', { residence: 'rural', persons: 4 }, '2019-12', 193_600],
    // 100 ÷ 3 = 33.333…; (807 − 33.333…) × 3 = 2 321.00
    ['income that no head can share evenly', { persons: 3, income: 100 }, '2020-02', 232_100],
    // (807 − 806.99) × 1 = 0.01
    ['#1 one fen below the standard', { persons: 1, income: 806.99 }, '2020-02', 1],
    ['#1 income equal to the standard', { persons: 1, income: 807 }, '2020-02', 0],
    ['#1 three people, 2 421.00 = 807 × 3', { persons: 3, income: 2421 }, '2020-02', 0],
    // 2 420.99 ÷ 3 < 807; 2 421.00 − 2 420.99 = 0.01
    ['three people, one fen below', { persons: 3, income: 2420.99 }, '2020-02', 1],
  ])('%s', (_, unit, month, fen) => {
    expect(fenIn(household(unit), month)).toBe(fen)
  })

  test.each([
    // 500 ÷ 2 = 250; (870 − 250) × 2 = 1 240.00
    ['2022-03', 124_000],
    // (910 − 250) × 2 = 1 320.00
    ['2022-04', 132_000],
  ])('Dongxihu raised 870 to 910 in April 2022: %s pays %i fen', (month, fen) => {
    expect(fenIn(household({ persons: 2, income: 500 }), month, dongxihu)).toBe(fen)
  })

  test.each([
    // 400 × 4 = 1 600
    [4, 'B', 160_000],
    // 250 × 5 = 1 250
    [5, 'C', 125_000],
  ])('%i people in tier %s', (persons, tier, fen) => {
    expect(
      fenIn(household({ residence: 'rural', persons }, { method: { kind: 'tier', tier } }), '2020-02'),
    ).toBe(fen)
  })

  test('a single-person unit gets one share of the differential: (580 − 300 ÷ 3) × 1 = 480.00', () => {
    const content = household(
      { residence: 'rural', persons: 3, income: 300 },
      { covered: [id(2)], unit: 'single_person', unitReason: 'severe_illness' },
    )

    expect(assessSubsistenceAllowance(content, noFacts, lianzhou, '2020-02')).toMatchObject({
      fen: 48_000,
      shares: [[id(2), 48_000]],
    })
  })
})

describe('#15 income and rigid deductions', () => {
  const gross = { residence: 'rural', persons: 3, income: 2100 } as const
  const deductions = [
    { kind: 'illness', fen: 60_000 },
    { kind: 'disability', fen: 15_000 },
    { kind: 'work_cost', fen: 15_000 },
  ] as const

  test('2 100 less 600 + 150 + 150 = 1 200; ÷ 3 = 400; (580 − 400) × 3 = 540.00', () => {
    expect(fenIn(household(gross, { deductions: [...deductions] }), '2020-02')).toBe(54_000)
  })

  test('without the deductions 2 100 ÷ 3 = 700 ≥ 580: nothing is due', () => {
    expect(assessSubsistenceAllowance(household(gross), noFacts, lianzhou, '2020-02')).toMatchObject({
      fen: 0,
      shares: [],
      zeroBecause: 'income_not_below_standard',
    })
  })

  test.each(['illness', 'disability', 'work_cost', 'education'] as const)('%s is deducted', (kind) => {
    // (58 000 × 3 − (174 000 − 3 000)) = 3 000
    expect(
      fenIn(
        household({ residence: 'rural', persons: 3, income: 1740 }, { deductions: [{ kind, fen: 3_000 }] }),
        '2020-02',
      ),
    ).toBe(3_000)
  })

  test('a kind that the rules do not know is refused', () => {
    const parsed = SubsistenceContent.safeParse({
      ...household({ persons: 1 }),
      deductions: [{ kind: 'travel', fen: 100 }],
    })

    expect(parsed.success).toBe(false)
  })

  test('deductions above the income leave zero, never less: the standard is not exceeded', () => {
    const content = household({ persons: 1, income: 100 }, { deductions: [{ kind: 'illness', fen: 99_900 }] })

    expect(countableIncomeFen(content)).toBe(0)
    expect(fenIn(content, '2020-02')).toBe(80_700)
  })

  test('income that the law disregards does not count: 800 wage + 300 allowance for the disabled = 800', () => {
    const income = [
      { kind: 'wage' as const, fen: 80_000 },
      { kind: 'transfer' as const, fen: 30_000, disregard: '残疾人两项补贴' },
    ]

    expect(fenIn(household({ persons: 1 }, { income }), '2020-02')).toBe(700) // 807 − 800 = 7.00
  })
})

describe('the standard and the near-subsistence line', () => {
  test.each([
    // 580 × 1.5 = 870 a head, 2 610 for three
    [2100, true],
    [1740, true],
    [1739.99, false],
    [2609.99, true],
    [2610, false],
  ])('three rural people with %f yuan: near-subsistence %s', (yuan, isNear) => {
    expect(isNearSubsistence({ countableFen: Math.round(yuan * 100), members: 3, standardFen: 58_000 })).toBe(
      isNear,
    )
  })

  test.each([
    [241_999, true],
    [242_100, false],
    [242_099, true],
  ])('%i fen of three urban people is below 807 a head: %s', (fen, isBelow) => {
    expect(isBelowStandard(fen, 3, 80_700)).toBe(isBelow)
  })

  test.each([
    ['#1 807.00 a head is refused', household({ persons: 1, income: 807 }), false],
    ['#1 806.99 a head is accepted', household({ persons: 1, income: 806.99 }), true],
    [
      'a tier asks for no income',
      household({ persons: 1, income: 2000 }, { method: { kind: 'tier', tier: 'B' } }),
      true,
    ],
    [
      '渐退期 with the new wage still counting is refused',
      household({ persons: 1, income: 900 }, { gradualExit: true }),
      false,
    ],
    [
      '#21 渐退期 with the new wage disregarded is accepted',
      household(
        { persons: 1 },
        { gradualExit: true, income: [{ kind: 'wage', fen: 90_000, disregard: '渐退期' }] },
      ),
      true,
    ],
  ])('%s', (_, content, isAccepted) => {
    const decide = () =>
      requireSubsistenceEligible(content, { rates: lianzhou, from: '2020-02', decidedOn: '2020-01-15' })

    if (isAccepted) expect(decide).not.toThrow()
    else
      expect(decide).toThrowError(
        expect.objectContaining({ code: 'social_assistance.income_not_below_standard' }),
      )
  })
})

describe('targeted supplements', () => {
  test.each([
    // 10 % of 807 = 80.70
    ['urban', 'elderly', 80_700 + 8_070],
    // 20 % of 580 = 116.00
    ['rural', 'severe_disability', 58_000 + 11_600],
    // a fixed 50.00
    ['rural', 'severe_illness', 58_000 + 5_000],
  ] as const)('%s, %s', (residence, category, fen) => {
    expect(
      fenIn(
        household({ residence, persons: 1 }, { supplements: [{ personId: id(1), category }] }),
        '2020-02',
      ),
    ).toBe(fen)
  })

  test('nobody gets one where nothing is due', () => {
    const content = household(
      { persons: 1, income: 807 },
      { supplements: [{ personId: id(1), category: 'elderly' }] },
    )

    expect(fenIn(content, '2020-02')).toBe(0)
  })

  test('one for a person who is not covered is refused with the determination', () => {
    const parsed = SubsistenceContent.safeParse({
      ...household({ persons: 1 }),
      supplements: [{ personId: id(9), category: 'elderly' }],
    })

    expect(parsed.error?.issues.map(({ path }) => path)).toEqual([['supplements']])
  })

  const byAge = book(
    [
      rate(STANDARD, { residence: 'urban' }, { yuan: '807.00' }),
      rate('subsistence_allowance.supplement', { category: 'elderly' }, { percent: '10' }),
      rate('subsistence_allowance.supplement', { category: 'minor' }, { percent: '20' }),
    ],
    [setting('subsistence_allowance.supplement_by_age', { elderlyFrom: 60, minorUnder: 18 })],
  )
  test.each([
    ['elderly from the month of the 60th birthday', '1960-02-29', '2020-02', 88_770],
    ['not the month before', '1960-02-29', '2020-01', 80_700],
    ['minor to the month of the 18th birthday', '2002-02-02', '2020-02', 96_840],
    ['not in the month that begins at 18', '2002-02-01', '2020-02', 80_700],
  ])('%s', (_, bornOn, month, fen) => {
    expect(
      assessSubsistenceAllowance(household({ persons: 1 }), { bornOn: () => bornOn }, byAge, month).fen,
    ).toBe(fen)
  })

  test('a decided one and one by age of the same kind count once', () => {
    const content = household({ persons: 1 }, { supplements: [{ personId: id(1), category: 'elderly' }] })

    expect(assessSubsistenceAllowance(content, { bornOn: () => '1950-01-01' }, byAge, '2020-02').fen).toBe(
      88_770,
    )
  })
})

describe('shares and rounding', () => {
  test.each([
    [100, 3, [34, 33, 33]],
    [101, 3, [34, 34, 33]],
    [0, 2, [0, 0]],
    [2, 3, [1, 1, 0]],
  ])('%i fen among %i people: %j, and they add up', (fen, persons, expected) => {
    const shares = evenShares(
      fen,
      Array.from({ length: persons }, (_, n) => String(n)),
    ).map(([, share]) => share)

    expect(shares).toEqual(expected)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(fen)
  })

  test('the shares of a household with a supplement add up to what is due', () => {
    const content = household(
      { persons: 3, income: 100 },
      { supplements: [{ personId: id(3), category: 'elderly' }] },
    )
    const { fen, shares } = assessSubsistenceAllowance(content, noFacts, lianzhou, '2020-02')

    // 2 321.00 ÷ 3 = 773.67 + 773.67 + 773.66, the last + 80.70
    expect(shares.map(([, share]) => share)).toEqual([77_367, 77_367, 85_436])
    expect(fen).toBe(240_170)
  })

  test('where the county rounds up to whole yuan, the household amount is rounded once: 2 × (807 − 0.03 ÷ 3) = 1 613.98 → 1 614', () => {
    const rates = book(
      [rate(STANDARD, { residence: 'urban' }, { yuan: '807.00' })],
      [setting('subsistence_allowance.rounding', 'up_yuan')],
    )
    const content = household(
      { persons: 3 },
      { covered: [id(1), id(2)], income: [{ kind: 'other', fen: 3 }] },
    )

    expect(fenIn(content, '2020-02', rates)).toBe(161_400)
  })

  test.each([
    ['members', { members: [id(1), id(1)], covered: [id(1)] }],
    ['covered', { members: [id(1)], covered: [id(1), id(1)] }],
    ['covered', { members: [id(1)], covered: [id(2)] }],
    ['unit', { members: [id(1)], covered: [id(1)], unit: 'single_person' }],
  ])('a determination whose %s do not fit is refused', (field, part) => {
    const parsed = SubsistenceContent.safeParse({ ...household({ persons: 1 }), ...part })

    expect(parsed.error?.issues.map(({ path }) => path[0])).toContain(field)
  })
})

test('a month without a standard is refused with its item and month, not guessed', () => {
  expect(() => fenIn(household({ persons: 1 }), '2018-12')).toThrowError(
    expect.objectContaining({
      code: 'benefits.rate_missing',
      details: expect.objectContaining({ item: 'standard', month: '2018-12' }),
    }),
  )
})
