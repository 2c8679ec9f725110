import { addMonths, type Month } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import type { ProgramBook } from '../benefits/index.ts'
import { fenIn, identityIn, monthOf, nameIn, readLine, type LineReader } from './cell.rules.ts'
import { ROLL_FIELDS, type Field } from './field.rules.ts'
import type { ReadAt, ReadRows } from './kind.rules.ts'
import { readableLines, type SheetLine } from './sheet.rules.ts'

/** A line of the old system's last list. */
export interface RollRow {
  row: number
  fullName: string
  idNumber: string
  program: string
  lastPaidMonth: Month
  lastPaidFen: Fen
}

/** What a list may be about: by the words of offices, the key of the programme; and which of them have no last month. */
export interface RollWords {
  keys: ReadonlyMap<string, string>
  oneOff: ReadonlySet<string>
}

export function rollWordsOf(programs: ProgramBook, words: Readonly<Record<string, string>>): RollWords {
  const known = [...programs.values()]
  return {
    keys: new Map([...known.map(({ key, title }) => [title, key] as const), ...Object.entries(words)]),
    oneOff: new Set(known.filter(({ isOneOff }) => isOneOff).map(({ key }) => key)),
  }
}

export function readRolls(sheet: readonly SheetLine[], at: ReadAt, words: RollWords): ReadRows<RollRow> {
  return readEachOnce(sheet, at, {
    fields: ROLL_FIELDS,
    rowIn: (reader) => rollIn(reader, words, at.today),
    keyOf: ({ idNumber, program }) => `${idNumber} ${program}`,
  })
}

/** Rows of which each key stands once: a later one is a fault that names the first. */
export function readEachOnce<Row extends { row: number }>(
  sheet: readonly SheetLine[],
  { headerRow, columns }: ReadAt,
  {
    fields,
    rowIn,
    keyOf,
  }: {
    fields: readonly Field[]
    rowIn: (reader: LineReader) => Row | undefined
    keyOf: (row: Row) => string
  },
): ReadRows<Row> {
  const { lines, faults } = readableLines(sheet, { headerRow, columns, fields })
  const rows: Row[] = []
  const seen = new Map<string, number>()
  for (const line of lines) {
    const reader = readLine(line, columns, fields)
    const row = rowIn(reader)
    const key = row && keyOf(row)
    const first = key && seen.get(key)
    if (first) reader.fault('idNumber', 'roll_repeated', { row: first })
    else if (row && key) {
      seen.set(key, row.row)
      rows.push(row)
    }
    faults.push(...reader.faults)
  }
  return { rows, faults }
}

function rollIn(reader: LineReader, words: RollWords, today: string): RollRow | undefined {
  const fullName = nameIn(reader)
  const identity = identityIn(reader)
  const program = programIn(reader, words)
  const lastPaidMonth = paidMonthIn(reader, today)
  const lastPaidFen = amountIn(reader)
  if (reader.faults.length > 0 || !identity || !program || !lastPaidMonth || lastPaidFen === undefined)
    return undefined
  return { row: reader.row, fullName, idNumber: identity.number, program, lastPaidMonth, lastPaidFen }
}

export function programIn({ cell, fault }: LineReader, { keys, oneOff }: RollWords): string | undefined {
  const typed = cell('program')
  const key = keys.get(typed)
  if (typed === '') fault('program', 'program_missing')
  else if (key === undefined) fault('program', 'program_unknown', { program: typed })
  else if (oneOff.has(key)) fault('program', 'program_one_off', { program: typed })
  else return key
  return undefined
}

function paidMonthIn({ cell, fault }: LineReader, today: string): Month | undefined {
  const typed = cell('paidMonth')
  const month = monthOf(typed)
  if (typed === '') fault('paidMonth', 'month_missing')
  else if (month === undefined) fault('paidMonth', 'month_form', { title: '末次发放月份' })
  else if (month > today.slice(0, 7)) fault('paidMonth', 'month_in_future')
  const opens = cell('opensMonth')
  const opensMonth = monthOf(opens)
  if (opens !== '' && opensMonth === undefined) fault('opensMonth', 'month_form', { title: '开账月份' })
  // No month is left out and none is paid by both systems.
  else if (opensMonth !== undefined && month !== undefined && opensMonth !== addMonths(month, 1))
    fault('opensMonth', 'opens_gap', { month: addMonths(month, 1) })
  return month
}

function amountIn(reader: LineReader): Fen | undefined {
  if (reader.cell('amount') === '') reader.fault('amount', 'amount_missing')
  return fenIn(reader, 'amount')
}
