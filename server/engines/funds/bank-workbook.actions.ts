import ExcelJS from 'exceljs'
import { planResult, type BankAnswer } from './bank-answer.rules.ts'
import { unpadded } from './bank-cell.rules.ts'
import { planFiles } from './bank-file.rules.ts'
import type { BankFile, PayBatch, PayLine, WrittenRecord } from './bank-file.rules.ts'
import type { Column, Layout } from './bank-file.schema.ts'
import { readResult, type ResultLine } from './bank-result.rules.ts'
import { RESEND, stopReading, type SourceCell, type SourceRow } from './bank-source.rules.ts'

/** Bank files that are workbooks. Asynchronous only because the library is; no clock, no database. */

const CENTRAL_ENTRY = 0x02014b50
const END_OF_CENTRAL = 0x06054b50
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024
const MAX_COMMENT = 0xffff
/** Spreadsheets keep 15 digits; a longer number has lost its end. */
const EXACT_BELOW = 1e15

/** Like `renderBankFiles`: same checks, same split, and the same bytes at every rendering. */
export async function renderWorkbook(
  layout: Layout,
  batch: PayBatch,
  lines: readonly PayLine[],
): Promise<BankFile[]> {
  const files: BankFile[] = []
  for (const { name, records, count, totalFen } of planFiles(layout, batch, lines)) {
    files.push({ name, bytes: await workbookBytes(layout, records, batch.date), count, totalFen })
  }
  return files
}

/** The answer workbook of the stand-in bank, dated by the caller. */
export async function renderResultWorkbook(
  layout: Layout,
  answers: readonly BankAnswer[],
  date: string,
): Promise<Uint8Array> {
  return workbookBytes(layout, planResult(layout, answers), date)
}

/** Reads the first sheet; throws `funds.result_file_invalid` like `parseResultFile`. */
export async function parseResultWorkbook(layout: Layout, bytes: Uint8Array): Promise<ResultLine[]> {
  return readResult(layout, await workbookRows(bytes))
}

/** Rows of the first sheet that hold anything. */
export async function workbookRows(bytes: Uint8Array): Promise<SourceRow[]> {
  const workbook = new ExcelJS.Workbook()
  try {
    const unpacked = zipEntries(bytes).reduce((sum, entry) => sum + entry.unpackedBytes, 0)
    if (unpacked > MAX_UNPACKED_BYTES) throw new Error('workbook unpacks to more than is plausible')
    await workbook.xlsx.load(new Uint8Array(bytes).buffer)
  } catch {
    stopReading([
      {
        row: 1,
        column: '全文',
        reason: '文件不是完整的 xlsx 工作簿',
        remedy: '如为 .xls 旧格式，请先另存为 .xlsx；否则请向银行重新索取',
      },
    ])
  }
  const rows: SourceRow[] = []
  workbook.worksheets[0]?.eachRow((row, number) => {
    rows.push({ row: number, read: (columns) => readRow(row, columns) })
  })
  return rows
}

async function workbookBytes(
  layout: Layout,
  records: readonly WrittenRecord[],
  date: string,
): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook()
  const instant = new Date(`${date}T00:00:00Z`)
  workbook.creator = '民本'
  workbook.lastModifiedBy = '民本'
  workbook.created = instant
  workbook.modified = instant
  const sheet = workbook.addWorksheet(layout.sheet)
  records.forEach(({ columns, cells }, index) => {
    const row = sheet.getRow(index + 1)
    columns.forEach((column, at) => {
      const cell = row.getCell(at + 1)
      const text = cells[at] ?? ''
      const isNumber = isWrittenAsNumber(column, text)
      cell.value = isNumber ? Number(text) : text
      cell.numFmt = isNumber ? (column.format === 'yuan' ? '0.00' : '0') : '@'
    })
  })
  const bytes = new Uint8Array(await workbook.xlsx.writeBuffer())
  return withZipDate(bytes, date)
}

/** Accounts, references and dates stay text: a spreadsheet would round or reformat them. */
function isWrittenAsNumber({ format }: Column, text: string): boolean {
  return (
    (format === 'yuan' || format === 'fen' || format === 'int') && Math.abs(Number(text)) < EXACT_BELOW / 100
  )
}

function readRow(row: ExcelJS.Row, columns: readonly Column[]): ReturnType<SourceRow['read']> {
  let used = 0
  row.eachCell((cell, at) => {
    if (cellText(cell.value) !== '') used = at
  })
  if (used > columns.length) {
    return { reason: `应为 ${columns.length} 栏，实为 ${used} 栏`, remedy: '请确认版式是否选对' }
  }
  return columns.map((column, index) => {
    const read = cellText(row.getCell(index + 1).value)
    return typeof read === 'string' ? unpadded(column, read.trim()) : read
  })
}

function cellText(value: ExcelJS.CellValue): SourceCell {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value)
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  if (typeof value === 'object' && 'richText' in value) return value.richText.map(({ text }) => text).join('')
  if (typeof value === 'object' && 'hyperlink' in value) return value.text
  return { reason: '单元格是公式、错误值或其他不能读取的内容', remedy: `请改为直接填写的值；${RESEND}` }
}

function numberText(value: number): SourceCell {
  if (Math.abs(value) >= EXACT_BELOW) {
    return { reason: '长号码被存成数字，末尾数字已丢失', remedy: `该栏应为文本格式；${RESEND}` }
  }
  // Sums made in binary fractions (0.1 + 0.2) are a rounding error away from the fen that was meant.
  const cents = Math.round(value * 100)
  return Math.abs(value * 100 - cents) < 1e-6 ? String(cents / 100) : String(value)
}

interface ZipEntry {
  /** Where the entry stands in the central directory, and where its local header stands. */
  central: number
  local: number
  unpackedBytes: number
}

/**
 * The library stamps every part of the zip with the clock. The stamps are overwritten by the batch date, so that
 * two renderings give the same bytes and the fingerprint of a batch can be checked years later.
 */
function withZipDate(bytes: Uint8Array, date: string): Uint8Array {
  const view = viewOf(bytes)
  const [year = 1980, month = 1, day = 1] = date.split('-').map(Number)
  const dosDate = ((year - 1980) << 9) | (month << 5) | day
  for (const { central, local } of zipEntries(bytes)) {
    view.setUint16(central + 12, 0, true)
    view.setUint16(central + 14, dosDate, true)
    view.setUint16(local + 10, 0, true)
    view.setUint16(local + 12, dosDate, true)
  }
  return bytes
}

/** The central directory (APPNOTE 4.3.12, 4.3.16). Throws when the bytes are no zip. */
function zipEntries(bytes: Uint8Array): ZipEntry[] {
  const view = viewOf(bytes)
  let end = bytes.length - 22
  const lowest = Math.max(0, end - MAX_COMMENT)
  while (end >= lowest && view.getUint32(end, true) !== END_OF_CENTRAL) end--
  if (end < lowest) throw new Error('no end of central directory')
  const count = view.getUint16(end + 10, true)
  const entries: ZipEntry[] = []
  for (let at = view.getUint32(end + 16, true); entries.length < count;) {
    if (view.getUint32(at, true) !== CENTRAL_ENTRY) throw new Error('broken central directory')
    entries.push({
      central: at,
      local: view.getUint32(at + 42, true),
      unpackedBytes: view.getUint32(at + 24, true),
    })
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return entries
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
