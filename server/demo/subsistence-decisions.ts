import type { SubsistenceRow } from './data.ts'
import { idOf, standardOf, type Draft, type SubsistenceUnit } from './draft.ts'
import { leaverOf, membersOf } from './households.ts'
import { incomeOf } from './income.ts'
import type { DeterminationEvent, EndCause, PlanDetermination, SubsistenceContent } from './plan-types.ts'

/** What a household of a row is known to earn: before the March re-verification, after it, in the dip. */
export type IncomeState = 'before' | 'after' | 'dip'

export interface DecisionDraft {
  on: string
  /** Unique within the row. */
  purpose: string
  from: string
  to: string | null
  kind: PlanDetermination['kind']
  clause: string
  reason: string
  content: SubsistenceContent
  endCause?: EndCause
}

/** Adds a decision of this award to the plan. */
export function record(
  draft: Draft,
  { awardId, row }: SubsistenceUnit,
  given: DecisionDraft,
): DeterminationEvent {
  const { on, purpose, from, to, kind, clause, reason, content, endCause } = given
  const id = idOf(draft, 'determination', 'subsistence', row.number, purpose)
  const event: DeterminationEvent = {
    kind: 'determination',
    id,
    on,
    determination: {
      id,
      awardId,
      program: 'subsistence_allowance',
      from,
      to,
      outcome: endCause === undefined ? 'grant' : 'end',
      kind,
      clause,
      reason,
      ...(endCause === undefined ? {} : { endCause }),
      content,
    },
  }
  draft.events.push(event)
  return event
}

/** The content in month `index`: who belongs to the household and what it earns. Income per head never falls below 0. */
export function contentOf(
  draft: Draft,
  unit: SubsistenceUnit,
  { index, state }: { index: number; state: IncomeState },
): SubsistenceContent {
  const { row } = unit
  const members = memberIdsIn(draft, unit, index)
  const standardYuan = standardOf(draft, 'subsistence_allowance', row.residence).newFen / 100
  const perHead =
    standardYuan - row.topUp - (state === 'before' ? row.rise : 0) - (state === 'dip' ? row.dipFall : 0)
  if (perHead < 0) throw new Error(`row ${String(row.number)} would earn less than nothing`)
  return {
    residence: row.residence,
    members,
    covered: [...members],
    unit: 'household',
    ...incomeOf({
      county: draft.data.county,
      row: row.number,
      members: membersOf(draft, unit.household).filter((person) => members.includes(person.id)),
      yuan: perHead * members.length,
    }),
    method: { kind: 'differential' },
    supplements: [],
  }
}

/** Members that count for money in month `index`. */
export function memberIdsIn(draft: Draft, unit: SubsistenceUnit, index: number): string[] {
  const { row, household } = unit
  const ids = household.members.map((member) => member.personId)
  if (row.sizeWhy === 'same' || index < row.sizeMonth) return ids
  if (row.sizeWhy === 'joined') return [...ids, joinerId(draft, row)]
  const leaver = leaverOf(draft, household, row.sizeWhy)
  return ids.filter((id) => id !== leaver.id)
}

export function joinerId(draft: Draft, row: SubsistenceRow): string {
  return idOf(draft, 'person', 'joiner', row.number)
}
