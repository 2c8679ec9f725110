import type { PlainDate } from '../../platform/dates.ts'
import { areaFault, faultText, type AreaFault, type AreaStretch } from './area-in-force.rules.ts'
import { LABELS, type PeopleSheetRow, type RowError } from './import.rules.ts'
import type { NewPerson } from './person.schema.ts'

export interface KnownArea {
  code: string
  name: string
  level: string
  parent: string | null
}

/** A row whose village is known by its code. */
export interface PlacedPerson {
  row: number
  person: Pick<
    NewPerson,
    'fullName' | 'idNumber' | 'sex' | 'bornOn' | 'village' | 'town' | 'phone' | 'registeredPoor'
  >
  account: PeopleSheetRow['account']
}

const SUFFIX = /(村民委员会|居民委员会|村委会|居委会|社区|村)+$/

/** What has become of the areas until today: people are filed where they belong now. */
export interface AreasToday {
  today: PlainDate
  stretches: readonly AreaStretch[]
}

/**
 * Looks the villages up by code or by name; a name used in two towns needs the town beside it. A village that has ended since, or
 * had already, is an error of its row that names the one in its place.
 */
export function placePeople(
  rows: readonly PeopleSheetRow[],
  areas: readonly KnownArea[],
  history: AreasToday = { today: '', stretches: [] },
): { people: PlacedPerson[]; errors: RowError[] } {
  const index = villageIndex(areas)
  const faultOf = faultFinder(history)
  const people: PlacedPerson[] = []
  const errors: RowError[] = []
  for (const row of rows) {
    const found = (index.get(row.village) ?? index.get(bare(row.village)) ?? []).filter(
      ({ townName }) => row.town === null || bareTown(townName) === bareTown(row.town),
    )
    const [only] = found
    const fault =
      found.length > 1 ? undefined : faultOf(only ? [only.town, only.code] : formerCodes(row, history))
    if (fault) errors.push({ row: row.row, column: LABELS.village, ...faultText(fault) })
    else if (only && found.length === 1) people.push(placed(row, only))
    else errors.push(placeFault(row, found.length))
  }
  return { people, errors }
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

/** The one village that ever had this code or name, if there is only one. */
function formerCodes(row: PeopleSheetRow, { stretches }: AreasToday): string[] {
  const codes = stretches
    .filter(({ code }) => code.length === 12)
    .filter(({ code, name }) => code === row.village || bare(name) === bare(row.village))
    .map(({ code }) => code)
  const distinct = [...new Set(codes)]
  return distinct.length === 1 ? distinct : []
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

function placed(row: PeopleSheetRow, { code, town }: Village): PlacedPerson {
  const { fullName, idNumber, sex, bornOn, registeredPoor, account } = row
  const phone = row.phone === null ? {} : { phone: row.phone }
  return {
    row: row.row,
    person: { fullName, idNumber, sex, bornOn, village: code, town, registeredPoor, ...phone },
    account,
  }
}

function placeFault({ row, village, town }: PeopleSheetRow, found: number): RowError {
  const where = town === null ? village : `${town}${village}`
  if (found > 1) {
    return {
      row,
      column: LABELS.village,
      reason: `有 ${found} 个村（社区）都叫“${where}”`,
      remedy: '请加填乡镇一列，或改填12位代码',
    }
  }
  return {
    row,
    column: LABELS.village,
    reason: `没有找到“${where}”`,
    remedy: '请按区划名录填写村（社区）全称，或改填12位代码',
  }
}
