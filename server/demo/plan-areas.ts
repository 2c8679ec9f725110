import type { PlainDate } from '../platform/dates.ts'

export interface PlanArea {
  code: string
  name: string
  level: 'county' | 'township' | 'service_station' | 'village' | 'community' | 'village_group'
  parent: string | null
}

/** Where the areas come from: a file of the repository, or rows (all valid before the first month). */
export type PlanAreas = { kind: 'file'; path: string } | { kind: 'rows'; rows: readonly PlanArea[] }

/** A merge of areas: end these, begin those, and every resident of an old village lives in the new one. */
export interface AreaChange {
  on: PlainDate
  end: readonly string[]
  begin: readonly PlanArea[]
  moves: Readonly<Record<string, string>>
}
