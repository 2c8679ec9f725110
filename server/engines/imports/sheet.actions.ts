import ExcelJS from 'exceljs'
import iconv from 'iconv-lite'
import { invalid } from '../../platform/errors.ts'
import { csvLines } from './csv.rules.ts'
import type { BrokenCell, SheetLine } from './sheet.rules.ts'
import { requireModestZip, unreadable } from './zip.rules.ts'

export const MOST_FILE_BYTES = 20 * 2 ** 20
export const MOST_ROWS = 50_000
const MOST_COLUMNS = 100
const UNPACKED = { bytes: 200 * 2 ** 20, files: 1000 }

/**
 * The lines of the first sheet of an xlsx, or of a csv in UTF-8 or GBK; which of them it is, the bytes say. Throws
 * `imports.file_too_large`, `imports.file_unreadable`, `imports.file_bomb`, `imports.file_empty`.
 */
export async function readSheet(bytes: Uint8Array): Promise<SheetLine[]> {
  if (bytes.length > MOST_FILE_BYTES) throw tooLarge()
  const lines = isWorkbook(bytes) ? await workbookLines(bytes) : textLines(bytes)
  if (lines.length > MOST_ROWS) throw tooLarge()
  if (lines.some(({ cells }) => cells.some((cell) => cell.trim() !== ''))) return lines
  throw invalid('imports.file_empty', '文件里没有内容，没有上传。请核对是否选错文件。')
}

function tooLarge() {
  return invalid('imports.file_too_large', `文件超过 ${MOST_ROWS} 行或 20 兆，没有上传。请分成几个文件上传。`)
}

/** A zip archive; the older binary format begins otherwise and is told apart. */
function isWorkbook(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 4)).toString('hex')
  if (head === 'd0cf11e0') throw unreadable()
  return head === '504b0304'
}

/** UTF-8 when it is valid, else the GBK of Chinese office programs. Text has no null characters. */
function textLines(bytes: Uint8Array): SheetLine[] {
  const data = Buffer.from(bytes)
  if (data.includes(0)) throw unreadable()
  const text = iconv.decode(data, 'utf8')
  return csvLines(text.includes('\uFFFD') ? iconv.decode(data, 'gb18030') : text)
}

async function workbookLines(bytes: Uint8Array): Promise<SheetLine[]> {
  requireModestZip(bytes, UNPACKED)
  const workbook = new ExcelJS.Workbook()
  try {
    await workbook.xlsx.load(new Uint8Array(bytes).buffer)
  } catch {
    throw unreadable()
  }
  const [sheet] = workbook.worksheets
  if (!sheet) throw unreadable()
  const lines: SheetLine[] = []
  // Styles may reach to the last row a sheet can have: only rows with something in them tell how long it is.
  sheet.eachRow((row, number) => {
    if (number > MOST_ROWS) throw tooLarge()
    for (let gap = lines.length + 1; gap < number; gap++) lines.push({ row: gap, cells: [] })
    lines.push(lineOf(row, number))
  })
  return lines
}

function lineOf(row: ExcelJS.Row, number: number): SheetLine {
  const broken = new Map<number, BrokenCell>()
  const cells = Array.from({ length: Math.min(row.cellCount, MOST_COLUMNS) }, (_, index) => {
    const cell = row.getCell(index + 1)
    if (cell.isMerged) broken.set(index, 'cell_merged')
    const text = cellText(cell.value)
    if (text === undefined) broken.set(index, 'cell_formula')
    return text ?? ''
  })
  return broken.size === 0 ? { row: number, cells } : { row: number, cells, broken }
}

/** Undefined for a formula without a value. */
function cellText(value: ExcelJS.CellValue | undefined): string | undefined {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  // Of a longer number the last digits are lost: as the program shows it, so that nobody takes it for whole.
  if (typeof value === 'number' && Math.abs(value) >= 1e15) return value.toExponential().toUpperCase()
  if (typeof value !== 'object') return String(value)
  if ('richText' in value) return value.richText.map(({ text }) => text).join('')
  if ('text' in value) return String(value.text)
  if ('result' in value && value.result !== undefined) return cellText(value.result)
  return undefined
}
