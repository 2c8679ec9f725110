import { looksLikeBankCard } from '../../platform/bank-card.ts'
import type { PlainDate } from '../../platform/dates.ts'
import { isAppError } from '../../platform/errors.ts'
import { normaliseAccount, normalisePhone } from '../registry/index.ts'
import { dateOf, identityIn, isLostNumber, nameIn, readLine, type LineReader } from './cell.rules.ts'
import { PEOPLE_FIELDS } from './field.rules.ts'
import type { ReadAt, ReadRows } from './kind.rules.ts'
import { readableLines, type SheetLine } from './sheet.rules.ts'

export interface PeopleRow {
  row: number
  fullName: string
  idNumber: string
  sex: 'male' | 'female'
  bornOn: PlainDate
  /** Name or code as typed. */
  village: string
  town: string | null
  phone: string | null
  registeredPoor: boolean
  account: { number: string; holderName: string } | null
}

/** Checks each row by itself and against the others. Good rows come back beside the faults of the rest. */
export function readPeople(
  sheet: readonly SheetLine[],
  { headerRow, columns, today }: ReadAt,
): ReadRows<PeopleRow> {
  const { lines, faults } = readableLines(sheet, { headerRow, columns, fields: PEOPLE_FIELDS })
  const rows: PeopleRow[] = []
  const seen = new Map<string, number>()
  for (const line of lines) {
    const reader = readLine(line, columns, PEOPLE_FIELDS)
    const row = personIn(reader, today)
    const first = row && seen.get(row.idNumber)
    if (first !== undefined) reader.fault('idNumber', 'id_repeated', { row: first })
    else if (row) {
      seen.set(row.idNumber, row.row)
      rows.push(row)
    }
    faults.push(...reader.faults)
  }
  return { rows, faults }
}

function personIn(reader: LineReader, today: PlainDate): PeopleRow | undefined {
  const { cell, fault, faults, row } = reader
  const fullName = nameIn(reader)
  const identity = identityIn(reader)
  checkStated(reader, identity)
  if (identity && identity.bornOn > today) fault('idNumber', 'born_in_future')
  const phone = phoneIn(reader)
  const registeredPoor = yesIn(reader)
  const account = accountIn(reader)
  if (cell('village') === '') fault('village', 'village_missing')
  if (faults.length > 0 || !identity) return undefined
  const { number: idNumber, sex, bornOn } = identity
  const place = { village: cell('village'), town: cell('town') || null }
  return { row, fullName, idNumber, sex, bornOn, ...place, phone, registeredPoor, account }
}

/** What the sheet says beside the number must agree with it. */
function checkStated({ cell, fault }: LineReader, identity: ReturnType<typeof identityIn>): void {
  const sex = ({ 男: 'male', 女: 'female' } as const)[cell('sex')] ?? null
  const bornOn = dateOf(cell('bornOn'))
  if (cell('sex') !== '' && sex === null) fault('sex', 'sex_word')
  if (cell('bornOn') !== '' && bornOn === null) fault('bornOn', 'born_on_form')
  if (!identity) return
  if (bornOn !== null && bornOn !== identity.bornOn) fault('bornOn', 'born_on_differs')
  if (sex !== null && sex !== identity.sex) fault('sex', 'sex_differs')
}

function phoneIn({ cell, fault }: LineReader): string | null {
  const text = cell('phone')
  if (text === '') return null
  try {
    return normalisePhone(text)
  } catch (error) {
    if (!isAppError(error)) throw error
    fault('phone', 'phone_form')
    return null
  }
}

function yesIn({ cell, fault }: LineReader): boolean {
  const text = cell('registeredPoor')
  if (['', '否', '无', '×', '不是', '0'].includes(text)) return false
  if (['是', '√', '✓', '有', '1'].includes(text)) return true
  fault('registeredPoor', 'yes_or_no')
  return false
}

function accountIn({ cell, fault }: LineReader): PeopleRow['account'] {
  const typed = cell('account')
  if (typed === '') return null
  const number = normaliseAccount(typed)
  if (isLostNumber(typed)) fault('account', 'number_lost', { title: '银行账号', again: '重新录入' })
  else if (number === undefined) fault('account', 'account_form')
  else if (isMistypedCard(number)) fault('account', 'account_check')
  else return { number, holderName: cell('accountName') || cell('fullName') }
  return null
}

/** Cards of Chinese banks begin with 62 and carry a check digit; passbooks of rural banks have neither. */
function isMistypedCard(number: string): boolean {
  return /^62\d{14,17}$/.test(number) && !looksLikeBankCard(number)
}
