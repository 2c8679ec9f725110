import { expect, test } from 'vitest'
import { runsOfCorrection } from './correction-view.rules.ts'
import type { RunRow, RunStatus } from './run.db.ts'

const day = (date: number) => `2020-03-${String(date).padStart(2, '0')}T00:00:00.000000Z`

/** Its number is the day of its cut. */
const run = (no: number, status: RunStatus, programGroup = 'a'): RunRow => ({
  ...{ no, programGroup, status, month: '2020-03', isFull: false, cut: day(no), baseNo: null, baseCut: null },
  ...{ formulas: {}, lines: 0, totalFen: 0, startedBy: 'x', checkedBy: null, approvedBy: null },
  ...{ publishedAt: null, comparison: status === 'computing' ? null : {} },
})
const proposed = { status: 'proposed', recordedAt: null } as const
const decidedOn = (date: number) => ({ status: 'decided', recordedAt: day(date) }) as const

test.each([
  ['no run yet', proposed, [], []],
  ['settled without it: nothing waits', proposed, [run(1, 'published')], []],
  ['an open run waits', proposed, [run(1, 'published'), run(2, 'checked')], [[2, 'found']]],
  ['sent back, it still says what it found', proposed, [run(2, 'rejected')], [[2, 'found']]],
  ['sent back and settled since', proposed, [run(2, 'rejected'), run(3, 'published')], []],
  ['still computing', proposed, [run(2, 'computing')], []],
  ['decided after the cut', decidedOn(3), [run(2, 'computed')], [[2, 'found']]],
  ['decided, then computed', decidedOn(3), [run(2, 'rejected'), run(4, 'computed')], [[4, 'written']]],
  ['the first that counts has settled it', decidedOn(3), [run(4, 'rejected'), run(5, 'published'), run(6, 'published')], [[5, 'settled']]], // prettier-ignore
  ['cancelled: the next one', decidedOn(3), [run(5, 'cancelled'), run(6, 'published')], [[6, 'settled']]],
  ['each group apart', decidedOn(3), [run(4, 'published', 'a'), run(5, 'computed', 'b')], [[4, 'settled'], [5, 'written']]], // prettier-ignore
])('%s', (_, correction, runs, told) => {
  expect(runsOfCorrection(correction, runs).map(({ run: { no }, stage }) => [no, stage])).toEqual(told)
})
