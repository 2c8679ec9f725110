import { csvLine, endMark, quoted, type Outgoing } from './export.rules.ts'

const BYTE_ORDER_MARK = '\uFEFF'

/**
 * UTF-8 with the mark that Chinese spreadsheets look for. The first line says whose copy it is and the last one that it is whole;
 * both begin with #, so that programs can pass them over.
 */
export async function* csvPieces({ title, mark, columns, pages }: Outgoing): AsyncGenerator<Uint8Array> {
  const titles = columns.map((column) => quoted(column.title)).join(',')
  yield Buffer.from(`${BYTE_ORDER_MARK}${quoted(`# ${title}　${mark}`)}\r\n${titles}\r\n`)
  let rows = 0
  for await (const page of pages) {
    if (page.length === 0) continue
    rows += page.length
    yield Buffer.from(page.map((values) => csvLine(values, columns)).join(''))
  }
  yield Buffer.from(`# ${endMark(rows)}\r\n`)
}
