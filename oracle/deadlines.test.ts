import { expect, test } from 'vitest'
import {
  ageOn,
  birthdayOf,
  deadline,
  isWorkingDay,
  latestDayBefore,
  payFromMonth,
  rawDays,
  rolled,
} from './deadlines.ts'
import type { HolidayCalendar, LimitUnit } from './deadlines.ts'
import { nextDay } from './calendar.ts'

/** Rulebook §0.1: holidays 1–3 Jan, 15–23 Feb, 4–6 Apr, 1–5 May, 19–21 Jun, 25–27 Sep, 1–7 Oct. */
const calendar: HolidayCalendar = {
  '2026': {
    holidays: [
      ...days('2026-01-01', '2026-01-03'),
      ...days('2026-02-15', '2026-02-23'),
      ...days('2026-04-04', '2026-04-06'),
      ...days('2026-05-01', '2026-05-05'),
      ...days('2026-06-19', '2026-06-21'),
      ...days('2026-09-25', '2026-09-27'),
      ...days('2026-10-01', '2026-10-07'),
    ],
    makeupWorkdays: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
  },
}

function days(first: string, last: string): string[] {
  const all: string[] = []
  for (let day = first; day <= last; day = nextDay(day)) all.push(day)
  return all
}

/** Rulebook §12, rows whose unit is wd, d or m; `!` = threshold, not rolled. Start dates alternate as printed there. */
const rows: [string, number, string, string, string, string, string][] = [
  ['DL01', 3, 'wd', '2026-02-12', '2026-02-24', '2026-04-20', '2026-04-23'],
  ['DL02', 3, 'wd', '2026-02-12', '2026-02-24', '2026-04-20', '2026-04-23'],
  ['DL03', 7, 'd', '2026-02-12', '2026-02-24', '2026-04-20', '2026-04-27'],
  ['DL04', 10, 'wd', '2026-02-05', '2026-02-26', '2026-04-20', '2026-05-07'],
  ['DL05', 3, 'wd', '2026-02-12', '2026-02-24', '2026-04-20', '2026-04-23'],
  ['DL06a', 30, 'wd', '2026-02-05', '2026-03-25', '2026-04-20', '2026-06-03'],
  ['DL06b', 45, 'wd', '2026-02-05', '2026-04-16', '2026-04-20', '2026-06-25'],
  ['DL06c', 20, 'wd', '2026-02-05', '2026-03-11', '2026-04-20', '2026-05-20'],
  ['DL07', 6, 'm!', '2026-02-05', '2026-08-05', '2026-04-20', '2026-10-20'],
  ['DL08', 3, 'm', '2026-02-05', '2026-05-06', '2026-04-20', '2026-07-20'],
  ['DL09', 15, 'wd', '2026-02-05', '2026-03-04', '2026-04-20', '2026-05-13'],
  ['DL10', 10, 'wd', '2026-02-05', '2026-02-26', '2026-04-20', '2026-05-07'],
  ['DL11', 12, 'm!', '2026-02-05', '2027-02-05', '2026-04-20', '2027-04-20'],
  ['DL12', 20, 'wd', '2026-02-05', '2026-03-11', '2026-04-20', '2026-05-20'],
  ['DL13a', 3, 'wd', '2026-02-12', '2026-02-24', '2026-04-20', '2026-04-23'],
  ['DL13b', 10, 'wd', '2026-02-05', '2026-02-26', '2026-04-20', '2026-05-07'],
  ['DL13c', 3, 'wd', '2026-02-12', '2026-02-24', '2026-04-20', '2026-04-23'],
  ['DL14', 15, 'wd', '2026-02-05', '2026-03-04', '2026-04-20', '2026-05-13'],
  ['DL15a', 30, 'd', '2026-02-05', '2026-03-09', '2026-04-20', '2026-05-20'],
  ['DL15b', 60, 'd', '2026-02-05', '2026-04-07', '2026-04-20', '2026-06-22'],
  ['DL16', 30, 'd', '2026-02-05', '2026-03-09', '2026-04-20', '2026-05-20'],
  ['DL17b', 7, 'wd', '2026-02-12', '2026-02-28', '2026-04-20', '2026-04-29'],
  ['DL17c', 1, 'm', '2026-02-05', '2026-03-05', '2026-04-20', '2026-05-20'],
  ['DL17d', 10, 'd!', '2026-02-12', '2026-02-22', '2026-04-20', '2026-04-30'],
  ['DL17e', 3, 'm!', '2026-02-05', '2026-05-05', '2026-04-20', '2026-07-20'],
  ['DL18a', 60, 'd', '2026-02-05', '2026-04-07', '2026-04-20', '2026-06-22'],
  ['DL18b', 30, 'd', '2026-02-05', '2026-03-09', '2026-04-20', '2026-05-20'],
  ['DL18c', 15, 'd', '2026-02-05', '2026-02-24', '2026-04-20', '2026-05-06'],
  ['DL18d', 3, 'm', '2026-02-05', '2026-05-06', '2026-04-20', '2026-07-20'],
  ['DL18e', 5, 'wd', '2026-02-12', '2026-02-26', '2026-04-20', '2026-04-27'],
  ['DL19a', 15, 'd', '2026-02-05', '2026-02-24', '2026-04-20', '2026-05-06'],
  ['DL20a', 5, 'd', '2026-02-12', '2026-02-24', '2026-04-20', '2026-04-27'],
  ['DL20b', 3, 'd', '2026-02-12', '2026-02-24', '2026-04-20', '2026-04-23'],
  ['DL20c', 10, 'd', '2026-02-05', '2026-02-24', '2026-04-20', '2026-04-30'],
  ['DL21', 20, 'wd', '2026-02-05', '2026-03-11', '2026-04-20', '2026-05-20'],
  ['DL22a', 20, 'wd', '2026-02-05', '2026-03-11', '2026-04-20', '2026-05-20'],
  ['DL22b', 10, 'wd', '2026-02-05', '2026-02-26', '2026-04-20', '2026-05-07'],
  ['DL23', 60, 'd', '2026-02-05', '2026-04-07', '2026-04-20', '2026-06-22'],
  ['DL24a', 90, 'd', '2026-02-05', '2026-05-06', '2026-04-20', '2026-07-20'],
  ['DL24b', 7, 'wd', '2026-02-12', '2026-02-28', '2026-04-20', '2026-04-29'],
  ['DL25', 10, 'wd', '2026-02-05', '2026-02-26', '2026-04-20', '2026-05-07'],
  ['DL26a', 10, 'wd', '2026-02-05', '2026-02-26', '2026-04-20', '2026-05-07'],
  ['DL26b', 20, 'wd', '2026-02-05', '2026-03-11', '2026-04-20', '2026-05-20'],
  ['DL27', 30, 'd', '2026-02-05', '2026-03-09', '2026-04-20', '2026-05-20'],
  ['DL27b', 20, 'd', '2026-02-05', '2026-02-25', '2026-04-20', '2026-05-11'],
]

function limitOf(count: number, unit: string): { count: number; unit: LimitUnit; isThreshold: boolean } {
  const units: Record<string, LimitUnit> = { wd: 'working_days', d: 'days', m: 'months' }
  const found = units[unit.replace('!', '')]
  if (found === undefined) throw new Error(`no unit ${unit}`)
  return { count, unit: found, isThreshold: unit.endsWith('!') }
}

test.each(rows)(
  '%s: %i %s from %s ends on %s; from %s on %s',
  (_id, count, unit, startA, dueA, startB, dueB) => {
    expect(deadline(startA, limitOf(count, unit), calendar)).toBe(dueA)
    expect(deadline(startB, limitOf(count, unit), calendar)).toBe(dueB)
  },
)

test('DL19b: a rolled limit that ends in a year without a calendar cannot be told', () => {
  expect(() => deadline('2026-02-05', limitOf(12, 'm'), calendar)).toThrow('no holiday calendar for 2027')

  const withPlain2027 = { ...calendar, '2027': { holidays: [], makeupWorkdays: [] } }
  expect(deadline('2026-02-05', limitOf(12, 'm'), withPlain2027)).toBe('2027-02-05') // Friday, as the rulebook prints
  expect(deadline('2026-04-20', limitOf(12, 'm'), withPlain2027)).toBe('2027-04-20')
})

test('working days that would run past the last calendar cannot be told', () => {
  expect(() => deadline('2026-12-30', limitOf(3, 'wd'), calendar)).toThrow('no holiday calendar for 2027')
})

test('DL17a: 24 hours after entry is the next day, never rolled', () => {
  expect(rawDays('2026-02-12', 1)).toBe('2026-02-13')
  expect(rawDays('2026-04-20', 1)).toBe('2026-04-21')
})

test('DL28: the voter list is published 20 days before election day, counted backwards', () => {
  expect(latestDayBefore('2026-03-01', 20)).toBe('2026-02-09')
  expect(latestDayBefore('2026-05-17', 20)).toBe('2026-04-27')
})

test('public notice of 7 days: posted 2026-02-11 ends after Spring Festival, posted 2026-03-12 on 03-19', () => {
  expect(deadline('2026-02-11', limitOf(7, 'd'), calendar)).toBe('2026-02-24') // raw 02-18, a holiday
  expect(deadline('2026-03-12', limitOf(7, 'd'), calendar)).toBe('2026-03-19')
})

test.each([
  ['2026-02-13', true], // Friday
  ['2026-02-14', true], // Saturday, worked
  ['2026-02-15', false], // Sunday, Spring Festival
  ['2026-02-23', false], // Monday, Spring Festival
  ['2026-02-24', true],
  ['2026-02-28', true], // Saturday, worked
  ['2026-03-01', false], // Sunday
])('%s is a working day: %s', (date, isWorked) => {
  expect(isWorkingDay(date, calendar)).toBe(isWorked)
})

test('T3: a last day on a make-up Saturday is worked and does not roll', () => {
  expect(rolled('2026-02-28', calendar)).toBe('2026-02-28')
  expect(rolled('2026-03-07', calendar)).toBe('2026-03-09') // an ordinary Saturday
})

test('T2: a month after 31 January ends on the last day of February', () => {
  expect(deadline('2026-01-31', limitOf(1, 'm'), calendar)).toBe('2026-02-28')
})

test('T9: age is reached on the birthday; 29 February becomes 28 February in common years', () => {
  expect(ageOn('1956-03-15', '2026-03-14')).toBe(69)
  expect(ageOn('1956-03-15', '2026-03-15')).toBe(70)
  expect(birthdayOf('2008-02-29', 18)).toBe('2026-02-28')
  expect(birthdayOf('2008-02-29', 20)).toBe('2028-02-29')
  expect(ageOn('2008-02-29', '2026-02-27')).toBe(17)
})

test('paid from the month after the decision: 2026-01-30 → February, make-up Saturday 2026-02-28 → March', () => {
  expect(payFromMonth('2026-01-30')).toBe('2026-02')
  expect(payFromMonth('2026-02-28')).toBe('2026-03')
  expect(payFromMonth('2026-12-31')).toBe('2027-01')
})
