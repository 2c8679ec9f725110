import type { DemoData, QuotaKey, TownData } from './data.ts'
import { weightOf } from './dice.ts'
import type { Residence } from './plan-types.ts'

export interface Place {
  town: string
  village: string
  residence: Residence
}

/**
 * Gives town codes, each as often as its quota says, in an order that mixes them. The kth call gives the kth town
 * whatever comes later: a row added at the end moves nobody. `taken` of a town's quota are given out elsewhere.
 */
export function townsBy(
  data: DemoData,
  quota: QuotaKey,
  taken: ReadonlyMap<string, number> = new Map(),
): () => string {
  const slots = data.towns
    .flatMap((town) =>
      Array.from({ length: town.quota[quota] - (taken.get(town.code) ?? 0) }, (_, slot) => ({
        code: town.code,
        weight: weightOf(`${quota}/${town.code}/${String(slot)}`),
      })),
    )
    .toSorted((a, b) => a.weight - b.weight)
  let used = 0
  return () => {
    const slot = slots[used % slots.length]
    used += 1
    if (!slot) throw new Error(`no town has a quota for ${quota}`)
    return slot.code
  }
}

/** Gives places in a town, evenly over its villages (rural) or communities (urban). */
export function placesIn(data: DemoData, label: string, residence: Residence): (town: string) => Place {
  const counters = new Map<string, number>()
  return (code) => {
    const areas = areasOf(getTown(data, code), residence)
    const count = counters.get(code) ?? weightOf(`${label}/${code}`) % Math.max(1, areas.length)
    counters.set(code, count + 1)
    const village = areas[count % areas.length]
    if (village === undefined) throw new Error(`town ${code} has no ${residence} areas`)
    return { town: code, village, residence }
  }
}

export function getTown(data: DemoData, code: string): TownData {
  const town = data.towns.find((candidate) => candidate.code === code)
  if (!town) throw new Error(`no town ${code} in the data`)
  return town
}

export function areasOf(town: TownData, residence: Residence): readonly string[] {
  return residence === 'urban' ? town.communities : town.villages
}
