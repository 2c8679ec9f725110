/**
 * What the oracle is given: the whole history as plain arrays. Money is integer fen, months are `YYYY-MM`, every
 * `to` is exclusive (the first month that no longer counts) and null means open. `recordedAt`, `undoneAt` and cuts are
 * order numbers on one common scale: higher = later.
 */
import type { Month, PlainDate } from './calendar.ts'

/** Known at `cut` = recorded at or before it and not undone at or before it (architecture §2.3). */
export interface Recorded {
  recordedAt: number
  undoneAt?: number | undefined
}

export type OracleProgram =
  'subsistence_allowance' | 'extreme_poverty_support' | 'extreme_poverty_care' | 'temporary_assistance'

/** What one run computes together (architecture §2.4). */
export type OracleGroup = 'basic_assistance' | 'temporary_assistance'

export type OracleRateValue =
  { fen: number } | { percent: string } | { factor: string; of: string; round: 'fen' | 'up_yuan' }

export interface OracleRate extends Recorded {
  id: string
  /** '00' nation, '44' province, '4418' city, '441882' county. */
  area: string
  program: string
  item: string
  when: Record<string, string>
  value: OracleRateValue
  per: string
  from: Month
  to: Month | null
  basis?: string | undefined
}

/** `value`: the value itself or its JSON text. */
export interface OracleSetting extends Recorded {
  program: string
  key: string
  value: unknown
  area: string
  from: Month
  to: Month | null
}

/** `date: null` = known to be unknown: no age can be told. */
export interface OracleFact extends Recorded {
  kind: 'birth'
  personId: string
  date: PlainDate | null
}

export interface OracleAward {
  id: string
  program: OracleProgram
  /** The county whose rates apply, six digits. */
  area: string
  /** `ledger_opens_month`: earlier months are settled by definition (architecture §2.6). */
  opensMonth: Month
}

export type SupplementCategory = 'elderly' | 'minor' | 'severe_disability' | 'severe_illness'

export interface SubsistenceContent {
  residence: 'urban' | 'rural'
  members: string[]
  covered: string[]
  unit: 'household' | 'single_person'
  income: {
    kind: 'wage' | 'business' | 'property' | 'transfer' | 'other'
    fen: number
    disregard?: string | undefined
  }[]
  deductions: { kind: 'illness' | 'disability' | 'work_cost' | 'education'; fen: number }[]
  method: { kind: 'differential' } | { kind: 'tier'; tier: string }
  supplements: { personId: string; category: SupplementCategory }[]
  gradualExit?: true | undefined
}

export interface SupportContent {
  residence: 'urban' | 'rural'
  support: 'home' | 'institution'
  selfCare: 'full' | 'partial' | 'none'
  personId: string
  payee: { kind: 'person' | 'organisation'; id: string }
}

export interface CareContent {
  selfCare: 'full' | 'partial' | 'none'
  support: 'home' | 'institution'
  personId: string
  payee: { kind: 'person' | 'organisation'; id: string }
}

export interface TemporaryContent {
  amountFen: number
  persons: string[]
  kind: 'urgent' | 'expenditure'
  level: 'township' | 'county'
  registeredPoor: boolean
  event?: string | undefined
  reliefFirst?: boolean | undefined
}

interface DeterminationOf<Program extends OracleProgram, Content> extends Recorded {
  id: string
  awardId: string
  program: Program
  from: Month
  to: Month | null
  outcome: 'grant' | 'end'
  kind: 'initial' | 'change' | 'retroactive' | 'end' | 'gradual_exit'
  clause?: string | undefined
  /** May be null only when the outcome is `end`. */
  content: Content | null
}

export type OracleDetermination =
  | DeterminationOf<'subsistence_allowance', SubsistenceContent>
  | DeterminationOf<'extreme_poverty_support', SupportContent>
  | DeterminationOf<'extreme_poverty_care', CareContent>
  | DeterminationOf<'temporary_assistance', TemporaryContent>

export interface OracleHistory {
  awards: OracleAward[]
  determinations: OracleDetermination[]
  rates: OracleRate[]
  settings: OracleSetting[]
  facts: OracleFact[]
}

export interface Share {
  personId: string
  fen: number
}

export interface Entitlement {
  fen: number
  shares: Share[]
  why: string
}

export function isKnown(record: Recorded, cut: number): boolean {
  if (record.recordedAt > cut) return false
  return record.undoneAt === undefined || record.undoneAt > cut
}

export function covers(range: { from: Month; to: Month | null }, month: Month): boolean {
  return range.from <= month && (range.to === null || month < range.to)
}

export function groupOf(program: OracleProgram): OracleGroup {
  return program === 'temporary_assistance' ? 'temporary_assistance' : 'basic_assistance'
}

export function findAward(history: OracleHistory, awardId: string): OracleAward {
  for (const award of history.awards) if (award.id === awardId) return award
  throw new Error(`no award ${awardId}`)
}
