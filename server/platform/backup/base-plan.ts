/** When a copy of the data directory is due, and which copies are kept. Days are those of China. */
import { civilDateOf } from '../clock.ts'
import { addDays, weekday, type Instant, type PlainDate } from '../dates.ts'

export interface KeptCopy {
  name: string
  stoppedAt: Instant
}

/** The last copy of each of the last days and weeks that have one; the newest is always among them. */
export function copiesToKeep(
  copies: readonly KeptCopy[],
  { daily, weekly }: { daily: number; weekly: number },
): Set<string> {
  const newestFirst = [...copies].sort((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1))
  const kept = [
    ...lastOfEach(newestFirst, civilDateOf).slice(0, Math.max(1, daily)),
    ...lastOfEach(newestFirst, (at) => mondayOf(civilDateOf(at))).slice(0, weekly),
  ]
  return new Set(kept.map(({ name }) => name))
}

function lastOfEach(newestFirst: readonly KeptCopy[], spanOf: (at: Instant) => PlainDate): KeptCopy[] {
  const spans = new Map<PlainDate, KeptCopy>()
  for (const copy of newestFirst) {
    const span = spanOf(copy.stoppedAt)
    if (!spans.has(span)) spans.set(span, copy)
  }
  return [...spans.values()]
}

function mondayOf(date: PlainDate): PlainDate {
  return addDays(date, 1 - weekday(date))
}

/** `last`: when the newest copy that can be used was begun. A machine that was off at the hour makes up for it. */
export function isCopyDue(now: Instant, hour: number, last: Instant | undefined): boolean {
  return last === undefined || Date.parse(last) < lastDueAt(now, hour)
}

function lastDueAt(now: Instant, hour: number): number {
  const today = Date.parse(`${civilDateOf(now)}T${String(hour).padStart(2, '0')}:00:00+08:00`)
  return today <= Date.parse(now) ? today : today - 86_400_000
}
