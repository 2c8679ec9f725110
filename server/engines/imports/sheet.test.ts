import ExcelJS from 'exceljs'
import iconv from 'iconv-lite'
import { expect, test } from 'vitest'
import { readSheet } from './sheet.actions.ts'

const ROWS = [
  ['姓名', '身份证号', '村'],
  ['张三', '441882195001011234', '上村'],
]
const CSV = ROWS.map((row) => row.join(',')).join('\r\n')
const LINES = ROWS.map((cells, index) => ({ row: index + 1, cells }))

async function workbook(fill: (sheet: ExcelJS.Worksheet) => unknown): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  fill(book.addWorksheet('名册'))
  return new Uint8Array(await book.xlsx.writeBuffer())
}

test('UTF-8, GBK and xlsx of one sheet are read alike', async () => {
  expect(await readSheet(Buffer.from(CSV))).toEqual(LINES)
  expect(await readSheet(iconv.encode(CSV, 'gbk'))).toEqual(LINES)
  expect(await readSheet(await workbook((sheet) => sheet.addRows(ROWS)))).toEqual(LINES)
})

test('dates, formulas with a value and rich text are text; a formula without one and merged cells are told', async () => {
  const bytes = await workbook((sheet) => {
    sheet.addRow(['出生', '算', '字'])
    sheet.addRow([
      new Date(Date.UTC(1952, 1, 29)),
      { formula: 'A1&B1', result: '上村' },
      { richText: [{ text: '张' }, { text: '三' }] },
    ])
    sheet.addRow([{ error: '#N/A' }, { formula: 'X1', result: { error: '#REF!' } }, 'x', 'y'])
    sheet.mergeCells(3, 3, 3, 4)
  })
  const [, second, third] = await readSheet(bytes)

  expect(second?.cells).toEqual(['1952-02-29', '上村', '张三'])
  expect([...(third?.broken ?? [])]).toEqual([
    [0, 'cell_formula'],
    [1, 'cell_formula'],
    [2, 'cell_merged'],
    [3, 'cell_merged'],
  ])
})

test('a number too long for a number is not taken for whole, whatever its last digits are', async () => {
  const bytes = await workbook((sheet) =>
    sheet.addRow([441_882_195_001_011_000, 123_456, '441882195001011000']),
  )
  expect((await readSheet(bytes))[0]?.cells).toEqual(['4.41882195001011E+17', '123456', '441882195001011000'])
})

test('rows keep their numbers when one between them is empty', async () => {
  const bytes = await workbook((sheet) => {
    sheet.addRow(['姓名'])
    sheet.getCell('A4').value = '张三'
  })
  expect((await readSheet(bytes)).map(({ row, cells }) => [row, ...cells])).toEqual([
    [1, '姓名'],
    [2],
    [3],
    [4, '张三'],
  ])
})
