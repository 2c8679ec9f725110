import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addDays,
  addMonths,
  addMonthsToDate,
  ageOn,
  asMonth,
  asPlainDate,
  birthday,
  compare,
  daysApart,
  firstDay,
  fullInstant,
  isMonth,
  isPlainDate,
  lastDay,
  monthOf,
  monthsApart,
  monthsBetween,
  weekday,
  yearOf,
} from './dates.ts'

const anyDate = fc
  .integer({ min: Date.UTC(1000, 0, 1) / 86_400_000, max: Date.UTC(9000, 0, 1) / 86_400_000 })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10))

test.each([
  ['2026-03-01', true],
  ['2024-02-29', true],
  ['2000-02-29', true],
  ['0001-01-01', true],
  ['9999-12-31', true],
  ['2026-02-29', false],
  ['1900-02-29', false],
  ['2026-04-31', false],
  ['2026-13-01', false],
  ['2026-00-10', false],
  ['2026-01-00', false],
  ['0000-01-01', false],
  ['2026-3-1', false],
  ['20260301', false],
  ['2026-03-01T00:00:00Z', false],
  [' 2026-03-01', false],
  ['2026-03-01\n', false],
  [20260301, false],
  [null, false],
])('%j is a date: %s', (value, expected) => {
  expect(isPlainDate(value)).toBe(expected)
  if (expected) expect(asPlainDate(value)).toBe(value)
  else {
    expect(() => asPlainDate(value)).toThrow(
      expect.objectContaining({ code: 'platform.date_format', status: 422 }),
    )
  }
})

test('a refused date repeats nothing as long as an identity number', () => {
  expect(() => asPlainDate('11010519491231002X')).toThrow(/^“…”不是有效日期/)
  expect(() => asPlainDate('2026-02-30')).toThrow(/^“2026-02-30”不是有效日期/)
})

test.each([
  ['2026-03', true],
  ['0001-12', true],
  ['2026-13', false],
  ['2026-00', false],
  ['0000-05', false],
  ['2026-3', false],
  ['2026-03-01', false],
])('%s is a month: %s', (value, expected) => {
  expect(isMonth(value)).toBe(expected)
  if (expected) expect(asMonth(value)).toBe(value)
  else expect(() => asMonth(value)).toThrow(expect.objectContaining({ code: 'platform.month_format' }))
})

test.each([
  ['2026-02', '2026-02-28'],
  ['2024-02', '2024-02-29'],
  ['2100-02', '2100-02-28'],
  ['2026-04', '2026-04-30'],
  ['2026-12', '2026-12-31'],
])('the month %s ends on %s', (month, last) => {
  expect(lastDay(month)).toBe(last)
  expect(firstDay(month)).toBe(`${month}-01`)
  expect(monthOf(last)).toBe(month)
  expect(yearOf(month)).toBe(Number(month.slice(0, 4)))
})

test.each([
  ['2026-01', 0, '2026-01'],
  ['2026-12', 1, '2027-01'],
  ['2026-01', -1, '2025-12'],
  ['2026-06', 18, '2027-12'],
  ['2026-06', -30, '2023-12'],
])('%s plus %d months is %s', (month, n, expected) => {
  expect(addMonths(month, n)).toBe(expected)
  expect(monthsApart(month, expected)).toBe(n)
})

test('months between include both ends and are empty backwards', () => {
  expect(monthsBetween('2025-11', '2026-02')).toStrictEqual(['2025-11', '2025-12', '2026-01', '2026-02'])
  expect(monthsBetween('2026-02', '2026-02')).toStrictEqual(['2026-02'])
  expect(monthsBetween('2026-02', '2026-01')).toStrictEqual([])
})

test.each([
  ['2026-02-28', 1, '2026-03-01'],
  ['2024-02-28', 1, '2024-02-29'],
  ['2026-01-01', -1, '2025-12-31'],
  ['2026-03-01', -1, '2026-02-28'],
  ['1969-12-31', 1, '1970-01-01'],
  ['2000-01-01', 366, '2001-01-01'],
])('%s plus %d days is %s', (date, n, expected) => {
  expect(addDays(date, n)).toBe(expected)
  expect(daysApart(date, expected)).toBe(n)
})

test.each([
  ['2026-01-31', 1, '2026-02-28'],
  ['2024-01-31', 1, '2024-02-29'],
  ['2026-02-28', 1, '2026-03-28'],
  ['2026-03-31', -1, '2026-02-28'],
  ['2024-02-29', 12, '2025-02-28'],
  ['2024-02-29', 48, '2028-02-29'],
  ['2026-12-31', 2, '2027-02-28'],
  ['2026-01-15', -13, '2024-12-15'],
])('T2: %s plus %d months is the corresponding day or the last of the month, %s', (date, n, expected) => {
  expect(addMonthsToDate(date, n)).toBe(expected)
})

test.each([
  ['1970-01-01', 4],
  ['2026-02-12', 4],
  ['2026-02-22', 7],
  ['2026-04-20', 1],
  ['1949-10-01', 6],
])('%s is weekday %d (1 = Monday)', (date, expected) => {
  expect(weekday(date)).toBe(expected)
})

test.each([
  // born, on, age: the Nth birthday and the day before it
  ['1946-03-15', '2026-03-14', 79],
  ['1946-03-15', '2026-03-15', 80],
  ['1946-03-15', '2026-03-16', 80],
  ['1946-03-15', '2026-02-28', 79],
  ['1946-03-15', '2026-04-01', 80],
  ['2008-02-29', '2026-02-27', 17],
  ['2008-02-29', '2026-02-28', 18],
  ['2008-02-29', '2028-02-28', 19],
  ['2008-02-29', '2028-02-29', 20],
  ['2026-05-01', '2026-05-01', 0],
  ['2026-05-01', '2026-04-30', -1],
])('T9: born %s, on %s is %d years old', (bornOn, on, age) => {
  expect(ageOn(bornOn, on)).toBe(age)
})

test('T9: born on 29 February, the birthday of a common year is 28 February', () => {
  expect(birthday('2008-02-29', 18)).toBe('2026-02-28')
  expect(birthday('2008-02-29', 20)).toBe('2028-02-29')
})

test('a date beyond the years 1 to 9999 is refused', () => {
  const range = expect.objectContaining({ code: 'platform.date_range' })

  expect(addDays('9999-12-30', 1)).toBe('9999-12-31')
  expect(() => addDays('9999-12-31', 1)).toThrow(range)
  expect(() => addMonths('0001-01', -1)).toThrow(range)
  expect(() => addMonths('2026-01', 0.5)).toThrow(range)
})

test('an ill-formed date is refused by arithmetic too', () => {
  expect(() => addDays('2026-02-30', 1)).toThrow(expect.objectContaining({ code: 'platform.date_format' }))
  expect(() => ageOn('1990-1-1', '2026-01-01')).toThrow(
    expect.objectContaining({ code: 'platform.date_format' }),
  )
  expect(() => addMonths('2026', 1)).toThrow(expect.objectContaining({ code: 'platform.month_format' }))
})

test('civil arithmetic agrees with the UTC calendar of the platform', () => {
  fc.assert(
    fc.property(anyDate, fc.integer({ min: -300_000, max: 300_000 }), (date, n) => {
      const expected = new Date(Date.parse(`${date}T00:00:00Z`) + n * 86_400_000)

      expect(addDays(date, n)).toBe(expected.toISOString().slice(0, 10))
      expect(weekday(addDays(date, n)) % 7).toBe(expected.getUTCDay())
      expect(daysApart(date, addDays(date, n))).toBe(n)
    }),
  )
})

test('an age changes on the birthday and on no other day', () => {
  fc.assert(
    fc.property(anyDate, fc.integer({ min: 0, max: 120 }), (bornOn, age) => {
      const on = birthday(bornOn, age)

      expect(ageOn(bornOn, on)).toBe(age)
      expect(ageOn(bornOn, addDays(on, -1))).toBe(age - 1)
    }),
  )
})

test('dates, months and instants sort as text', () => {
  expect(compare('2026-01', '2026-02')).toBe(-1)
  expect(compare('2026-02-10', '2026-02-09')).toBe(1)
  expect(compare('2026-02-10', '2026-02-10')).toBe(0)
})

test.each([
  // What the server leaves out where it is 0.
  ['2020-03-01T00:00:00.00004Z', '2020-03-01T00:00:00.000040Z'],
  ['2020-03-01T00:00:00.123456Z', '2020-03-01T00:00:00.123456Z'],
  ['2020-03-01T00:00:00Z', '2020-03-01T00:00:00.000000Z'],
  ['2020-03-01T08:00:00+08:00', '2020-03-01T00:00:00.000000Z'],
  ['2020-03-01T00:00Z', '2020-03-01T00:00:00.000000Z'],
])('%s is %s in full', (text, full) => {
  expect(fullInstant(text)).toBe(full)
})

test('instants in full lie in the order of time', () => {
  const fractions = ['', '.00004', '.000042', '.1', '.12', '.123456']
  const full = fractions.map((fraction) => fullInstant(`2020-03-01T00:00:00${fraction}Z`))

  expect(full.toSorted()).toEqual(full)
})
