import { readFileSync } from 'node:fs'
import { addDays, addMonths, firstDay, lastDay, type Month, type PlainDate } from '../platform/dates.ts'
import { isWorkingDay, workingCalendar, type CalendarFile } from '../platform/working-days.ts'
import type { Dice } from './dice.ts'
import type { PlanCalendar } from './plan-types.ts'

/** The day the books of the old system are taken over. */
export const OPENED_ON: PlainDate = '2019-12-20'
/** The day the raised standards are published; re-verified incomes follow within the week. */
export const RAISE_ON: PlainDate = '2020-03-10'
/** Days on which re-verified incomes are decided. */
export const RAISE_DAYS: readonly PlainDate[] = ['2020-03-10', '2020-03-11', '2020-03-12', '2020-03-13']
export const RAISE_MONTH = 3
export const LAST_MONTH = 11
/** Rows say 12 for "open after November". */
export const OPEN = 12

const calendarFile = new URL('../platform/seed/working-calendar.json', import.meta.url)
const holidays = workingCalendar(JSON.parse(readFileSync(calendarFile, 'utf8')) as CalendarFile)

/** 0 = 2019-12, 1 = 2020-01 … 12 = 2020-12. */
export function monthOfIndex(index: number): Month {
  return addMonths('2019-12', index)
}

const calendars = Array.from({ length: LAST_MONTH + 1 }, (_, index) => calendarOf(monthOfIndex(index)))

/** Index 0 is December 2019, where only the close counts: the day the books were taken over. */
export function planCalendar(index: number): PlanCalendar {
  const calendar = calendars[index]
  if (!calendar) throw new Error(`the demonstration has no month ${String(index)}`)
  return index === 0 ? { ...calendar, closeOn: OPENED_ON } : calendar
}

function calendarOf(month: Month): PlanCalendar {
  const runOn = workingDayFrom(`${month}-15`)
  const approveOn = workingDayFrom(addDays(runOn, 1))
  return {
    runOn,
    approveOn,
    batchOn: approveOn,
    resultsOn: workingDayFrom(addDays(approveOn, 1)),
    closeOn: workingDayFrom(`${month}-22`),
  }
}

function workingDayFrom(date: PlainDate): PlainDate {
  let day = date
  while (!isWorkingDay(holidays, day)) day = addDays(day, 1)
  return day
}

/** One working day of the range, both ends included. */
export function workingDayIn(dice: Dice, from: PlainDate, to: PlainDate): PlainDate {
  return dice.pick(workingDays(from, to))
}

const known = new Map<string, PlainDate[]>()

function workingDays(from: PlainDate, to: PlainDate): PlainDate[] {
  const key = `${from}/${to}`
  const found = known.get(key)
  if (found) return found
  const days: PlainDate[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) {
    if (isWorkingDay(holidays, day)) days.push(day)
  }
  known.set(key, days)
  return days
}

/** When something that changes month `index` is entered: after the close of the month before, by the 9th. */
export function changeWindow(index: number): { from: PlainDate; to: PlainDate } {
  return { from: addDays(planCalendar(index - 1).closeOn, 1), to: `${monthOfIndex(index)}-09` }
}

/** A day for entering what changes month `index`. */
export function changeDay(dice: Dice, index: number): PlainDate {
  const { from, to } = changeWindow(index)
  return workingDayIn(dice, from, to)
}

/** Support is paid from the month after the decision: a day of the month before `index`, outside the days of payment. */
export function decisionDay(dice: Dice, index: number): PlainDate {
  const month = monthOfIndex(index - 1)
  const { runOn, closeOn } = planCalendar(index - 1)
  if (index === 1 || dice.percent(40)) return workingDayIn(dice, addDays(closeOn, 1), lastDay(month))
  return workingDayIn(dice, firstDay(month), addDays(runOn, -1))
}

/** A decision of the month before `index` that also ends something which that month still paid. */
export function lateDecisionDay(dice: Dice, index: number): PlainDate {
  return workingDayIn(dice, addDays(planCalendar(index - 1).closeOn, 1), lastDay(monthOfIndex(index - 1)))
}

/** A day of life (a death, a birth, a departure) in month `index`, before it is entered. */
export function dayOfLife(dice: Dice, index: number, enteredOn: PlainDate): PlainDate {
  const month = monthOfIndex(index)
  const last = [lastDay(month), addDays(enteredOn, -1)].toSorted()[0] ?? lastDay(month)
  return addDays(firstDay(month), dice.below(Number(last.slice(8))))
}

/** The month whose run is the first to know what is entered on this day; 0 for the opening. */
export function indexOfDay(on: PlainDate): number {
  if (on <= OPENED_ON) return 0
  for (let index = 1; index <= LAST_MONTH; index += 1) {
    if (on < planCalendar(index).runOn && on > planCalendar(index - 1).closeOn) return index
  }
  throw new Error(`nothing is entered on ${on}: it lies between a run and its close, or after the last run`)
}
