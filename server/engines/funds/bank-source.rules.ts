import { invalid } from '../../platform/errors.ts'
import { columnLabel, decodeText, unpadded } from './bank-cell.rules.ts'
import { MAX_LISTED_PROBLEMS } from './bank-file.rules.ts'
import type { Column, Layout, RecordShape } from './bank-file.schema.ts'

/** Files of the bank, cut into records and cells; what the cells mean is not decided here. */

export interface ResultProblem {
  row: number
  column: string
  reason: string
  remedy: string
}

/** A cell as read, or why it cannot be read. */
export type SourceCell = string | { reason: string; remedy: string }

/** One line of a result file before its columns are known: a fixed-width line is cut by the columns asked for. */
export interface SourceRow {
  row: number
  read(columns: readonly Column[]): SourceCell[] | { reason: string; remedy: string }
}

export interface ReadRecords {
  header?: ReadRecord
  details: ReadRecord[]
  trailer?: ReadRecord
}

/** Column field → text without padding; constants are checked and left out. */
export interface ReadRecord {
  row: number
  values: Readonly<Record<string, string>>
}

export const RESEND = '请向银行索取原始回盘文件，不要用表格软件另存'

/** Lines of a fixed-width or CSV file. A trailing ^Z and empty lines at the end are what old systems add. */
export function sourceRows(layout: Layout, bytes: Uint8Array): SourceRow[] {
  const whole = decodeText(bytes, layout.encoding)
  if (whole === undefined) {
    stopReading([
      {
        row: 1,
        column: '全文',
        reason: `文件不是 ${layout.encoding.toUpperCase()} 编码`,
        remedy: RESEND,
      },
    ])
    return []
  }
  return layout.kind === 'fixed' ? fixedRows(layout, bytes) : csvRows(layout, whole)
}

/** Splits rows into header, details and trailer by position and reads every cell. Reusable for our own files. */
export function readRecords(
  shape: RecordShape,
  rows: readonly SourceRow[],
): { records: ReadRecords; problems: ResultProblem[] } {
  const problems: ResultProblem[] = []
  const rest = [...rows]
  const headRow = shape.header.length > 0 ? rest.shift() : undefined
  const titleRow = shape.titleRow ? rest.shift() : undefined
  const tailRow = shape.trailer.length > 0 ? rest.pop() : undefined
  if (titleRow) checkTitles(shape, titleRow, problems)
  const read = (row: SourceRow, columns: readonly Column[]) => readRecord(row, columns, problems)
  const header = headRow && read(headRow, shape.header)
  const details = rest.flatMap((row) => read(row, shape.detail) ?? [])
  const trailer = tailRow && read(tailRow, shape.trailer)
  if (rest.length === 0) {
    problems.push({
      row: Math.max(1, rows.length),
      column: '全文',
      reason: '文件中没有明细行',
      remedy: '请确认文件和版式是否选对',
    })
  }
  return { records: { details, ...(header ? { header } : {}), ...(trailer ? { trailer } : {}) }, problems }
}

/** Throws `funds.result_file_invalid`; nothing when there are no problems. */
export function stopReading(problems: readonly ResultProblem[]): void {
  const first = problems[0]
  if (!first) return
  const ordered = problems.toSorted((a, b) => a.row - b.row)
  const { row, column, reason, remedy } = ordered[0] ?? first
  throw invalid(
    'funds.result_file_invalid',
    `回盘文件有 ${problems.length} 处问题，未导入任何一行。第 ${row} 行“${column}”：${reason}。${remedy}`,
    { count: problems.length, rows: ordered.slice(0, MAX_LISTED_PROBLEMS) },
  )
}

function fixedRows(layout: Layout, bytes: Uint8Array): SourceRow[] {
  // LF and CR are never the second byte of a GBK or UTF-8 character, so bytes may be split before decoding.
  const lines: Uint8Array[] = []
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(0x0a, start)
    const end = found === -1 ? bytes.length : found
    lines.push(bytes.subarray(start, bytes[end - 1] === 0x0d && end > start ? end - 1 : end))
    start = end + 1
  }
  const isEmpty = (line: Uint8Array) => line.length === 0 || (line.length === 1 && line[0] === 0x1a)
  while (lines.length > 0 && isEmpty(lines[lines.length - 1] ?? new Uint8Array())) lines.pop()
  return lines.map((line, index) => ({
    row: index + 1,
    read: (columns) => cutFixed(line, columns, layout.encoding),
  }))
}

function cutFixed(line: Uint8Array, columns: readonly Column[], encoding: Layout['encoding']) {
  const width = columns.reduce((sum, column) => sum + (column.width ?? 0), 0)
  if (line.length !== width) {
    return { reason: `应为 ${width} 字节，实为 ${line.length} 字节`, remedy: `请确认版式是否选对；${RESEND}` }
  }
  let start = 0
  return columns.map((column): SourceCell => {
    const slice = line.subarray(start, start + (column.width ?? 0))
    start += column.width ?? 0
    const text = decodeText(slice, encoding)
    return text === undefined
      ? { reason: '汉字被栏目边界截断，栏目错位', remedy: RESEND }
      : unpadded(column, text)
  })
}

function csvRows(layout: Layout, text: string): SourceRow[] {
  const rows = splitCsv(withoutEndMarks(text), layout.separator)
  return rows.map(({ row, cells, open }) => ({
    row,
    read: (columns) => {
      if (open) return { reason: '引号没有成对', remedy: RESEND }
      if (cells.length !== columns.length) {
        return { reason: `应为 ${columns.length} 栏，实为 ${cells.length} 栏`, remedy: '请确认版式是否选对' }
      }
      return columns.map((column, index) => unpadded(column, cells[index] ?? ''))
    },
  }))
}

interface CsvRow {
  row: number
  cells: string[]
  /** A quotation mark was never closed. */
  open: boolean
}

function withoutEndMarks(text: string): string {
  let end = text.length
  while (end > 0 && '\r\n\u001a'.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

function splitCsv(text: string, separator: string): CsvRow[] {
  const rows: CsvRow[] = []
  let current: CsvRow = { row: 1, cells: [], open: false }
  let cell = ''
  let line = 1
  const endCell = () => {
    current.cells.push(cell)
    cell = ''
  }
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\n') line++
    if (current.open) {
      if (character !== '"') cell += character
      else if (text.charAt(at + 1) === '"') cell += text.charAt(++at)
      else current.open = false
    } else if (character === '"' && cell === '') current.open = true
    else if (character === separator) endCell()
    else if (character === '\n') {
      endCell()
      rows.push(current)
      current = { row: line, cells: [], open: false }
    } else if (character !== '\r') cell += character
  }
  endCell()
  if (text !== '') rows.push(current)
  return rows
}

function checkTitles(shape: RecordShape, row: SourceRow, problems: ResultProblem[]): void {
  const cells = row.read(shape.detail.map((column) => ({ ...column, pad: ' ' as const })))
  if (!Array.isArray(cells)) {
    problems.push({ row: row.row, column: '标题行', ...cells })
    return
  }
  shape.detail.forEach((column, index) => {
    if (cells[index] === columnLabel(column)) return
    problems.push({
      row: row.row,
      column: columnLabel(column),
      reason: `第 ${index + 1} 栏的标题与版式不一致`,
      remedy: '请确认版式是否选对，栏目顺序不能调整',
    })
  })
}

function readRecord(
  row: SourceRow,
  columns: readonly Column[],
  problems: ResultProblem[],
): ReadRecord | undefined {
  const cells = row.read(columns)
  if (!Array.isArray(cells)) {
    problems.push({ row: row.row, column: '整行', ...cells })
    return undefined
  }
  const found: ResultProblem[] = []
  const values: Record<string, string> = {}
  columns.forEach((column, index) => {
    const cell = cells[index] ?? ''
    const at = { row: row.row, column: columnLabel(column) }
    if (typeof cell !== 'string') found.push({ ...at, ...cell })
    else if (column.format === 'const') {
      if (cell !== unpadded(column, column.const ?? '')) {
        found.push({ ...at, reason: `应为“${column.const ?? ''}”`, remedy: '请确认文件和版式是否选对' })
      }
    } else values[column.field] = cell
  })
  problems.push(...found)
  return found.length === 0 ? { row: row.row, values } : undefined
}
