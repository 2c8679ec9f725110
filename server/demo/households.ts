import { addDays, type PlainDate } from '../platform/dates.ts'
import { composeHousehold, type MemberSketch } from './composition.ts'
import type { SubsistenceRow } from './data.ts'
import { diceFor } from './dice.ts'
import { getPerson, idOf, type Draft } from './draft.ts'
import { surnameFor } from './names.ts'
import { bornOnFor, makePerson, type PersonTable } from './people.ts'
import type { PlanHousehold, PlanPerson, Relation } from './plan-types.ts'
import type { Place } from './places.ts'

export interface HouseholdDraft {
  table: PersonTable
  key: readonly (string | number)[]
  place: Place
  members: readonly MemberSketch[]
  povertyRegistered: boolean
  hukouCounty?: string
}

/** The household of a subsistence row with the people it had when its first decision was made. */
export function makeRowHousehold(draft: Draft, row: SubsistenceRow, place: Place): PlanHousehold {
  const dice = diceFor(draft.data.county, 'subsistence', row.number, 'composition')
  return makeHousehold(draft, {
    table: 'subsistence',
    key: [row.number],
    place,
    members: composeHousehold(dice, row),
    povertyRegistered: row.registeredPoor,
  })
}

/** Makes the people and their household and puts both on file. */
export function makeHousehold(draft: Draft, given: HouseholdDraft): PlanHousehold {
  const { table, key, place } = given
  const dice = diceFor(draft.data.county, table, ...key, 'household')
  const family = surnameFor(dice, place.town)
  const formedOn = addDays('2006-01-01', dice.below(3000))
  const people = given.members.map((sketch, index) =>
    makePerson(draft, {
      table,
      key: [...key, index],
      sex: sketch.sex,
      bornOn: bornOnFor(diceFor(draft.data.county, table, ...key, index, 'birth'), sketch.age),
      place,
      ...(bearsFamilyName(sketch) ? { surname: family } : {}),
      povertyRegistered: given.povertyRegistered,
      ...(given.hukouCounty === undefined ? {} : { hukouCounty: given.hukouCounty }),
      hasPhone: index === 0 && dice.percent(70),
    }),
  )
  const [head] = people
  if (!head) throw new Error(`household ${key.join('/')} of ${table} has no members`)
  for (const person of people) draft.people.set(person.id, person)

  const household: PlanHousehold = {
    id: idOf(draft, 'household', table, ...key),
    village: place.village,
    town: place.town,
    residence: place.residence,
    headPersonId: head.id,
    members: people.map((person, index) => ({
      personId: person.id,
      relation: given.members[index]?.relation ?? 'head',
      from: person.bornOn > formedOn ? person.bornOn : formedOn,
      to: null,
    })),
  }
  draft.households.push(household)
  return household
}

function bearsFamilyName({ relation, sex }: MemberSketch): boolean {
  return (
    relation === 'head' ||
    relation === 'child' ||
    relation === 'sibling' ||
    (relation === 'parent' && sex === 'male')
  )
}

export function membersOf(draft: Draft, household: PlanHousehold): PlanPerson[] {
  return household.members.map((member) => getPerson(draft, member.personId))
}

/** Who dies or leaves: never the head; the oldest for a death, a grown child first for leaving. */
export function leaverOf(draft: Draft, household: PlanHousehold, why: 'died' | 'left'): PlanPerson {
  const others = membersOf(draft, household)
    .filter((person) => person.id !== household.headPersonId)
    .toSorted((a, b) => (a.bornOn < b.bornOn ? -1 : 1))
  const grown = others.filter(
    (person) => relationOf(household, person.id) === 'child' && isGrown(person.bornOn),
  )
  const leaver = (why === 'left' ? grown.at(0) : undefined) ?? others.at(0)
  if (!leaver) throw new Error(`household ${household.id} has nobody but its head`)
  return leaver
}

export function relationOf(household: PlanHousehold, personId: string): Relation {
  const member = household.members.find((candidate) => candidate.personId === personId)
  if (!member) throw new Error(`${personId} is no member of household ${household.id}`)
  return member.relation
}

export function isGrown(bornOn: PlainDate): boolean {
  return bornOn <= '2001-12-31'
}
