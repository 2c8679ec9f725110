import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  covers,
  dayAt,
  differenceOf,
  foldRecords,
  layOver,
  overlaps,
  without,
  type DateRange,
  type Span,
} from './timeline.rules.ts'

function range(from: string, to: string | null): DateRange {
  return { from, to }
}

function record(id: string, from: string, to: string | null): Span {
  return { id, rootId: id, from, to }
}

describe('ranges', () => {
  test.each([
    ['2020-06-29', false],
    ['2020-06-30', true],
    ['2020-07-30', true],
    ['2020-07-31', false],
  ])('[2020-06-30, 2020-07-31) on %s: %s', (on, expected) => {
    expect(covers(range('2020-06-30', '2020-07-31'), on)).toBe(expected)
  })

  test('neighbours do not overlap, a shared day does', () => {
    expect(overlaps(range('2020-01-01', '2020-02-01'), range('2020-02-01', null))).toBe(false)
    expect(overlaps(range('2020-01-01', '2020-02-02'), range('2020-02-01', null))).toBe(true)
  })

  test.each([
    ['2020-03-01', '2020-04-01', [range('2020-01-01', '2020-03-01'), range('2020-04-01', null)]],
    ['2020-01-01', '2020-04-01', [range('2020-04-01', null)]],
    ['2020-03-01', null, [range('2020-01-01', '2020-03-01')]],
    ['2019-01-01', null, []],
    ['2019-01-01', '2020-01-01', [range('2020-01-01', null)]],
  ])('[2020-01-01, open) less [%s, %s)', (from, to, expected) => {
    expect(without(range('2020-01-01', null), range(from, to))).toEqual(expected)
  })

  test.each([
    ['2020-06-29T15:59:59.999999Z', '2020-06-29'],
    ['2020-06-29T16:00:00.000000Z', '2020-06-30'],
    ['2019-12-31T16:00:00Z', '2020-01-01'],
  ])('at %s it is %s in China', (instant, day) => {
    expect(dayAt(instant)).toBe(day)
  })
})

describe('laying records over what is known', () => {
  const rules = {
    lineOf: () => 'line',
    successorOf: (span: Span, part: DateRange) => ({ ...span, ...part, id: `${span.id}'` }),
  }

  test('the middle of an open record leaves two successors of the same root', () => {
    const known = record('a', '2020-01-01', null)

    const laying = layOver([known], [record('b', '2020-03-01', '2020-04-01')], rules)

    expect(laying.superseded).toEqual([known])
    expect(laying.inserted.map(({ span }) => [span.rootId, span.from, span.to])).toEqual([
      ['b', '2020-03-01', '2020-04-01'],
      ['a', '2020-01-01', '2020-03-01'],
      ['a', '2020-04-01', null],
    ])
  })

  test('a record displaced by a later one of the same list is stored as no longer known', () => {
    const laying = layOver([], [record('a', '2020-01-01', null), record('b', '2020-01-01', null)], rules)

    expect(laying.inserted.map(({ span, isKnown }) => [span.id, isKnown])).toEqual([
      ['a', false],
      ['b', true],
    ])
  })

  test('a record that replaces all leaves nothing of its line, however its days lie', () => {
    const known = record('a', '2020-03-10', null)

    const laying = layOver([known], [record('b', '2020-03-20', null)], { ...rules, replacesAll: () => true })

    expect(laying.superseded).toEqual([known])
    expect(laying.inserted.map(({ span }) => span.id)).toEqual(['b'])
  })
})

function day(n: number) {
  return `2020-01-${String(n).padStart(2, '0')}`
}

const arbitraryRange = fc
  .record({
    start: fc.integer({ min: 1, max: 20 }),
    length: fc.option(fc.integer({ min: 1, max: 11 }), { nil: null }),
  })
  .map(({ start, length }) => range(day(start), length === null ? null : day(start + length)))

test('laying one after another equals folding all: each day shows the latest record that covers it', () => {
  fc.assert(
    fc.property(fc.array(arbitraryRange, { maxLength: 8 }), (ranges) => {
      const records = ranges.map(({ from, to }, index) => record(`r${index}`, from, to))
      let known: Span[] = []
      let made = 0
      for (const next of records) {
        const { superseded, inserted } = layOver(known, [next], {
          lineOf: () => '',
          successorOf: (span, part) => ({ ...span, ...part, id: `s${++made}` }),
        })
        known = [...known.filter((span) => !superseded.includes(span)), ...inserted.map(({ span }) => span)]
      }

      const folded = foldRecords(records, { replacesAll: false })

      for (let n = 1; n <= 31; n++) {
        const winner = records.findLast((each) => covers(each, day(n)))?.rootId
        expect(known.filter((span) => covers(span, day(n))).map(({ rootId }) => rootId)).toEqual(
          winner === undefined ? [] : [winner],
        )
      }
      expect(differenceOf(known, folded)).toEqual({ superseded: [], missing: [] })
    }),
    { numRuns: 300 },
  )
})
