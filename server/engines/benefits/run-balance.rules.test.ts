import fc from 'fast-check'
import { expect, test } from 'vitest'
import { balanceCursor } from './run-balance.rules.ts'

const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

interface Row {
  award: number
  fen: number
  seq: number
  runNo: number
}

function bytesOf(rows: readonly Row[], withRun: boolean): Buffer {
  const text = rows.map(({ award, fen, seq, runNo }) =>
    [idOf(award), fen, seq, ...(withRun ? [runNo] : [])].join('\t'),
  )
  return Buffer.from(text.map((row) => `${row}\n`).join(''))
}

const ROWS = [
  { award: 2, fen: 58_000, seq: 1, runNo: 1 },
  { award: 2, fen: -8_000, seq: 2, runNo: 2 },
  { award: 4, fen: 3_000, seq: 1, runNo: 2 },
]

test('an award has the sum of its rows and the highest of their numbers', () => {
  const balance = balanceCursor(bytesOf(ROWS, false), new Set())

  // 58 000 − 8 000
  expect(balance(idOf(2))).toEqual({ fen: 50_000, seq: 2 })
  expect(balance(idOf(4))).toEqual({ fen: 3_000, seq: 1 })
})

test('a run that does not count leaves its numbers and no money', () => {
  const balance = balanceCursor(bytesOf(ROWS, true), new Set(['2']))

  expect(balance(idOf(2))).toEqual({ fen: 58_000, seq: 2 })
  expect(balance(idOf(4))).toEqual({ fen: 0, seq: 1 })
})

test('asked twice it says the same, asked for who has none it says nothing, and no bytes have no balance', () => {
  const balance = balanceCursor(bytesOf(ROWS, false), new Set())

  expect([idOf(1), idOf(2), idOf(2), idOf(3), idOf(5)].map(balance)).toEqual([
    undefined,
    { fen: 50_000, seq: 2 },
    { fen: 50_000, seq: 2 },
    undefined,
    undefined,
  ])
  expect(balanceCursor(Buffer.alloc(0), new Set())(idOf(1))).toBeUndefined()
})

test('whichever awards are asked for in their order, each has its own sum', () => {
  const amount = fc.integer({ min: -(2 ** 50), max: 2 ** 50 })
  const row = fc.record({
    award: fc.nat(12),
    fen: amount,
    seq: fc.integer({ min: 1, max: 99 }),
    runNo: fc.nat(3),
  })
  const asked = fc.uniqueArray(fc.nat(14)).map((ids) => ids.toSorted((a, b) => a - b))
  fc.assert(
    fc.property(fc.array(row), asked, fc.subarray(['0', '1', '2', '3']), (rows, awards, uncounted) => {
      const sorted = rows.toSorted((a, b) => a.award - b.award)
      const without = new Set(uncounted)
      const balance = balanceCursor(bytesOf(sorted, without.size > 0), without)
      for (const award of awards) {
        const mine = rows.filter((each) => each.award === award)
        const counted = mine.filter(({ runNo }) => !without.has(String(runNo)))
        const expected = {
          fen: counted.reduce((sum, { fen }) => sum + fen, 0),
          seq: Math.max(...mine.map(({ seq }) => seq)),
        }
        expect(balance(idOf(award))).toEqual(mine.length === 0 ? undefined : expected)
      }
    }),
  )
})
