import type { Fen } from '../../platform/money.ts'
import type { Field } from './field.rules.ts'

/** A column that a programme understands: one of its words, a sum of money, a body on file, or (none of these) a text. */
export interface SaidField extends Field {
  isMoney?: boolean
  /** Typed by name or code; the content has its id. */
  isOrganisation?: boolean
  /** Word → what it stands for; of several words for the same the first is the one we ask for. */
  choices?: Readonly<Record<string, string>>
}

/** What a row says of the content, by key of the column; what it does not say is absent. */
export type Said = Readonly<Record<string, string | Fen>>

/** Whom a decision is about, and what it says now. */
export interface SaidOf {
  /** The person of the row. */
  personId: string
  /** Who lives in the household today; the person alone where the programme is a person's. */
  members: readonly string[]
  /** The content in force; undefined = a new one. */
  before: unknown
}

export type MadeContent = { content: unknown } | { fault: string; remedy: string }

/** What a row can say of one programme. */
export interface ProgramForm {
  /** Of each group exactly one column is filled for a new one; at most one for a change, which keeps the rest. */
  groups: readonly (readonly string[])[]
  /** Others that it understands. */
  optional?: readonly string[]
  make: (said: Said, of: SaidOf) => MadeContent
}

/** Decisions as a list may bring them: what only a domain knows, handed over by the composition. */
export interface DecisionForm {
  fields: readonly SaidField[]
  programs: Readonly<Record<string, ProgramForm>>
  /** What the name of a programme, as typed, says besides. */
  implied: Readonly<Record<string, Said>>
}

/** The words we ask for, one for each thing they stand for. */
export function choicesOf({ choices = {} }: SaidField): string {
  const first = new Map<string, string>()
  for (const [word, value] of Object.entries(choices)) if (!first.has(value)) first.set(value, word)
  return [...first.values()].join('、')
}
