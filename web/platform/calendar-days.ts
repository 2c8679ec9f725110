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
