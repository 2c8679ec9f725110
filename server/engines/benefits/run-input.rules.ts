import type { Month } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import type { ObligationLine } from './line.rules.ts'
import type { Assess, Assessed, AutomaticFacts } from './programs.rules.ts'
import type { RatesOf } from './rates.rules.ts'

export interface SpanInput {
  determinationId: string
  kind: string
  outcome: 'grant' | 'end'
  from: Month
  /** Exclusive; null = open. */
  to: Month | null
  /** Came into force with something recorded since the base run's cut. */
  isNew: boolean
  content: unknown
}

export interface AwardInput {
  id: string
  program: string
  opensMonth: Month
  lastPaidMonth: Month | null
  lastPaidFen: Fen | null
  town: string | null
  village: string | null
  spans: readonly SpanInput[]
}

export interface Balance {
  fen: Fen
  seq: number
}

export interface UndoneAct {
  determinationId: string
  from: Month
  to: Month | null
}

export interface Formula {
  assess: Assess<unknown>
  version: string
  isNew: boolean
  /** The same decision comes to the same in two months under the same law. */
  isSteady: boolean
}

/** All that a run knows besides the award itself, fixed by its cut. */
export interface RunContext {
  runNo: number
  month: Month
  previousMonth: Month
  /** From a month up to the run's own, both included; none from a later one. */
  monthsFrom: (month: Month) => readonly Month[]
  rates: RatesOf
  /** The law as known at the base run's cut; undefined before the first run. */
  formerRates: RatesOf | undefined
  facts: AutomaticFacts
  formulaOf: (program: string) => Formula
  /** Whether the month is under the same law as the one before it. */
  isSameLaw: (month: Month) => boolean
  /** Rates recorded since the base run's cut, each with the row as which it was published. */
  newRates: ReadonlyMap<string, string>
  /** Settings recorded since the base run's cut, in force on the days [fromDay, toDay). */
  newSettings: readonly { id: string; program: string; key: string; fromDay: string; toDay: string | null }[]
  /** Corrections that two people reviewed: recoveries they cause may be written. */
  reviewed: ReadonlySet<string>
  isOneOff: (program: string) => boolean
}

export interface AwardLooked {
  /** First month to look at besides the run's own; undefined = only the run's month. */
  touchedFrom: Month | undefined
  /** Shared by all awards of a chunk: a function made for each would cost more than the look itself. */
  balance: (awardId: string, month: Month) => Balance | undefined
  undone: readonly UndoneAct[]
  newFacts: readonly string[]
}

export type FindingKind =
  | 'undecided_recovery'
  | 'opening_difference'
  | 'rate_missing'
  | 'stopped'
  | 'continuity'
  | 'too_many_corrections'

export interface Finding {
  kind: FindingKind
  blocks: boolean
  awardId: string | null
  forMonth: Month | null
  detail: Readonly<Record<string, unknown>>
}

export type MonthlyChange = 'new' | 'ended' | 'raised' | 'lowered' | 'unchanged'

export interface AwardOutcome {
  lines: ObligationLine[]
  findings: Finding[]
  change: MonthlyChange | undefined
  previousFen: Fen
  currentFen: Fen
}

/** What is due for a month, and the decision that says so. */
export interface Due {
  span: SpanInput | undefined
  assessed: Assessed | undefined
}
