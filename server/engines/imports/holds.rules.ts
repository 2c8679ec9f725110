import type { Month, PlainDate } from '../../platform/dates.ts'
import { dateOf, identityIn, monthOf, nameIn, readLine, type LineReader } from './cell.rules.ts'
import { HOLD_FIELDS } from './field.rules.ts'
import type { ReadAt, ReadRows } from './kind.rules.ts'
import type { RollWords } from './rolls.rules.ts'
import { readableLines, type SheetLine } from './sheet.rules.ts'

/** Why somebody, or one benefit of somebody, is not paid for now. */
export interface HoldRow {
  row: number
  fullName: string
  idNumber: string
  /** Empty = whatever the person gets. */
  program: string
  fromMonth: Month
  cause: string
  evidence: string
  reviewOn: PlainDate
}

export function readHolds(
  sheet: readonly SheetLine[],
  { headerRow, columns }: ReadAt,
  words: RollWords,
): ReadRows<HoldRow> {
  const { lines, faults } = readableLines(sheet, { headerRow, columns, fields: HOLD_FIELDS })
  const rows: HoldRow[] = []
  const seen = new Map<string, number>()
  for (const line of lines) {
    const reader = readLine(line, columns, HOLD_FIELDS)
    const row = holdIn(reader, words)
    const key = row && `${row.idNumber} ${row.program}`
    const first = key && seen.get(key)
    if (first) reader.fault('idNumber', 'hold_repeated', { row: first })
    else if (row && key) {
      seen.set(key, row.row)
      rows.push(row)
    }
    faults.push(...reader.faults)
  }
  return { rows, faults }
}

function holdIn(reader: LineReader, words: RollWords): HoldRow | undefined {
  const fullName = nameIn(reader)
  const identity = identityIn(reader)
  const program = programIn(reader, words)
  const fromMonth = monthIn(reader)
  const [cause, evidence] = [wordsIn(reader, 'cause'), wordsIn(reader, 'evidence')]
  const reviewOn = reviewIn(reader)
  if (reader.faults.length > 0 || !identity || program === undefined || !fromMonth || !reviewOn)
    return undefined
  return {
    row: reader.row,
    fullName,
    idNumber: identity.number,
    program,
    fromMonth,
    cause,
    evidence,
    reviewOn,
  }
}

function programIn({ cell, fault }: LineReader, { keys }: RollWords): string | undefined {
  const typed = cell('program')
  if (typed === '') return ''
  const key = keys.get(typed)
  if (key === undefined) fault('program', 'program_unknown', { program: typed })
  return key
}

function monthIn({ cell, fault }: LineReader): Month | undefined {
  const typed = cell('from')
  const month = monthOf(typed)
  if (typed === '') fault('from', 'from_missing')
  else if (month === undefined) fault('from', 'month_form', { title: '起始月份' })
  return month
}

function wordsIn({ cell, fault }: LineReader, field: 'cause' | 'evidence'): string {
  const typed = cell(field)
  if ([...typed].length < 2) fault(field, field === 'cause' ? 'cause_missing' : 'evidence_missing')
  return typed
}

function reviewIn({ cell, fault }: LineReader): PlainDate | undefined {
  const typed = cell('review')
  const day = dateOf(typed)
  if (typed === '') fault('review', 'review_missing')
  else if (day === null) fault('review', 'review_form')
  return day ?? undefined
}
