import { uuidFrom } from '../platform/uuid.ts'
import type { DemoData } from './data.ts'
import type {
  PlanAccount,
  PlanAward,
  PlanEvent,
  PlanHousehold,
  PlanMonth,
  PlanOrganisation,
  PlanPerson,
} from './plan-types.ts'
import type { DestituteRow, SubsistenceRow } from './data.ts'
import type { Place } from './places.ts'

/** A household of a subsistence row and what became of it. */
export interface SubsistenceUnit {
  row: SubsistenceRow
  place: Place
  household: PlanHousehold
  awardId: string
}

export interface DestituteUnit {
  row: DestituteRow
  place: Place
  personId: string
  supportAwardId: string
  careAwardId: string
}

/** The plan while it is being written: builders add, plants amend. */
export interface Draft {
  data: DemoData
  plants: boolean
  people: Map<string, PlanPerson>
  households: PlanHousehold[]
  accounts: PlanAccount[]
  awards: Map<string, PlanAward>
  organisations: PlanOrganisation[]
  events: PlanEvent[]
  returns: (PlanMonth['returns'][number] & { month: string })[]
  subsistence: SubsistenceUnit[]
  destitute: DestituteUnit[]
  /** Identity numbers given out so far. */
  idNumbers: Set<string>
}

export function newDraft(data: DemoData, plants: boolean): Draft {
  return {
    data,
    plants,
    people: new Map(),
    households: [],
    accounts: [],
    awards: new Map(),
    organisations: [],
    events: [],
    returns: [],
    subsistence: [],
    destitute: [],
    idNumbers: new Set(),
  }
}

/** The id of what a row gives rise to; the same for ever. */
export function idOf(draft: Draft, ...parts: (string | number)[]): string {
  return uuidFrom('demo', draft.data.county, ...parts.map(String))
}

export function getPerson(draft: Draft, id: string): PlanPerson {
  const person = draft.people.get(id)
  if (!person) throw new Error(`no person ${id} in the plan`)
  return person
}

export function getAward(draft: Draft, id: string): PlanAward {
  const award = draft.awards.get(id)
  if (!award) throw new Error(`no award ${id} in the plan`)
  return award
}

/** Old and new monthly standard in fen. */
export function standardOf(draft: Draft, program: PlanAward['program'], dimension: string) {
  const found = draft.data.standards.find(
    (standard) => standard.program === program && Object.values(standard.when).includes(dimension),
  )
  if (!found) throw new Error(`no standard of ${program} for ${dimension}`)
  return found
}
