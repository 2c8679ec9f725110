import { asPlainDate, isMonth, isPlainDate, type Month, type PlainDate } from '../../platform/dates.ts'
import { checkIdNumber } from '../../platform/id-number.ts'
import type { Fen } from '../../platform/money.ts'
import { faultOf, type FaultCode, type Params, type RowFault } from './fault.rules.ts'
import type { Columns, Field } from './field.rules.ts'
import type { SheetLine } from './sheet.rules.ts'

/** The cells of one line by field, and the faults found in them. */
export interface LineReader {
  row: number
  faults: RowFault[]
  /** In one form of letters and digits: full-width ones are put right. */
  cell: (field: string) => string
  fault: (field: string, code: FaultCode, params?: Params) => void
}

export function readLine(line: SheetLine, columns: Columns, fields: readonly Field[]): LineReader {
  const faults: RowFault[] = []
  const raw = (field: string) => line.cells[columns[field] ?? -1] ?? ''
  return {
    row: line.row,
    faults,
    cell: (field) => raw(field).normalize('NFKC').trim(),
    fault: (field, code, params) => {
      faults.push(
        faultOf(code, { row: line.row, ...placeOf(field, columns, fields), value: raw(field) }, params),
      )
    },
  }
}

/** Where a fault of a field stands, for those found only against the register. */
export function placeOf(
  field: string,
  columns: Columns,
  fields: readonly Field[],
): Pick<RowFault, 'place' | 'column'> {
  const column = fields.find(({ key }) => key === field)?.title ?? field
  return { place: (columns[field] ?? -1) + 1, column }
}

const MOST_NAME = 50
/** Letters of any script, the dots between parts of a name, a space, an apostrophe or hyphen of a Latin one. */
const NAME_FORM = /^[\p{L}\p{M}·•・･‧∙⋅.﹒ '’-]+$/u

export function nameIn({ cell, fault }: LineReader): string {
  const name = cell('fullName')
  if (name === '') fault('fullName', 'name_missing')
  else if ([...name].length > MOST_NAME) fault('fullName', 'name_too_long')
  else if (!NAME_FORM.test(name)) fault('fullName', 'name_characters')
  return name
}

export interface IdentityIn {
  number: string
  sex: 'male' | 'female'
  bornOn: PlainDate
}

/** Undefined when the number was at fault. */
export function identityIn({ cell, fault }: LineReader): IdentityIn | undefined {
  const typed = cell('idNumber')
  const checked = checkIdNumber(typed)
  if (checked.ok) return { number: checked.number, sex: checked.sex, bornOn: checked.bornOn }
  if (typed === '') fault('idNumber', 'id_missing')
  // A spreadsheet program keeps fifteen digits; a number that truly ends so has its check digit.
  else if (isLostNumber(typed) || /^\d{15}0{3}$/.test(typed))
    fault('idNumber', 'number_lost', { title: '证件号码', again: '按证件重新录入' })
  else fault('idNumber', ID_FAULTS[checked.code])
  return undefined
}

const ID_FAULTS = {
  'platform.id_number_length': 'id_number_length',
  'platform.id_number_format': 'id_number_format',
  'platform.id_number_region': 'id_number_region',
  'platform.id_number_birth_date': 'id_number_birth_date',
  'platform.id_number_check_digit': 'id_number_check_digit',
} as const

/** 4.41882E+17: what a spreadsheet program keeps of a long number. */
export function isLostNumber(text: string): boolean {
  return /^\d(\.\d+)?E\+?\d+$/i.test(text)
}

/** 1950-01-31, 1950/1/31, 1950.1.31, 1950年1月31日, 19500131. */
export function dateOf(text: string): PlainDate | null {
  const match =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (!match) return null
  const [, year = '', month = '', day = ''] = match
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isPlainDate(date) ? asPlainDate(date) : null
}

/** 2019-12, 2019/12, 2019.12, 2019年12月, 201912; a date is its month. */
export function monthOf(text: string): Month | undefined {
  const match =
    /^(\d{4})[-/.年](\d{1,2})(?:月|[-/.月]\d{1,2}日?)?$/.exec(text) ?? /^(\d{4})(\d{2})$/.exec(text)
  const month = `${match?.[1] ?? ''}-${(match?.[2] ?? '').padStart(2, '0')}`
  return isMonth(month) ? month : undefined
}

const MOST_FEN = 100_000_00

/** A sum of a month in yuan; undefined when the cell is empty or at fault. */
export function fenIn({ cell, fault }: LineReader, field: string): Fen | undefined {
  const typed = cell(field)
  const bare = typed.replace(/[,，\s]|元$/g, '')
  const [, sign = '', yuan = '', cents = ''] = /^(-?)(\d{1,12})(?:\.(\d*))?$/.exec(bare) ?? []
  if (typed === '') return undefined
  if (yuan === '') fault(field, 'amount_form')
  else if (sign !== '') fault(field, 'amount_negative')
  else if (/[1-9]/.test(cents.slice(2))) fault(field, 'amount_decimals')
  else {
    const fen = Number(yuan + cents.slice(0, 2).padEnd(2, '0'))
    if (fen <= MOST_FEN) return fen
    fault(field, 'amount_too_large')
  }
  return undefined
}
