import { addDays, type Instant } from '../../platform/dates.ts'
import { REVEALED } from './file-event.rules.ts'
import type { SeenLook } from './look.db.ts'
import { LOOK_TITLES } from './person-file.schema.ts'

export interface Visit {
  at: Instant
  actorId: string
  what: string[]
}

const MINUTES = 30

/** Newest first: one visit for what one person looked at within half an hour; a number shown in clear is always named. */
export function visitsOf(looks: readonly SeenLook[], purposes: Readonly<Record<string, string>>): Visit[] {
  const visits: (Visit & { since: Instant })[] = []
  for (const look of looks) {
    const open = visits.find(
      ({ actorId, since }) => actorId === look.actorId && minutesBetween(look.at, since) <= MINUTES,
    )
    const visit = open ?? { at: look.at, since: look.at, actorId: look.actorId, what: [] }
    if (!open) visits.push(visit)
    visit.since = look.at
    const title = titleOf(look, purposes)
    if (!visit.what.includes(title)) visit.what.unshift(title)
  }
  return visits.map(({ at, actorId, what }) => ({ at, actorId, what }))
}

function titleOf({ what, part, purpose }: SeenLook, purposes: Readonly<Record<string, string>>): string {
  if (what !== 'revealed') return LOOK_TITLES[what]
  const number = part === null ? '证件号码和电话' : (REVEALED[part] ?? '号码')
  return `查看完整${number}（${purposes[purpose ?? ''] ?? '未写明用途'}）`
}

/** Of two instants of one day or its neighbour; the text is UTC. */
function minutesBetween(earlier: Instant, later: Instant): number {
  const minutes = (at: Instant) => Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16))
  if (earlier.slice(0, 10) === later.slice(0, 10)) return minutes(later) - minutes(earlier)
  return minutes(later) + 24 * 60 - minutes(earlier) + (isNextDay(earlier, later) ? 0 : Infinity)
}

function isNextDay(earlier: Instant, later: Instant): boolean {
  return addDays(earlier.slice(0, 10), 1) === later.slice(0, 10)
}
