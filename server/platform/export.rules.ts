import { addDays, daysApart, type Instant } from './dates.ts'
import { fenToYuan } from './money.ts'
import { maskNumbersIn } from './masking.ts'
import { RELEASE_PURPOSES, type ExportFormat, type ReleasePurpose } from './export.schema.ts'

/**
 * text     masked: whatever has the length of an identity number, an account or a mobile
 * code     ids and numbers of our own, as they are
 * money    fen in, yuan with two decimals out
 * day      'YYYY-MM-DD'
 * instant  the office's clock, to the minute
 * place    code of a town or village in, its name out
 */
export type CellKind = 'text' | 'code' | 'money' | 'count' | 'number' | 'day' | 'instant' | 'place'
export type CellValue = string | number | null

export interface ColumnHead {
  title: string
  kind: CellKind
}

/** The whole declaration of one column of an exported list. */
export interface Column<Row> extends ColumnHead {
  value: (row: Row) => CellValue
}

export const PLACE_COLUMNS: readonly Column<{ town: string | null; village: string | null }>[] = [
  { title: '乡镇', kind: 'place', value: ({ town }) => town },
  { title: '村（社区）', kind: 'place', value: ({ village }) => village },
]

/** A list on its way out, in both formats: the line that says whose copy it is, the columns, the rows page by page. */
export interface Outgoing {
  title: string
  mark: string
  columns: readonly ColumnHead[]
  pages: AsyncIterable<readonly (readonly CellValue[])[]>
}

/** Named on the file, on each page and in the audit trail. */
function releaseNumber(county: string, no: number): string {
  return `${county}-${String(no).padStart(6, '0')}`
}

export interface Release {
  deed: '导出' | '打印'
  county: string
  no: number
  by: string
  at: Instant
  purpose: ReleasePurpose | undefined
  isDemo: boolean
}

/** Whose copy this is. */
export function releaseMark({ deed, county, no, by, at, purpose, isDemo }: Release): string {
  const parts = [
    `${deed}编号 ${releaseNumber(county, no)}`,
    `${deed}人 ${by}`,
    minuteText(at),
    ...(purpose === undefined ? [] : [`用途：${RELEASE_PURPOSES[purpose]}`]),
    '内部资料，注意保密',
    ...(isDemo ? ['演示数据，人员均为虚构'] : []),
  ]
  return parts.join('　')
}

/** The last line of a file that is whole. */
export function endMark(rows: number): string {
  return `完，共 ${rows} 行`
}

export function fileName(
  title: string,
  { county, no }: Pick<Release, 'county' | 'no'>,
  format: ExportFormat,
): string {
  return `${title.replace(/[\\/:*?"<>|\s]+/g, '_')}_${releaseNumber(county, no)}.${format}`
}

/** What a cell says: masked where it is free text. */
export function cellText(value: CellValue, kind: CellKind): string {
  if (value === null) return ''
  if (kind === 'money') return fenToYuan(Number(value))
  if (kind === 'instant') return minuteText(String(value))
  return kind === 'text' ? maskNumbersIn(String(value)) : String(value)
}

export function isNumeric(kind: CellKind): kind is 'money' | 'count' | 'number' {
  return kind === 'money' || kind === 'count' || kind === 'number'
}

/** A spreadsheet would take such a text for a formula; in full width too, where its language is Chinese. */
export function looksLikeFormula(text: string): boolean {
  return /^[\s\u00A0]*[=+\-@|%\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/.test(text)
}

/** RFC 4180; a text that looks like a formula, or a code that a spreadsheet would round, is shown to be text by an apostrophe. */
export function csvLine(values: readonly CellValue[], columns: readonly ColumnHead[]): string {
  const cells = columns.map(({ kind }, index) => {
    const text = cellText(values[index] ?? null, kind)
    if (isNumeric(kind)) return text
    return quoted(looksLikeFormula(text) || /^\d{12,}$/.test(text) ? `'${text}` : text)
  })
  return `${cells.join(',')}\r\n`
}

export function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** 2020-12-01 09:30 in China, which keeps UTC+8 all year. */
function minuteText(at: Instant): string {
  const [day = '', time = ''] = at.split('T')
  const [hour = '0', minute = '0'] = time.split(':')
  const minutes = Number(hour) * 60 + Number(minute) + 8 * 60
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${addDays(day, Math.floor(minutes / 1440))} ${pad(Math.floor((minutes % 1440) / 60))}:${pad(minutes % 60)}`
}

/** Days since 30 December 1899, as spreadsheets count them; with the part of the day where there is a time. */
export function serialOf(value: string, kind: 'day' | 'instant'): number {
  const [day = '', time] = (kind === 'day' ? value : minuteText(value)).split(' ')
  const [hour = '0', minute = '0'] = time?.split(':') ?? []
  return daysApart('1899-12-30', day.slice(0, 10)) + (Number(hour) * 60 + Number(minute)) / 1440
}
