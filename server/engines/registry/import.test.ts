import ExcelJS from 'exceljs'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import type { Actor } from '../../platform/access.ts'
import { execute, read } from '../../platform/command.ts'
import { upgrade15 } from '../../platform/id-number.ts'
import {
  currentAccounts,
  findPeople,
  importPeople,
  openAccountNumber,
  readPeopleSheet,
  recordAreas,
  type PeopleSheet,
} from './index.ts'

const COUNTY = '441882'
const FIRST = upgrade15('441882500101101')
const SECOND = upgrade15('441882520229104')
const ROWS = [
  ['姓名', '身份证号', '村', '电话', '银行账号'],
  ['张三', FIRST, '上村', '13800000001', '6217003110000000003'],
  ['李四', SECOND, '上村', '', ''],
  ['王五', '441882195001011019', '上村', '', ''],
  ['赵六', upgrade15('441882500101303'), '无此村', '', ''],
]
const CSV = ROWS.map((row) => row.join(',')).join('\r\n')

let db: TestDb
let bureau: Actor

beforeAll(async () => {
  db = await testDb()
  const permissions = ['registry.area.record', 'registry.person.register', 'registry.account.record']
  bureau = await buildActor(db, { login: 'bureau', permissions, scope: [COUNTY] })
  const areas = [
    { code: '441882101', name: '北山镇', level: 'township', parent: COUNTY },
    { code: '441882101201', name: '上村村委会', level: 'village', parent: '441882101' },
  ]
  await execute(db.deps, recordAreas, { actor: bureau, county: COUNTY, input: { areas } })
})
afterAll(() => db.close())

async function workbook(rows: readonly (readonly ExcelJS.CellValue[])[]): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  book.addWorksheet('名册').addRows(rows.map((row) => [...row]))
  return new Uint8Array(await book.xlsx.writeBuffer())
}

test('UTF-8, GBK and xlsx of one sheet are read alike', async () => {
  const expected = await readPeopleSheet(Buffer.from(CSV), 'csv')

  expect(expected.rows.map(({ fullName }) => fullName)).toEqual(['张三', '李四', '赵六'])
  expect(expected.errors.map(({ row, column }) => [row, column])).toEqual([[4, '证件号码']])
  expect(await readPeopleSheet(iconv.encode(CSV, 'gbk'), 'csv')).toEqual(expected)
  expect(await readPeopleSheet(await workbook(ROWS), 'xlsx')).toEqual(expected)
})

test('a number kept as a number is reported, a date kept as a date is read, and a file that is none is refused', async () => {
  const bytes = await workbook([
    ['姓名', '身份证号', '村', '出生日期'],
    ['张三', Number(FIRST), '上村', null],
    ['李四', SECOND, '上村', new Date(Date.UTC(1952, 1, 29))],
  ])

  const { rows, errors } = await readPeopleSheet(bytes, 'xlsx')

  expect(errors).toMatchObject([{ row: 2, column: '证件号码' }])
  expect(rows).toMatchObject([{ fullName: '李四', bornOn: '1952-02-29' }])
  await expect(readPeopleSheet(Buffer.from('姓名'), 'xlsx')).rejects.toMatchObject({
    code: 'registry.sheet_unreadable',
  })
})

test('valid rows load with their accounts, the others are listed; a second import adds nobody', async () => {
  const run = async (sheet: PeopleSheet) =>
    importPeople(
      db.deps,
      { actor: bureau, county: COUNTY },
      { sheet, on: '2020-01-01', bankCode: 'RCB', source: '2020年名册' },
    )
  const sheet = await readPeopleSheet(Buffer.from(CSV), 'csv')

  const first = await run(sheet)
  const second = await run(sheet)

  expect(first).toMatchObject({ registered: 2, accounts: 1 })
  expect(first.errors.map(({ row, reason }) => [row, reason])).toEqual([
    [4, '证件号码校验位不符，可能有一位填错'],
    [5, '没有找到“无此村”'],
  ])
  expect(second).toMatchObject({ registered: 0, accounts: 0 })
  expect(second.errors.map(({ row }) => row)).toEqual([2, 3, 4, 5])
  const number = await read(db.deps, { actor: bureau, county: COUNTY }, async (ctx) => {
    const { people } = await findPeople(ctx, { text: FIRST })
    const id = people[0]?.id ?? ''
    const held = (await currentAccounts(ctx.tx, COUNTY, { holderIds: [id], on: '2020-01-01' })).get(id)
    return held && openAccountNumber(ctx.keys, held)
  })
  expect(number).toBe('6217003110000000003')
})
