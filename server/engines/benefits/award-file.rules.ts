import {
  addMonths,
  firstDay,
  monthOf,
  monthsBetween,
  type Month,
  type PlainDate,
} from '../../platform/dates.ts'
import { sumFen, type Fen } from '../../platform/money.ts'
import type { DeterminationKind } from './award.schema.ts'
import type { ExplainedRow, FileAward, FileDetermination, FileSpan } from './award-file.db.ts'
import type { Program } from './programs.rules.ts'

/** What stands in a file about an award: plain words and sums, from rows that were read before. */

export const DETERMINATION_TITLES: Readonly<Record<DeterminationKind, string>> = {
  ...{
    initial: '首次认定',
    change: '变更认定',
    retroactive: '追溯认定',
    end: '终止认定',
    gradual_exit: '渐退认定',
  },
}
export function determinationTitle(kind: string): string {
  return DETERMINATION_TITLES[kind as DeterminationKind] ?? kind
}

export const STATUS_TITLES: Readonly<Record<FileDetermination['status'], string>> = {
  ...{ proposed: '待复核', effective: '已生效', refused: '未通过', undone: '已撤销' },
}

export type AwardState = 'none' | 'proposed' | 'planned' | 'active' | 'ended' | 'paid_once'

const STATE_TITLES: Readonly<Record<AwardState, string>> = {
  ...{ none: '未认定', proposed: '待复核', planned: '已认定，未到起始月', active: '享受中', ended: '已终止' },
  paid_once: '一次性，已认定',
}

export interface Standing {
  state: AwardState
  stateTitle: string
  /** First month given, and the first one after the last; null = open. */
  sinceMonth: Month | null
  endMonth: Month | null
}

export function standingOf(
  program: Program,
  spans: readonly FileSpan[],
  { on, isProposed }: { on: PlainDate; isProposed: boolean },
): Standing {
  const month = monthOf(on)
  const grants = spans.filter(({ outcome }) => outcome === 'grant')
  const stand = (state: AwardState): Standing => ({
    state,
    stateTitle: STATE_TITLES[state],
    ...stretchOf(grants, month),
  })
  const [end] = spans
  if (grants.length === 0 && end && !isProposed) return { ...stand('ended'), endMonth: end.fromMonth }
  if (grants.length === 0) return stand(isProposed ? 'proposed' : 'none')
  if (program.isOneOff) return stand('paid_once')
  if (grants.some((span) => isIn(span, month))) return stand('active')
  return stand(grants.some(({ fromMonth }) => fromMonth > month) ? 'planned' : 'ended')
}

function isIn({ fromMonth, toMonth }: Pick<FileSpan, 'fromMonth' | 'toMonth'>, month: Month): boolean {
  return fromMonth <= month && (toMonth === null || month < toMonth)
}

/** The unbroken stretch of grants around the month, or the next one, or the last. */
function stretchOf(
  grants: readonly FileSpan[],
  month: Month,
): { sinceMonth: Month | null; endMonth: Month | null } {
  const stretches: { sinceMonth: Month; endMonth: Month | null }[] = []
  for (const { fromMonth, toMonth } of grants) {
    const last = stretches.at(-1)
    if (last?.endMonth === fromMonth) last.endMonth = toMonth
    else stretches.push({ sinceMonth: fromMonth, endMonth: toMonth })
  }
  const found = stretches.find(({ endMonth }) => endMonth === null || month < endMonth) ?? stretches.at(-1)
  return found ?? { sinceMonth: null, endMonth: null }
}

/** The span in force in a month. */
export function spanIn(spans: readonly FileSpan[], month: Month): FileSpan | undefined {
  return spans.find((span) => isIn(span, month))
}

/** The part of a line that is meant for these people. */
export function ownPart({ detail }: ExplainedRow, personIds: readonly string[]): Fen {
  return sumFen((detail.shares ?? []).filter(([id]) => personIds.includes(id)).map(([, fen]) => fen))
}

/** What a month comes to by its lines that count, the last of which says how. */
export interface CountedMonth {
  month: Month
  dueFen: Fen
  ownFen: Fen
  last: ExplainedRow
}

export function countedMonths(lines: readonly ExplainedRow[], personIds: readonly string[]): CountedMonth[] {
  const months = new Map<Month, CountedMonth>()
  for (const line of lines) {
    const before = months.get(line.forMonth)?.dueFen ?? 0
    const dueFen = before + line.fen
    // Shares are those of the whole month, stated anew by each line.
    const ownFen = dueFen === 0 ? 0 : ownPart(line, personIds)
    months.set(line.forMonth, { month: line.forMonth, dueFen, ownFen, last: line })
  }
  return [...months.values()]
}

interface Stay {
  householdId: string
  from: PlainDate
  to: PlainDate | null
}

export interface Asked {
  personIds: readonly string[]
  memberships: readonly Stay[]
  on: PlainDate
}

/**
 * Whether an award belongs into somebody's file: their own, one that covers them, or one of a household in months in which they
 * belonged to it. An award that no decision gives yet belongs to whoever is in the household on the day.
 */
export function isTheirs(
  { holderKind, holderId }: FileAward,
  spans: readonly FileSpan[],
  { program, asked }: { program: Program; asked: Asked },
): boolean {
  const { personIds, memberships, on } = asked
  if (holderKind === 'person' && personIds.includes(holderId)) return true
  const grants = spans.filter(({ outcome }) => outcome === 'grant')
  if (grants.some(({ content }) => program.covered(content).some((id) => personIds.includes(id)))) return true
  const stays = memberships.filter(({ householdId }) => householdId === holderId)
  if (grants.length === 0) return stays.some(({ from, to }) => from <= on && (to === null || on < to))
  return stays.some(({ from, to }) =>
    grants.some(
      ({ fromMonth, toMonth }) =>
        (to === null || firstDay(fromMonth) < to) && (toMonth === null || from < firstDay(toMonth)),
    ),
  )
}

/** The twelve months up to a day, and the months of aid given once. */
export function monthsAsked(
  on: PlainDate,
  spans: readonly FileSpan[],
  isOneOff: (awardId: string) => boolean,
): Month[] {
  const last = monthOf(on)
  const year = Array.from({ length: 12 }, (_, back) => addMonths(last, -back))
  const once = spans.filter(({ awardId }) => isOneOff(awardId)).map(({ fromMonth }) => fromMonth)
  return [...new Set([...year, ...once])].filter((month) => month <= last)
}

/** Every month that a line may be for; a run may be a month ahead of the day. */
export function monthsSince(opens: Month, on: PlainDate): Month[] {
  return monthsBetween(opens, addMonths(monthOf(on), 1))
}
