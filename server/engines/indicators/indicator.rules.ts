import type { Month } from '../../platform/dates.ts'
import type { Db } from '../../platform/db.ts'

/** What is asked: one month as known at its last published run, or the runs of a period (both months included). */
export type FigureQuestion = { county: string } & (
  { kind: 'as_of'; month: Month } | { kind: 'period'; from: Month; to: Month }
)

export interface Figure {
  indicator: string
  value: number
  breakdown?: Readonly<Record<string, number>>
}

/** Figures that one reading of the database gives together. */
export interface FigureSet {
  kind: FigureQuestion['kind']
  indicators: readonly IndicatorDefinition[]
  load: (db: Db, question: FigureQuestion) => Promise<readonly Figure[]>
}

export interface IndicatorDefinition {
  name: string
  unit: string
  /** 口径: what is counted, in one Chinese sentence. */
  definition: string
}

/** The contract of `figures --json`. */
export interface AnsweredFigure extends Figure {
  period: string
  unit: string
  definition: string
}

export function periodText(question: FigureQuestion): string {
  return question.kind === 'as_of' ? question.month : `${question.from}..${question.to}`
}

/** A level with two decimals, half up: 415 700 / 440 = 944.77, never truncated to 944.76. */
export function levelOf(totalFen: number, count: number): number {
  if (count === 0) return 0
  return Math.floor((2 * totalFen + count) / (2 * count)) / 100
}
