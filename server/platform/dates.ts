import { invalid } from './errors.ts'

/** A civil date `YYYY-MM-DD`, years 0001–9999. Text order is time order. */
export type PlainDate = string
/** A month `YYYY-MM`. Text order is time order. */
export type Month = string
/** ISO text in UTC with microseconds: `2026-03-01T08:00:00.000000Z`. */
export type Instant = string

const DATE = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

interface Civil {
  year: number
  month: number
  day: number
}

export function isPlainDate(value: unknown): value is PlainDate {
  return typeof value === 'string' && parseDate(value) !== undefined
}

/** Throws `platform.date_format` for a wrong form or a day that does not exist. */
export function asPlainDate(value: unknown): PlainDate {
  if (!isPlainDate(value)) throw badDate(value)
  return value
}

export function isMonth(value: unknown): value is Month {
  return typeof value === 'string' && MONTH.test(value) && !value.startsWith('0000')
}

/** Throws `platform.month_format`. */
export function asMonth(value: unknown): Month {
  if (!isMonth(value)) throw badMonth(value)
  return value
}

const WITH_FRACTION = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.(\d{1,6})Z$/

/** In UTC with six digits after the second, as the database gives instants: so the order of the texts is the order in time. */
export function fullInstant(text: Instant): Instant {
  const [, second, fraction = ''] = WITH_FRACTION.exec(text) ?? []
  if (second === undefined) return new Date(text).toISOString().replace('Z', '000Z')
  return `${second}.${fraction.padEnd(6, '0')}Z`
}

export function monthOf(date: PlainDate): Month {
  return date.slice(0, 7)
}

export function firstDay(month: Month): PlainDate {
  return `${month}-01`
}

export function lastDay(month: Month): PlainDate {
  const index = monthIndex(month)
  return `${month}-${two(daysInMonth(Math.floor(index / 12), (index % 12) + 1))}`
}

export function addMonths(month: Month, n: number): Month {
  return monthAt(monthIndex(month) + n)
}

/** From `a` to `b`, both included; empty when `b` lies before `a`. */
export function monthsBetween(a: Month, b: Month): Month[] {
  const start = monthIndex(a)
  return Array.from({ length: Math.max(0, monthIndex(b) - start + 1) }, (_, offset) =>
    monthAt(start + offset),
  )
}

/** Whole months from `a` to `b`; negative when `b` lies before `a`. */
export function monthsApart(a: Month, b: Month): number {
  return monthIndex(b) - monthIndex(a)
}

export function addDays(date: PlainDate, n: number): PlainDate {
  return civilToDate(civilFromDays(dayNumber(date) + n))
}

/** Days from `a` to `b`; negative when `b` lies before `a`. */
export function daysApart(a: PlainDate, b: PlainDate): number {
  return dayNumber(b) - dayNumber(a)
}

/** The corresponding day; where the month has none, its last day (民法典 art. 202). */
export function addMonthsToDate(date: PlainDate, n: number): PlainDate {
  const { year, month, day } = civil(date)
  const index = year * 12 + month - 1 + n
  const last = daysInMonth(Math.floor(index / 12), (((index % 12) + 12) % 12) + 1)
  return `${monthAt(index)}-${two(Math.min(day, last))}`
}

/** 1 = Monday … 7 = Sunday. */
export function weekday(date: PlainDate): number {
  // Day 0, 1970-01-01, was a Thursday.
  return ((((dayNumber(date) + 3) % 7) + 7) % 7) + 1
}

/** The day a person reaches this age (周岁); born on 29 February: 28 February in common years. */
export function birthday(bornOn: PlainDate, age: number): PlainDate {
  return addMonthsToDate(bornOn, 12 * age)
}

/** Age in 周岁: N from the Nth birthday on. Negative before birth. */
export function ageOn(bornOn: PlainDate, on: PlainDate): number {
  const born = civil(bornOn)
  const then = civil(on)
  const birthdayInYear = Math.min(born.day, daysInMonth(then.year, born.month))
  const reached = then.month === born.month ? then.day >= birthdayInYear : then.month > born.month
  return then.year - born.year - (reached ? 0 : 1)
}

/** −1, 0 or 1: for sorting dates, months and instants alike. */
export function compare(a: string, b: string): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0
}

export function yearOf(date: PlainDate | Month): number {
  return Number(date.slice(0, 4))
}

function parseDate(text: string): Civil | undefined {
  if (!DATE.test(text)) return undefined
  const year = Number(text.slice(0, 4))
  const month = Number(text.slice(5, 7))
  const day = Number(text.slice(8))
  return year >= 1 && day <= daysInMonth(year, month) ? { year, month, day } : undefined
}

function civil(date: PlainDate): Civil {
  const parsed = parseDate(date)
  if (!parsed) throw badDate(date)
  return parsed
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0)
}

function monthIndex(month: Month): number {
  if (!isMonth(month)) throw badMonth(month)
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1
}

function monthAt(index: number): Month {
  const year = Math.floor(index / 12)
  if (!Number.isInteger(index) || year < 1 || year > 9999) throw outOfRange()
  return `${String(year).padStart(4, '0')}-${two(index - year * 12 + 1)}`
}

/** Days since 1970-01-01 in the Gregorian calendar; a year counted from 1 March puts the leap day last. */
function dayNumber(date: PlainDate): number {
  const { year, month, day } = civil(date)
  const shifted = month > 2 ? year : year - 1
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146097 + dayOfEra - 719468
}

function civilFromDays(days: number): Civil {
  const shifted = days + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

function civilToDate({ year, month, day }: Civil): PlainDate {
  return `${monthAt(year * 12 + month - 1)}-${two(day)}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

function badDate(value: unknown) {
  return invalid('platform.date_format', `“${shown(value)}”不是有效日期，请按“年-月-日”填写，如 2026-03-01`)
}

function badMonth(value: unknown) {
  return invalid('platform.month_format', `“${shown(value)}”不是有效月份，请按“年-月”填写，如 2026-03`)
}

function outOfRange() {
  return invalid('platform.date_range', '日期计算结果超出公元 1 年至 9999 年，请检查日期和期限')
}

/** Nothing longer than a date is repeated: it may be an identity number in the wrong box. */
function shown(value: unknown): string {
  return typeof value === 'string' && value.length <= 10 ? value : '…'
}
