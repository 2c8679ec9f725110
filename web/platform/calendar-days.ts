const DAY_MS = 86_400_000

export interface CalendarDay {
  day: string
  number: number
  isWeekend: boolean
}

/** A month as weeks from Monday; null where a week reaches into another month. */
export function weeksOf(year: number, month: number): (CalendarDay | null)[][] {
  const first = Date.UTC(year, month - 1, 1)
  const length = Math.round((Date.UTC(year, month, 1) - first) / DAY_MS)
  const lead = (new Date(first).getUTCDay() + 6) % 7
  const cells: (CalendarDay | null)[] = Array.from({ length: lead }, () => null)
  for (let number = 1; number <= length; number++) {
    const at = new Date(first + (number - 1) * DAY_MS)
    const weekday = at.getUTCDay()
    cells.push({ day: at.toISOString().slice(0, 10), number, isWeekend: weekday === 0 || weekday === 6 })
  }
  while (cells.length % 7 !== 0) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7))
}

/** Working days by month, January first: weekdays but the days off, and the weekend days that are worked. */
export function workingDaysIn(
  year: number,
  { holidays, makeupWorkdays }: { holidays: readonly string[]; makeupWorkdays: readonly string[] },
): number[] {
  const [off, worked] = [new Set(holidays), new Set(makeupWorkdays)]
  return Array.from({ length: 12 }, (_, index) => {
    const days = weeksOf(year, index + 1).flatMap((week) => week.flatMap((each) => each ?? []))
    return days.filter(({ day, isWeekend }) => !off.has(day) && (!isWeekend || worked.has(day))).length
  })
}
