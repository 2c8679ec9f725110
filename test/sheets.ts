import { inflateRawSync } from 'node:zlib'
import ExcelJS from 'exceljs'

/** An exported list as somebody else's program reads it. */
export interface ReadSheet {
  mark: string
  titles: string[]
  rows: (string | number | Date | null)[][]
  /** The last line, which says that the file is whole. */
  end: string
}

/** RFC 4180, told apart from the writer's own code. */
export function readCsv(bytes: Buffer): ReadSheet {
  const text = bytes.toString('utf8')
  if (!text.startsWith('\uFEFF')) throw new Error('no byte order mark')
  const lines: string[][] = [[]]
  for (const [, quoted, plain = '', end] of text
    .slice(1)
    .matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    lines.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '\r\n') lines.push([])
    if (end === '') break
  }
  const whole = lines.filter((line) => line.length > 1 || line[0] !== '')
  const [mark = [], titles = [], ...rest] = whole
  return { mark: mark[0] ?? '', titles, rows: rest.slice(0, -1), end: rest.at(-1)?.[0] ?? '' }
}

export async function readXlsx(bytes: Buffer): Promise<ReadSheet> {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(new Uint8Array(bytes).buffer)
  const [sheet] = book.worksheets
  if (!sheet) throw new Error('no sheet')
  const valuesOf = (at: number) => {
    const row = sheet.getRow(at)
    return Array.from(
      { length: sheet.columnCount },
      (_, index) => row.getCell(index + 1).value as string | null,
    )
  }
  const last = sheet.rowCount
  return {
    mark: String(valuesOf(1)[0]),
    titles: valuesOf(2).flatMap((title) => (title === null ? [] : String(title))),
    rows: Array.from({ length: last - 3 }, (_, index) => valuesOf(index + 3)),
    end: String(valuesOf(last)[0]),
  }
}

/** What is in an archive, unpacked by its own list of files. */
export function unzip(bytes: Buffer): Map<string, Buffer> {
  const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'))
  const files = new Map<string, Buffer>()
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [packed, nameLength, from] = [
      bytes.readUInt32LE(at + 20),
      bytes.readUInt16LE(at + 28),
      bytes.readUInt32LE(at + 42),
    ]
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    const start = from + 30 + bytes.readUInt16LE(from + 26) + bytes.readUInt16LE(from + 28)
    files.set(name, inflateRawSync(bytes.subarray(start, start + packed)))
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return files
}
