import { expect, test } from 'vitest'
import { monthKey } from './payable.rules.ts'
import {
  fullyInstructed,
  heapOf,
  planPayments,
  type PayeeAccount,
  type PendingLine,
} from './pending.rules.ts'

const ACCOUNT: PayeeAccount = { id: 'x', holderName: '张三', bankCode: '', numberCipher: '' }

function line(part: Partial<PendingLine> = {}): PendingLine {
  return {
    awardId: 'a',
    forMonth: '2026-01',
    seq: 1,
    runNo: 1,
    fen: 100,
    program: 'p',
    town: null,
    village: null,
    payeeKind: 'person',
    payeeId: 'z',
    wasReturned: false,
    ...part,
  }
}

function plan(
  lines: PendingLine[],
  payable: number,
  { held = [], upToMonth }: { held?: string[]; upToMonth?: string } = {},
) {
  return planPayments({
    lines,
    payable: new Map(lines.map((each) => [monthKey(each), payable])),
    holds: new Map(held.map((month) => [monthKey({ awardId: 'a', forMonth: month }), ['h']])),
    accounts: new Map([['z', ACCOUNT]]),
    upToMonth,
  })
}

test.each([
  { payable: 200, parts: [100, 100] },
  { payable: 150, parts: [100, 50] },
  { payable: 100, parts: [100, 0] },
  { payable: 40, parts: [40, 0] },
  { payable: 0, parts: [0, 0] },
  { payable: -30, parts: [0, 0] },
])('two lines of 100 against a payable of $payable take $parts', ({ payable, parts }) => {
  const planned = plan([line({ seq: 2 }), line({ seq: 1 })], payable)

  expect(planned.map(({ line: { seq }, fen }) => [seq, fen])).toEqual([
    [1, parts[0]],
    [2, parts[1]],
  ])
  expect(planned.map(({ way }) => way)).toEqual(parts.map((part) => (part === 0 ? 'settled' : 'pay')))
})

test('months come in order of time, whatever the order of awards', () => {
  const lines = [
    line({ awardId: 'a', forMonth: '2026-02' }),
    line({ awardId: 'b', forMonth: '2025-12' }),
    line({ awardId: 'a', forMonth: '2026-01' }),
  ]

  expect(plan(lines, 100).map((each) => each.line.forMonth)).toEqual(['2025-12', '2026-01', '2026-02'])
})

test('a line that cannot be paid now keeps its part, so that the parts add up to the payable', () => {
  const planned = plan([line({ payeeId: 'nobody' }), line({ seq: 2 })], 150)

  expect(planned.map(({ way, fen }) => [way, fen])).toEqual([
    ['missing_account', 100],
    ['pay', 50],
  ])
  expect(heapOf(planned)).toEqual({ lines: 2, fen: 150 })
})

test.each([
  { why: 'held', lines: [line()], options: { held: ['2026-01'] }, way: 'held' },
  { why: 'held in another month', lines: [line()], options: { held: ['2026-02'] }, way: 'pay' },
  { why: 'after the last month asked', lines: [line()], options: { upToMonth: '2025-12' }, way: 'later' },
  { why: 'in the last month asked', lines: [line()], options: { upToMonth: '2026-01' }, way: 'pay' },
  {
    why: 'without payee',
    lines: [line({ payeeId: null, payeeKind: null })],
    options: {},
    way: 'missing_account',
  },
])('a line $why → $way', ({ lines, options, way }) => {
  expect(plan(lines, 100, options).map((each) => each.way)).toEqual([way])
})

test('a run is put aside when none of its lines waits: paid and moneyless lines do not wait, held ones do', () => {
  const lines = [
    line({ seq: 1, runNo: 1 }),
    line({ seq: 2, runNo: 2, payeeId: 'nobody' }),
    line({ seq: 3, runNo: 3, payeeId: 'nobody' }),
  ]

  expect(fullyInstructed([1, 2, 3, 4], plan(lines, 150))).toEqual([1, 3, 4])
})
