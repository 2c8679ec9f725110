import chineseDays from 'chinese-days'
import { expect, test } from 'vitest'
import { addDays } from './dates.ts'
import calendarFile from './seed/working-calendar.json' with { type: 'json' }
import { isWorkingDay, workingCalendar } from './working-days.ts'

const calendar = workingCalendar(calendarFile)

function daysFrom(first: string, last: string): string[] {
  const days: string[] = []
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day)
  return days
}

test('the file covers 2019 to 2026, each year with the number of its notice', () => {
  expect(calendarFile.years.map((entry) => entry.year)).toStrictEqual([
    2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026,
  ])
  for (const { year, basis } of calendarFile.years) {
    expect(basis).toMatch(
      new RegExp(`^国办发明电〔${year - 1}〕\\d+号《国务院办公厅关于${year}年部分节假日安排的通知》`),
    )
  }
})

// No intended difference: the source, too, has the Labour Day of 2019 as changed and the Spring Festival of 2020 as
// prolonged. Should it be corrected in a way that we do not follow, the days go here with the reason.
const INTENDED_DIFFERENCES: string[] = []

test('every day of 2019 to 2026 is worked or not as in chinese-days', () => {
  const different = daysFrom('2019-01-01', '2026-12-31').filter(
    (day) => isWorkingDay(calendar, day) !== chineseDays.isWorkday(day),
  )

  expect(different).toStrictEqual(INTENDED_DIFFERENCES)
})

test('the named days off and make-up days are those of chinese-days, weekend days inside a holiday included', () => {
  const named = daysFrom('2019-01-01', '2026-12-31')
    .map((date) => chineseDays.getDayDetail(date))
    .filter((detail) => detail.name.includes(','))

  expect([...calendar.holidays]).toStrictEqual(
    named.filter((detail) => !detail.work).map((detail) => detail.date),
  )
  expect([...calendar.makeupWorkdays]).toStrictEqual(
    named.filter((detail) => detail.work).map((detail) => detail.date),
  )
})

// The dates of the notices, written out by hand: a second source beside chinese-days.
test.each([
  [
    2020,
    [
      ['01-01', '01-01'],
      ['01-24', '02-02'], // to 30 January by the first notice
      ['04-04', '04-06'],
      ['05-01', '05-05'],
      ['06-25', '06-27'],
      ['10-01', '10-08'],
    ],
    ['01-19', '04-26', '05-09', '06-28', '09-27', '10-10'], // 1 February was planned, then a day off
  ],
  [
    2021,
    [
      ['01-01', '01-03'],
      ['02-11', '02-17'],
      ['04-03', '04-05'],
      ['05-01', '05-05'],
      ['06-12', '06-14'],
      ['09-19', '09-21'],
      ['10-01', '10-07'],
    ],
    ['02-07', '02-20', '04-25', '05-08', '09-18', '09-26', '10-09'],
  ],
  [
    2026,
    [
      ['01-01', '01-03'],
      ['02-15', '02-23'],
      ['04-04', '04-06'],
      ['05-01', '05-05'],
      ['06-19', '06-21'],
      ['09-25', '09-27'],
      ['10-01', '10-07'],
    ],
    ['01-04', '02-14', '02-28', '05-09', '09-20', '10-10'],
  ],
])('%d is as its notice says', (year, ranges, makeupWorkdays) => {
  const entry = calendarFile.years.find((candidate) => candidate.year === year)

  expect(entry?.holidays).toStrictEqual(
    ranges.flatMap(([first, last]) => daysFrom(`${year}-${first}`, `${year}-${last}`)),
  )
  expect(entry?.makeupWorkdays).toStrictEqual(makeupWorkdays.map((day) => `${year}-${day}`))
})

test.each([
  ['2019-04-28', true], // Sunday, worked for the longer Labour Day of 2019
  ['2019-05-01', false],
  ['2019-05-02', false], // Thursday, a working day by the first notice
  ['2019-05-04', false],
  ['2019-05-05', true],
  ['2020-01-31', false], // Friday, a working day by the first notice
  ['2020-02-01', false], // Saturday, a make-up day by the first notice
  ['2020-02-02', false],
  ['2020-02-03', true],
  ['2022-12-31', false],
])('after the changes of 2019 and 2020, %s is a working day: %s', (date, expected) => {
  expect(isWorkingDay(calendar, date)).toBe(expected)
})
