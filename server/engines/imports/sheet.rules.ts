import { faultOf, type RowFault } from './fault.rules.ts'
import { guessColumns, type Columns, type Field } from './field.rules.ts'

/** One line of a sheet as text; `row` counts as the spreadsheet program does, from 1. */
export interface SheetLine {
  row: number
  cells: readonly string[]
  /** Cells that say nothing reliable, by column from 0. */
  broken?: ReadonlyMap<number, BrokenCell>
}

export type BrokenCell = 'cell_formula' | 'cell_merged'

/** What belongs to the trade in text, not to a person; longer is a slip of the hand or of the column. */
const MOST_CHARACTERS = 200
const HEADER_WITHIN = 20

export interface Header {
  row: number
  cells: readonly string[]
  columns: Columns
}

/** The line above the list: the one of the first twenty that names most columns. */
export function findHeader(lines: readonly SheetLine[], fields: readonly Field[]): Header | undefined {
  const known = lines.slice(0, HEADER_WITHIN).map(({ row, cells }) => ({
    ...{ row, cells },
    columns: guessColumns(cells, fields),
  }))
  const sizeOf = ({ columns }: Header) => Object.keys(columns).length
  return known.reduce<Header | undefined>(
    (best, each) => (sizeOf(each) > (best ? sizeOf(best) : 0) ? each : best),
    undefined,
  )
}

export interface ReadLines {
  lines: SheetLine[]
  /** With a cell that says nothing reliable; the others of them may still tell which household it is. */
  broken: SheetLine[]
  faults: RowFault[]
}

/** The lines below the header that can be read at all; an empty one between them is a fault, those at the end are none. */
export function readableLines(
  sheet: readonly SheetLine[],
  { headerRow, columns, fields }: { headerRow: number; columns: Columns; fields: readonly Field[] },
): ReadLines {
  const below = sheet.filter(({ row }) => row > headerRow)
  const last = below.findLastIndex((line) => !isEmpty(line))
  const read: ReadLines = { lines: [], broken: [], faults: [] }
  for (const line of below.slice(0, last + 1)) {
    const own = isEmpty(line) ? [emptyRow(line)] : brokenCells(line, columns, fields)
    if (own.length === 0) read.lines.push(line)
    else read.broken.push(line)
    read.faults.push(...own)
  }
  return read
}

function isEmpty({ cells, broken }: SheetLine): boolean {
  return (broken?.size ?? 0) === 0 && cells.every((cell) => cell.trim() === '')
}

function emptyRow({ row }: SheetLine): RowFault {
  return faultOf('row_empty', { row, place: 0, column: '整行', value: '' })
}

function brokenCells(line: SheetLine, columns: Columns, fields: readonly Field[]): RowFault[] {
  return fields.flatMap(({ key, title }) => {
    const index = columns[key]
    if (index === undefined) return []
    const value = line.cells[index] ?? ''
    const at = { row: line.row, place: index + 1, column: title, value }
    const broken = line.broken?.get(index)
    if (broken) return [faultOf(broken, at)]
    return [...value].length > MOST_CHARACTERS
      ? [faultOf('cell_too_long', at, { most: MOST_CHARACTERS })]
      : []
  })
}
