import type { Month } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import { fenIn, identityIn, monthOf, nameIn, type LineReader } from './cell.rules.ts'
import { OLD_LIST_FIELDS } from './field.rules.ts'
import type { ReadAt, ReadRows } from './kind.rules.ts'
import { programIn, readEachOnce, type RollWords } from './rolls.rules.ts'
import type { SheetLine } from './sheet.rules.ts'

/** What the old system paid somebody in a month. */
export interface OldListRow {
  row: number
  fullName: string
  idNumber: string
  program: string
  month: Month
  fen: Fen
  /** Of it, for earlier months. */
  arrearsFen: Fen
  /** For how many people; null = the list does not say. */
  persons: number | null
}

export function readOldList(sheet: readonly SheetLine[], at: ReadAt, words: RollWords): ReadRows<OldListRow> {
  return readEachOnce(sheet, at, {
    fields: OLD_LIST_FIELDS,
    rowIn: (reader) => paymentIn(reader, words, at.today),
    keyOf: ({ idNumber, program, month }) => `${idNumber} ${program} ${month}`,
  })
}

function paymentIn(reader: LineReader, words: RollWords, today: string): OldListRow | undefined {
  const fullName = nameIn(reader)
  const identity = identityIn(reader)
  const program = programIn(reader, words)
  const month = monthIn(reader, today)
  const fen = amountIn(reader)
  const arrearsFen = fenIn(reader, 'arrears') ?? 0
  if (fen !== undefined && arrearsFen > fen) reader.fault('arrears', 'arrears_too_large')
  const persons = personsIn(reader)
  if (reader.faults.length > 0 || !identity || !program || !month || fen === undefined) return undefined
  return { row: reader.row, fullName, idNumber: identity.number, program, month, fen, arrearsFen, persons }
}

function monthIn({ cell, fault }: LineReader, today: string): Month | undefined {
  const typed = cell('month')
  const month = monthOf(typed)
  if (typed === '') fault('month', 'month_missing')
  else if (month === undefined) fault('month', 'month_form', { title: '发放月份' })
  else if (month > today.slice(0, 7)) fault('month', 'month_in_future')
  return month
}

function amountIn(reader: LineReader): Fen | undefined {
  if (reader.cell('amount') === '') reader.fault('amount', 'amount_missing')
  return fenIn(reader, 'amount')
}

function personsIn({ cell, fault }: LineReader): number | null {
  const typed = cell('persons').replace(/人$/, '')
  if (typed === '') return null
  if (/^[1-9]\d?$/.test(typed)) return Number(typed)
  fault('persons', 'persons_form')
  return null
}
