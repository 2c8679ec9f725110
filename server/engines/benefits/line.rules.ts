import type { Month } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import type { Payee, Program } from './programs.rules.ts'
import type { UsedRate } from './rates.rules.ts'

/** Why a month is other than when it was last settled: a record known now and not then. */
export type Cause =
  | readonly ['determination', id: string, kind: string]
  | readonly ['undone', determinationId: string]
  | readonly ['rate', id: string]
  | readonly ['setting', id: string]
  | readonly ['formula', version: string]
  | readonly ['fact', personId: string]

export type LineKind = 'regular' | 'arrears' | 'correction'

/**
 * How an amount was found, as JSON text; read by the sentence, the cash ledger and reports. Lines of one award that were found in the same
 * way share one: the first states it, the others name that line.
 */
export interface LineDetail {
  formula: string
  determination: string | null
  payee: Payee | null
  shares: readonly (readonly [string, Fen])[]
  rates: readonly UsedRate[]
  inputs: Readonly<Record<string, number | string | null>>
  causes: readonly Cause[]
}

export interface ObligationLine {
  forMonth: Month
  awardId: string
  seq: number
  runNo: number
  fen: Fen
  dueFen: Fen
  persons: number
  program: string
  category: string
  town: string | null
  village: string | null
  kind: LineKind
  detail: LineDetail
  /** The earlier line of the same award that states the detail; null = this one does. */
  statedIn: { month: Month; seq: number } | null
}

export function lineKind(forMonth: Month, runMonth: Month, fen: Fen): LineKind {
  if (fen < 0) return 'correction'
  return forMonth === runMonth ? 'regular' : 'arrears'
}

export const LINE_KINDS: Readonly<Record<LineKind, string>> = {
  regular: '当月',
  arrears: '补发',
  correction: '更正',
}

/** The sentence a recipient, a clerk and an auditor read; from the stored line and the legal basis of each rate it names. */
export function explainLine(
  program: Program,
  line: Pick<ObligationLine, 'forMonth' | 'fen' | 'dueFen' | 'persons' | 'category' | 'kind' | 'detail'>,
  basisOf: (rateId: string) => string,
): string {
  const { detail } = line
  const sentence = program.explain({
    forMonth: line.forMonth,
    fen: line.fen,
    dueFen: line.dueFen,
    wasFen: line.dueFen - line.fen,
    persons: line.persons,
    category: line.category,
    rates: detail.rates.map((rate) => ({ ...rate, basis: basisOf(rate.id) })),
    inputs: detail.inputs,
  })
  return line.kind === 'regular' ? sentence : `【${LINE_KINDS[line.kind]}】${sentence}`
}
