import { usccCheckDigit } from '../platform/uscc.ts'
import { OPENED_ON } from './calendar.ts'
import type { DestituteRow, TownData } from './data.ts'
import { rendezvous } from './dice.ts'
import { idOf, type Draft } from './draft.ts'
import { makeAccount } from './people.ts'
import type { PlanOrganisation } from './plan-types.ts'
import type { Place } from './places.ts'

/** The welfare home of the county and a home in every town that has residents, each with an account. */
export function addOrganisations(draft: Draft): void {
  const [seat] = draft.data.towns
  if (!seat) throw new Error('a demonstration needs a town')
  add(draft, seat, { kind: 'county_welfare_home', name: `${draft.data.countyName}社会福利院`, beds: 203 })
  for (const town of draft.data.towns.filter((candidate) => candidate.quota.homeResidents > 0)) {
    const beds = 31 + (draft.organisations.length <= 6 ? 1 : 0)
    add(draft, town, { kind: 'township_home', name: `${town.name}敬老院`, beds })
  }
}

function add(draft: Draft, town: TownData, given: Pick<PlanOrganisation, 'kind' | 'name' | 'beds'>): void {
  const id = idOf(draft, 'organisation', given.name)
  // 12 = public institution registered with the county, then a made-up organisation code.
  const body = `12${draft.data.county}7${String(draft.organisations.length).padStart(2, '0')}${town.code.slice(-3)}0MA`
  draft.organisations.push({
    id,
    ...given,
    uscc: body + usccCheckDigit(body),
    town: town.code,
    village: town.communities[0] ?? town.villages[0] ?? town.code,
  })
  draft.accounts.push(
    makeAccount(draft, {
      holder: { kind: 'organisation', id },
      holderName: given.name,
      recordedOn: OPENED_ON,
    }),
  )
}

/** The month of the published split of residents over the homes. */
const SPLIT_MONTH = 6

/**
 * Gives each resident a home. Urban people live in the welfare home of the county; those on the June roll fill the
 * town homes up to their quota, at home first, then where most room is left.
 */
export function homesBy(draft: Draft): (row: DestituteRow, place: Place) => string {
  const homes = draft.organisations.filter((organisation) => organisation.kind === 'township_home')
  const [county] = draft.organisations
  const room = new Map(draft.data.towns.map((town) => [town.code, town.quota.homeResidents]))
  return (row, place) => {
    if (place.residence === 'urban') {
      if (!county) throw new Error('there is no welfare home')
      return county.id
    }
    const own = homes.find((home) => home.town === place.town)
    if (!isOnSplitRoll(row)) return (own ?? anyOf(homes, place)).id
    const hasRoom = (room.get(place.town) ?? 0) > 0
    const home = hasRoom && own ? own : mostRoom(homes, room)
    room.set(home.town, (room.get(home.town) ?? 0) - 1)
    return home.id
  }
}

function isOnSplitRoll(row: DestituteRow): boolean {
  const resident = row.inInstitution || (row.admissionMonth > 0 && row.admissionMonth <= SPLIT_MONTH)
  return resident && row.from <= SPLIT_MONTH && row.last >= SPLIT_MONTH
}

function mostRoom(homes: readonly PlanOrganisation[], room: ReadonlyMap<string, number>): PlanOrganisation {
  const [home] = homes.toSorted((a, b) => (room.get(b.town) ?? 0) - (room.get(a.town) ?? 0))
  if (!home) throw new Error('there is no home for destitute people')
  return home
}

function anyOf(homes: readonly PlanOrganisation[], place: Place): PlanOrganisation {
  const home = rendezvous(place.village, homes, (candidate) => candidate.id)
  if (!home) throw new Error('there is no home for destitute people')
  return home
}
