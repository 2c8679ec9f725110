import {
  cellText,
  endMark,
  isNumeric,
  looksLikeFormula,
  serialOf,
  type CellKind,
  type CellValue,
  type ColumnHead,
  type Outgoing,
} from './export.rules.ts'
import { zipped } from './zip.ts'

/** What a spreadsheet holds at most, two lines of ours taken off. */
export const MOST_SHEET_ROWS = 1_048_576 - 3

/**
 * A workbook of one sheet, made while it is sent: no row is read before the ones above it have gone out. The libraries that write
 * workbooks take rows faster than they pass them on, so that a slow reader fills the memory.
 */
export function xlsxPieces(list: Outgoing): AsyncGenerator<Uint8Array> {
  return zipped([
    { name: '[Content_Types].xml', text: () => [CONTENT_TYPES] },
    { name: '_rels/.rels', text: () => [relations('officeDocument', 'xl/workbook.xml')] },
    { name: 'xl/workbook.xml', text: () => [WORKBOOK] },
    { name: 'xl/_rels/workbook.xml.rels', text: () => [WORKBOOK_RELATIONS] },
    { name: 'xl/styles.xml', text: () => [STYLES] },
    { name: 'xl/worksheets/sheet1.xml', text: () => sheetParts(list) },
  ])
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
/** The line that says whose copy it is, and the titles: repeated on every page. */
const HEAD_ROWS = 2

async function* sheetParts({ title, mark, columns, pages }: Outgoing): AsyncGenerator<string> {
  yield sheetStart(columns)
  yield row(1, [cell('A1', `${title}　${mark}`, STYLE.mark)])
  yield row(
    2,
    columns.map((column, index) => cell(`${letters(index)}2`, column.title, STYLE.head)),
  )
  let rows = 0
  for await (const page of pages) {
    yield page.map((values, index) => dataRow(HEAD_ROWS + rows + index + 1, values, columns)).join('')
    rows += page.length
  }
  const last = HEAD_ROWS + rows
  yield row(last + 1, [cell(`A${last + 1}`, endMark(rows), STYLE.mark)])
  yield sheetEnd({ title, mark, range: `A2:${letters(columns.length - 1)}${last}` })
}

function dataRow(at: number, values: readonly CellValue[], columns: readonly ColumnHead[]): string {
  const cells = columns.map(({ kind }, index) =>
    dataCell(`${letters(index)}${at}`, values[index] ?? null, kind),
  )
  return row(at, cells)
}

function dataCell(at: string, value: CellValue, kind: CellKind): string {
  const text = cellText(value, kind)
  if (value === null || text === '') return ''
  if (isNumeric(kind)) return `<c r="${at}" s="${STYLE[kind]}"><v>${text}</v></c>`
  if (kind === 'day' || kind === 'instant')
    return `<c r="${at}" s="${STYLE[kind]}"><v>${serialOf(String(value), kind)}</v></c>`
  return cell(at, text, looksLikeFormula(text) ? STYLE.quoted : STYLE.text)
}

const MOST_CHARACTERS = 32_767

function cell(at: string, text: string, style: number): string {
  return `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(text.slice(0, MOST_CHARACTERS))}</t></is></c>`
}

function row(at: number, cells: readonly string[]): string {
  return `<row r="${at}">${cells.join('')}</row>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Characters that XML does not know are left out. */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? '')
}

/** 0 → A, 26 → AA */
function letters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last
}

const WIDTHS: Readonly<Record<CellKind, number>> = {
  text: 18,
  code: 22,
  money: 14,
  count: 9,
  number: 12,
  day: 12,
  instant: 17,
  place: 16,
}
/** Titles that tell of long texts. */
const LONG = /原因|说明|依据|口径|涉及|证据|人员/

function sheetStart(columns: readonly ColumnHead[]): string {
  const widths = columns.map(({ title, kind }, index) => {
    const width = kind === 'text' && LONG.test(title) ? 44 : WIDTHS[kind]
    return `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`
  })
  return `${XML}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="${HEAD_ROWS}" topLeftCell="A${HEAD_ROWS + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>`
}

/** Headers and footers are at most 255 characters, and & begins a code there. */
function pageText(text: string): string {
  return escaped(text.slice(0, 200).replaceAll('&', '&&'))
}

function sheetEnd({ title, mark, range }: { title: string; mark: string; range: string }): string {
  const margins = '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.25" footer="0.25"/>'
  const setup = '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
  const head = `<oddHeader>${escaped('&L')}${pageText(title)}</oddHeader>`
  const foot = `<oddFooter>${escaped('&L')}${pageText(mark)}${escaped('&R')}第 ${escaped('&P')} 页，共 ${escaped('&N')} 页</oddFooter>`
  return `</sheetData><autoFilter ref="${range}"/>${margins}${setup}<headerFooter>${head}${foot}</headerFooter></worksheet>`
}

const STYLE = {
  text: 1,
  money: 2,
  count: 3,
  number: 0,
  day: 4,
  instant: 5,
  head: 6,
  mark: 7,
  quoted: 8,
} as const

const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts><fonts count="3"><font><sz val="11"/><name val="宋体"/><family val="3"/><charset val="134"/></font><font><b/><sz val="11"/><name val="宋体"/><family val="3"/><charset val="134"/></font><font><sz val="9"/><color rgb="FF595959"/><name val="宋体"/><family val="3"/><charset val="134"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFF0F2F5"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top/><bottom style="thin"><color rgb="FF808080"/></bottom><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="9">${[
  '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
  '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>',
  '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>',
  '<xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>',
  '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>',
  '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>',
  '<xf numFmtId="0" fontId="1" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1" applyBorder="1"/>',
  '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/>',
  '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>',
].join('')}</cellXfs></styleSheet>`

const CONTENT_TYPES = `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/></Types>`

const WORKBOOK = `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="名单" sheetId="1" r:id="rId1"/></sheets><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">'名单'!$1:$${HEAD_ROWS}</definedName></definedNames></workbook>`

const WORKBOOK_RELATIONS = `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relation(1, 'worksheet', 'worksheets/sheet1.xml')}${relation(2, 'styles', 'styles.xml')}</Relationships>`

function relation(id: number, type: string, target: string): string {
  return `<Relationship Id="rId${id}" Type="${OFFICE}/${type}" Target="${target}"/>`
}

function relations(type: string, target: string): string {
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relation(1, type, target)}</Relationships>`
}
