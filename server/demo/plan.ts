import { addAid } from './aid.ts'
import { indexOfDay, LAST_MONTH, monthOfIndex, OPENED_ON, planCalendar, RAISE_ON } from './calendar.ts'
import { carersBy } from './carers.ts'
import { readLianzhou, type DemoData } from './data.ts'
import { addDestituteRow } from './destitute.ts'
import { idOf, newDraft, type Draft } from './draft.ts'
import { addOrganisations, homesBy } from './organisations.ts'
import { pairConversions, placeRows } from './pairs.ts'
import type { DemoPlan, PlanEvent, PlanMonth } from './plan-types.ts'
import { applyPlants } from './plants.ts'
import { addSubsistenceRow } from './subsistence.ts'

export interface PlanOptions {
  /** Whether the planted cases are in. Without them the runs give the golden totals exactly. */
  plants: boolean
}

/** Standards in force when the books are taken over, and the raise of March 2020 valid from January. */
export const OPENING_POLICY = 'policies/441882-lianzhou-2019.json'
export const RAISE_POLICY = 'policies/441882-lianzhou-2020.json'

/** The demonstration `lianzhou-2020`: what is entered on which day from December 2019 to November 2020. */
export function buildPlan(options: PlanOptions): DemoPlan {
  return planFrom(readLianzhou(), options)
}

/** From rows to a dated plan. The same rows give the same plan; a row more leaves the people of the others alone. */
export function planFrom(data: DemoData, { plants }: PlanOptions): DemoPlan {
  const draft = newDraft(data, plants)
  addOrganisations(draft)
  const conversions = pairConversions(data)
  const places = placeRows(data, conversions)
  data.subsistence.forEach((row, index) => {
    addSubsistenceRow(draft, row, at(places.subsistence, index))
  })
  const carerOf = carersBy(draft)
  const homeOf = homesBy(draft)
  data.destitute.forEach((row, index) => {
    const partner = conversions.get(row.number)
    addDestituteRow(draft, { row, place: at(places.destitute, index), partner, carerOf, homeOf })
  })
  addAid(draft)
  addPolicies(draft)
  if (plants) applyPlants(draft)
  return assemble(draft)
}

/** Everything that is entered, in order. */
export function eventsOf(plan: DemoPlan): PlanEvent[] {
  return [...plan.opening, ...plan.months.flatMap((month) => month.events)]
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index]
  if (value === undefined) throw new Error(`no place for row ${String(index)}`)
  return value
}

function addPolicies(draft: Draft): void {
  const { areaChange } = draft.data
  draft.events.push(
    { kind: 'policy', id: idOf(draft, 'policy', 'opening'), on: OPENED_ON, file: OPENING_POLICY },
    { kind: 'policy', id: idOf(draft, 'policy', 'raise'), on: RAISE_ON, file: RAISE_POLICY },
  )
  if (areaChange) {
    const id = idOf(draft, 'area change', areaChange.on)
    draft.events.push({ kind: 'area_change', id, on: areaChange.on, change: areaChange })
  }
}

function assemble(draft: Draft): DemoPlan {
  const { data } = draft
  const buckets = Array.from({ length: LAST_MONTH + 1 }, (): PlanEvent[] => [])
  for (const event of inOrder(draft.events)) buckets[indexOfDay(event.on)]?.push(event)
  const [opening = [], ...later] = buckets
  return {
    county: data.county,
    countyName: data.countyName,
    areas: data.areas,
    areaChange: data.areaChange,
    openedOn: OPENED_ON,
    organisations: draft.organisations,
    people: [...draft.people.values()],
    households: draft.households,
    accounts: draft.accounts,
    awards: [...draft.awards.values()],
    opening,
    months: later.map((events, index) => planMonth(draft, index + 1, events)),
  }
}

function planMonth(draft: Draft, index: number, events: PlanEvent[]): PlanMonth {
  const month = monthOfIndex(index)
  return {
    month,
    events,
    calendar: planCalendar(index),
    returns: draft.returns
      .filter((answer) => answer.month === month)
      .map(({ month: _, ...answer }) => answer),
  }
}

/** By day; on one day what others rest on comes first: law, facts, endings, then what is granted. */
function inOrder(events: readonly PlanEvent[]): PlanEvent[] {
  return events.toSorted((a, b) => (a.on === b.on ? rankOf(a) - rankOf(b) : a.on < b.on ? -1 : 1))
}

function rankOf(event: PlanEvent): number {
  if (event.kind === 'determination') return event.determination.outcome === 'end' ? 30 : 40
  return RANKS[event.kind]
}

const RANKS: Record<Exclude<PlanEvent['kind'], 'determination'>, number> = {
  area_change: 0,
  policy: 1,
  account: 10,
  birth: 20,
  death: 20,
  membership: 20,
  move: 20,
  fact: 20,
  undo: 25,
  agreement_end: 31,
  agreement: 41,
  aid: 50,
  receipt: 60,
  duplicate_application: 70,
}
