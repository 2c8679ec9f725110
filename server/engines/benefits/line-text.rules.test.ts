import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineBlocks } from './line-text.rules.ts'
import type { LineDetail, ObligationLine } from './line.rules.ts'

const text = fc.oneof(
  fc.uuid(),
  fc.constantFrom('rural', '清民救〔2020〕3号', '𠮷\t"\\\n\r', ''),
  fc.string(),
)
const amount = fc.integer({ min: -(2 ** 50), max: 2 ** 50 })
const rate = fc.record({ id: fc.uuid(), item: text, fen: amount, percent: text })
const detail: fc.Arbitrary<LineDetail> = fc.record({
  formula: text,
  determination: fc.option(fc.uuid()),
  payee: fc.option(fc.record({ kind: fc.constantFrom('person', 'organisation'), id: text })),
  shares: fc.array(fc.tuple(text, amount), { maxLength: 4 }),
  rates: fc.array(rate, { maxLength: 3 }),
  inputs: fc.dictionary(text, fc.oneof(amount, text, fc.constant(null), fc.double({ noNaN: true })), {
    maxKeys: 5,
  }),
  causes: fc.array(fc.tuple(fc.constant('fact' as const), text), { maxLength: 2 }),
})

function lineWith(part: Partial<ObligationLine>): ObligationLine {
  const numbers = { seq: 1, runNo: 7, fen: -5, dueFen: 0, persons: 2 }
  const words = {
    forMonth: '2025-01',
    awardId: 'a',
    program: 'p',
    category: 'rural',
    town: null,
    village: '441882100001',
    kind: 'regular' as const,
    statedIn: null,
  }
  const empty = { determination: null, payee: null, shares: [], rates: [], inputs: {}, causes: [] }
  return { ...numbers, ...words, detail: { formula: '1', ...empty }, ...part }
}

/** Rows in the order in which the server is handed them. */
function rowsOf(lines: readonly ObligationLine[]): string[] {
  return Buffer.concat([...lineBlocks('441882', lines)])
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
}

/** What the server makes of a row of COPY. */
function fieldsOf(row: string): (string | null)[] {
  const plain: Record<string, string> = { n: '\n', r: '\r', t: '\t' }
  const read = (field: string) =>
    field.replace(/\\(.)/gs, (_, character: string) => plain[character] ?? character)
  return row.split('\t').map((field) => (field === '\\N' ? null : read(field)))
}

test('a line has its columns in order, null as null', () => {
  const [row = ''] = rowsOf([lineWith({})])
  const detail =
    '{"formula":"1","determination":null,"payee":null,"shares":[],"rates":[],"inputs":{},"causes":[]}'

  expect(fieldsOf(row)).toEqual([
    '441882',
    '2025-01',
    'a',
    '1',
    '7',
    '-5',
    '0',
    '2',
    'p',
    'rural',
    null,
    '441882100001',
    null,
    null,
    detail,
  ])
})

test('a line that comes of the same as an earlier one names it', () => {
  const [row = ''] = rowsOf([lineWith({ statedIn: { month: '2024-11', seq: 2 } })])

  expect(fieldsOf(row).slice(-3)).toEqual(['2024-11', '2', null])
})

test('many lines of several awards are each written as it is by itself, those of a month together', () => {
  const place = { month: '2024-11', seq: 2 }
  const line = fc
    .record({
      forMonth: fc.constantFrom('2024-12', '2025-01'),
      fen: fc.constantFrom(100, 200),
      dueFen: fc.constantFrom(300, 400),
      seq: fc.constantFrom(2, 3),
      statedIn: fc.constantFrom(null, place, { month: '2024-12', seq: 2 }),
    })
    .map(lineWith)
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const months = [...new Set(lines.map(({ forMonth }) => forMonth))]
      const together = months.flatMap((month) => lines.filter(({ forMonth }) => forMonth === month))
      expect(rowsOf(lines)).toEqual(together.flatMap((each) => rowsOf([each])))
    }),
  )
})

test('no more than some pages of each month are gathered, and nothing is lost on the way', () => {
  const monthOf = (index: number) => `2024-${String((index % 12) + 1).padStart(2, '0')}`
  const lines = Array.from({ length: 6_000 }, (_, index) =>
    lineWith({ awardId: `award-${Math.floor(index / 12)}`, forMonth: monthOf(index) }),
  )
  const sizes = [...lineBlocks('441882', lines)].map((block) => block.length)
  const keys = rowsOf(lines).map((row) => row.split('\t').slice(1, 3).join())

  expect(sizes.length).toBeGreaterThan(12)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1 << 16)
  expect(keys.toSorted()).toEqual(lines.map((line) => `${line.forMonth},${line.awardId}`).toSorted())
})

test('a line longer than a block is a block of its own', () => {
  const determination = 'x'.repeat(1 << 17)
  const long = lineWith({})
  const lines = [long, lineWith({ detail: { ...long.detail, determination } }), long]

  expect(rowsOf(lines).map((row) => row.includes(determination))).toEqual([false, true, false])
})

test('whatever stands in a detail, the server stores the bytes that JSON.stringify gives', () => {
  fc.assert(
    fc.property(fc.array(detail, { minLength: 1, maxLength: 3 }), text, (details, category) => {
      const rows = rowsOf(details.map((each) => lineWith({ detail: each, category })))

      expect(rows.map((row) => fieldsOf(row).at(-1))).toEqual(details.map((each) => JSON.stringify(each)))
      expect(rows.map((row) => fieldsOf(row)[9])).toEqual(details.map(() => category))
    }),
  )
})
