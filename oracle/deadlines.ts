/** Legal time limits, counted day by day (rulebook §0.1, T1–T4 and T9). */
import { nextDay, previousDay, sameDayMonthsLater, weekday } from './calendar.ts'
import type { PlainDate } from './calendar.ts'

/** The yearly notice of the State Council's office (T7): rest days on workdays, and weekends that are worked. */
export type HolidayCalendar = Record<string, { holidays: string[]; makeupWorkdays: string[] }>

export type LimitUnit = 'working_days' | 'days' | 'months'

/** T4: no weekend, no public holiday, but the make-up Saturdays and Sundays. Throws when the year is not loaded. */
export function isWorkingDay(date: PlainDate, calendar: HolidayCalendar): boolean {
  const year = calendar[date.slice(0, 4)]
  if (year === undefined)
    throw new Error(`no holiday calendar for ${date.slice(0, 4)}; cannot tell whether ${date} is worked`)
  if (year.makeupWorkdays.includes(date)) return true
  if (year.holidays.includes(date)) return false
  return weekday(date) !== 0 && weekday(date) !== 6
}

/** T1 + T4: the start day is not counted; the limit ends on the n-th working day after it. */
export function dueInWorkingDays(start: PlainDate, count: number, calendar: HolidayCalendar): PlainDate {
  checkCount(count)
  let date = start
  let counted = 0
  while (counted < count) {
    date = nextDay(date)
    if (isWorkingDay(date, calendar)) counted = counted + 1
  }
  return date
}

/** T1: the n-th natural day after the start, wherever it falls (limits marked `!` in rulebook §12). */
export function rawDays(start: PlainDate, count: number): PlainDate {
  checkCount(count)
  let date = start
  for (let i = 0; i < count; i++) date = nextDay(date)
  return date
}

/** T2: the corresponding day n months later, wherever it falls. */
export function rawMonths(start: PlainDate, count: number): PlainDate {
  checkCount(count)
  return sameDayMonthsLater(start, count)
}

/** T3: a limit whose last day is a rest day ends on the day after the rest days. */
export function rolled(date: PlainDate, calendar: HolidayCalendar): PlainDate {
  let end = date
  while (!isWorkingDay(end, calendar)) end = nextDay(end)
  return end
}

/** A limit of rulebook §12. Working days never need T3; `isThreshold` (the `!`) keeps the raw day. */
export function deadline(
  start: PlainDate,
  limit: { count: number; unit: LimitUnit; isThreshold?: boolean | undefined },
  calendar: HolidayCalendar,
): PlainDate {
  if (limit.unit === 'working_days') return dueInWorkingDays(start, limit.count, calendar)
  const raw = limit.unit === 'days' ? rawDays(start, limit.count) : rawMonths(start, limit.count)
  return limit.isThreshold === true ? raw : rolled(raw, calendar)
}

/** Counted backwards, never rolled: the last day on which something must be done n days before an event (DL28). */
export function latestDayBefore(event: PlainDate, count: number): PlainDate {
  checkCount(count)
  let date = event
  for (let i = 0; i < count; i++) date = previousDay(date)
  return date
}

/** T9: age n is reached on the n-th birthday; 29 February becomes 28 February in common years. */
export function birthdayOf(born: PlainDate, age: number): PlainDate {
  checkCount(age)
  return sameDayMonthsLater(born, 12 * age)
}

/** Full years (周岁) on a day. Throws for a day before birth. */
export function ageOn(born: PlainDate, day: PlainDate): number {
  if (day < born) throw new Error(`born on ${born}, not yet on ${day}`)
  let age = 0
  while (birthdayOf(born, age + 1) <= day) age = age + 1
  return age
}

/** Rulebook §1.1 (art. 21) and §1.2 (art. 17): paid from the month after the decision. */
export function payFromMonth(decidedOn: PlainDate): string {
  return sameDayMonthsLater(`${decidedOn.slice(0, 7)}-01`, 1).slice(0, 7)
}

function checkCount(count: number): void {
  if (!Number.isSafeInteger(count) || count < 0) throw new Error(`not a count: ${count}`)
}
