import type { SheetLine } from './sheet.rules.ts'

/**
 * Comma, semicolon or tab separated text with quoted cells; a quoted cell may hold line breaks. Rows are counted as a
 * spreadsheet program shows them.
 */
export function csvLines(text: string): SheetLine[] {
  const body = text.replace(/^\uFEFF/, '')
  const delimiter = delimiterOf(body)
  const lines: SheetLine[] = []
  let cells: string[] = []
  let at = 0
  while (at < body.length) {
    const { cell, next } = readCell(body, at, delimiter)
    cells.push(cell)
    at = next
    const end = body.slice(at, at + 2) === '\r\n' ? 2 : 1
    if (at >= body.length || body[at] !== delimiter) {
      lines.push({ row: lines.length + 1, cells })
      cells = []
      at += end
    } else {
      at += 1
      if (at >= body.length) cells.push('')
    }
  }
  if (cells.length > 0) lines.push({ row: lines.length + 1, cells })
  return lines
}

/** The separator that the first lines have most of. */
function delimiterOf(text: string): string {
  const head = text.split(/\r?\n/, 20).join('\n')
  const count = (mark: string) => head.split(mark).length
  return ['\t', ';', ','].reduce((best, mark) => (count(mark) > count(best) ? mark : best), ',')
}

function readCell(text: string, start: number, delimiter: string): { cell: string; next: number } {
  if (text[start] !== '"') return plainCell(text, start, delimiter)
  let cell = ''
  let at = start + 1
  while (at < text.length) {
    const quote = text.indexOf('"', at)
    if (quote === -1) return { cell: cell + text.slice(at), next: text.length }
    cell += text.slice(at, quote)
    if (text[quote + 1] !== '"') {
      const rest = plainCell(text, quote + 1, delimiter)
      return { cell: cell + rest.cell, next: rest.next }
    }
    cell += '"'
    at = quote + 2
  }
  return { cell, next: text.length }
}

function plainCell(text: string, start: number, delimiter: string): { cell: string; next: number } {
  let at = start
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1
  return { cell: text.slice(start, at), next: at }
}
