import { OPEN } from './calendar.ts'
import { rendezvous } from './dice.ts'
import { type Draft } from './draft.ts'
import { leaverOf, membersOf } from './households.ts'
import type { PlanPerson } from './plan-types.ts'
import type { Place } from './places.ts'

/** Finds a villager of working age who cares for a destitute person at home; from the town where the village has none. */
export function carersBy(draft: Draft): (personId: string, place: Place) => string {
  const byVillage = new Map<string, PlanPerson[]>()
  const byTown = new Map<string, PlanPerson[]>()
  for (const person of candidatesOf(draft)) {
    append(byVillage, person.village, person)
    append(byTown, person.town, person)
  }
  return (personId, place) => {
    const near = byVillage.get(place.village) ?? byTown.get(place.town) ?? [...byTown.values()].flat()
    const carer = rendezvous(personId, near, (candidate) => candidate.id)
    if (!carer) throw new Error(`nobody in ${place.town} can care for a destitute person`)
    return carer.id
  }
}

/** People who stay in the county all year. */
function candidatesOf(draft: Draft): PlanPerson[] {
  return draft.subsistence
    .filter(({ row }) => row.from === 0 && row.last === OPEN)
    .flatMap(({ row, household }) => {
      const gone =
        row.sizeWhy === 'died' || row.sizeWhy === 'left' ? leaverOf(draft, household, row.sizeWhy).id : ''
      return membersOf(draft, household).filter(
        (person) => person.id !== gone && person.bornOn > '1955' && person.bornOn < '1999',
      )
    })
}

function append(groups: Map<string, PlanPerson[]>, key: string, person: PlanPerson): void {
  const group = groups.get(key)
  if (group) group.push(person)
  else groups.set(key, [person])
}
