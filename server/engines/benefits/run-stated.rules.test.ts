import { expect, test } from 'vitest'
import { monthsBetween, type Month } from '../../platform/dates.ts'
import { rateBook, type RateRow } from './rates.rules.ts'
import type { AwardInput, AwardLooked, RunContext, SpanInput } from './run-input.rules.ts'
import { computeAward } from './run.rules.ts'

const standard = (id: string, fen: number, fromMonth: Month, toMonth: Month | null): RateRow => ({
  ...{
    id,
    rootId: id,
    area: '441882',
    program: 'aid',
    item: 'standard',
    whenKey: '',
    fen,
    per: 'person_month',
  },
  ...{ percent: null, factor: null, factorOf: null, rounding: null, basis: '', recordedAt: '2020-01-01' },
  ...{ fromMonth, toMonth },
})
const rates = rateBook(
  '441882',
  [standard('r1', 58_000, '2020-01', '2020-04'), standard('r2', 60_000, '2020-04', null)],
  [],
)

const awardWith = (spans: readonly Partial<SpanInput>[]): AwardInput => ({
  ...{ id: 'a', program: 'aid', opensMonth: '2020-01', lastPaidMonth: null, lastPaidFen: null },
  ...{ town: null, village: null },
  spans: spans.map((span) => ({
    ...{ determinationId: 'd1', kind: 'initial', outcome: 'grant', from: '2020-01', to: null, isNew: false },
    ...{ content: {} },
    ...span,
  })),
})

const contextWith = (isSteady: boolean): RunContext => ({
  ...{
    runNo: 2,
    month: '2020-05',
    previousMonth: '2020-04',
    monthsFrom: (month) => monthsBetween(month, '2020-05'),
    rates,
    formerRates: undefined,
  },
  facts: { bornOn: () => undefined },
  formulaOf: () => ({
    assess: (_content, _facts, book, month) => {
      const rate = book.amount('aid', 'standard', {}, month)
      return {
        fen: rate.fen,
        shares: [['p', rate.fen]],
        category: '',
        payee: null,
        rates: [rate],
        inputs: {},
      }
    },
    ...{ version: '1', isNew: false, isSteady },
  }),
  isSameLaw: (month) => month !== '2020-04',
  ...{ newRates: new Map(), newSettings: [], reviewed: new Set(), isOneOff: () => false },
})

/** A run of May 2020 that looks at the months from January on; every month was settled at 550.00 yuan before. */
function run(given: {
  spans?: Partial<SpanInput>[]
  undone?: AwardLooked['undone']
  settled?: Month[]
  isSteady?: boolean
}) {
  const award = awardWith(given.spans ?? [{}])
  const ctx = contextWith(given.isSteady ?? true)
  const settled = given.settled ?? ['2020-01', '2020-02', '2020-03', '2020-04']
  const { lines } = computeAward(
    award,
    {
      touchedFrom: '2020-01',
      balance: (_id, month) => (settled.includes(month) ? { fen: 55_000, seq: 1 } : undefined),
      ...{ undone: given.undone ?? [], newFacts: [] },
    },
    ctx,
  )
  return lines.map(({ forMonth, seq, fen, dueFen, detail, statedIn }) => ({
    line: `${forMonth} no. ${seq}: ${dueFen} − ${dueFen - fen} = ${fen}`,
    by: statedIn ? `${statedIn.month} no. ${statedIn.seq}` : 'itself',
    rate: detail.rates[0]?.id,
    causes: detail.causes.length,
  }))
}

test('months under one standard and one decision state once how they were found, the next standard again', () => {
  expect(run({})).toEqual([
    { line: '2020-01 no. 2: 58000 − 55000 = 3000', by: 'itself', rate: 'r1', causes: 0 },
    { line: '2020-02 no. 2: 58000 − 55000 = 3000', by: '2020-01 no. 2', rate: 'r1', causes: 0 },
    { line: '2020-03 no. 2: 58000 − 55000 = 3000', by: '2020-01 no. 2', rate: 'r1', causes: 0 },
    { line: '2020-04 no. 2: 60000 − 55000 = 5000', by: 'itself', rate: 'r2', causes: 0 },
    { line: '2020-05 no. 1: 60000 − 0 = 60000', by: '2020-04 no. 2', rate: 'r2', causes: 0 },
  ])
})

test('the first line of one month and the second of another share what they come of', () => {
  const lines = run({ settled: ['2020-01', '2020-03', '2020-04'] })

  expect(lines.slice(0, 3).map(({ line, by }) => `${line} ← ${by}`)).toEqual([
    '2020-01 no. 2: 58000 − 55000 = 3000 ← itself',
    '2020-02 no. 1: 58000 − 0 = 58000 ← 2020-01 no. 2',
    '2020-03 no. 2: 58000 − 55000 = 3000 ← 2020-01 no. 2',
  ])
})

test.each([
  [
    'another decision with the same content',
    { spans: [{ to: '2020-02' }, { determinationId: 'd2', from: '2020-02' }] },
  ],
  ['another cause', { undone: [{ determinationId: 'd0', from: '2020-02', to: null }] }],
] as const)('%s is stated by the line itself', (_, { ...given }) => {
  const lines = run(given as Parameters<typeof run>[0])

  expect(lines.slice(0, 3).map(({ by }) => by)).toEqual(['itself', 'itself', '2020-02 no. 2'])
})

test('a formula that looks at the calendar states every month', () => {
  expect(run({ isSteady: false }).map(({ by }) => by)).toEqual(Array(5).fill('itself'))
})

test('a ledger that opens after the run leaves the stop of what was paid before to be explained', () => {
  const outcome = computeAward(
    { ...awardWith([]), opensMonth: '2020-06', lastPaidMonth: '2020-04', lastPaidFen: 55_000 },
    { touchedFrom: undefined, balance: () => undefined, undone: [], newFacts: [] },
    contextWith(true),
  )

  expect(outcome).toMatchObject({
    lines: [],
    change: 'ended',
    findings: [{ kind: 'continuity', blocks: true }],
  })
})
