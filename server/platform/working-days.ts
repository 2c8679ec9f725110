import { addDays, addMonthsToDate, isPlainDate, weekday, yearOf, type PlainDate } from './dates.ts'
import { conflict, invalid } from './errors.ts'

/** The days that differ from the plain week, for the years that are known. Published each year, sometimes changed. */
export interface WorkingCalendar {
  years: ReadonlySet<number>
  /** Days off by notice, weekend days inside a holiday included. */
  holidays: ReadonlySet<PlainDate>
  /** Saturdays and Sundays worked by notice (调休). */
  makeupWorkdays: ReadonlySet<PlainDate>
}

export interface CalendarFile {
  format: string
  years: readonly CalendarYear[]
}

export interface CalendarYear {
  year: number
  /** The notice, as cited on paper. */
  basis: string
  holidays: readonly PlainDate[]
  makeupWorkdays: readonly PlainDate[]
}

export interface Rolling {
  /** Whether a period that would end on a rest day ends on the next working day (民法典 art. 203). */
  roll: boolean
}

export const CALENDAR_FORMAT = 'minben-calendar/1'

/** Reads a calendar file; throws `platform.calendar_format` for a wrong form, a date of another year, a year twice. */
export function workingCalendar(file: CalendarFile): WorkingCalendar {
  if (file.format !== CALENDAR_FORMAT) throw badCalendar(`格式应为 ${CALENDAR_FORMAT}`)
  const calendar = {
    years: new Set<number>(),
    holidays: new Set<string>(),
    makeupWorkdays: new Set<string>(),
  }
  for (const { year, basis, holidays, makeupWorkdays } of file.years) {
    if (calendar.years.has(year)) throw badCalendar(`${year}年重复出现`)
    if (basis.trim() === '') throw badCalendar(`${year}年没有注明依据的通知`)
    calendar.years.add(year)
    for (const date of [...holidays, ...makeupWorkdays]) {
      if (!isPlainDate(date) || yearOf(date) !== year) throw badCalendar(`${date}不是${year}年的日期`)
    }
    for (const date of holidays) calendar.holidays.add(date)
    for (const date of makeupWorkdays) {
      if (calendar.holidays.has(date)) throw badCalendar(`${date}同时列为放假和上班`)
      if (weekday(date) < 6) throw badCalendar(`${date}不是周末，不能列为补班`)
      calendar.makeupWorkdays.add(date)
    }
  }
  return calendar
}

/** Throws `platform.calendar_missing` for a day of a year without a calendar, an ordinary Sunday included. */
export function isWorkingDay(calendar: WorkingCalendar, date: PlainDate): boolean {
  const day = weekday(date)
  if (!calendar.years.has(yearOf(date))) throw missingYear(yearOf(date))
  if (calendar.holidays.has(date)) return false
  return day < 6 || calendar.makeupWorkdays.has(date)
}

export function isRestDay(calendar: WorkingCalendar, date: PlainDate): boolean {
  return !isWorkingDay(calendar, date)
}

/** The nth working day after `start`; `start` itself does not count (民法典 art. 201). */
export function deadlineInWorkingDays(calendar: WorkingCalendar, start: PlainDate, n: number): PlainDate {
  let date = addDays(start, 0)
  for (let left = checkedLength(n); left > 0;) {
    date = addDays(date, 1)
    if (isWorkingDay(calendar, date)) left -= 1
  }
  return date
}

/** The nth natural day after `start`. Unrolled it asks nothing of the calendar. */
export function deadlineInDays(
  calendar: WorkingCalendar,
  start: PlainDate,
  n: number,
  { roll }: Rolling,
): PlainDate {
  const date = addDays(start, checkedLength(n))
  return roll ? rolled(calendar, date) : date
}

/** The corresponding day after n months or that month's last day (民法典 art. 202). Unrolled it asks nothing of the calendar. */
export function deadlineInMonths(
  calendar: WorkingCalendar,
  start: PlainDate,
  n: number,
  { roll }: Rolling,
): PlainDate {
  const date = addMonthsToDate(start, checkedLength(n))
  return roll ? rolled(calendar, date) : date
}

function rolled(calendar: WorkingCalendar, date: PlainDate): PlainDate {
  let day = date
  while (isRestDay(calendar, day)) day = addDays(day, 1)
  return day
}

function checkedLength(n: number): number {
  if (!Number.isInteger(n) || n < 0)
    throw invalid('platform.period_format', '期限应为不小于零的整数，请检查期限设置')
  return n
}

function missingYear(year: number) {
  return conflict(
    'platform.calendar_missing',
    `缺少${year}年的工作日历，无法计算期限。请先录入国务院办公厅关于${year}年节假日安排的通知`,
    { year },
  )
}

function badCalendar(reason: string) {
  return invalid('platform.calendar_format', `工作日历文件有误：${reason}。请更正后重新导入`)
}
