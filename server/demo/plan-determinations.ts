import type { Month } from '../platform/dates.ts'

/** Programmes that the demonstration carries; the names are the engine's. */
export type PlanProgram =
  'subsistence_allowance' | 'extreme_poverty_support' | 'extreme_poverty_care' | 'temporary_assistance'

export type Sex = 'male' | 'female'
export type Residence = 'urban' | 'rural'
export type SelfCare = 'full' | 'partial' | 'none'
export type Support = 'home' | 'institution'
export type Relation = 'head' | 'spouse' | 'child' | 'parent' | 'grandchild' | 'sibling'

export type PartyRef = { kind: 'person'; id: string } | { kind: 'organisation'; id: string }

export interface SubsistenceContent {
  residence: Residence
  members: string[]
  covered: string[]
  unit: 'household' | 'single_person'
  income: { kind: 'wage' | 'business' | 'property' | 'transfer' | 'other'; fen: number; disregard?: string }[]
  deductions: { kind: 'illness' | 'disability' | 'work_cost' | 'education'; fen: number }[]
  method: { kind: 'differential' }
  supplements: { personId: string; category: 'elderly' | 'minor' | 'severe_disability' | 'severe_illness' }[]
}

export interface SupportContent {
  residence: Residence
  support: Support
  selfCare: SelfCare
  personId: string
  payee: PartyRef
}

export interface CareContent {
  selfCare: SelfCare
  support: Support
  personId: string
  payee: PartyRef
}

export interface AidContent {
  amountFen: number
  persons: string[]
  kind: 'urgent' | 'expenditure'
  level: 'township' | 'county'
  registeredPoor: boolean
  event?: string
  reliefFirst?: boolean
}

export type EndCause =
  'death' | 'income' | 'moved' | 'extreme_poverty_support' | 'withdrawn' | 'supporter_found'

interface PlanDeterminationOf<P extends PlanProgram, C> {
  id: string
  awardId: string
  program: P
  /** First month. */
  from: Month
  /** First month no longer covered; null = open. */
  to: Month | null
  outcome: 'grant' | 'end'
  kind: 'initial' | 'change' | 'retroactive' | 'end'
  /** Chinese: the article that the decision rests on. */
  clause: string
  /** Chinese: why, in one sentence. */
  reason: string
  endCause?: EndCause
  /** With outcome `end`: what was in force before, unchanged. */
  content: C
}

export type PlanDetermination =
  | PlanDeterminationOf<'subsistence_allowance', SubsistenceContent>
  | PlanDeterminationOf<'extreme_poverty_support', SupportContent>
  | PlanDeterminationOf<'extreme_poverty_care', CareContent>
  | PlanDeterminationOf<'temporary_assistance', AidContent>
