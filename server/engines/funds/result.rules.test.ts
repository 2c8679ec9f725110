import { expect, test } from 'vitest'
import type { Outcome } from './bank-file.schema.ts'
import type { InstructionStatus } from './funds.schema.ts'
import { cashChange, moveOf } from './result.rules.ts'

type Case = [InstructionStatus, Outcome, reissued: boolean, InstructionStatus, isQuestion: boolean]

const CASES: Case[] = [
  ['in_flight', 'paid', false, 'paid', false],
  ['in_flight', 'returned', false, 'returned', false],
  ['in_flight', 'unknown', false, 'unknown', false],
  ['unknown', 'paid', false, 'paid', false],
  ['unknown', 'returned', false, 'returned', false],
  ['unknown', 'unknown', false, 'unknown', false],
  ['paid', 'paid', false, 'paid', false],
  ['paid', 'returned', false, 'returned', false],
  ['paid', 'unknown', false, 'paid', true],
  ['returned', 'returned', false, 'returned', false],
  ['returned', 'returned', true, 'returned', false],
  ['returned', 'paid', false, 'paid', false],
  ['returned', 'paid', true, 'late_paid', false],
  ['returned', 'unknown', false, 'unknown', false],
  ['returned', 'unknown', true, 'returned', true],
  ['late_paid', 'paid', true, 'late_paid', false],
  ['late_paid', 'returned', true, 'returned', false],
  ['late_paid', 'unknown', true, 'late_paid', true],
  ['cancelled', 'paid', false, 'cancelled', true],
]

test.each(CASES)('%s, answered %s, re-issued %s → %s', (status, outcome, hasOtherLive, next, isQuestion) => {
  expect(moveOf(status, outcome, { hasOtherLive, isCarried: true })).toEqual({ status: next, isQuestion })
})

test('a late payment that bounces after its claim was settled is a question', () => {
  const standing = { hasOtherLive: true, isCarried: false }

  expect(moveOf('late_paid', 'returned', standing)).toEqual({ status: 'late_paid', isQuestion: true })
  expect(moveOf('paid', 'returned', standing)).toEqual({ status: 'returned', isQuestion: false })
})

test.each([
  ['in_flight', 'paid', 0],
  ['in_flight', 'returned', -1],
  ['unknown', 'returned', -1],
  ['paid', 'returned', -1],
  ['late_paid', 'returned', -1],
  ['returned', 'paid', 1],
  ['returned', 'late_paid', 1],
  ['returned', 'unknown', 1],
  ['returned', 'returned', 0],
] as const)('%s → %s changes cash out by %i', (from, to, change) => {
  expect(cashChange(from, to)).toBe(change)
})
