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
  /** A page of what the figure counts, in the order of marks; undefined = the figure is no count. */
  listCounted?: (
    db: Db,
    question: FigureQuestion,
    page: { indicator: string } & CountedPage,
  ) => Promise<readonly Counted[]> | undefined
}

export interface IndicatorDefinition {
  name: string
  unit: string
  /** 口径: what is counted, in one Chinese sentence. */
  definition: string
  /** The list behind it has exactly as many rows as the figure says. */
  hasList?: true
}

export interface CountedPage {
  /** The mark of the last row of the page before. */
  after?: Mark | undefined
  limit: number
}

/** Where a row stands in its list. */
export interface Mark {
  id: string
  /** Within what `id` names; null = that is one row. */
  personId: string | null
}

/** One of the things that a figure counts: an award, a person of an award, a person. */
export interface Counted {
  mark: Mark
  awardId: string | null
  people: readonly string[]
  town: string | null
  village: string | null
  /** Due for the month, or granted in the period; null where the figure is not about money. */
  fen: number | null
}

export function markText({ id, personId }: Mark): string {
  return personId === null ? id : `${id}.${personId}`
}

export function markOf(text: string): Mark {
  const [id = '', personId] = text.split('.')
  return { id, personId: personId ?? null }
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
