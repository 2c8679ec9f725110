import { asPlainDate, isPlainDate, type PlainDate } from '../../platform/dates.ts'
import { isAppError } from '../../platform/errors.ts'
import { checkIdNumber } from '../../platform/id-number.ts'
import { normaliseAccount } from './account.rules.ts'
import { normalisePhone } from './person.rules.ts'
import type { Sex } from './person.schema.ts'

/** One line of a sheet as text; `row` counts as the spreadsheet program does, from 1. */
export interface SheetLine {
  row: number
  cells: readonly string[]
}

/** Why a row was left out and what a clerk can do about it. */
export interface RowError {
  row: number
  column: string
  reason: string
  remedy: string
}

export interface PeopleSheetRow {
  row: number
  fullName: string
  idNumber: string
  sex: Sex | null
  bornOn: PlainDate | null
  /** Name or code as typed. */
  village: string
  town: string | null
  phone: string | null
  registeredPoor: boolean
  account: { number: string; holderName: string; bankName: string | null } | null
}

export interface PeopleSheet {
  rows: PeopleSheetRow[]
  errors: RowError[]
}

export const MAX_SHEET_ROWS = 100_000
const HEADER_WITHIN = 20

type Field =
  | 'fullName'
  | 'idNumber'
  | 'sex'
  | 'bornOn'
  | 'town'
  | 'village'
  | 'phone'
  | 'registeredPoor'
  | 'account'
  | 'accountName'
  | 'bankName'

/** Headers as county offices write them; the first that fits a column wins, more exact ones first. */
const HEADERS: readonly [Field, RegExp][] = [
  ['accountName', /^(开户人|户名|账户名|帐户名|开户姓名|持卡人)/],
  ['bankName', /^(开户行|开户银行|银行名称|银行)$/],
  ['account', /(银行|存折|一卡通|社保卡).*(账号|帐号|卡号)|^(账号|帐号|卡号)$/],
  ['idNumber', /^(公民)?(身份证|身份|证件)(号码|号|编号)?$|^(居民)?身份证件?号码?$/],
  ['fullName', /^(姓名|人员姓名|对象姓名|救助对象|申请人姓名|成员姓名)$/],
  ['sex', /^性别$/],
  ['bornOn', /^(出生日期|出生年月日|生日)$/],
  ['town', /^(所属|所在)?(乡镇|镇|街道|乡镇街道|镇街|乡镇街)(名称)?$/],
  ['village', /^(所属|所在)?(村|社区|居委会|村委会|村居|村社区|村委|行政村|村居委会|村社|村居名称)(名称)?$/],
  ['phone', /^(联系)?(电话|手机|手机号|手机号码|电话号码|联系方式)(号码)?$/],
  ['registeredPoor', /^(是否)?(建档立卡)(贫困)?(户|人口|贫困户)?$/],
]

export const LABELS = {
  fullName: '姓名',
  idNumber: '证件号码',
  sex: '性别',
  bornOn: '出生日期',
  town: '乡镇',
  village: '村（社区）',
  phone: '电话',
  registeredPoor: '建档立卡',
  account: '银行账号',
  accountName: '户名',
  bankName: '开户行',
} as const satisfies Record<Field, string>

/** Finds the header line, guesses the columns, checks each row. Good rows come back beside the errors of the others. */
export function readPeopleLines(lines: readonly SheetLine[]): PeopleSheet {
  const header = lines.slice(0, HEADER_WITHIN).find(({ cells }) => isHeader(columnsOf(cells)))
  if (!header) return { rows: [], errors: [noHeader(lines)] }
  const columns = columnsOf(header.cells)
  const read = lines
    .filter(({ row, cells }) => row > header.row && cells.some((cell) => cell.trim() !== ''))
    .map((line) => readRow(line, columns))
  const seen = new Map<string, number>()
  const rows: PeopleSheetRow[] = []
  const errors = read.flatMap(({ errors: own }) => own)
  for (const { value } of read) {
    if (!value) continue
    const first = seen.get(value.idNumber)
    if (first === undefined) {
      seen.set(value.idNumber, value.row)
      rows.push(value)
    } else errors.push(repeated(value.row, first))
  }
  return { rows, errors: errors.sort((a, b) => a.row - b.row) }
}

function columnsOf(cells: readonly string[]): Map<Field, number> {
  const columns = new Map<Field, number>()
  for (const [index, cell] of cells.entries()) {
    const text = cell.normalize('NFKC').replace(/[\s()\[\]*、/:：]/g, '')
    const field = HEADERS.find(([name, pattern]) => !columns.has(name) && pattern.test(text))?.[0]
    if (field) columns.set(field, index)
  }
  return columns
}

function isHeader(columns: ReadonlyMap<Field, number>): boolean {
  return columns.has('fullName') && columns.has('idNumber') && columns.has('village')
}

function noHeader(lines: readonly SheetLine[]): RowError {
  return {
    row: lines[0]?.row ?? 1,
    column: '表头',
    reason: `前 ${HEADER_WITHIN} 行中没有找到含“姓名”“身份证号”“村（社区）”的表头`,
    remedy: '请补上表头后重新导入；列名可写作 姓名、身份证号码、村（社区）、电话、银行账号',
  }
}

function repeated(row: number, first: number): RowError {
  return {
    row,
    column: LABELS.idNumber,
    reason: `与第 ${first} 行的证件号码相同`,
    remedy: '请核对两行是否同一人，删去其中一行',
  }
}

type Cell = (field: Field) => string

function readRow(
  line: SheetLine,
  columns: ReadonlyMap<Field, number>,
): { value?: PeopleSheetRow; errors: RowError[] } {
  const errors: RowError[] = []
  const cell: Cell = (field) => (line.cells[columns.get(field) ?? -1] ?? '').normalize('NFKC').trim()
  const fault = (field: Field, reason: string, remedy: string) => {
    errors.push({ row: line.row, column: LABELS[field], reason, remedy })
  }
  const value: PeopleSheetRow = {
    row: line.row,
    fullName: nameIn(cell, fault),
    ...identityIn(cell, fault),
    village: cell('village'),
    town: cell('town') || null,
    phone: phoneIn(cell, fault),
    registeredPoor: yesIn(cell, fault),
    account: accountIn(cell, fault),
  }
  if (value.village === '') fault('village', '没有填写村（社区）', '请填写村（社区）名称或12位代码')
  return errors.length === 0 ? { value, errors } : { errors }
}

type Fault = (field: Field, reason: string, remedy: string) => void

function nameIn(cell: Cell, fault: Fault): string {
  const name = cell('fullName')
  if (name === '') fault('fullName', '没有填写姓名', '请补填姓名')
  else if ([...name].length > 50 || /\d/.test(name)) fault('fullName', '姓名过长或含有数字', '请核对姓名')
  return name
}

function identityIn(cell: Cell, fault: Fault): Pick<PeopleSheetRow, 'idNumber' | 'sex' | 'bornOn'> {
  const typed = cell('idNumber')
  const checked = checkIdNumber(typed)
  const sex = ({ 男: 'male', 女: 'female' } as const)[cell('sex')] ?? null
  const bornOn = dateIn(cell('bornOn'))
  if (cell('sex') !== '' && sex === null) fault('sex', '性别不是“男”或“女”', '请改为“男”或“女”，或留空')
  if (cell('bornOn') !== '' && bornOn === null)
    fault('bornOn', '出生日期不是有效日期', '请写作 1950-01-31，或留空')
  if (!checked.ok) {
    const [reason, remedy] = numberFault(typed, checked.message)
    fault('idNumber', reason, remedy)
    return { idNumber: '', sex, bornOn }
  }
  if (bornOn !== null && bornOn !== checked.bornOn)
    fault('bornOn', '出生日期与证件号码不一致', '请核对证件后改正')
  if (sex !== null && sex !== checked.sex) fault('sex', '性别与证件号码不一致', '请核对证件后改正')
  return { idNumber: checked.number, sex: checked.sex, bornOn: checked.bornOn }
}

function numberFault(typed: string, message: string): [reason: string, remedy: string] {
  if (typed === '') return ['没有填写证件号码', '请补填；确无证件号码的人员请在系统中逐人建档']
  if (/^\d(\.\d+)?E\+?\d+$/i.test(typed) || /^\d{15}0{3}$/.test(typed)) {
    return ['证件号码被表格软件当作数字，后几位已丢失', '请把该列设为“文本”格式后按证件重新录入']
  }
  const [reason = message, remedy] = message.split(/，请/)
  return [reason, remedy === undefined ? '请核对证件后改正' : `请${remedy}`]
}

/** 1950-01-31, 1950/1/31, 1950.1.31, 1950年1月31日, 19500131. */
function dateIn(text: string): PlainDate | null {
  const match =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (!match) return null
  const [, year = '', month = '', day = ''] = match
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isPlainDate(date) ? asPlainDate(date) : null
}

function phoneIn(cell: Cell, fault: Fault): string | null {
  const text = cell('phone')
  if (text === '') return null
  try {
    return normalisePhone(text)
  } catch (error) {
    if (!isAppError(error)) throw error
    fault('phone', '电话号码格式不对', '请填写11位手机号，或带区号的固定电话，或留空')
    return null
  }
}

function yesIn(cell: Cell, fault: Fault): boolean {
  const text = cell('registeredPoor')
  if (['', '否', '无', '×', '不是', '0'].includes(text)) return false
  if (['是', '√', '✓', '有', '1'].includes(text)) return true
  fault('registeredPoor', '应填“是”或“否”', '请改为“是”或“否”，或留空')
  return false
}

function accountIn(cell: Cell, fault: Fault): PeopleSheetRow['account'] {
  const typed = cell('account')
  if (typed === '') return null
  if (/^\d(\.\d+)?E\+?\d+$/i.test(typed)) {
    fault('account', '银行账号被表格软件当作数字，后几位已丢失', '请把该列设为“文本”格式后重新录入')
    return null
  }
  const number = normaliseAccount(typed)
  if (number === undefined) {
    fault('account', '银行账号应为4至40位数字或字母', '请核对存折或银行卡后改正')
    return null
  }
  return { number, holderName: cell('accountName') || cell('fullName'), bankName: cell('bankName') || null }
}
