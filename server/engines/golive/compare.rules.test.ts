import { expect, test } from 'vitest'
import { explain, type Difference } from './compare.rules.ts'

const around = (rest: object = {}) => ({
  ...{ isGranted: true, wasGranted: true, isSameDecision: true, byEarlierLawFen: 0, wasDueFen: 0, ...rest },
})
const line = (oldFen: number | null, newFen: number | null, rest: Partial<Difference> = {}): Difference => ({
  ...{ oldFen, newFen, arrearsFen: 0, oldPersons: null, newPersons: null },
  ...{ isImported: true, isHeld: false, around: around(), ...rest },
})

test.each<[string, Difference, string | undefined]>([
  ['held here, and the old list paid nothing', line(0, 775_00, { isHeld: true }), 'held'],
  ['held here, and not on the old list', line(null, 775_00, { isHeld: true }), 'held'],
  ['held here, yet the old list paid something', line(700_00, 775_00, { isHeld: true }), undefined],
  ['arrears on the old list: 1452 − 968 = 484', line(1452_00, 484_00, { arrearsFen: 968_00 }), 'arrears_out'],
  ['a fen beside its arrears', line(1452_01, 484_00, { arrearsFen: 968_00 }), undefined],
  [
    'newly granted here',
    line(null, 775_00, { isImported: false, around: around({ wasGranted: false }) }),
    'new_grant',
  ],
  [
    'carried over, and the old list has nothing',
    line(null, 775_00, { around: around({ wasGranted: false }) }),
    undefined,
  ],
  ['granted before the opening month already', line(null, 775_00, { isImported: false }), undefined],
  [
    'ended, and it had been the old amount',
    line(484_00, null, { around: around({ isGranted: false, wasDueFen: 484_00 }) }),
    'ended_grant',
  ],
  [
    'ended, and it had been something else',
    line(480_00, null, { around: around({ isGranted: false, wasDueFen: 484_00 }) }),
    undefined,
  ],
  [
    'nobody decided about it',
    line(484_00, null, { around: around({ isGranted: false, wasGranted: false }) }),
    undefined,
  ],
  [
    'the standard of the month before',
    line(484_00, 520_00, { around: around({ byEarlierLawFen: 484_00 }) }),
    'earlier_law',
  ],
  [
    'a fen beside that standard',
    line(484_01, 520_00, { around: around({ byEarlierLawFen: 484_00 }) }),
    undefined,
  ],
  [
    'the decision before the change',
    line(484_00, 968_00, {
      around: around({ isSameDecision: false, wasDueFen: 484_00, byEarlierLawFen: 968_00 }),
    }),
    'earlier_decision',
  ],
  [
    'twice the people at the same each',
    line(702_00, 1404_00, { oldPersons: 1, newPersons: 2 }),
    'per_person',
  ],
  [
    'twice the people, not at the same each',
    line(702_33, 1404_00, { oldPersons: 1, newPersons: 2 }),
    undefined,
  ],
  ['rounded to yuan', line(501_00, 500_63), 'rounded'],
  ['rounded to jiao', line(500_60, 500_63), 'rounded'],
  ['off by a yuan and a fen', line(502_00, 500_99), undefined],
  ['off by a fen without rounding', line(500_61, 500_63), undefined],
  [
    'a missing standard proves nothing',
    line(484_00, 520_00, { around: around({ byEarlierLawFen: null }) }),
    undefined,
  ],
  ['no award at all', line(484_00, null, { around: undefined }), undefined],
])('%s', (_, difference, rule) => {
  expect(explain(difference)?.rule).toBe(rule)
})
