import { describe, expect, test } from 'vitest'
import { countableIncome, decidingLevel, entitlement, evenShares } from './entitlement.ts'
import { COUNTY, granted, historyOf, household, rate, standardRates } from './examples.ts'
import { heldTogether } from './stacking.ts'
import type { OracleDetermination, OracleHistory, OracleSetting, SubsistenceContent } from './types.ts'

const LATE = 1000

function fenOf(history: OracleHistory, month = '2020-03'): number {
  return entitlement(history, 'award', month, LATE).fen
}

function wage(fen: number): Partial<SubsistenceContent> {
  return { income: [{ kind: 'wage', fen }] }
}

describe('rulebook §1.1, subsistence allowance', () => {
  test('Ex 1: 3 people, income 1 200.00: (807 − 400) × 3 = 1 221.00', () => {
    const result = entitlement(
      historyOf({ determinations: [granted(household(wage(120000)))] }),
      'award',
      '2020-03',
      LATE,
    )
    expect(result.fen).toBe((80700 - 40000) * 3)
    expect(result.fen).toBe(122100)
    expect(result.shares).toEqual([
      { personId: 'p1', fen: 40700 },
      { personId: 'p2', fen: 40700 },
      { personId: 'p3', fen: 40700 },
    ])
  })

  test('Ex 2: gross 2 100.00 less 600 + 150 + 150 is 1 200.00: (580 − 400) × 3 = 540.00', () => {
    const content = household({
      residence: 'rural',
      ...wage(210000),
      deductions: [
        { kind: 'illness', fen: 60000 },
        { kind: 'disability', fen: 15000 },
        { kind: 'work_cost', fen: 15000 },
      ],
    })
    expect(countableIncome(content)).toBe(120000)
    expect(fenOf(historyOf({ determinations: [granted(content)] }))).toBe(54000)
  })

  test('Ex 2 without deductions: 700.00 a head is not under 580.00, so nothing', () => {
    const content = household({ residence: 'rural', ...wage(210000) })
    expect(fenOf(historyOf({ determinations: [granted(content)] }))).toBe(0)
  })

  test('Ex 3: rural 484 → 580 from January, recorded in March; 4 people: (580 − 484) × 4 × 2 = 768.00', () => {
    const people = ['p1', 'p2', 'p3', 'p4']
    const history = historyOf({
      determinations: [granted(household({ residence: 'rural', members: people, covered: people }))],
      rates: [
        rate('subsistence_allowance.standard', { residence: 'rural' }, { fen: 48400 }, { from: '2019-01' }),
        rate('subsistence_allowance.standard', { residence: 'rural' }, { fen: 58000 }, { recordedAt: 30 }),
      ],
    })
    let arrears = 0
    for (const month of ['2020-01', '2020-02']) {
      expect(entitlement(history, 'award', month, 29).fen).toBe(193600) // 484 × 4
      expect(entitlement(history, 'award', month, 30).fen).toBe(232000) // 580 × 4
      arrears += entitlement(history, 'award', month, 30).fen - entitlement(history, 'award', month, 29).fen
    }
    expect(arrears).toBe(76800)
  })

  test('Ex 4: urban 870 → 910 from April, 2 people with 500.00: 1 240.00, then 1 320.00', () => {
    const people = ['p1', 'p2']
    const history = historyOf({
      determinations: [granted(household({ members: people, covered: people, ...wage(50000) }))],
      rates: [
        rate('subsistence_allowance.standard', { residence: 'urban' }, { fen: 87000 }, { to: '2022-04' }),
        rate('subsistence_allowance.standard', { residence: 'urban' }, { fen: 91000 }, { from: '2022-04' }),
      ],
    })
    expect(fenOf(history, '2022-03')).toBe((87000 - 25000) * 2)
    expect(fenOf(history, '2022-03')).toBe(124000)
    expect(fenOf(history, '2022-04')).toBe(132000)
  })

  test.each([
    ['B', 4, 160000], // 400 × 4 = 1 600.00
    ['C', 5, 125000], // 250 × 5 = 1 250.00
  ])('tier %s for %i people is %i fen', (tier, heads, fen) => {
    const people = ['p1', 'p2', 'p3', 'p4', 'p5'].slice(0, heads)
    const content = household({ members: people, covered: people, method: { kind: 'tier', tier } })
    const rates = [
      ...standardRates,
      rate('subsistence_allowance.tier', { category: 'A' }, { fen: 58000 }),
      rate('subsistence_allowance.tier', { category: 'B' }, { fen: 40000 }),
      rate('subsistence_allowance.tier', { category: 'C' }, { fen: 25000 }),
    ]
    expect(fenOf(historyOf({ determinations: [granted(content)], rates }))).toBe(fen)
  })

  test.each([
    ['urban', '10', 80700, 8070], // 10 % of 807 = 80.70
    ['rural', '20', 58000, 11600], // 20 % of 580 = 116.00
    ['urban', '0.0625', 80700, 50], // 50.4375 fen → 50
    ['rural', '0.0375', 58000, 22], // 21.75 fen → 22
  ] as const)(
    'supplement, %s: %s %% of %i fen adds %i fen to its person',
    (residence, percent, base, extra) => {
      const content = household({ residence, supplements: [{ personId: 'p2', category: 'severe_illness' }] })
      const rates = [
        ...standardRates,
        rate('subsistence_allowance.supplement', { category: 'severe_illness' }, { percent }),
      ]
      const result = entitlement(
        historyOf({ determinations: [granted(content)], rates }),
        'award',
        '2020-03',
        LATE,
      )
      expect(result.fen).toBe(base * 3 + extra)
      expect(result.shares.map((share) => share.fen)).toEqual([base, base + extra, base])
    },
  )

  test.each([
    [242099, 1], // 3 × 807.00 − 2 420.99 = 0.01
    [242100, 0], // exactly the standard: strictly less is required
    [242101, 0],
  ])('boundary of eligibility: income %i fen for 3 people gives %i fen', (income, fen) => {
    const content = household({ ...wage(income), supplements: [{ personId: 'p1', category: 'minor' }] })
    const rates = [
      ...standardRates,
      rate('subsistence_allowance.supplement', { category: 'minor' }, { percent: '10' }),
    ]
    const supplement = fen === 0 ? 0 : 8070 // without the allowance no supplement either
    expect(fenOf(historyOf({ determinations: [granted(content)], rates }))).toBe(fen + supplement)
  })

  test('income that is disregarded does not count; deductions never make income negative', () => {
    const content = household({
      income: [
        { kind: 'wage', fen: 10000 },
        { kind: 'transfer', fen: 99999, disregard: 'veteran_benefit' },
      ],
      deductions: [{ kind: 'illness', fen: 60000 }],
    })
    expect(fenOf(historyOf({ determinations: [granted(content)] }))).toBe(80700 * 3)
  })

  test('2 of 3 members covered: 807 × 2 − 1 000.00 × 2 ÷ 3 = 947.33, shared 473.67 + 473.66', () => {
    const content = household({ covered: ['p3', 'p1'], ...wage(100000) })
    const result = entitlement(historyOf({ determinations: [granted(content)] }), 'award', '2020-03', LATE)
    expect(result.fen).toBe(94733) // 161 400 − 66 666.67 = 94 733.33
    expect(result.shares).toEqual([
      { personId: 'p3', fen: 47367 },
      { personId: 'p1', fen: 47366 },
    ])
  })

  test.each([
    ['fen', 94733],
    ['up_yuan', 94800],
    ['"up_yuan"', 94800], // as JSON text
  ])('setting rounding %s: 94 733.33 fen becomes %i', (value, fen) => {
    const history = historyOf({
      determinations: [granted(household({ covered: ['p1', 'p2'], ...wage(100000) }))],
      settings: [setting('rounding', value)],
    })
    expect(fenOf(history)).toBe(fen)
  })
})

function setting(key: string, value: unknown, other: Partial<OracleSetting> = {}): OracleSetting {
  return {
    program: 'subsistence_allowance',
    key,
    value,
    area: COUNTY,
    from: '2020-01',
    to: null,
    recordedAt: 0,
    ...other,
  }
}

describe('supplement by age, an automatic fact', () => {
  const rates = [
    ...standardRates,
    rate('subsistence_allowance.supplement', { category: 'elderly' }, { percent: '10' }),
    rate('subsistence_allowance.supplement', { category: 'minor' }, { percent: '10' }),
  ]
  const settings = [setting('supplement_by_age', '{"elderlyFrom":70,"minorUnder":18}')]

  test.each([
    ['1950-03-31', '2020-03', 8070], // 70 on the last day of March
    ['1950-04-01', '2020-03', 0], // 70 one day later
    ['2002-03-01', '2020-03', 0], // 18 on the first day of March: no longer a minor
    ['2002-03-02', '2020-03', 8070], // 18 on the second day
    ['2000-02-29', '2018-03', 0], // 18 on 28 February 2018
    ['2004-02-29', '2022-02', 8070], // still 17 on 1 February
  ])('born %s: in %s %i fen more', (date, month, extra) => {
    const history = historyOf({
      awards: [{ id: 'award', program: 'subsistence_allowance', area: COUNTY, opensMonth: '2018-01' }],
      determinations: [granted(household(), { from: '2018-01' })],
      rates: rates.map((row) => ({ ...row, from: '2018-01' })),
      settings: [setting('supplement_by_age', '{"elderlyFrom":70,"minorUnder":18}', { from: '2018-01' })],
      facts: [{ kind: 'birth', personId: 'p1', date, recordedAt: 1 }],
    })
    expect(fenOf(history, month)).toBe(80700 * 3 + extra)
  })

  test('a category that is listed already is not added again; a person outside the covered gets nothing', () => {
    const content = household({
      covered: ['p1', 'p2'],
      supplements: [
        { personId: 'p1', category: 'elderly' },
        { personId: 'p1', category: 'elderly' },
      ],
    })
    const history = historyOf({
      determinations: [granted(content)],
      rates,
      settings,
      facts: [
        { kind: 'birth', personId: 'p1', date: '1940-01-01', recordedAt: 1 },
        { kind: 'birth', personId: 'p3', date: '1940-01-01', recordedAt: 1 },
      ],
    })
    expect(fenOf(history)).toBe(80700 * 2 + 8070)
  })

  test('the birth recorded last counts, an unknown date counts nothing, an undone record gives way', () => {
    const history = historyOf({
      rates,
      settings,
      facts: [
        { kind: 'birth', personId: 'p1', date: '1940-01-01', recordedAt: 1 },
        { kind: 'birth', personId: 'p1', date: null, recordedAt: 5, undoneAt: 9 },
      ],
    })
    expect(entitlement(history, 'award', '2020-03', 4).fen).toBe(80700 * 3 + 8070)
    expect(entitlement(history, 'award', '2020-03', 5).fen).toBe(80700 * 3)
    expect(entitlement(history, 'award', '2020-03', 8).fen).toBe(80700 * 3)
    expect(entitlement(history, 'award', '2020-03', 9).fen).toBe(80700 * 3 + 8070)
  })

  test('without the setting an age moves nothing', () => {
    const facts = [{ kind: 'birth' as const, personId: 'p1', date: '1940-01-01', recordedAt: 1 }]
    expect(fenOf(historyOf({ rates, facts }))).toBe(80700 * 3)
  })
})

describe('rulebook §1.2, extreme poverty', () => {
  const rates = [
    ...standardRates,
    rate(
      'extreme_poverty_support.base',
      {},
      { factor: '1.6', of: 'subsistence_allowance.standard', round: 'up_yuan' },
    ),
    rate('extreme_poverty_care.care', { selfCare: 'none' }, { fen: 84600 }),
    rate('extreme_poverty_care.care', { selfCare: 'partial' }, { fen: 42300 }),
    rate('extreme_poverty_care.care', { selfCare: 'full' }, { fen: 2820 }),
  ]

  test.each([
    ['urban', 129200], // 807 × 1.6 = 1 291.2, up to 1 292
    ['rural', 92800], // 580 × 1.6 = 928
  ] as const)('Ex 1: base, %s, is %i fen', (residence, fen) => {
    expect(supportFen(rates, { residence, support: 'home' })).toBe(fen)
  })

  test('Ex 2: 2 × 910 = 1 820.00', () => {
    const doubled = [
      rate('subsistence_allowance.standard', { residence: 'urban' }, { fen: 91000 }),
      rate(
        'extreme_poverty_support.base',
        { residence: 'urban' },
        { factor: '2', of: 'subsistence_allowance.standard', round: 'fen' },
      ),
    ]
    expect(supportFen(doubled, { residence: 'urban', support: 'home' })).toBe(182000)
  })

  test.each([
    ['home', 35500, 6000, 41500], // 355 + 60 = 415.00
    ['institution', 44000, 30000, 74000], // 440 + 300 = 740.00
  ] as const)('Ex 3: %s, base %i + heaviest care %i = %i fen', (support, base, care, total) => {
    const local = [
      rate('extreme_poverty_support.base', { residence: 'rural', support: 'home' }, { fen: 35500 }),
      rate('extreme_poverty_support.base', { residence: 'rural', support: 'institution' }, { fen: 44000 }),
      rate('extreme_poverty_care.care', { selfCare: 'none', support: 'home' }, { fen: 6000 }),
      rate('extreme_poverty_care.care', { selfCare: 'none', support: 'institution' }, { fen: 30000 }),
    ]
    expect(supportFen(local, { residence: 'rural', support })).toBe(base)
    expect(careFen(local, { selfCare: 'none', support })).toBe(care)
    expect(base + care).toBe(total)
  })

  test.each([
    ['none', 84600],
    ['partial', 42300],
    ['full', 2820],
  ] as const)('care for self-care %s is %i fen', (selfCare, fen) => {
    expect(careFen(rates, { selfCare, support: 'home' })).toBe(fen)
  })

  test('a person paid both 低保 and 特困 in one month is named (§1.10)', () => {
    const history = historyOf({ rates })
    history.awards.push({
      id: 'base',
      program: 'extreme_poverty_support',
      area: COUNTY,
      opensMonth: '2020-01',
    })
    history.determinations.push({
      ...support('base', { residence: 'urban', support: 'home' }),
      from: '2020-04',
      content: {
        residence: 'urban',
        support: 'home',
        selfCare: 'full',
        personId: 'p2',
        payee: { kind: 'person', id: 'p2' },
      },
    })
    expect(heldTogether(history, '2020-03', LATE)).toEqual([])
    expect(heldTogether(history, '2020-04', LATE)).toEqual([
      { personId: 'p2', subsistenceAwardId: 'award', extremePovertyAwardId: 'base' },
    ])
    const withoutMoney = { ...history, determinations: history.determinations.slice() }
    withoutMoney.determinations[0] = granted(household(wage(300000)))
    expect(heldTogether(withoutMoney, '2020-04', LATE)).toEqual([])
  })

  function support(
    awardId: string,
    at: { residence: 'urban' | 'rural'; support: 'home' | 'institution' },
  ): Extract<OracleDetermination, { program: 'extreme_poverty_support' }> {
    return {
      id: 's1',
      awardId,
      program: 'extreme_poverty_support',
      from: '2020-01',
      to: null,
      outcome: 'grant',
      kind: 'initial',
      recordedAt: 1,
      content: { ...at, selfCare: 'full', personId: 'p1', payee: { kind: 'person', id: 'p1' } },
    }
  }

  function supportFen(
    rows: OracleHistory['rates'],
    at: { residence: 'urban' | 'rural'; support: 'home' | 'institution' },
  ): number {
    return fenOf({
      awards: [{ id: 'award', program: 'extreme_poverty_support', area: COUNTY, opensMonth: '2020-01' }],
      determinations: [support('award', at)],
      rates: rows,
      settings: [],
      facts: [],
    })
  }

  function careFen(
    rows: OracleHistory['rates'],
    at: { selfCare: 'full' | 'partial' | 'none'; support: 'home' | 'institution' },
  ): number {
    const determination: OracleDetermination = {
      id: 'c1',
      awardId: 'award',
      program: 'extreme_poverty_care',
      from: '2020-01',
      to: null,
      outcome: 'grant',
      kind: 'initial',
      recordedAt: 1,
      content: { ...at, personId: 'p1', payee: { kind: 'organisation', id: 'home' } },
    }
    return fenOf({
      awards: [{ id: 'award', program: 'extreme_poverty_care', area: COUNTY, opensMonth: '2020-01' }],
      determinations: [determination],
      rates: rows,
      settings: [],
      facts: [],
    })
  }
})

describe('rulebook §1.4, temporary assistance', () => {
  test('Ex 3: 3 000.00 for five people in its one month, 600.00 each', () => {
    const determination: OracleDetermination = {
      id: 't1',
      awardId: 'award',
      program: 'temporary_assistance',
      from: '2020-03',
      to: '2020-04',
      outcome: 'grant',
      kind: 'initial',
      recordedAt: 1,
      content: {
        amountFen: 300000,
        persons: ['p1', 'p2', 'p3', 'p4', 'p5'],
        kind: 'urgent',
        level: 'county',
        registeredPoor: false,
      },
    }
    const history = historyOf({
      awards: [{ id: 'award', program: 'temporary_assistance', area: COUNTY, opensMonth: '2020-01' }],
      determinations: [determination],
    })
    expect(fenOf(history, '2020-02')).toBe(0)
    expect(fenOf(history, '2020-03')).toBe(300000)
    expect(fenOf(history, '2020-04')).toBe(0)
    expect(fenOf({ ...history, determinations: [{ ...determination, to: null }] }, '2020-04')).toBe(0)
    expect(entitlement(history, 'award', '2020-03', LATE).shares[4]).toEqual({ personId: 'p5', fen: 60000 })
  })

  test.each([
    [174000, 'county'], // Ex 1: 580 × 1 × 3 = 1 740.00
    [150000, 'township'], // Ex 2: 500 × 3 = 1 500.00, the limit included
    [150001, 'county'],
    [300000, 'county'], // Ex 3
  ])('%i fen with a township limit of 1 500.00 is decided by the %s', (fen, level) => {
    expect(decidingLevel(fen, 150000)).toBe(level)
  })
})

test.each([
  [10, ['a', 'b', 'c'], [4, 3, 3]],
  [11, ['a', 'b', 'c'], [4, 4, 3]],
  [1, ['b', 'a'], [1, 0]],
  [0, [], []],
])('%i fen among %j is %j', (fen, persons, shares) => {
  expect(evenShares(fen, persons).map((share) => share.fen)).toEqual(shares)
})
