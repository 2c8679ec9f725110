import { z } from 'zod'

/**
 * The form of the files a paying bank takes and gives back, as data. A county agrees a layout with its bank and
 * stores it under `policies/layouts/`; no code changes. Widths count bytes of the declared encoding, not characters.
 */

export const COLUMN_FORMATS = ['fen', 'yuan', 'text', 'date8', 'int', 'const'] as const
export const OUTCOMES = ['paid', 'returned', 'unknown'] as const

const BATCH_FIELDS = ['county', 'batchNumber', 'batchDate', 'batchTitle', 'part'] as const
const TOTAL_FIELDS = ['count', 'totalFen'] as const
const PAY_FIELDS = [
  'ref',
  'seq',
  'payeeName',
  'account',
  'bankCode',
  'amountFen',
  'forMonth',
  'program',
  'purpose',
] as const
const ANSWER_FIELDS = [
  'ref',
  'seq',
  'payeeName',
  'account',
  'amountFen',
  'outcome',
  'reason',
  'ignored',
] as const
const ANSWER_TOTAL_FIELDS = [
  ...TOTAL_FIELDS,
  'paidCount',
  'paidFen',
  'returnedCount',
  'returnedFen',
  'unknownCount',
  'unknownFen',
  'ignored',
] as const

/** What a person reads when a column has no title of its own. */
export const FIELD_LABELS: Readonly<Record<string, string>> = {
  const: '固定内容',
  county: '区划代码',
  batchNumber: '批次号',
  batchDate: '批次日期',
  batchTitle: '批次名称',
  part: '分包序号',
  count: '总笔数',
  totalFen: '总金额',
  ref: '编号',
  seq: '序号',
  payeeName: '收款人姓名',
  account: '收款账号',
  bankCode: '开户行号',
  amountFen: '金额',
  forMonth: '所属月份',
  program: '项目',
  purpose: '用途',
  outcome: '处理结果代码',
  reason: '失败原因',
  ignored: '不使用的栏目',
  paidCount: '成功笔数',
  paidFen: '成功金额',
  returnedCount: '失败笔数',
  returnedFen: '失败金额',
  unknownCount: '待查笔数',
  unknownFen: '待查金额',
}

const ZERO_PADDED = new Set<string>(['fen', 'yuan', 'int'])
const COUNTS = new Set(['seq', 'part', 'count', 'paidCount', 'returnedCount', 'unknownCount'])
const MAY_BE_INT = new Set([...COUNTS, 'county', 'batchNumber', 'forMonth'])

function columnOf<const Fields extends readonly [string, ...string[]]>(fields: Fields) {
  return z
    .strictObject({
      field: z.enum(['const', ...fields] as const),
      /** Bytes in the encoding. Required in fixed-width files; elsewhere an upper limit. */
      width: z.int().min(1).max(400).optional(),
      align: z.enum(['left', 'right']).default('left'),
      pad: z.enum([' ', '0']).default(' '),
      format: z.enum(COLUMN_FORMATS),
      const: z.string().optional(),
      title: z.string().min(1).optional(),
    })
    .superRefine((column, context) => {
      const fault = columnFault(column)
      if (fault) context.addIssue({ code: 'custom', message: fault })
    })
}

/** One column of any record; `field` names what is written there. */
export interface Column {
  field: string
  width?: number | undefined
  align: 'left' | 'right'
  pad: ' ' | '0'
  format: (typeof COLUMN_FORMATS)[number]
  const?: string | undefined
  title?: string | undefined
}

/** Combinations that would be read back as another value are refused before a bank ever sees them. */
function columnFault(column: Column): string | undefined {
  const { field, format } = column
  const isMoney = field.endsWith('Fen')
  if ((field === 'const') !== (format === 'const')) return 'field 与 format 须同时为 const'
  if ((format === 'const') !== (column.const !== undefined))
    return 'format 为 const 时须填写 const，其他情况不填'
  if (isMoney !== (format === 'fen' || format === 'yuan'))
    return '金额栏的 format 须为 fen 或 yuan，其他栏不得使用'
  if ((field === 'batchDate') !== (format === 'date8')) return '日期栏的 format 须为 date8，其他栏不得使用'
  if (format === 'int' && !MAY_BE_INT.has(field)) return `${field} 不是整数栏，请改用 text`
  if (COUNTS.has(field) && format !== 'int') return `${field} 的 format 须为 int`
  if (column.pad === '0' && !(ZERO_PADDED.has(format) && column.align === 'right')) {
    return '只有右对齐的数字栏可以用 0 补位，否则读回时数值会改变'
  }
  return undefined
}

const HeadColumn = columnOf([...BATCH_FIELDS, ...TOTAL_FIELDS])
const DetailColumn = columnOf([...PAY_FIELDS, ...BATCH_FIELDS])
const AnswerColumn = columnOf(ANSWER_FIELDS)
const AnswerTotalColumn = columnOf(ANSWER_TOTAL_FIELDS)

/** How the bank answers. Either `ref` comes back, or account and amount together name the instruction. */
const ResultLayout = z.strictObject({
  titleRow: z.boolean().default(false),
  header: z.array(AnswerTotalColumn).default([]),
  detail: z.array(AnswerColumn).min(1),
  trailer: z.array(AnswerTotalColumn).default([]),
  /** Bank code → outcome. `*` stands for every code not listed and may not mean paid. */
  outcomes: z.record(z.string(), z.enum(OUTCOMES)),
  /** Bank code → what it means, used when the file carries no text of its own. */
  reasons: z.record(z.string(), z.string().min(1)).default({}),
})

export const Layout = z
  .strictObject({
    format: z.literal('minben-layout/1'),
    key: z.string().regex(/^[a-z][a-z0-9_]*$/),
    title: z.string().min(1),
    kind: z.enum(['fixed', 'csv', 'xlsx']),
    encoding: z.enum(['gbk', 'utf-8']),
    lineEnding: z.enum(['crlf', 'lf']).default('crlf'),
    /** UTF-8 CSV only: lets spreadsheet programs recognise the encoding. */
    byteOrderMark: z.boolean().default(false),
    separator: z.enum([',', '|', '\t', ';']).default(','),
    maxLinesPerFile: z.int().min(1).max(100_000),
    /** May use {county} {batch} {date} {part}; {part} is three digits, from 001. */
    fileName: z.string().min(1),
    sheet: z.string().min(1).max(31).default('代发明细'),
    titleRow: z.boolean().default(false),
    header: z.array(HeadColumn).default([]),
    detail: z.array(DetailColumn).min(1),
    trailer: z.array(HeadColumn).default([]),
    result: ResultLayout,
  })
  .superRefine((layout, context) => {
    for (const message of layoutFaults(layout)) context.addIssue({ code: 'custom', message })
  })
export type Layout = z.infer<typeof Layout>
export type Outcome = (typeof OUTCOMES)[number]

/** The order of records in a file: header, titles, details, trailer. Empty means the file has none. */
export interface RecordShape {
  titleRow: boolean
  header: readonly Column[]
  detail: readonly Column[]
  trailer: readonly Column[]
}

interface LayoutParts extends RecordShape {
  kind: 'fixed' | 'csv' | 'xlsx'
  encoding: 'gbk' | 'utf-8'
  byteOrderMark: boolean
  fileName: string
  result: RecordShape & { outcomes: Readonly<Record<string, Outcome>> }
}

function layoutFaults(layout: LayoutParts): string[] {
  const { kind, result } = layout
  const faults: string[] = []
  const need = (ok: boolean, message: string) => ok || faults.push(message)

  need(/\{part\}/.test(layout.fileName), 'fileName 须含 {part}，否则分包后文件重名')
  need(/\{batch\}/.test(layout.fileName), 'fileName 须含 {batch}，否则不同批次的文件重名')
  need(
    !/\{(?!(county|batch|date|part)\})/.test(layout.fileName),
    'fileName 只能使用 {county} {batch} {date} {part}',
  )
  need(kind !== 'xlsx' || layout.encoding === 'utf-8', 'xlsx 的 encoding 须为 utf-8')
  need(
    !layout.byteOrderMark || (kind === 'csv' && layout.encoding === 'utf-8'),
    'byteOrderMark 只用于 UTF-8 的 csv',
  )
  for (const field of ['payeeName', 'account', 'amountFen']) {
    need(has(layout.detail, field), `detail 缺少“${FIELD_LABELS[field]}”栏`)
  }
  need(has(result.detail, 'outcome'), 'result.detail 缺少“处理结果代码”栏')
  const byRef = has(result.detail, 'ref')
  need(!byRef || has(layout.detail, 'ref'), '回盘按编号对应时，detail 也须含“编号”栏')
  need(
    byRef || (has(result.detail, 'account') && has(result.detail, 'amountFen')),
    'result.detail 须含编号，或同时含账号和金额，否则无法对应到支付指令',
  )
  need(result.outcomes['*'] !== 'paid', 'outcomes 的 * 不得为 paid：未知代码不能当作已到账')
  need(
    Object.entries(result.outcomes).some(([code, to]) => code !== '*' && to === 'paid'),
    'outcomes 缺少成功代码',
  )
  for (const shape of [layout, result]) faults.push(...shapeFaults(shape, kind))
  return faults
}

function shapeFaults(shape: RecordShape, kind: 'fixed' | 'csv' | 'xlsx'): string[] {
  const faults: string[] = []
  const columns = [...shape.header, ...shape.detail, ...shape.trailer]
  if (kind === 'fixed' && shape.titleRow) faults.push('定长文件没有标题行，titleRow 须为 false')
  if (kind === 'fixed' && columns.some((column) => column.width === undefined)) {
    faults.push('定长文件的每一栏都须填写 width（字节数）')
  }
  if (shape.titleRow && shape.detail.some((column) => column.title === undefined)) {
    faults.push('有标题行时，detail 的每一栏都须填写 title')
  }
  for (const record of [shape.header, shape.detail, shape.trailer]) {
    const named = record.map(({ field }) => field).filter((field) => field !== 'const' && field !== 'ignored')
    if (new Set(named).size !== named.length) faults.push('同一条记录中栏目重复')
  }
  return faults
}

function has(columns: readonly Column[], field: string): boolean {
  return columns.some((column) => column.field === field)
}
