import { describe, expect, test } from 'vitest'
import { copiesToKeep, isCopyDue } from './base-plan.ts'

/** 18:00 UTC is 02:00 of the next day in China. */
const copyOf = (day: string) => ({ name: day, stoppedAt: `${day}T18:00:30.000000Z` })
const days = (month: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    copyOf(`${month}-${String(from + index).padStart(2, '0')}`),
  )

describe('which copies are kept', () => {
  test('the last of each of seven days, and of each of four weeks', () => {
    // In China the copies are of 2 March (a Monday) to 1 April 2026 (a Wednesday).
    const kept = copiesToKeep(days('2026-03', 1, 31), { daily: 7, weekly: 4 })
    const daily = ['25', '26', '27', '28', '29', '30', '31']
    const sundays = ['14', '21', '28'] // of China 15, 22 and 29 March; the week under way ends with the 31st
    expect([...kept].toSorted()).toEqual(
      [...new Set([...daily, ...sundays])].toSorted().map((day) => `2026-03-${day}`),
    )
  })

  test('of several on one day the last', () => {
    const early = { name: 'early', stoppedAt: '2026-03-01T02:00:00.000000Z' }
    const late = { name: 'late', stoppedAt: '2026-03-01T15:59:59.000000Z' }
    const next = { name: 'next', stoppedAt: '2026-03-01T16:00:00.000000Z' }
    expect([...copiesToKeep([late, next, early], { daily: 7, weekly: 0 })].toSorted()).toEqual([
      'late',
      'next',
    ])
  })

  test('the newest always stays', () => {
    expect([...copiesToKeep([copyOf('2026-03-01')], { daily: 1, weekly: 0 })]).toEqual(['2026-03-01'])
    expect(copiesToKeep([], { daily: 7, weekly: 4 }).size).toBe(0)
  })
})

describe('when a copy is due', () => {
  const at = (text: string) => `2026-03-${text}+08:00`

  test.each([
    ['none was made', undefined, at('10T12:00:00'), true],
    ['the hour has struck since', at('09T02:00:00'), at('10T02:00:00'), true],
    ['a second before the hour', at('09T02:00:01'), at('10T01:59:59'), false],
    ['made after the hour', at('10T02:00:00'), at('10T23:59:59'), false],
    ['the machine was off at the hour', at('08T02:00:05'), at('10T09:00:00'), true],
  ])('%s', (_, last, now, due) => {
    expect(isCopyDue(now, 2, last)).toBe(due)
  })
})
