import type { DemoData, DestituteRow, SubsistenceRow } from './data.ts'
import { placesIn, townsBy, type Place } from './places.ts'

/** Who moved from the subsistence allowance to support for destitute people: destitute row number → subsistence row. */
export type Conversions = ReadonlyMap<number, SubsistenceRow>

/**
 * A destitute row from the allowance is the same person as a subsistence row of one member, of the same class and
 * register of the poor, whose last month is the month before. A pair named by a plant comes first.
 */
export function pairConversions(data: DemoData): Conversions {
  const pairs = new Map<number, SubsistenceRow>()
  const free = data.subsistence.filter((row) => row.why === 'destitute')
  const planted = data.plants.find((plant) => plant.id === 'dibao-to-destitute')
  for (const row of data.destitute.filter((candidate) => candidate.fromSubsistence)) {
    const index = free.findIndex((candidate) =>
      row.number === planted?.withRow
        ? candidate.number === planted.row
        : candidate.number !== planted?.row && fits(candidate, row),
    )
    const [partner] = index < 0 ? [] : free.splice(index, 1)
    if (!partner) throw new Error(`destitute row ${String(row.number)} finds no subsistence row to come from`)
    if (partner.size !== 1)
      throw new Error(`subsistence row ${String(partner.number)} has more than one member`)
    pairs.set(row.number, partner)
  }
  return pairs
}

function fits(candidate: SubsistenceRow, row: DestituteRow): boolean {
  return (
    candidate.residence === row.residence &&
    candidate.registeredPoor === row.registeredPoor &&
    candidate.last === row.from - 1
  )
}

export interface RowPlaces {
  subsistence: Place[]
  destitute: Place[]
}

/** Places for all rows by the towns' quotas; a converted person stays where they lived. */
export function placeRows(data: DemoData, conversions: Conversions): RowPlaces {
  const subsistence = placeAll(data, data.subsistence, {
    quotas: { urban: 'subsistenceUrban', rural: 'subsistenceRural' },
    fixed: new Map(),
  })
  const fixed = new Map<number, Place>()
  for (const [number, partner] of conversions) {
    const place = subsistence[data.subsistence.indexOf(partner)]
    if (place) fixed.set(number, place)
  }
  const destitute = placeAll(data, data.destitute, {
    quotas: { urban: 'destituteUrban', rural: 'destituteRural' },
    fixed,
  })
  return { subsistence, destitute }
}

interface PlaceAllOptions {
  quotas: { urban: 'subsistenceUrban' | 'destituteUrban'; rural: 'subsistenceRural' | 'destituteRural' }
  fixed: ReadonlyMap<number, Place>
}

function placeAll(
  data: DemoData,
  rows: readonly (SubsistenceRow | DestituteRow)[],
  { quotas, fixed }: PlaceAllOptions,
): Place[] {
  const nextTown = {
    urban: townsBy(data, quotas.urban, takenBy(fixed, 'urban')),
    rural: townsBy(data, quotas.rural, takenBy(fixed, 'rural')),
  }
  const placeIn = {
    urban: placesIn(data, quotas.urban, 'urban'),
    rural: placesIn(data, quotas.rural, 'rural'),
  }
  return rows.map((row) => fixed.get(row.number) ?? placeIn[row.residence](nextTown[row.residence]()))
}

function takenBy(fixed: ReadonlyMap<number, Place>, residence: Place['residence']): Map<string, number> {
  const taken = new Map<string, number>()
  for (const place of fixed.values()) {
    if (place.residence === residence) taken.set(place.town, (taken.get(place.town) ?? 0) + 1)
  }
  return taken
}
