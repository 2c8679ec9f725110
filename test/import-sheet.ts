import ExcelJS from 'exceljs'
import { upgrade15 } from '../server/platform/id-number.ts'

/** A list of people as a bureau might have it, with faults planted where the answer key says. */

export type SheetRow = (ExcelJS.CellValue | undefined)[]

export interface Planted {
  row: number
  code: string
  /** Column from 1; 0 = the whole row. */
  place: number
}

export interface PlantedSheet {
  rows: SheetRow[]
  /** Ranges to merge, by row and columns from 1. */
  merges: [row: number, from: number, to: number][]
  key: Planted[]
  /** Rows without a fault. */
  valid: number
}

/** What the sheet plays with; who uploads it has the first town alone. */
export interface SheetPlaces {
  town: string
  villages: readonly string[]
  /** In two towns. */
  ambiguous: string
  ended: string
  /** Of another town. */
  outside: { town: string; village: string }
  /** Numbers on file: of the own town under another name, and of another town. */
  onFile: readonly string[]
  elsewhere: readonly string[]
}

export const HEADERS = [
  ...['序号', '姓名', '性别', '身份证号码', '出生日期', '所属乡镇', '村（社区）', '联系电话', '是否建档立卡'],
  ...['一卡通账号', '备注'],
]
const AT = { name: 1, sex: 2, id: 3, born: 4, town: 5, village: 6, phone: 7, poor: 8, account: 9, note: 10 }

/** Somebody's number by a serial, all different: days of 1950 to 1989, then the serial of the day. */
export function idNumberOf(serial: number): string {
  const day = new Date(Date.UTC(1950, 0, 1 + (serial % 14_000)))
    .toISOString()
    .slice(2, 10)
    .replaceAll('-', '')
  return upgrade15(`441882${day}${String(101 + Math.floor(serial / 14_000)).padStart(3, '0')}`)
}

const SURNAMES = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨'
const GIVEN = '志强丽华建国秀英春梅玉兰海燕文军'

function goodRow(serial: number, places: SheetPlaces): SheetRow {
  const number = idNumberOf(serial)
  const name = `${SURNAMES.charAt(serial % 16)}${GIVEN.charAt(serial % 15)}${GIVEN.charAt((serial * 7) % 15)}`
  const born = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  const row: SheetRow = [
    ...[serial + 1, name, Number(number[16]) % 2 === 1 ? '男' : '女', number, born, places.town],
    ...[places.villages[serial % places.villages.length], `139${String(10_000_000 + serial)}`, '否'],
    ...[cardOf(serial), ''],
  ]
  return row
}

/** A card of 19 digits with its check digit. */
export function cardOf(serial: number): string {
  const digits = `621700${String(serial).padStart(12, '0')}`
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return digits + String((10 - (sum % 10)) % 10)
}

interface Plant {
  code: string
  at: keyof typeof AT | 'row'
  change: (row: SheetRow, given: { places: SheetPlaces; index: number; earlier: SheetRow }) => unknown
}

/** Another last character than the right one. */
export function wrongDigit(text: string): string {
  return text.slice(0, -1) + (text.endsWith('1') ? '2' : '1')
}

const withId = (row: SheetRow, change: (number: string) => ExcelJS.CellValue) => {
  row[AT.id] = change(String(row[AT.id]))
}

/** One line for each kind of fault: what a clerk does wrong. */
const PLANTS: readonly Plant[] = [
  { code: 'row_empty', at: 'row', change: (row) => row.fill('') },
  { code: 'cell_formula', at: 'village', change: (row) => (row[AT.village] = { error: '#N/A' }) },
  {
    ...{ code: 'cell_formula', at: 'phone' },
    change: (row) => (row[AT.phone] = { formula: 'VLOOKUP(A1,B:C,2,0)', result: { error: '#REF!' } }),
  },
  { code: 'cell_merged', at: 'account', change: () => undefined },
  { code: 'cell_too_long', at: 'village', change: (row) => (row[AT.village] = '上村'.repeat(120)) },
  {
    code: 'number_lost',
    at: 'id',
    change: (row) => withId(row, (number) => Number(`${number.slice(0, 15)}000`)),
  },
  { code: 'number_lost', at: 'account', change: (row) => (row[AT.account] = '6.217E+18') },
  { code: 'name_missing', at: 'name', change: (row) => (row[AT.name] = ' ') },
  { code: 'name_too_long', at: 'name', change: (row) => (row[AT.name] = '长'.repeat(51)) },
  { code: 'name_characters', at: 'name', change: (row) => (row[AT.name] = '王２小') },
  { code: 'name_characters', at: 'name', change: (row) => (row[AT.name] = '王#小') },
  { code: 'id_missing', at: 'id', change: (row) => withId(row, () => null) },
  { code: 'id_number_length', at: 'id', change: (row) => withId(row, (number) => number.slice(0, 15)) },
  {
    code: 'id_number_format',
    at: 'id',
    change: (row) => withId(row, (number) => `44188O${number.slice(6)}`),
  },
  { code: 'id_number_region', at: 'id', change: (row) => withId(row, (number) => `99${number.slice(2)}`) },
  {
    ...{ code: 'id_number_birth_date', at: 'id' },
    change: (row) => withId(row, (number) => `${number.slice(0, 10)}1332${number.slice(14)}`),
  },
  { code: 'id_number_check_digit', at: 'id', change: (row) => withId(row, wrongDigit) },
  {
    ...{ code: 'id_repeated', at: 'id' },
    change: (row, { earlier }) => {
      for (const at of [AT.id, AT.sex, AT.born]) row[at] = earlier[at]
    },
  },
  {
    ...{ code: 'name_differs', at: 'name' },
    change: (row, { places, index }) => becomes(row, places.onFile[index] ?? ''),
  },
  {
    ...{ code: 'id_taken', at: 'id' },
    change: (row, { places, index }) => becomes(row, places.elsewhere[index] ?? ''),
  },
  { code: 'sex_word', at: 'sex', change: (row) => (row[AT.sex] = '先生') },
  { code: 'sex_differs', at: 'sex', change: (row) => (row[AT.sex] = row[AT.sex] === '男' ? '女' : '男') },
  { code: 'born_on_form', at: 'born', change: (row) => (row[AT.born] = '1950-02-30') },
  { code: 'born_on_differs', at: 'born', change: (row) => (row[AT.born] = '1949/10/1') },
  {
    ...{ code: 'born_in_future', at: 'id' },
    change: (row, { index }) => becomes(row, futureNumber(index)),
  },
  { code: 'village_missing', at: 'village', change: (row) => (row[AT.village] = '') },
  { code: 'village_unknown', at: 'village', change: (row) => (row[AT.village] = '桃花源村') },
  {
    ...{ code: 'village_ambiguous', at: 'village' },
    change: (row, { places }) => {
      row[AT.village] = places.ambiguous
      row[AT.town] = ''
    },
  },
  { code: 'village_ended', at: 'village', change: (row, { places }) => (row[AT.village] = places.ended) },
  {
    ...{ code: 'village_outside', at: 'village' },
    change: (row, { places }) => {
      row[AT.village] = places.outside.village
      row[AT.town] = places.outside.town
    },
  },
  { code: 'phone_form', at: 'phone', change: (row) => (row[AT.phone] = '1390013800') },
  { code: 'yes_or_no', at: 'poor', change: (row) => (row[AT.poor] = '也许') },
  { code: 'account_form', at: 'account', change: (row) => (row[AT.account] = '账号待补') },
  { code: 'account_check', at: 'account', change: (row) => (row[AT.account] = wrongDigit(cardOf(7))) },
]

export const PLANTED_KINDS = new Set(PLANTS.map(({ code, at }) => `${code} ${at}`))

/** The row becomes somebody else, sex and birth included. */
function becomes(row: SheetRow, number: string): void {
  row[AT.id] = number
  row[AT.sex] = ''
  row[AT.born] = ''
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** Born in 2099. */
function futureNumber(index: number): string {
  const body = `44188220990101${String(100 + index)}`
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(body[at]), 0)
  return body + '10X98765432'.charAt(sum % 11)
}

/** `faults` rows of `rows` are wrong, each in one way, the kinds in turn; where they stand, the seed says. */
export function plantedSheet(
  places: SheetPlaces,
  { rows: count, faults, seed }: { rows: number; faults: number; seed: number },
): PlantedSheet {
  const rows = Array.from({ length: count }, (_, serial) => goodRow(serial, places))
  const key: Planted[] = []
  const merges: PlantedSheet['merges'] = []
  // The first row is what others repeat; the last one stays good, so that an empty row is one between others.
  const chosen = shuffled(count - 2, seed)
    .slice(0, faults)
    .map((index) => index + 1)
  for (const [turn, index] of chosen.entries()) {
    const plant = PLANTS[turn % PLANTS.length]
    const row = rows[index]
    if (!plant || !row) throw new Error('the sheet has no such row')
    plant.change(row, { places, index: Math.floor(turn / PLANTS.length), earlier: rows[0] ?? [] })
    const place = plant.at === 'row' ? 0 : AT[plant.at] + 1
    if (plant.code === 'cell_merged') merges.push([index + 2, place, AT.note + 1])
    key.push({ row: index + 2, code: plant.code, place })
  }
  key.sort((a, b) => a.row - b.row)
  return { rows: [HEADERS, ...rows], merges, key, valid: count - faults }
}

/** 0 … count − 1 in an order that the seed alone decides. */
export function shuffled(count: number, seed: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index)
  let state = seed
  for (let at = count - 1; at > 0; at--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    const other = (state >>> 8) % (at + 1)
    ;[order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0]
  }
  return order
}

export async function workbookOf({
  rows,
  merges,
}: Pick<PlantedSheet, 'rows' | 'merges'>): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('名册')
  sheet.addRows(rows.map((row) => row.map((cell) => (cell === '' ? null : cell))))
  for (const [row, from, to] of merges) sheet.mergeCells(row, from, row, to)
  return new Uint8Array(await book.xlsx.writeBuffer())
}
