import { readFileSync } from 'node:fs'
import type { Month } from '../platform/dates.ts'
import type { AreaChange, PlanAreas, PlanProgram, PlantId, Residence, SelfCare } from './plan-types.ts'

/** Months are 1 … 11 of 2020; 0 = before January, 12 = open after November. Amounts in yuan per head and month. */
export interface SubsistenceRow {
  number: number
  residence: Residence
  size: number
  /** Top-up per head at the 2020 standard. */
  topUp: number
  /** How much the March re-verification raised the income per head. */
  rise: number
  from: number
  last: number
  why: 'open' | 'death' | 'income' | 'moved' | 'destitute' | 'withdrawn'
  registeredPoor: boolean
  dip: 0 | 1 | 2
  /** How much less income per head there is in the dip. */
  dipFall: number
  sizeMonth: number
  newSize: number
  sizeWhy: 'same' | 'died' | 'left' | 'joined'
}

export interface DestituteRow {
  number: number
  residence: Residence
  inInstitution: boolean
  selfCare: SelfCare
  from: number
  last: number
  why: 'open' | 'death' | 'income' | 'moved' | 'withdrawn' | 'supporter_found'
  registeredPoor: boolean
  fromSubsistence: boolean
  admissionMonth: number
  gradeMonth: number
  newSelfCare: SelfCare
}

export interface AidMonth {
  month: Month
  /** [amount in yuan, how many]. */
  registeredPoor: readonly (readonly [number, number])[]
  other: readonly (readonly [number, number])[]
}

export type QuotaKey = 'subsistenceUrban' | 'subsistenceRural' | 'destituteUrban' | 'destituteRural' | 'aid'

export interface TownData {
  code: string
  name: string
  villages: readonly string[]
  communities: readonly string[]
  /** Shares of rows; `homeResidents` > 0 says that the town has a home. */
  quota: Readonly<Record<QuotaKey | 'homeResidents', number>>
}

export interface StandardData {
  program: PlanProgram
  when: Readonly<Record<string, string>>
  oldFen: number
  newFen: number
  newFrom: Month | null
}

export interface PlantData {
  id: PlantId
  table?: 'subsistence' | 'destitute'
  row?: number
  withRow?: number
  names?: readonly string[]
}

/** A published figure, money in yuan; `scenario` is what the calibrated rows give and `reason` why it differs. */
export interface PublishedFigure {
  id: string
  indicator: string
  /** The name in the summary where it differs from the indicator's. */
  printed?: string
  asOf?: string
  from?: Month
  to?: Month
  published: number
  unit: string
  scenario?: number
  difference?: number
  reason?: string
}

/** January … November; the fields of each monthly row are named in the file. */
export interface Golden {
  runTotals: { subsistenceYuan: number[]; destituteYuan: number[]; careFen: number[] }
  subsistenceUrban: number[][]
  subsistenceRural: number[][]
  destituteUrban: number[][]
  destituteRural: number[][]
  care: number[][]
  registeredPoorSubsistence: number[]
  registeredPoorDestitute: number[]
}

/** Rows from which a plan is made. */
export interface DemoData {
  county: string
  countyName: string
  areas: PlanAreas
  areaChange: AreaChange | null
  standards: readonly StandardData[]
  townLimitYuan: number
  towns: readonly TownData[]
  plants: readonly PlantData[]
  subsistence: readonly SubsistenceRow[]
  destitute: readonly DestituteRow[]
  aid: readonly AidMonth[]
}

interface LianzhouFile {
  county: string
  countyName: string
  standards: StandardData[]
  townLimitYuan: number
  towns: TownData[]
  plants: PlantData[]
  subsistence: { rows: string[] }
  destitute: { rows: string[] }
  aid: AidMonth[]
  golden: Golden
  figures: PublishedFigure[]
}

export interface LianzhouData extends DemoData {
  golden: Golden
  figures: readonly PublishedFigure[]
}

export function readLianzhou(): LianzhouData {
  const url = new URL('./data/lianzhou-2020.json', import.meta.url)
  const file = JSON.parse(readFileSync(url, 'utf8')) as LianzhouFile
  return {
    county: file.county,
    countyName: file.countyName,
    areas: { kind: 'file', path: `areas/${file.county}.json` },
    areaChange: null,
    standards: file.standards,
    townLimitYuan: file.townLimitYuan,
    towns: file.towns,
    plants: file.plants,
    subsistence: file.subsistence.rows.map(subsistenceRow),
    destitute: file.destitute.rows.map(destituteRow),
    aid: file.aid,
    golden: file.golden,
    figures: file.figures,
  }
}

const RESIDENCES = ['urban', 'rural'] as const
const GRADES = ['full', 'partial', 'none'] as const
const WHY_SUBSISTENCE = ['open', 'death', 'income', 'moved', 'destitute', 'withdrawn'] as const
const WHY_DESTITUTE = ['open', 'death', 'income', 'moved', undefined, 'withdrawn', 'supporter_found'] as const
const WHY_SIZE = ['same', 'died', 'left', 'joined'] as const
const DIPS = [0, 1, 2] as const

/** Reads a line of `subsistence.rows`; its position is its identity. */
export function subsistenceRow(line: string, number: number): SubsistenceRow {
  const at = numbersOf(line)
  return {
    number,
    residence: coded(RESIDENCES, at(0)),
    size: at(1),
    topUp: at(2),
    rise: at(3),
    from: at(4),
    last: at(5),
    why: coded(WHY_SUBSISTENCE, at(6)),
    registeredPoor: at(7) === 1,
    dip: coded(DIPS, at(8)),
    dipFall: at(9),
    sizeMonth: at(10),
    newSize: at(11),
    sizeWhy: coded(WHY_SIZE, at(12)),
  }
}

export function destituteRow(line: string, number: number): DestituteRow {
  const at = numbersOf(line)
  return {
    number,
    residence: coded(RESIDENCES, at(0)),
    inInstitution: at(1) === 1,
    selfCare: coded(GRADES, at(2)),
    from: at(3),
    last: at(4),
    why: coded(WHY_DESTITUTE, at(5)),
    registeredPoor: at(6) === 1,
    fromSubsistence: at(7) === 1,
    admissionMonth: at(8),
    gradeMonth: at(9),
    newSelfCare: coded(GRADES, at(10)),
  }
}

function numbersOf(line: string): (index: number) => number {
  const values = line.split(' ').map(Number)
  return (index) => values[index] ?? 0
}

function coded<T>(codes: readonly T[], code: number): Exclude<T, undefined> {
  const value = codes[code]
  if (value === undefined) throw new Error(`unknown code ${String(code)} in a row of the demonstration`)
  return value as Exclude<T, undefined>
}
