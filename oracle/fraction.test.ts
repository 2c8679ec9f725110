import { expect, test } from 'vitest'
import { decimal, dividedBy, halfUpFen, minus, times, upToYuan, whole } from './fraction.ts'

test.each([
  [1, 2, 1], // 0.5 → 1
  [499, 1000, 0], // 0.499 → 0
  [3, 2, 2], // 1.5 → 2
  [5, 2, 3], // 2.5 → 3: half up, not to the even neighbour
  [7, 3, 2], // 2.33… → 2
  [8, 3, 3], // 2.66… → 3
  [6, 3, 2],
])('%i / %i fen is %i fen, half up', (above, below, fen) => {
  expect(halfUpFen(dividedBy(whole(above), below))).toBe(fen)
})

test.each([
  ['1291.20', 129200], // 1 291.20 yuan → 1 292
  ['1291.00', 129100], // a whole yuan stays
  ['1291.01', 129200],
  ['0', 0],
])('%s yuan goes up to %i fen', (yuan, fen) => {
  expect(upToYuan(times(decimal(yuan), whole(100)))).toBe(fen)
})

test('a third of a fen taken three times is a whole fen again', () => {
  const third = dividedBy(whole(1), 3)
  expect(halfUpFen(minus(minus(minus(whole(5), third), third), third))).toBe(4) // 5 − 3 × 1/3
})

test('a fraction of a fen, a negative amount and a malformed decimal are refused', () => {
  expect(() => whole(0.5)).toThrow('not a whole number')
  expect(() => halfUpFen(whole(-1))).toThrow('negative')
  expect(() => decimal('10%')).toThrow('not a decimal')
  expect(() => decimal('-1')).toThrow('not a decimal')
})
