import { isMonth, isPlainDate } from '../../platform/dates.ts'
import { invalid } from '../../platform/errors.ts'
import { sumFen } from '../../platform/money.ts'
import { cellFault, columnLabel, csvCell, encodeText, fixedCell, formatCell } from './bank-cell.rules.ts'
import type { CellFault, CellValue, CellValues } from './bank-cell.rules.ts'
import { Layout, type Column, type RecordShape } from './bank-file.schema.ts'

/** What the bank is told about one instruction. */
export interface PayLine {
  /** Our reference: up to 20 ASCII letters, digits, `-`, `_`; unique in the batch. */
  ref: string
  /** As the bank must read it; a bank-agreed substitute is put in by the caller. */
  payeeName: string
  account: string
  bankCode: string
  amountFen: number
  /** `YYYY-MM` */
  forMonth: string
  program: string
  purpose: string
}

export interface PayBatch {
  county: string
  number: string
  /** `YYYY-MM-DD`; the only date that reaches the file. */
  date: string
  title: string
}

export interface BankFile {
  name: string
  bytes: Uint8Array
  count: number
  totalFen: number
}

/** One written record: a text per column. */
export interface WrittenRecord {
  columns: readonly Column[]
  cells: readonly string[]
}

export interface FilePlan {
  name: string
  records: WrittenRecord[]
  count: number
  totalFen: number
}

export interface LineProblem extends CellFault {
  ref: string | null
  column: string
}

export const MAX_LISTED_PROBLEMS = 200
const REF = /^[0-9A-Za-z][0-9A-Za-z_-]{0,19}$/
const ACCOUNT = /^[0-9A-Za-z][0-9A-Za-z-]{3,39}$/
const BANK_CODE = /^[0-9A-Za-z]*$/
const NOT_IN_FILE_NAMES = /[\\/:*?"<>|\p{Cc}]|^\./u

/** Throws `funds.layout_invalid` with every fault found. */
export function parseLayout(value: unknown): Layout {
  const parsed = Layout.safeParse(value)
  if (parsed.success) return parsed.data
  const rows = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), reason: message }))
  const first = rows[0]
  throw invalid(
    'funds.layout_invalid',
    `银行文件版式有 ${rows.length} 处错误：${first?.path ?? ''} ${first?.reason ?? ''}。请更正版式文件后重新载入`,
    { rows },
  )
}

/**
 * Fixed-width and CSV files, the same bytes for the same input. All lines or none: the first fault stops the batch.
 * Throws `funds.name_outside_charset`, `funds.field_too_long`, `funds.amount_not_positive`, `funds.ref_duplicate` …
 */
export function renderBankFiles(layout: Layout, batch: PayBatch, lines: readonly PayLine[]): BankFile[] {
  if (layout.kind === 'xlsx') throw new Error(`layout '${layout.key}' is a workbook: use renderWorkbook`)
  return planFiles(layout, batch, lines).map(({ name, records, count, totalFen }) => ({
    name,
    bytes: textFileBytes(layout, records),
    count,
    totalFen,
  }))
}

/** Checks every line, splits by `maxLinesPerFile` and lays out the records; shared by all kinds of file. */
export function planFiles(layout: Layout, batch: PayBatch, lines: readonly PayLine[]): FilePlan[] {
  if (lines.length === 0)
    throw invalid('funds.batch_empty', '批次中没有可发放的明细，未生成银行文件。请先选择明细')
  if (!isPlainDate(batch.date))
    throw invalid('funds.batch_date', '批次日期不正确，请填写如 2026-03-01 的日期')
  stopAt(lineProblems(lines))
  const chunks = chunked(lines, layout.maxLinesPerFile)
  const problems: LineProblem[] = []
  const plans = chunks.map((chunk, index) => {
    const head = batchValues(batch, index + 1)
    const totals = { count: chunk.length, totalFen: sumFen(chunk.map((line) => line.amountFen)) }
    const details = chunk.map((line, at) => ({ ...head, ...line, seq: at + 1 }))
    const written = writeRecords(layout, layout, { head: { ...head, ...totals }, details })
    problems.push(...written.problems)
    return { name: fileName(layout, batch, index + 1), records: written.records, ...totals }
  })
  stopAt(problems)
  return plans
}

/** Lays out header, titles, details and trailer of any shape and reports every cell that cannot be written. */
export function writeRecords(
  layout: Layout,
  shape: RecordShape,
  { head, details }: { head: CellValues; details: readonly (CellValues & { ref: CellValue })[] },
): { records: WrittenRecord[]; problems: LineProblem[] } {
  const problems: LineProblem[] = []
  const write = (columns: readonly Column[], values: CellValues, ref: string | null): WrittenRecord => {
    const cells = columns.map((column) => {
      const text = formatCell(column, values, layout.kind)
      const fault = cellFault(column, text, layout)
      if (fault) problems.push({ ...fault, ref, column: columnLabel(column) })
      return text
    })
    return { columns, cells }
  }
  const titles = shape.detail.map((column): Column => {
    return { field: 'const', format: 'const', const: columnLabel(column), align: 'left', pad: ' ' }
  })
  const records = [
    ...(shape.header.length > 0 ? [write(shape.header, head, null)] : []),
    ...(shape.titleRow ? [write(titles, {}, null)] : []),
    ...details.map((values) => write(shape.detail, values, String(values.ref))),
    ...(shape.trailer.length > 0 ? [write(shape.trailer, head, null)] : []),
  ]
  return { records, problems }
}

/** Bytes of a fixed-width or CSV file; every record ends with the line ending, the last one too. */
export function textFileBytes(layout: Layout, records: readonly WrittenRecord[]): Uint8Array {
  const ending = Buffer.from(layout.lineEnding === 'crlf' ? '\r\n' : '\n', 'ascii')
  const parts: Buffer[] = layout.byteOrderMark ? [Buffer.from([0xef, 0xbb, 0xbf])] : []
  for (const { columns, cells } of records) {
    if (layout.kind === 'fixed') {
      parts.push(...columns.map((column, index) => fixedCell(column, cells[index] ?? '', layout.encoding)))
    } else {
      const texts = cells.map((text) => csvCell(text, layout.separator))
      parts.push(encodeText(texts.join(layout.separator), layout.encoding))
    }
    parts.push(ending)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** Stops with the first problem's code; all are listed in the details, by reference, never by name. */
export function stopAt(problems: readonly LineProblem[]): void {
  const [first] = problems
  if (!first) return
  const where = (first.ref === null ? '汇总记录' : `编号 ${first.ref} 的明细`) + (first.subject ?? '')
  const others = problems.length > 1 ? `；共发现 ${problems.length} 处问题，其余见明细` : ''
  const rows = problems
    .slice(0, MAX_LISTED_PROBLEMS)
    .map(({ code, ref, column, reason, remedy, codePoints }) => {
      return { code, ref, column, reason, remedy, ...(codePoints ? { codePoints } : {}) }
    })
  throw invalid(first.code, `${where}：${first.reason}。整批未生成。${first.remedy}${others}`, {
    ref: first.ref,
    column: first.column,
    count: problems.length,
    rows,
  })
}

function lineProblems(lines: readonly PayLine[]): LineProblem[] {
  const seen = new Set<string>()
  return lines.flatMap((line) => {
    const problems = [...valueProblems(line)]
    if (seen.has(line.ref)) problems.push(duplicateRef(line.ref))
    seen.add(line.ref)
    return problems
  })
}

function* valueProblems(line: PayLine): Generator<LineProblem> {
  const { ref } = line
  const problem = (
    code: string,
    column: string,
    [reason, remedy]: readonly [string, string],
  ): LineProblem => {
    return { code: `funds.${code}`, ref, column, reason, remedy }
  }
  if (!REF.test(ref)) {
    yield problem('ref_invalid', '编号', [
      '编号须为 1 至 20 位英文字母、数字、- 或 _',
      '请由系统重新生成支付指令',
    ])
  }
  if (!Number.isSafeInteger(line.amountFen) || line.amountFen <= 0) {
    yield problem('amount_not_positive', '金额', [
      '金额须大于零且精确到分',
      '请将该明细移出批次，核对应发金额',
    ])
  }
  if (line.payeeName.trim() === '') {
    yield problem('field_missing', '收款人姓名', ['没有收款人姓名', '请在登记信息中补录姓名'])
  }
  if (!ACCOUNT.test(line.account)) {
    yield problem('account_invalid', '收款账号', [
      '收款账号为空、过短或含有数字和字母以外的字符',
      '请在登记信息中更正收款账号',
    ])
  }
  if (!BANK_CODE.test(line.bankCode)) {
    yield problem('bank_code_invalid', '开户行号', ['开户行号只能是数字或字母', '请在登记信息中更正开户行号'])
  }
  if (!isMonth(line.forMonth)) {
    yield problem('month_invalid', '所属月份', ['所属月份不正确', '请填写如 2026-03 的月份'])
  }
}

function duplicateRef(ref: string): LineProblem {
  return {
    code: 'funds.ref_duplicate',
    ref,
    column: '编号',
    reason: '同一批次中编号重复，银行可能重复付款',
    remedy: '请重新生成批次；如再次出现，请联系系统管理员',
  }
}

function batchValues(batch: PayBatch, part: number): CellValues {
  return {
    county: batch.county,
    batchNumber: batch.number,
    batchDate: batch.date,
    batchTitle: batch.title,
    part,
  }
}

function fileName(layout: Layout, batch: PayBatch, part: number): string {
  const values: Record<string, string> = {
    county: batch.county,
    batch: batch.number,
    date: batch.date.replaceAll('-', ''),
    part: String(part).padStart(3, '0'),
  }
  const name = layout.fileName.replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '')
  if (NOT_IN_FILE_NAMES.test(name)) {
    throw invalid(
      'funds.file_name_invalid',
      `文件名“${name}”含有不能用于文件名的字符，请更正批次号或版式的文件名`,
    )
  }
  return name
}

function chunked<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
