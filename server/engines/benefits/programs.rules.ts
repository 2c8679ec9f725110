import type { z } from 'zod'
import type { Month, PlainDate } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import type { RatesOf, UsedRate } from './rates.rules.ts'

export interface Payee {
  kind: 'person' | 'organisation'
  id: string
}

/** Facts that move money without a new decision, as known at the cut; only what the programme declares is loaded. */
export interface AutomaticFacts {
  bornOn: (personId: string) => PlainDate | undefined
}

/** One month of one award: what is due, to whom, and by which law. */
export interface Assessed {
  fen: Fen
  /** Each covered person's part; adds up to `fen`. */
  shares: readonly (readonly [personId: string, fen: Fen])[]
  /** The class under which reports count it, e.g. urban, rural, none. */
  category: string
  payee: Payee | null
  rates: readonly UsedRate[]
  /** What went in, for the sentence; small numbers and codes, no names. */
  inputs: Readonly<Record<string, number | string | null>>
  /** Why nothing is due although a grant is in force; a named automatic fact explains a stop to the continuity guard. */
  zeroBecause?: 'income_not_below_standard'
}

export type Assess<Content> = (
  content: Content,
  facts: AutomaticFacts,
  rates: RatesOf,
  month: Month,
) => Assessed

export interface EligibilityQuestion {
  rates: RatesOf
  from: Month
  decidedOn: PlainDate
}

/** What a domain hands over: one programme, as plain values and pure functions. */
export interface Program<Content = unknown> {
  key: string
  title: string
  /** What one run computes together. */
  group: string
  holder: 'household' | 'person' | 'either'
  /** Paid once; the continuity guard does not expect it again. */
  isOneOff: boolean
  content: z.ZodType<Content>
  /** A person may be covered under one key once in a month; the database refuses the second. */
  exclusiveKey: string
  covered: (content: Content) => readonly string[]
  /** The same content comes to the same in two months under the same law and births: last month's line may then be written again. */
  isSteady: boolean
  /** Whether birth dates can move money (ages); such facts are loaded for the run and mark months as touched. */
  usesBirth: boolean
  /** Formula versions; a fix is a new version, and a run stores the one it used so that a replay repeats it. */
  formulas: Readonly<Record<string, Assess<Content>>>
  version: string
  /** First month that a new award may be paid for, given the day of the decision. */
  paysFrom: 'month_after_decision' | 'month_of_decision'
  /** Who decides this content, and why it may not be granted; throws an AppError when it may not. */
  decidingLevel: (content: Content, question: EligibilityQuestion) => 'township' | 'county'
  requireEligible: (content: Content, question: EligibilityQuestion) => void
  /** Chinese titles of its rate items, setting keys and, as `name=value`, of dimensions that mean something here only. */
  lawTitles?: Readonly<Record<string, string>>
  /** How its settings are written, by key. */
  lawSettings?: Readonly<Record<string, SettingForm>>
  /** The Chinese sentence of a line, from the stored line and the basis of its rates. */
  explain: (line: ExplainedLine) => string
  /** The sum as a clerk would write it; what the steps add is the amount due, to the fen. */
  steps: (line: ExplainedLine) => Step[]
  /** What the content of a decision says, as rows of a form; no names. */
  describe: (content: Content) => Stated[]
  /** Other lives that a clerk is asked about, each as the decision would say it. */
  whatIfs?: (content: Content, line: ExplainedLine) => WhatIf<Content>[]
}

export interface SettingForm {
  /** An amount, one of the choices, or a table that a policy file brings. */
  kind: 'yuan' | 'choice' | 'file'
  /** Value → what it says. */
  choices?: Readonly<Record<string, string>>
  /** What holds while the county has set nothing. */
  unset: string
}

export interface WhatIf<Content = unknown> {
  text: string
  content: Content
}

export interface Step {
  label: string
  /** As written beside the label: 580.00, × 3 人, − 620.00. */
  shown: string
  addsFen: Fen
}

export interface Stated {
  label: string
  text: string
}

/** The part of a stored line from which its sentence is rendered. */
export interface ExplainedLine {
  forMonth: Month
  fen: Fen
  dueFen: Fen
  wasFen: Fen
  persons: number
  category: string
  rates: readonly (UsedRate & { basis: string })[]
  inputs: Readonly<Record<string, number | string | null>>
}

export type ProgramBook = ReadonlyMap<string, Program>

export function programBook(programs: readonly Program[]): ProgramBook {
  return new Map(programs.map((program) => [program.key, program]))
}

/** Erases the content type for the list of programmes; the engine parses content by the programme's own schema before use. */
export function asProgram<Content>(program: Program<Content>): Program {
  return program as unknown as Program
}

export function programsOfGroup(book: ProgramBook, group: string): Program[] {
  return [...book.values()].filter((program) => program.group === group)
}
