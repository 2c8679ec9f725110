import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addMonths } from '../../platform/dates.ts'
import { changeTimeline, foldTimeline, type Span, type TimelineAct } from './timeline.rules.ts'

const act = (determinationId: string, from: string, to: string | null = null): TimelineAct => ({
  determinationId,
  from,
  to,
})

test('a later determination wins in its months and the earlier one shows again after it', () => {
  const folded = foldTimeline([act('a', '2020-01'), act('b', '2020-07', '2020-10')])

  expect(folded).toEqual([
    act('a', '2020-01', '2020-07'),
    act('b', '2020-07', '2020-10'),
    act('a', '2020-10'),
  ])
})

test('a determination without beginning before another leaves no gap and no overlap', () => {
  expect(foldTimeline([act('a', '2020-03', '2020-05'), act('b', '2020-08')])).toEqual([
    act('a', '2020-03', '2020-05'),
    act('b', '2020-08'),
  ])
})

test('a change in the middle supersedes one row and re-enters its two remainders', () => {
  const current: Span[] = [{ spanId: 's1', ...act('a', '2020-01') }]

  const change = changeTimeline(current, foldTimeline([act('a', '2020-01'), act('b', '2020-07', '2020-10')]))

  expect(change.supersede).toEqual(['s1'])
  expect(change.insert).toEqual([
    { ...act('b', '2020-07', '2020-10'), isChange: true },
    { ...act('a', '2020-01', '2020-07'), isChange: false },
    { ...act('a', '2020-10'), isChange: false },
  ])
})

test('an undone change enters only its own months again', () => {
  const current: Span[] = [
    { spanId: 's2', ...act('a', '2020-01', '2020-07') },
    { spanId: 's3', ...act('b', '2020-07', '2020-10') },
    { spanId: 's4', ...act('a', '2020-10') },
  ]

  const change = changeTimeline(current, foldTimeline([act('a', '2020-01')]))

  expect(change).toEqual({
    supersede: ['s3'],
    insert: [{ ...act('a', '2020-07', '2020-10'), isChange: true }],
  })
})

const month = fc.integer({ min: 0, max: 18 }).map((n) => addMonths('2020-01', n))
const anyAct = fc.record({
  determinationId: fc.constantFrom('a', 'b', 'c', 'd'),
  from: month,
  length: fc.option(fc.integer({ min: 1, max: 6 })),
})

test('whatever was known before, the change makes every month show the determination that the naive reading gives', () => {
  const history = fc
    .array(anyAct, { maxLength: 7 })
    .map((list) =>
      list.map(({ determinationId, from, length }) =>
        act(determinationId, from, length === null ? null : addMonths(from, length)),
      ),
    )
  fc.assert(
    fc.property(history, history, (before, after) => {
      const current = foldTimeline(before).map((span, index) => ({ ...span, spanId: `s${index}` }))
      const { supersede, insert } = changeTimeline(current, foldTimeline(after))
      const rows = [...current.filter((span) => !supersede.includes(span.spanId)), ...insert]
      for (let n = 0; n < 26; n++) {
        const on = addMonths('2020-01', n)
        const covering = rows.filter((row) => row.from <= on && (row.to === null || on < row.to))
        const naive = after.findLast((each) => each.from <= on && (each.to === null || on < each.to))
        expect(covering.map((row) => row.determinationId)).toEqual(naive ? [naive.determinationId] : [])
      }
    }),
  )
})
