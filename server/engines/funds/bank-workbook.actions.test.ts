import ExcelJS from 'exceljs'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { BankAnswer } from './bank-answer.rules.ts'
import { parseLayout, type PayLine } from './bank-file.rules.ts'
import { parseResultWorkbook, renderResultWorkbook, renderWorkbook } from './bank-workbook.actions.ts'

const layout = parseLayout(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../policies/layouts/xlsx.json'), 'utf8')),
)
const batch = { county: '441882', number: 'PC2020-03-01', date: '2020-03-15', title: '2020年3月低保金' }
const line: PayLine = {
  ref: 'R0001',
  payeeName: '盘㛃',
  account: '6217000000000000001',
  bankCode: '103601',
  amountFen: 80_730,
  forMonth: '2020-03',
  program: '城市低保',
  purpose: '3月低保金',
}
const paid: BankAnswer = {
  ref: 'R0001',
  payeeName: '盘㛃',
  account: line.account,
  amountFen: 80_730,
  outcome: 'paid',
}
const returned: BankAnswer = {
  ...paid,
  ref: '0002',
  amountFen: 29,
  outcome: 'returned',
  reason: '户名与账号不符',
}

async function open(bytes: Uint8Array): Promise<{ workbook: ExcelJS.Workbook; sheet: ExcelJS.Worksheet }> {
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.load(new Uint8Array(bytes).buffer)
  const [sheet] = workbook.worksheets
  if (!sheet) throw new Error('no sheet')
  return { workbook, sheet }
}

/** The stand-in's answer with cells changed by hand, as a clerk or another program would save it. */
async function edited(change: (sheet: ExcelJS.Worksheet) => void): Promise<Uint8Array> {
  const { workbook, sheet } = await open(await renderResultWorkbook(layout, [paid, returned], '2020-03-16'))
  change(sheet)
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

describe('writing', () => {
  test('two renderings more than two seconds apart give the same bytes', async () => {
    const first = await renderWorkbook(layout, batch, [line])
    // Zip stamps count in steps of two seconds.
    await sleep(2100)
    const second = await renderWorkbook(layout, batch, [line])

    expect(Buffer.compare(first[0]?.bytes ?? Buffer.of(1), second[0]?.bytes ?? Buffer.of(2))).toBe(0)
  })

  test('accounts are text, amounts are numbers, the totals row equals Σ lines', async () => {
    const lines = [line, { ...line, ref: 'R0002', amountFen: 29 }]

    const [file] = await renderWorkbook(layout, batch, lines)
    const { workbook, sheet } = await open(file?.bytes ?? new Uint8Array())

    expect(sheet.getRow(1).values).toEqual([undefined, '2020年3月低保金', '20200315', 2, 807.59])
    expect(sheet.getRow(2).getCell(4).value).toBe('账号')
    expect(sheet.getRow(3).values).toEqual([
      undefined,
      ...[1, 'R0001', '盘㛃', '6217000000000000001', 807.3, '2020-03', '3月低保金'],
    ])
    expect(sheet.getRow(3).getCell(4).numFmt).toBe('@')
    expect([file?.name, file?.count, file?.totalFen]).toEqual(['441882_PC2020-03-01_001.xlsx', 2, 80_759])
    expect(workbook.created.toISOString()).toBe('2020-03-15T00:00:00.000Z')
  })

  test.each([
    [1, [1]],
    [2, [2]],
    [3, [2, 1]],
  ])('%i lines at 2 a file → %j', async (count, sizes) => {
    const lines = Array.from({ length: count }, (_, index) => ({ ...line, ref: `R${index}` }))

    const files = await renderWorkbook({ ...layout, maxLinesPerFile: 2 }, batch, lines)

    expect(files.map((file) => file.count)).toEqual(sizes)
  })

  test('a name like =1+1 is text, not a formula', async () => {
    const [file] = await renderWorkbook(layout, batch, [{ ...line, payeeName: '=1+1' }])
    const { sheet } = await open(file?.bytes ?? new Uint8Array())

    expect(sheet.getRow(3).getCell(3).value).toBe("'=1+1")
  })

  test('the checks of text files hold for workbooks', async () => {
    await expect(renderWorkbook(layout, batch, [{ ...line, amountFen: 0 }])).rejects.toMatchObject({
      code: 'funds.amount_not_positive',
    })
    await expect(renderWorkbook(layout, batch, [line, line])).rejects.toMatchObject({
      code: 'funds.ref_duplicate',
    })
  })
})

describe('reading', () => {
  test('what the bank writes is what we read', async () => {
    const lines = await parseResultWorkbook(
      layout,
      await renderResultWorkbook(layout, [paid, returned], '2020-03-16'),
    )

    expect(lines).toMatchObject([
      { row: 2, ref: 'R0001', outcome: 'paid', amountFen: 80_730, reason: null },
      { row: 3, ref: '0002', outcome: 'returned', amountFen: 29, reason: '户名与账号不符' },
    ])
  })

  test('an amount typed as text and a sum with a binary rounding error are read to the fen', async () => {
    const bytes = await edited((sheet) => {
      sheet.getCell('D2').value = '807.30'
      sheet.getCell('C4').value = 807.3 + 0.29 // 807.5899999999999
    })

    expect(await parseResultWorkbook(layout, bytes)).toHaveLength(2)
  })

  test.each<[string, (sheet: ExcelJS.Worksheet) => void, Record<string, unknown>]>([
    [
      'a formula',
      (s) => (s.getCell('D2').value = { formula: 'A1', result: 807.3 }),
      { row: 2, column: '金额（元）' },
    ],
    [
      'an account saved as a number',
      (s) => (s.getCell('C2').value = 6217000000000000001),
      { row: 2, column: '账号' },
    ],
    ['a third decimal', (s) => (s.getCell('D3').value = 0.295), { row: 3, column: '金额（元）' }],
    ['another control sum', (s) => (s.getCell('C4').value = 807.58), { row: 4, column: '总金额' }],
    ['a column too many', (s) => (s.getCell('G3').value = 'x'), { row: 3, column: '整行' }],
    ['another title', (s) => (s.getCell('D1').value = '余额'), { row: 1, column: '金额（元）' }],
    ['no code', (s) => (s.getCell('E2').value = ''), { row: 2, column: '结果代码' }],
  ])('%s is refused', async (_, change, row) => {
    await expect(parseResultWorkbook(layout, await edited(change))).rejects.toMatchObject({
      code: 'funds.result_file_invalid',
      details: { rows: [row] },
    })
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('业务编号,户名')],
    ['half a workbook', readFileSync(join(import.meta.dirname, 'bank-workbook.actions.ts')).subarray(0, 30)],
  ])('%s is no workbook', async (_, bytes) => {
    await expect(parseResultWorkbook(layout, bytes)).rejects.toMatchObject({
      code: 'funds.result_file_invalid',
    })
  })
})
