import { daysApart, type Instant, type Month } from '../../platform/dates.ts'
import type { DeterminationRow } from './determination.db.ts'
import { isLevelEnough } from './determination.rules.ts'

export const KIND_TITLES: Readonly<Record<DeterminationRow['kind'], string>> = {
  initial: '新批',
  change: '变更',
  retroactive: '追溯',
  end: '终止',
  gradual_exit: '渐退',
}

interface Reader {
  id: string
  level: string
  permissions: ReadonlySet<string>
}

export interface Duties {
  may: { check: boolean; refuse: boolean; undo: boolean; withdraw: boolean; edit: boolean }
  /** Why a proposal cannot be checked by this reader; null where it can, or nothing is to be done. */
  mayNot: string | null
}

/** What the reader may do about it, by the same rules as the commands. */
export function dutiesOf(
  {
    status,
    madeBy,
    editors,
    decidedLevel,
  }: Pick<DeterminationRow, 'status' | 'madeBy' | 'editors' | 'decidedLevel'>,
  reader: Reader,
): Duties {
  const isMaker = madeBy === reader.id
  const isOwn = isMaker || editors.includes(reader.id)
  const isClerk = reader.permissions.has('benefits.determination.propose')
  const isChecker = reader.permissions.has('benefits.determination.check')
  const isWaiting = status === 'proposed'
  const refusal = isWaiting
    ? refusalOf({ isMaker, isOwn, isChecker, decidedLevel, level: reader.level })
    : undefined
  return {
    may: {
      check: isWaiting && refusal === undefined,
      refuse: isWaiting && isChecker && !isOwn,
      undo: status === 'effective' && isChecker && !isOwn,
      withdraw: isWaiting && isMaker && isClerk,
      edit: isWaiting && isClerk,
    },
    mayNot: refusal ?? null,
  }
}

function refusalOf({
  isMaker,
  isOwn,
  isChecker,
  decidedLevel,
  level,
}: {
  isMaker: boolean
  isOwn: boolean
  isChecker: boolean
  decidedLevel: DeterminationRow['decidedLevel']
  level: string
}): string | undefined {
  if (isMaker) return '您是提出人，要由另一位同事复核。'
  if (isOwn) return '您修改过这份认定，要由另一位同事复核。'
  if (!isChecker) return '您的岗位没有复核权限。'
  if (!isLevelEnough(decidedLevel, level)) return '超出乡镇（街道）权限，要由县级复核。'
  return undefined
}

/** Whether two determinations of one award speak of the same month. */
export function overlapOf(
  one: { awardId: string; fromMonth: Month; toMonth: Month | null },
  other: { awardId: string; from: Month; to: Month | null },
): boolean {
  if (one.awardId !== other.awardId) return false
  return (other.to === null || one.fromMonth < other.to) && (one.toMonth === null || other.from < one.toMonth)
}

/** How long ago, as one says it. */
export function agoText(at: Instant, now: Instant): string {
  const minutes = daysApart(at.slice(0, 10), now.slice(0, 10)) * DAY + minuteOfDay(now) - minuteOfDay(at)
  if (minutes < 1) return '刚刚'
  if (minutes < 60) return `${minutes} 分钟前`
  if (minutes < DAY) return `${Math.floor(minutes / 60)} 小时前`
  return `${Math.floor(minutes / DAY)} 天前`
}

const DAY = 24 * 60

function minuteOfDay(at: Instant): number {
  return Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16))
}
