/**
 * Civil dates for the oracle, counted one day at a time. Dates are `YYYY-MM-DD`, months `YYYY-MM`; both compare as
 * plain strings.
 */
export type PlainDate = string
export type Month = string

interface DateParts {
  year: number
  month: number
  day: number
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) {
    const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
    return isLeap ? 29 : 28
  }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

export function partsOf(date: PlainDate): DateParts {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new Error(`not a date: ${date}`)
  const year = Number(date.slice(0, 4))
  const month = Number(date.slice(5, 7))
  const day = Number(date.slice(8, 10))
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    throw new Error(`no such day: ${date}`)
  return { year, month, day }
}

export function plainDate({ year, month, day }: DateParts): PlainDate {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

export function nextDay(date: PlainDate): PlainDate {
  const { year, month, day } = partsOf(date)
  if (day < daysInMonth(year, month)) return plainDate({ year, month, day: day + 1 })
  if (month < 12) return plainDate({ year, month: month + 1, day: 1 })
  return plainDate({ year: year + 1, month: 1, day: 1 })
}

export function previousDay(date: PlainDate): PlainDate {
  const { year, month, day } = partsOf(date)
  if (day > 1) return plainDate({ year, month, day: day - 1 })
  if (month > 1) return plainDate({ year, month: month - 1, day: daysInMonth(year, month - 1) })
  return plainDate({ year: year - 1, month: 12, day: 31 })
}

/** 0 = Sunday … 6 = Saturday. */
export function weekday(date: PlainDate): number {
  const { year, month, day } = partsOf(date)
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay()
}

/** Rulebook T2 (Civil Code art. 202): the corresponding day; if there is none, the last day of that month. */
export function sameDayMonthsLater(date: PlainDate, months: number): PlainDate {
  const start = partsOf(date)
  let year = start.year
  let month = start.month
  for (let i = 0; i < months; i++) {
    month = month + 1
    if (month === 13) {
      month = 1
      year = year + 1
    }
  }
  return plainDate({ year, month, day: Math.min(start.day, daysInMonth(year, month)) })
}

export function checkMonth(month: Month): Month {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) throw new Error(`not a month: ${month}`)
  return month
}

export function firstDayOf(month: Month): PlainDate {
  return `${checkMonth(month)}-01`
}

export function lastDayOf(month: Month): PlainDate {
  const { year, month: number } = partsOf(firstDayOf(month))
  return plainDate({ year, month: number, day: daysInMonth(year, number) })
}

export function nextMonth(month: Month): Month {
  return nextDay(lastDayOf(month)).slice(0, 7)
}

/** Every month from `first` to `last`, both included; empty when `first` is later. */
export function monthsFromTo(first: Month, last: Month): Month[] {
  const months: Month[] = []
  for (let month = checkMonth(first); month <= checkMonth(last); month = nextMonth(month)) months.push(month)
  return months
}
