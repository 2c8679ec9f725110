import { expect, test } from 'vitest'
import { kindsOf } from '../web/engines/imports/import-kinds.ts'
import { yuanOf, yuanText } from '../web/ui/yuan.ts'

/** What people type and choose by, without a browser. */

test.each([
  ['860', 86000],
  ['860.5', 86050],
  [' 12,000 ', 1_200_000],
  ['１２', undefined],
  ['12，000.05', 1_200_005],
  ['100000000000', 10_000_000_000_000],
  ['007', undefined],
  ['1.005', undefined],
  ['-3', undefined],
  ['', undefined],
])('an amount: %j', (typed, fen) => {
  expect(yuanOf(typed)).toBe(fen)
})

test('fen are written as policies state them', () => {
  expect([86000, 86050, 5].map((fen) => yuanText(fen))).toEqual(['860.00', '860.50', '0.05'])
})

test('the same mistake in two columns is one kind, as the rows are chosen by it', () => {
  const kinds = kindsOf([
    { code: 'day', column: '出生日期', title: '不是日期', count: 3 },
    { code: 'village', column: '村', title: '没有找到这个村', count: 1 },
    { code: 'day', column: '死亡日期', title: '不是日期', count: 2 },
  ])

  expect(kinds).toEqual([
    { code: 'day', columns: ['出生日期', '死亡日期'], title: '不是日期', count: 5 },
    { code: 'village', columns: ['村'], title: '没有找到这个村', count: 1 },
  ])
})
