import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addFen,
  divideRounded,
  fenToYuan,
  formatYuan,
  parseDecimal,
  roundFen,
  splitLargestRemainder,
  sumFen,
  yuanToFen,
} from './money.ts'

const largest = Number.MAX_SAFE_INTEGER
const anyFen = fc.maxSafeInteger()
const weightList = fc
  .array(fc.nat({ max: 10_000 }), { minLength: 1, maxLength: 30 })
  .filter((weights) => weights.some((weight) => weight > 0))

test.each([
  ['1500.00', 150_000, '1500.00', '1,500.00'],
  ['1221', 122_100, '1221.00', '1,221.00'],
  ['0.5', 50, '0.50', '0.50'],
  ['0', 0, '0.00', '0.00'],
  ['-0', 0, '0.00', '0.00'],
  ['-0.05', -5, '-0.05', '-0.05'],
  ['-1221.05', -122_105, '-1221.05', '-1,221.05'],
  ['999.99', 99_999, '999.99', '999.99'],
  ['1234567.89', 123_456_789, '1234567.89', '1,234,567.89'],
  ['90071992547409.91', largest, '90071992547409.91', '90,071,992,547,409.91'],
])('%s yuan is %d fen, written %s and shown %s', (text, fen, written, shown) => {
  expect(yuanToFen(text)).toBe(fen)
  expect(fenToYuan(fen)).toBe(written)
  expect(formatYuan(fen)).toBe(shown)
})

test.each([
  '',
  ' ',
  '1,500',
  '1500.',
  '.5',
  '1.234',
  '+1',
  '1e3',
  '007',
  '１５',
  '--1',
  '1 500',
  '12.0 ',
  'NaN',
  '1\n',
])('the amount %j is refused, not guessed', (text) => {
  expect(() => yuanToFen(text)).toThrow(expect.objectContaining({ code: 'platform.money_format' }))
})

test('every amount reads back as it was written', () => {
  fc.assert(
    fc.property(anyFen, (fen) => {
      expect(yuanToFen(fenToYuan(fen))).toBe(fen)
    }),
  )
})

test('a sum that would lose a fen is an error, on both sides of the largest exact integer', () => {
  const range = expect.objectContaining({ code: 'platform.money_range' })

  expect(addFen(largest - 1, 1)).toBe(largest)
  expect(() => addFen(largest, 1)).toThrow(range)
  expect(() => addFen(0.5, 1)).toThrow(range)
  expect(() => fenToYuan(Number.NaN)).toThrow(range)
  expect(() => yuanToFen('90071992547409.92')).toThrow(range)
  expect(sumFen([150_000, -27_900, 5])).toBe(122_105) // 150000 − 27900 + 5
  expect(sumFen([])).toBe(0)
  expect(() => sumFen([largest, 1, -1])).toThrow(range)
})

test.each([
  // numerator, denominator, half_up, up, down
  [10, 4, 3, 3, 2], // 2.5
  [9, 4, 2, 3, 2], // 2.25
  [11, 4, 3, 3, 2], // 2.75
  [12, 4, 3, 3, 3],
  [4, 3, 1, 2, 1], // 1.33
  [5, 3, 2, 2, 1], // 1.67
  [-10, 4, -3, -3, -2],
  [10, -4, -3, -3, -2],
  [-10, -4, 3, 3, 2],
  [0, -7, 0, 0, 0],
  [-1, 4, 0, -1, 0],
])('%d / %d is %d half up, %d up, %d down', (numerator, denominator, halfUp, up, down) => {
  expect(divideRounded(numerator, denominator, 'half_up')).toBe(halfUp)
  expect(divideRounded(numerator, denominator, 'up')).toBe(up)
  expect(divideRounded(numerator, denominator, 'down')).toBe(down)
})

test('a product beyond exact integers still divides exactly', () => {
  const big = 9_007_199_254_740_991n * 3_000_001n

  expect(divideRounded(big, 3_000_001n, 'half_up')).toBe(largest)
  expect(() => divideRounded(big, 1n, 'down')).toThrow(
    expect.objectContaining({ code: 'platform.money_range' }),
  )
})

test('division by zero is an error with a code', () => {
  expect(() => divideRounded(1, 0, 'up')).toThrow(expect.objectContaining({ code: 'platform.money_divisor' }))
})

test('half up lies within half a unit of the exact quotient, and −x rounds like x', () => {
  fc.assert(
    fc.property(anyFen, fc.integer({ min: 1, max: 1_000_000 }), (numerator, denominator) => {
      const rounded = BigInt(divideRounded(numerator, denominator, 'half_up'))
      const distance = rounded * BigInt(denominator) - BigInt(numerator)

      expect(2n * (distance < 0n ? -distance : distance)).toBeLessThanOrEqual(BigInt(denominator))
      expect(divideRounded(-numerator, denominator, 'half_up')).toBe(0 - Number(rounded))
    }),
  )
})

test.each([
  // exact fen as numer/denom, to the fen, up to the yuan
  [122_050, 1, 122_050, 122_100],
  [122_100, 1, 122_100, 122_100],
  [366_301, 3, 122_100, 122_200], // 122100.33…
  [366_302, 3, 122_101, 122_200], // 122100.67
  [1, 3, 0, 100],
  [0, 3, 0, 0],
  [-122_050, 1, -122_050, -122_100],
])('%d/%d fen is %d to the fen and %d up to the yuan', (numer, denom, toFen, upYuan) => {
  expect(roundFen(numer, denom, 'fen')).toBe(toFen)
  expect(roundFen(numer, denom, 'up_yuan')).toBe(upYuan)
})

test.each([
  [100, [1, 1, 1], [34, 33, 33]],
  [101, [1, 1, 1], [34, 34, 33]],
  [1, [1, 1], [1, 0]],
  [-100, [1, 1, 1], [-34, -33, -33]],
  [100, [0, 1, 0, 1], [0, 50, 0, 50]],
  [1, [0, 0, 3], [0, 0, 1]],
  [10, [1, 2, 4], [1, 3, 6]], // exact 1.43 2.86 5.71: one each to .86 and .71
  [0, [5, 5], [0, 0]],
  [0, [0, 0], [0, 0]],
  [0, [], []],
])('%d fen over weights %j are %j', (total, weights, shares) => {
  expect(splitLargestRemainder(total, weights)).toStrictEqual(shares)
})

test('shares add up to the total and lie less than a fen from the exact share', () => {
  fc.assert(
    fc.property(anyFen, weightList, (total, weights) => {
      const shares = splitLargestRemainder(total, weights)
      const sum = BigInt(weights.reduce((all, weight) => all + weight, 0))

      expect(shares.reduce((all, share) => all + BigInt(share), 0n)).toBe(BigInt(total))
      shares.forEach((share, index) => {
        const distance = BigInt(share) * sum - BigInt(total) * BigInt(weights[index] ?? 0)
        expect(distance < sum && -distance < sum).toBe(true)
      })
      expect(splitLargestRemainder(0 - total, weights)).toStrictEqual(shares.map((share) => 0 - share))
    }),
  )
})

test.each([[[]], [[0, 0]], [[1, -1]], [[0.5]], [[Number.NaN]]])('weights %j carry no amount', (weights) => {
  expect(() => splitLargestRemainder(100, weights)).toThrow(
    expect.objectContaining({ code: 'platform.split_weights' }),
  )
})

test.each([
  ['0.10', 10n, 100n],
  ['1.3', 13n, 10n],
  ['30', 30n, 1n],
  ['-0.5', -5n, 10n],
  ['0.123456789012345678901', 123456789012345678901n, 10n ** 21n],
])('the decimal %s is exact', (text, num, den) => {
  expect(parseDecimal(text)).toStrictEqual({ num, den })
})

test.each(['', '.1', '1.', '1e2', '10%', '1,0', ' 1'])('the decimal %j is refused', (text) => {
  expect(() => parseDecimal(text)).toThrow(expect.objectContaining({ code: 'platform.decimal_format' }))
})
