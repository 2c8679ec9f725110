import { expect, test } from 'vitest'
import { addDays } from './dates.ts'
import calendarFile from './seed/working-calendar.json' with { type: 'json' }
import {
  deadlineInDays,
  deadlineInMonths,
  deadlineInWorkingDays,
  isRestDay,
  isWorkingDay,
  workingCalendar,
  type WorkingCalendar,
} from './working-days.ts'

const calendar = workingCalendar(calendarFile)
// The notice for 2027 is not part of the data; the examples that end in 2027 assume a plain week there.
const withPlain2027: WorkingCalendar = { ...calendar, years: new Set([...calendar.years, 2027]) }
const without2026: WorkingCalendar = {
  ...calendar,
  years: new Set([...calendar.years].filter((year) => year !== 2026)),
}

function missing(year: number): unknown {
  return expect.objectContaining({ code: 'platform.calendar_missing', details: { year } })
}

type Unit = 'wd' | 'd' | 'm' | 'd!' | 'm!'

/** Units as in the deadline table: working days, days, months; `!` is not rolled. */
function deadline(calendar: WorkingCalendar, start: string, period: { n: number; unit: Unit }): string {
  const { n, unit } = period
  if (unit === 'wd') return deadlineInWorkingDays(calendar, start, n)
  const count = unit.startsWith('d') ? deadlineInDays : deadlineInMonths
  return count(calendar, start, n, { roll: !unit.endsWith('!') })
}

// Two starts for each rule; the first crosses the Spring Festival of 2026 (15–23 February off, 14 and 28 worked).
const DEADLINES: [
  id: string,
  n: number,
  unit: Unit,
  startA: string,
  dueA: string,
  startB: string,
  dueB: string,
][] = [
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
  ['DL19b', 12, 'm', '2026-02-05', '2027-02-05', '2026-04-20', '2027-04-20'],
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

test.each(DEADLINES)('%s: %d %s from %s is %s, from %s is %s', (_id, n, unit, startA, dueA, startB, dueB) => {
  expect(deadline(withPlain2027, startA, { n, unit })).toBe(dueA)
  expect(deadline(withPlain2027, startB, { n, unit })).toBe(dueB)
})

test.each(DEADLINES.filter(([, , unit]) => !unit.endsWith('!')))(
  '%s: without the calendar of the year, %d %s is refused and not guessed',
  (_id, n, unit, startA, dueA, startB, dueB) => {
    expect(() => deadline(without2026, startA, { n, unit })).toThrow(missing(Number(dueA.slice(0, 4))))
    expect(() => deadline(without2026, startB, { n, unit })).toThrow(missing(Number(dueB.slice(0, 4))))
  },
)

test.each(DEADLINES.filter(([, , unit]) => unit.endsWith('!')))(
  '%s: %d %s is a plain date and needs no calendar',
  (_id, n, unit, startA, dueA) => {
    expect(deadline(without2026, startA, { n, unit })).toBe(dueA)
  },
)

test('counted backwards, 20 days before 1 March 2026 is 9 February, unrolled', () => {
  expect(addDays('2026-03-01', -20)).toBe('2026-02-09')
})

test('a period that runs into a year without a calendar names that year, at the first day it looks at', () => {
  expect(deadlineInWorkingDays(calendar, '2026-12-30', 1)).toBe('2026-12-31')
  expect(() => deadlineInWorkingDays(calendar, '2026-12-30', 2)).toThrow(missing(2027))
  expect(() => deadlineInDays(calendar, '2026-12-31', 1, { roll: true })).toThrow(missing(2027))
  expect(() => isWorkingDay(calendar, '2018-12-31')).toThrow(missing(2018))
  expect(() => isRestDay(calendar, '2027-01-03')).toThrow(missing(2027)) // a Sunday
  expect(() => isRestDay(calendar, '2027-01-03')).toThrow('缺少2027年的工作日历')
})

test('T1: the start day does not count, and zero days end on the start day', () => {
  expect(deadlineInWorkingDays(calendar, '2026-04-20', 0)).toBe('2026-04-20')
  expect(deadlineInWorkingDays(calendar, '2026-04-20', 1)).toBe('2026-04-21')
  expect(deadlineInDays(calendar, '2026-04-20', 0, { roll: true })).toBe('2026-04-20')
})

test('T2: a month from 31 January ends on the last day of February; that is a worked Saturday in 2026', () => {
  expect(deadlineInMonths(calendar, '2026-01-31', 1, { roll: true })).toBe('2026-02-28')
  expect(deadlineInMonths(calendar, '2025-01-31', 1, { roll: true })).toBe('2025-02-28') // Friday
  expect(deadlineInMonths(calendar, '2024-12-31', 1, { roll: false })).toBe('2025-01-31')
  expect(deadlineInMonths(calendar, '2024-12-31', 1, { roll: true })).toBe('2025-02-05') // festival to 4 February
})

test.each([
  ['2026-02-13', true], // Friday
  ['2026-02-14', true], // Saturday, worked
  ['2026-02-15', false],
  ['2026-02-23', false], // Monday, last day off
  ['2026-02-24', true],
  ['2026-02-28', true], // Saturday, worked
  ['2026-03-01', false], // Sunday
  ['2026-10-07', false],
  ['2026-10-08', true],
])('T3, T4: %s is a working day: %s', (date, expected) => {
  expect(isWorkingDay(calendar, date)).toBe(expected)
  expect(isRestDay(calendar, date)).toBe(!expected)
})

test.each([-1, 1.5, Number.NaN])('a period of %d is refused', (n) => {
  const refused = expect.objectContaining({ code: 'platform.period_format' })

  expect(() => deadlineInWorkingDays(calendar, '2026-04-20', n)).toThrow(refused)
  expect(() => deadlineInDays(calendar, '2026-04-20', n, { roll: false })).toThrow(refused)
  expect(() => deadlineInMonths(calendar, '2026-04-20', n, { roll: true })).toThrow(refused)
})

test('a start that is no date is refused even when nothing is counted', () => {
  expect(() => deadlineInWorkingDays(calendar, '2026-02-30', 0)).toThrow(
    expect.objectContaining({ code: 'platform.date_format' }),
  )
  expect(() => isWorkingDay(calendar, '')).toThrow(expect.objectContaining({ code: 'platform.date_format' }))
})

const year2026 = { year: 2026, basis: '示例通知', holidays: ['2026-01-01'], makeupWorkdays: ['2026-01-04'] }

test.each([
  ['another format', 'minben-calendar/2', [year2026]],
  ['a year twice', 'minben-calendar/1', [year2026, year2026]],
  ['no basis', 'minben-calendar/1', [{ ...year2026, basis: ' ' }]],
  ['a date of another year', 'minben-calendar/1', [{ ...year2026, holidays: ['2025-12-31'] }]],
  ['a day that does not exist', 'minben-calendar/1', [{ ...year2026, holidays: ['2026-02-29'] }]],
  ['a day both off and worked', 'minben-calendar/1', [{ ...year2026, holidays: ['2026-01-04'] }]],
  ['a make-up day in the week', 'minben-calendar/1', [{ ...year2026, makeupWorkdays: ['2026-01-05'] }]],
])('a calendar file with %s is refused', (_what, format, years) => {
  expect(() => workingCalendar({ format, years })).toThrow(
    expect.objectContaining({ code: 'platform.calendar_format' }),
  )
})
