import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { readCsv, readXlsx, unzip } from '../../test/sheets.ts'
import { csvPieces } from './export-csv.ts'
import type { CellValue, ColumnHead, Outgoing } from './export.rules.ts'
import { xlsxPieces } from './export-xlsx.ts'

const COLUMNS: readonly ColumnHead[] = [
  { title: '姓名', kind: 'text' },
  { title: '金额（元）', kind: 'money' },
  { title: '日期', kind: 'day' },
  { title: '时间', kind: 'instant' },
  { title: '编号', kind: 'code' },
  { title: '人数', kind: 'count' },
]

async function* pagesOf(pages: readonly (readonly (readonly CellValue[])[])[]) {
  yield* pages
}

function listOf(rows: readonly (readonly CellValue[])[]): Outgoing {
  return { title: '名单', mark: '导出编号 441882-000001', columns: COLUMNS, pages: pagesOf([rows]) }
}

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

const ROW = [
  '阿依古丽·买买提',
  -1_234_05,
  '2020-02-29',
  '2020-12-31T16:05:59.123456Z',
  '202012310000000001',
  3,
]

test('csv: a mark on top, titles, rows, and an end; money in yuan, time in China', async () => {
  const { mark, titles, rows, end } = readCsv(await bytesOf(csvPieces(listOf([ROW]))))

  expect(mark).toBe('# 名单　导出编号 441882-000001')
  expect(titles).toEqual(['姓名', '金额（元）', '日期', '时间', '编号', '人数'])
  // 16:05 UTC on the last day of the year is 00:05 of the next in China; a long number is kept whole by the apostrophe.
  expect(rows).toEqual([
    ['阿依古丽·买买提', '-1234.05', '2020-02-29', '2021-01-01 00:05', "'202012310000000001", '3'],
  ])
  expect(end).toBe('# 完，共 1 行')
})

test('xlsx: numbers are numbers with two decimals, days are days, as another program reads them', async () => {
  const { mark, titles, rows, end } = await readXlsx(await bytesOf(xlsxPieces(listOf([ROW]))))

  expect([mark, end]).toEqual(['名单　导出编号 441882-000001', '完，共 1 行'])
  expect(titles).toEqual(COLUMNS.map(({ title }) => title))
  expect(rows).toEqual([
    [
      '阿依古丽·买买提',
      -1234.05,
      new Date('2020-02-29T00:00:00Z'),
      // The sheet shows the office's clock: 00:05.
      new Date('2021-01-01T00:05:00Z'),
      '202012310000000001',
      3,
    ],
  ])
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1+1', '|cmd', '%0'])(
  'a text that a spreadsheet would run stays text: %j',
  async (text) => {
    const csv = readCsv(await bytesOf(csvPieces(listOf([[text, 1, null, null, null, null]]))))
    const bytes = await bytesOf(xlsxPieces(listOf([[text, 1, null, null, null, null]])))
    const sheet = unzip(bytes).get('xl/worksheets/sheet1.xml')?.toString() ?? ''

    expect(csv.rows[0]?.[0]).toBe(`'${text}`)
    expect(sheet).toContain('t="inlineStr"')
    expect(sheet).not.toContain('<f>')
    expect((await readXlsx(bytes)).rows[0]?.[0]).toBe(text)
  },
)

test('numbers of people in free text are masked, codes of our own are not; what XML does not know is left out', async () => {
  const rows = [['证号441882195903121625"<&\u0001𠮷', null, null, null, '441882195903121625', null]]
  const xlsx = await readXlsx(await bytesOf(xlsxPieces(listOf(rows))))
  const csv = readCsv(
    await bytesOf(csvPieces(listOf([['证号441882195903121625", 行\r\n二', 1, null, null, 'x', 1]]))),
  )

  expect(xlsx.rows[0]?.[0]).toBe('证号4418**********1625"<&𠮷')
  expect(xlsx.rows[0]?.[4]).toBe('441882195903121625')
  expect(csv.rows[0]?.[0]).toBe('证号4418**********1625", 行\r\n二')
})

test('the archive says of each file its length and checksum, and its pages carry the mark', async () => {
  const bytes = await bytesOf(xlsxPieces(listOf([ROW])))
  const files = unzip(bytes)
  const sheet = files.get('xl/worksheets/sheet1.xml') ?? Buffer.alloc(0)
  const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'))
  let at = bytes.readUInt32LE(end + 16)
  for (const [name, content] of files) {
    expect([name, bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 24)]).toEqual([
      name,
      crc32(content),
      content.length,
    ])
    at += 46 + Buffer.byteLength(name)
  }
  expect(sheet.toString()).toContain(
    '<oddFooter>&amp;L导出编号 441882-000001&amp;R第 &amp;P 页，共 &amp;N 页</oddFooter>',
  )
  expect(files.get('xl/workbook.xml')?.toString()).toContain(
    '_xlnm.Print_Titles" localSheetId="0">\'名单\'!$1:$2<',
  )
})

test.each([
  ['csv', csvPieces],
  ['xlsx', xlsxPieces],
] as const)(
  '%s: a reader who does not read on keeps rows from being made, and one who leaves ends it',
  async (_, make) => {
    let made = 0
    let isEnded = false
    async function* endless() {
      try {
        for (;;) {
          made += 1
          // Not to be packed small: each page is some hundred kilobytes.
          yield Array.from({ length: 1000 }, (_each, index) => [
            Array.from({ length: 20 }, (_n, at) =>
              ((made * 7919 + index * 104_729 + at * 1_299_709) % 999_983).toString(36),
            ).join(''),
            ...[made, null, null, null, null],
          ])
        }
      } finally {
        isEnded = true
      }
    }
    const pieces = make({ title: '名单', mark: '', columns: COLUMNS, pages: endless() })
    for (let read = 0; made < 3; read += 1) await pieces.next()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const whenStopped = made
    await new Promise((resolve) => setTimeout(resolve, 100))

    expect(made).toBe(whenStopped)
    expect(made).toBeLessThan(10)
    await pieces.return(undefined)
    await expect.poll(() => isEnded).toBe(true)
  },
)
