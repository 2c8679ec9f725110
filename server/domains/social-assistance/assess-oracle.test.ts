import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  entitlement,
  MissingRateError,
  type OracleHistory,
  type OracleProgram,
  type OracleRate,
  type OracleRateValue,
} from '../../../oracle/index.ts'
import { book, FIXTURE_COUNTY, rate, setting } from '../../../test/rates.ts'
import {
  isLawSteady,
  whenKeyOf,
  type Assessed,
  type RateRow,
  type SettingRow,
} from '../../engines/benefits/index.ts'
import { addMonths } from '../../platform/dates.ts'
import { isAppError } from '../../platform/errors.ts'
import { yuanToFen } from '../../platform/money.ts'
import { extremePovertyCare, extremePovertySupport } from './extreme-poverty.program.ts'
import { subsistenceAllowance } from './subsistence-allowance.program.ts'
import { temporaryAssistance } from './temporary-assistance.program.ts'

/** Cases in one test run; more by the environment, e.g. FUZZ_CASES=200000. */
const CASES = Number(process.env.FUZZ_CASES ?? 2000)
const TIME = 20_000 + 5 * CASES
const SEED = Number(process.env.FUZZ_SEED ?? 20_200_101)

const P = (n: number) => `00000000-0000-4000-8000-0000000000${String(n).padStart(2, '0')}`
const MONTHS = ['2019-11', '2019-12', '2020-01', '2020-02', '2020-03', '2020-12']
const PROGRAMS = {
  subsistence_allowance: subsistenceAllowance,
  extreme_poverty_support: extremePovertySupport,
  extreme_poverty_care: extremePovertyCare,
  temporary_assistance: temporaryAssistance,
}

const month = fc.constantFrom(...MONTHS)
/** Round standards meet incomes that are exactly their multiple: the boundary of eligibility. */
const fenAmount = fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.constantFrom(58_000, 80_700))
const yuan = fenAmount.map((fen) => `${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, '0')}`)
const residence = fc.constantFrom('urban', 'rural')
const area = fc.constantFrom('00', '44', '4418', FIXTURE_COUNTY)
const percent = fc.constantFrom('0', '10', '12.5', '33.333', '100')

type Value = Parameters<typeof rate>[2]

interface Law {
  key: string
  when: Record<string, string>
  value: Value
  area: string
  /** In force from this month on; another row of the same key and area ends it. */
  from: string
}

const amount = yuan.map((text): Value => ({ yuan: text }))
const baseValue = fc.oneof(
  amount,
  yuan.map((text): Value => ({ yuan: text, per: 'person_year' })),
  fc.record({
    factor: fc.constantFrom('1.3', '1.6', '2', '0.333'),
    of: fc.constant('subsistence_allowance.standard'),
    round: fc.constantFrom('fen' as const, 'up_yuan' as const),
  }),
)

function law(
  key: string,
  when: fc.Arbitrary<Record<string, string>>,
  value: fc.Arbitrary<Value>,
): fc.Arbitrary<Law> {
  return fc.record({ key: fc.constant(key), when, value, area, from: month })
}

const anyLaw = fc.oneof(
  law('subsistence_allowance.standard', fc.oneof(fc.constant({}), fc.record({ residence })), amount),
  law('subsistence_allowance.tier', fc.record({ residence, category: fc.constantFrom('A', 'B') }), amount),
  law(
    'subsistence_allowance.supplement',
    fc.oneof(
      fc.record({ category: fc.constantFrom('elderly', 'minor', 'severe_disability', 'severe_illness') }),
      fc.record({ category: fc.constantFrom('elderly', 'minor'), residence }),
    ),
    fc.oneof(
      percent.map((text): Value => ({ percent: text })),
      amount,
    ),
  ),
  law(
    'extreme_poverty_support.base',
    fc.oneof(
      fc.constant({}),
      fc.record({ residence }),
      fc.record({ residence, support: fc.constantFrom('home', 'institution') }),
    ),
    baseValue,
  ),
  law(
    'extreme_poverty_care.care',
    fc.oneof(
      fc.record({ selfCare: fc.constantFrom('full', 'partial', 'none') }),
      fc.record({ selfCare: fc.constant('none'), support: fc.constant('home') }),
    ),
    amount,
  ),
)

/** Most counties know every item; where one does not, both readings have to say what is missing. */
const nationwide = [
  ...(['urban', 'rural'] as const).map((kind): [string, Record<string, string>] => [
    'subsistence_allowance.standard',
    { residence: kind },
  ]),
  ...['A', 'B'].map((category): [string, Record<string, string>] => [
    'subsistence_allowance.tier',
    { category },
  ]),
  ...['elderly', 'minor', 'severe_disability', 'severe_illness'].map(
    (category): [string, Record<string, string>] => ['subsistence_allowance.supplement', { category }],
  ),
  ['extreme_poverty_support.base', {}] satisfies [string, Record<string, string>],
  ...['full', 'partial', 'none'].map((selfCare): [string, Record<string, string>] => [
    'extreme_poverty_care.care',
    { selfCare },
  ]),
]

const laws = fc
  .tuple(
    fc.array(fc.tuple(yuan, fc.integer({ min: 0, max: 19 })), {
      minLength: nationwide.length,
      maxLength: nationwide.length,
    }),
    fc.array(anyLaw, { maxLength: 12 }),
  )
  .map(([basics, rest]): Law[] => [
    ...nationwide.flatMap(([key, when], index): Law[] => {
      const [text = '', chance = 0] = basics[index] ?? []
      return chance === 0 ? [] : [{ key, when, value: { yuan: text }, area: '00', from: '2019-01' }]
    }),
    ...rest,
  ])

/** Rows of one key and area follow each other; of one month the later in the list stands. */
function datedRows(list: readonly Law[]): RateRow[] {
  const line = ({ key, when, area: of }: Law) => `${key}|${whenKeyOf(when)}|${of}`
  const standing = list.filter(
    (row, index) =>
      !list.some((other, at) => at > index && line(other) === line(row) && other.from === row.from),
  )
  return standing.map((row) => {
    const next = standing
      .map((other) => (line(other) === line(row) && other.from > row.from ? other.from : '9999'))
      .sort()[0]
    return rate(row.key, row.when, row.value, {
      area: row.area,
      from: row.from,
      to: next === undefined || next === '9999' ? null : next,
    })
  })
}

function oracleRate(row: RateRow): OracleRate {
  const { id, area: of, program, item, per, basis, fromMonth: from, toMonth: to } = row
  const when = Object.fromEntries(
    row.whenKey === '' ? [] : row.whenKey.split(';').map((pair) => pair.split('=') as [string, string]),
  )
  return { id, area: of, program, item, when, value: oracleValue(row), per, from, to, basis, recordedAt: 0 }
}

function oracleValue({ fen, percent: share, factor, factorOf, rounding }: RateRow): OracleRateValue {
  if (fen !== null) return { fen }
  if (share !== null) return { percent: share }
  return { factor: factor ?? '', of: factorOf ?? '', round: rounding ?? 'fen' }
}

const settings = fc.record({
  rounding: fc.constantFrom(undefined, 'fen', 'up_yuan'),
  byAge: fc.option(fc.record({ elderlyFrom: fc.constantFrom(60, 65), minorUnder: fc.constantFrom(16, 18) }), {
    nil: undefined,
  }),
  from: month,
})

const members = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc.record({
    members: fc.constant(Array.from({ length: count }, (_, n) => P(n))),
    covered: fc.integer({ min: 1, max: count }),
    isSingle: fc.boolean(),
  }),
)
const money = fc.oneof(
  fc.integer({ min: 0, max: 1_500_000 }),
  fc
    .tuple(fc.constantFrom(58_000, 80_700), fc.integer({ min: 1, max: 6 }), fc.constantFrom(-1, 0, 1))
    .map(([standard, heads, off]) => standard * heads + off),
)
const supplements = fc.array(
  fc.record({
    n: fc.nat(5),
    category: fc.constantFrom('elderly', 'minor', 'severe_disability', 'severe_illness'),
  }),
  { maxLength: 3 },
)

const subsistence = fc
  .record({
    residence,
    unit: members,
    income: fc.array(
      fc.record({
        kind: fc.constantFrom('wage', 'business', 'other'),
        fen: money,
        disregard: fc.constantFrom(undefined, undefined, '奖学金'),
      }),
      { maxLength: 3 },
    ),
    deductions: fc.array(
      fc.record({
        kind: fc.constantFrom('illness', 'education'),
        fen: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 60_000 }) }, money),
      }),
      { maxLength: 2 },
    ),
    tier: fc.constantFrom(undefined, undefined, undefined, 'A', 'B'),
    supplements,
  })
  .map(({ unit, tier, supplements: list, income, ...rest }) => {
    const covered = unit.members.slice(0, unit.isSingle ? 1 : unit.covered)
    return {
      ...rest,
      members: unit.members,
      covered,
      ...(unit.isSingle ? { unit: 'single_person', unitReason: 'local' } : { unit: 'household' }),
      income: income.map(({ disregard, ...each }) =>
        disregard === undefined ? each : { ...each, disregard },
      ),
      method: tier === undefined ? { kind: 'differential' } : { kind: 'tier', tier },
      supplements: list.map(({ n, category }) => ({ personId: covered[n % covered.length], category })),
      payee: { kind: 'person', id: P(0) },
    }
  })
const supported = fc.record({
  residence,
  support: fc.constantFrom('home', 'institution'),
  selfCare: fc.constantFrom('full', 'partial', 'none'),
  personId: fc.constant(P(0)),
  payee: fc.constant({ kind: 'person', id: P(0) }),
})
const aid = fc.record({
  amountFen: fc.integer({ min: 1, max: 1_000_000 }),
  persons: fc.constantFrom([P(0)], [P(0), P(1), P(2)]),
  kind: fc.constant('urgent'),
  registeredPoor: fc.boolean(),
  payee: fc.constant({ kind: 'person', id: P(0) }),
})

const content = fc.oneof(
  {
    weight: 5,
    arbitrary: subsistence.map((value) => ({
      program: 'subsistence_allowance' as const,
      value: value as unknown,
    })),
  },
  {
    weight: 2,
    arbitrary: supported.map((value) => ({
      program: 'extreme_poverty_support' as const,
      value: value as unknown,
    })),
  },
  {
    weight: 1,
    arbitrary: supported.map((value) => ({
      program: 'extreme_poverty_care' as const,
      value: value as unknown,
    })),
  },
  {
    weight: 1,
    arbitrary: aid.map((value) => ({ program: 'temporary_assistance' as const, value: value as unknown })),
  },
)
const birth = fc.option(
  fc
    .tuple(
      fc.constantFrom(1954, 1955, 1959, 1960, 2001, 2002, 2003, 2004, 2019),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
    )
    .map(([year, of, day]) => `${year}-${String(of).padStart(2, '0')}-${String(day).padStart(2, '0')}`),
  { nil: undefined },
)
const births = fc.array(birth, { minLength: 6, maxLength: 6 })

interface Case {
  laws: Law[]
  settings: { rounding: string | undefined; byAge: object | undefined; from: string }
  content: { program: OracleProgram; value: unknown }
  births: (string | undefined)[]
  month: string
}

function settingRows({ rounding, byAge, from }: Case['settings']): SettingRow[] {
  const rows = [
    ['subsistence_allowance.rounding', rounding],
    ['subsistence_allowance.supplement_by_age', byAge],
  ] as const
  return rows.flatMap(([key, value]) =>
    value === undefined ? [] : [setting(key, value, { from: `${from}-01` })],
  )
}

/** fen and shares, or that a rate is missing. */
function ours({ content: { program, value }, month: of, ...given }: Case): unknown {
  const { formulas, version, content: schema } = PROGRAMS[program]
  try {
    const bornOn = (id: string) => given.births[Number(id.slice(-2))]
    const assessed = formulas[version]?.(
      schema.parse(value),
      { bornOn },
      book(datedRows(given.laws), settingRows(given.settings)),
      of,
    )
    return assessed && resultOf(assessed)
  } catch (error) {
    if (isAppError(error) && error.code === 'benefits.rate_missing') return 'missing'
    throw error
  }
}

function resultOf({ fen, shares }: Assessed) {
  return { fen, shares: sharesOf(shares) }
}

function theirs({ content: { program, value }, month: of, ...given }: Case): unknown {
  const history = {
    awards: [{ id: 'award', program, area: FIXTURE_COUNTY, opensMonth: '2019-01' }],
    determinations: [
      {
        id: 'd',
        awardId: 'award',
        program,
        from: of,
        to: null,
        outcome: 'grant',
        kind: 'initial',
        recordedAt: 0,
        content: value,
      },
    ],
    rates: datedRows(given.laws).map(oracleRate),
    settings: settingRows(given.settings).map((row) => ({
      program: row.program,
      key: row.key,
      value: row.value,
      area: row.area,
      from: row.fromDay.slice(0, 7),
      to: null,
      recordedAt: 0,
    })),
    facts: given.births.flatMap((date, n) =>
      date === undefined ? [] : [{ kind: 'birth', personId: P(n), date, recordedAt: 0 }],
    ),
  } as unknown as OracleHistory
  try {
    const { fen, shares } = entitlement(history, 'award', of, 1)
    return { fen, shares: sharesOf(shares.map((share) => [share.personId, share.fen])) }
  } catch (error) {
    if (error instanceof MissingRateError) return 'missing'
    throw error
  }
}

/** Who gets nothing may be listed or not. */
function sharesOf(shares: readonly (readonly [string, number])[]): string[] {
  return shares
    .filter(([, fen]) => fen !== 0)
    .map(([id, fen]) => `${id.slice(-2)}: ${fen}`)
    .sort()
}

test(
  'every programme comes to the amount and shares of the second reading of the rules',
  () => {
    const seen = { amounts: 0, zeros: 0, missing: 0 }
    fc.assert(
      fc.property(fc.record({ laws, settings, content, births, month }), (one) => {
        const mine = ours(one)
        if (mine === 'missing') seen.missing += 1
        else if ((mine as { fen: number }).fen === 0) seen.zeros += 1
        else seen.amounts += 1

        expect(mine).toEqual(theirs(one))
      }),
      { numRuns: CASES, seed: SEED },
    )
    // A generator that went astray would agree about nothing.
    expect(Math.min(seen.amounts / 4, seen.zeros, seen.missing)).toBeGreaterThan(CASES / 40)
  },
  TIME,
)

test(
  'the shares of an award always add up to it, and none is below zero',
  () => {
    fc.assert(
      fc.property(fc.record({ laws, settings, content, births, month }), (one) => {
        const { formulas, version, content: schema } = PROGRAMS[one.content.program]
        const rates = book([...datedRows(one.laws), ...EVERY_SUPPLEMENT], settingRows(one.settings))
        const bornOn = (id: string) => one.births[Number(id.slice(-2))]
        try {
          const assessed = formulas[version]?.(schema.parse(one.content.value), { bornOn }, rates, one.month)
          const shares = assessed?.shares.map(([, fen]) => fen) ?? []
          expect(shares.reduce((sum, fen) => sum + fen, 0)).toBe(assessed?.fen)
          expect(Math.min(0, ...shares)).toBe(0)
        } catch (error) {
          if (!isAppError(error) || error.code !== 'benefits.rate_missing') throw error
        }
      }),
      { numRuns: CASES / 4, seed: SEED },
    )
  },
  TIME,
)

test(
  'under a steady law and without birth dates a month comes to the same as the month before, to the last detail',
  () => {
    const seen = { steady: 0, unsteady: 0 }
    const next = fc.constantFrom('2019-12', '2020-01', '2020-02', '2020-03', '2020-04', '2020-12', '2021-01')
    fc.assert(
      fc.property(fc.record({ laws, settings, content, births, month: next }), (one) => {
        const { isSteady, formulas, version, content: schema } = PROGRAMS[one.content.program]
        const rates = datedRows(one.laws)
        const rows = settingRows({ ...one.settings, byAge: undefined })
        const previous = addMonths(one.month, -1)
        if (!isSteady) return
        if (!isLawSteady({ rates, settings: rows }, previous, one.month)) {
          seen.unsteady += 1
          return
        }
        seen.steady += 1
        const of = (month: string) => {
          try {
            const noBirths = { bornOn: () => undefined }
            return formulas[version]?.(schema.parse(one.content.value), noBirths, book(rates, rows), month)
          } catch (error) {
            if (isAppError(error) && error.code === 'benefits.rate_missing') return 'missing'
            throw error
          }
        }

        expect(of(one.month)).toEqual(of(previous))
      }),
      { numRuns: CASES, seed: SEED },
    )
    expect(Math.min(seen.steady, seen.unsteady)).toBeGreaterThan(CASES / 10)
  },
  TIME,
)

const EVERY_SUPPLEMENT = ['elderly', 'minor', 'severe_disability', 'severe_illness'].map((category) =>
  rate(
    'subsistence_allowance.supplement',
    { category },
    { percent: '33.333' },
    { area: '00', from: '2018-01' },
  ),
)

test('amounts in yuan are read as the fen they are', () => {
  fc.assert(
    fc.property(yuan, (text) => yuanToFen(text) === Math.round(Number(text) * 100)),
    { seed: SEED },
  )
})
