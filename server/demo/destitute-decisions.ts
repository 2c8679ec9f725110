import { monthOfIndex } from './calendar.ts'
import type { DestituteRow } from './data.ts'
import { idOf, type DestituteUnit, type Draft } from './draft.ts'
import type {
  CareContent,
  EndCause,
  PartyRef,
  PlanDetermination,
  SelfCare,
  Support,
  SupportContent,
} from './plan-types.ts'

/** A destitute person with those who may receive the money or give the care. */
export interface DestituteCase extends DestituteUnit {
  /** Null for somebody who lived in an institution from the first month. */
  carerId: string | null
  homeId: string | null
}

/** Where the person lives and how much care is needed in month `index`. */
export function stateIn(row: DestituteRow, index: number): { support: Support; selfCare: SelfCare } {
  const isAdmitted = row.inInstitution || (row.admissionMonth > 0 && index >= row.admissionMonth)
  const isRegraded = row.gradeMonth > 0 && index >= row.gradeMonth
  return {
    support: isAdmitted ? 'institution' : 'home',
    selfCare: isRegraded ? row.newSelfCare : row.selfCare,
  }
}

/** At home the person is paid and a villager cares; in an institution the institution is paid and cares. */
export function partyOf(unit: DestituteCase, index: number, as: 'payee' | 'carer'): PartyRef {
  if (stateIn(unit.row, index).support === 'institution') {
    if (unit.homeId === null) throw new Error(`destitute row ${String(unit.row.number)} has no institution`)
    return { kind: 'organisation', id: unit.homeId }
  }
  if (as === 'payee') return { kind: 'person', id: unit.personId }
  if (unit.carerId === null) throw new Error(`destitute row ${String(unit.row.number)} has no carer`)
  return { kind: 'person', id: unit.carerId }
}

export interface DestituteDecision {
  on: string
  purpose: string
  /** The month whose state the content tells. */
  index: number
  from: string
  kind: PlanDetermination['kind']
  clauses: { support: string; care: string }
  reason: string
  endCause?: EndCause
}

/** Adds the two decisions, support and care, of one day. */
export function record(draft: Draft, unit: DestituteCase, given: DestituteDecision): void {
  const { on, index, from, kind, clauses, reason, endCause } = given
  const { support, selfCare } = stateIn(unit.row, index)
  const payee = partyOf(unit, index, 'payee')
  const { personId, row } = unit
  const supportContent: SupportContent = { residence: row.residence, support, selfCare, personId, payee }
  const careContent: CareContent = { selfCare, support, personId, payee }
  const base = {
    from,
    to: null,
    outcome: endCause === undefined ? 'grant' : 'end',
    kind,
    reason,
    ...(endCause === undefined ? {} : { endCause }),
  } as const
  const supportId = idOf(draft, 'determination', 'support', row.number, given.purpose)
  const careId = idOf(draft, 'determination', 'care', row.number, given.purpose)
  draft.events.push(
    {
      kind: 'determination',
      id: supportId,
      on,
      determination: {
        id: supportId,
        awardId: unit.supportAwardId,
        program: 'extreme_poverty_support',
        ...base,
        clause: clauses.support,
        content: supportContent,
      },
    },
    {
      kind: 'determination',
      id: careId,
      on,
      determination: {
        id: careId,
        awardId: unit.careAwardId,
        program: 'extreme_poverty_care',
        ...base,
        clause: clauses.care,
        content: careContent,
      },
    },
  )
}

export function agreementId(draft: Draft, row: DestituteRow, which: 'first' | 'institution'): string {
  return idOf(draft, 'agreement', row.number, which)
}

/** The agreement in force in month `index`. */
export function agreementIn(draft: Draft, row: DestituteRow, index: number): string {
  const isReplaced = row.admissionMonth > 0 && index >= row.admissionMonth
  return agreementId(draft, row, isReplaced ? 'institution' : 'first')
}

export function monthAfter(row: DestituteRow): string {
  return monthOfIndex(row.last + 1)
}
