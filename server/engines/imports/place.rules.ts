import type { PlainDate } from '../../platform/dates.ts'
import { areaFault, faultText, type AreaFault, type AreaStretch } from '../registry/index.ts'
import type { FaultCode, Params } from './fault.rules.ts'

export interface KnownArea {
  code: string
  name: string
  level: string
  parent: string | null
}

/** A village as typed, and the town beside it. */
export interface TypedPlace {
  village: string
  town: string | null
}

/** A village known by its code, or what is wrong with it. */
export type FoundPlace = { code: string; town: string } | { fault: FaultCode; params: Params }

/** What has become of the areas until today: people are filed where they belong now. */
export interface AreasToday {
  today: PlainDate
  stretches: readonly AreaStretch[]
}

const SUFFIX = /(村民委员会|居民委员会|村委会|居委会|社区|村)+$/

/**
 * Looks a village up by code or by name; a name used in two towns needs the town beside it. A village that has ended since, or had
 * already, is a fault that names the one in its place.
 */
export function placeFinder(
  areas: readonly KnownArea[],
  history: AreasToday = { today: '', stretches: [] },
): (typed: TypedPlace) => FoundPlace {
  const index = villageIndex(areas)
  const former = formerIndex(history.stretches)
  const faultIn = faultFinder(history)
  return (typed) => {
    const found = (index.get(typed.village) ?? index.get(bare(typed.village)) ?? []).filter(
      ({ townName }) => typed.town === null || bareTown(townName) === bareTown(typed.town),
    )
    const [only] = found
    const where = typed.town === null ? typed.village : `${typed.town}${typed.village}`
    if (found.length > 1)
      return { fault: 'village_ambiguous', params: { count: found.length, village: where } }
    const ended = faultIn(only ? [only.town, only.code] : formerCodes(typed, former))
    if (ended) {
      const { reason, remedy } = faultText(ended)
      return { fault: 'village_ended', params: { fault: reason, remedy } }
    }
    if (only) return { code: only.code, town: only.town }
    return { fault: 'village_unknown', params: { village: where } }
  }
}

function faultFinder({ stretches, today }: AreasToday): (codes: readonly string[]) => AreaFault | undefined {
  if (stretches.length === 0) return () => undefined
  const faults = new Map<string, AreaFault | undefined>()
  return (codes) => {
    for (const code of codes) {
      if (!faults.has(code)) faults.set(code, areaFault(stretches, code, today))
    }
    return codes.map((code) => faults.get(code)).find((fault) => fault !== undefined)
  }
}

/** Codes of villages that ever had this code or bare name. */
function formerIndex(stretches: readonly AreaStretch[]): Map<string, Set<string>> {
  const index = new Map<string, Set<string>>()
  for (const { code, name } of stretches.filter((each) => each.code.length === 12)) {
    for (const key of [code, bare(name)]) index.set(key, (index.get(key) ?? new Set()).add(code))
  }
  return index
}

/** The one village that ever had this code or name, if there is only one. */
function formerCodes({ village }: TypedPlace, former: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const codes = [...(former.get(village) ?? former.get(bare(village)) ?? [])]
  return codes.length === 1 ? codes : []
}

interface Village {
  code: string
  town: string
  townName: string
}

function villageIndex(areas: readonly KnownArea[]): Map<string, Village[]> {
  const byCode = new Map(areas.map((area) => [area.code, area]))
  const index = new Map<string, Village[]>()
  for (const area of areas.filter(({ code }) => code.length === 12)) {
    const town = townAbove(byCode, area)
    const village = { code: area.code, town: town?.code ?? area.code.slice(0, 9), townName: town?.name ?? '' }
    for (const key of new Set([area.code, area.name, bare(area.name)])) {
      index.set(key, [...(index.get(key) ?? []), village])
    }
  }
  return index
}

function townAbove(byCode: ReadonlyMap<string, KnownArea>, area: KnownArea): KnownArea | undefined {
  let above = area.parent === null ? undefined : byCode.get(area.parent)
  while (above && above.level !== 'township')
    above = above.parent === null ? undefined : byCode.get(above.parent)
  return above
}

function bare(name: string): string {
  return name.replace(SUFFIX, '') || name
}

function bareTown(name: string): string {
  return name.replace(/(人民政府|街道办事处|街道|镇|乡)+$/, '') || name
}
