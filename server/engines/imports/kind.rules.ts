import type { Ctx } from '../../platform/command.ts'
import type { Instant, PlainDate } from '../../platform/dates.ts'
import type { Kept, Withdrawal } from '../registry/index.ts'
import type { RowFault } from './fault.rules.ts'
import type { Columns, Field } from './field.rules.ts'
import type { SheetLine } from './sheet.rules.ts'

/** How the clerk wants the file read. */
export interface ReadAt {
  headerRow: number
  columns: Columns
  today: PlainDate
}

export interface LoadOptions {
  columns: Columns
  /** Accounts and memberships hold from this day; villages are looked up as they were on it. */
  on: PlainDate
  /** For accounts; a bank's name in the sheet is not a code. */
  bankCode: string
  /** What stands as the source of each fact. */
  source: string
}

export interface CheckOptions extends LoadOptions {
  today: PlainDate
  /** What the rows of this file stood for so far, and in which row: a file is checked in parts, and a repeat may stand in another. */
  seen: Map<string, number>
}

export interface ReadRows<Row> {
  rows: Row[]
  faults: RowFault[]
  /** Rows that are loaded and undone together, by their first one; absent = each by itself. */
  units?: ReadonlyMap<number, number>
}

/** What the register says to rows that are right by themselves. */
export interface Checked {
  faults: RowFault[]
  /** Loaded before: by row, what it is on file. */
  known: ReadonlyMap<number, Done>
}

export interface Done {
  /** Null for somebody of another place, whose id is not for here. */
  subjectId: string | null
  /** Why nothing was done; null = it was. */
  why: string | null
}

/** One sort of list. The batch machinery knows nothing of what is in it. */
export interface ImportKind<Row extends { row: number } = { row: number }> {
  key: string
  title: string
  /** For whoever chooses: what the list is. */
  note: string
  fields: readonly Field[]
  /** Of the commands behind it, beside the one to load lists at all. */
  permissions: readonly string[]
  /** Rows of one transaction. */
  atOnce: number
  read: (sheet: readonly SheetLine[], at: ReadAt) => ReadRows<Row>
  check: (ctx: Ctx, rows: readonly Row[], options: CheckOptions) => Promise<Checked>
  /** By row. */
  load: (ctx: Ctx, rows: readonly Row[], options: LoadOptions) => Promise<Map<number, Done>>
  undo: (ctx: Ctx, withdrawal: Withdrawal) => Promise<Kept>
  /** What is loaded are proposals, each checked by a second person where proposals are. */
  proposals?: {
    count: (ctx: Ctx, subjectIds: readonly string[]) => Promise<ProposalCounts>
    /** By id, what each is about and how far it has come, in words. */
    states: (ctx: Ctx, subjectIds: readonly string[]) => Promise<ReadonlyMap<string, ProposalState>>
  }
  /** What is loaded takes effect when a second person has signed it. */
  signing?: {
    permission: string
    state: (ctx: Ctx, subjectIds: readonly string[]) => Promise<SigningState>
    /** What still waits; the rest is passed over. */
    sign: (ctx: Ctx, subjectIds: readonly string[]) => Promise<void>
  }
}

/** As it stands with the engine that keeps what was loaded: it may be signed or withdrawn there as well. */
export interface SigningState {
  isWaiting: boolean
  /** Who signed last, and when; null while something waits, or where nothing was signed. */
  signedBy: string | null
  signedAt: Instant | null
  /** What the signer compares with the list in hand. */
  summary: string
}

export interface ProposalCounts {
  waiting: number
  effective: number
  /** Refused, taken back, or undone later. */
  gone: number
}

export interface ProposalState {
  what: string
  state: string
}

export type KindBook = ReadonlyMap<string, ImportKind>

/** Erases the type of the rows for the list of kinds: each reads what it loads itself. */
export function asKind<Row extends { row: number }>(kind: ImportKind<Row>): ImportKind {
  return kind as unknown as ImportKind
}

/** Which of these people, households and awards something else was built upon, and what; handed over by the composition. */
export type UseFinder = (ctx: Ctx, ids: readonly string[]) => Promise<Kept>
