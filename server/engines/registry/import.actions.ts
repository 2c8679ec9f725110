import ExcelJS from 'exceljs'
import iconv from 'iconv-lite'
import { execute, read, type Call, type Deps } from '../../platform/command.ts'
import type { PlainDate } from '../../platform/dates.ts'
import { invalid } from '../../platform/errors.ts'
import { recordAccounts } from './account.actions.ts'
import { areaNames, listAreaHistory, listAreas } from './area.db.ts'
import { csvLines } from './csv.rules.ts'
import {
  MAX_SHEET_ROWS,
  readPeopleLines,
  type PeopleSheet,
  type RowError,
  type SheetLine,
} from './import.rules.ts'
import { placePeople, type PlacedPerson } from './import-place.rules.ts'
import { registerPeople, type PeopleRegistered } from './person.actions.ts'
import { dayAt } from './timeline.rules.ts'

export type SheetKind = 'csv' | 'xlsx'

const MAX_BYTES = 50 * 1024 * 1024
const CHUNK = 500

/** The rows that can be loaded and, in Chinese, why the others cannot. Throws `registry.sheet_unreadable`, `registry.sheet_too_large`. */
export async function readPeopleSheet(bytes: Uint8Array, kind: SheetKind): Promise<PeopleSheet> {
  if (bytes.length > MAX_BYTES) throw tooLarge()
  const lines = kind === 'csv' ? csvLines(decoded(bytes)) : await workbookLines(bytes)
  if (lines.length > MAX_SHEET_ROWS) throw tooLarge()
  return readPeopleLines(lines)
}

function tooLarge() {
  return invalid(
    'registry.sheet_too_large',
    `文件超过 ${MAX_SHEET_ROWS} 行或 50 兆，未导入。请分成几个文件导入。`,
  )
}

/** UTF-8 when it is valid, else the GBK of Chinese office programs. */
function decoded(bytes: Uint8Array): string {
  const text = iconv.decode(Buffer.from(bytes), 'utf8')
  return text.includes('\uFFFD') ? iconv.decode(Buffer.from(bytes), 'gb18030') : text
}

async function workbookLines(bytes: Uint8Array): Promise<SheetLine[]> {
  const workbook = new ExcelJS.Workbook()
  try {
    await workbook.xlsx.load(new Uint8Array(bytes).buffer)
  } catch {
    throw invalid(
      'registry.sheet_unreadable',
      '文件不是完整的 xlsx 工作簿，未导入。如为 .xls 旧格式，请先另存为 .xlsx。',
    )
  }
  const lines: SheetLine[] = []
  workbook.worksheets[0]?.eachRow((row, number) => {
    const cells = Array.from({ length: row.cellCount }, (_, index) => cellText(row.getCell(index + 1).value))
    lines.push({ row: number, cells })
  })
  return lines
}

function cellText(value: ExcelJS.CellValue): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  if (typeof value !== 'object') return String(value)
  if ('richText' in value) return value.richText.map(({ text }) => text).join('')
  if ('text' in value) return String(value.text)
  return 'result' in value ? cellText(value.result ?? '') : ''
}

export interface ImportOptions {
  sheet: PeopleSheet
  /** Villages are looked up as they were on this day, and must still be there; accounts hold from it. */
  on: PlainDate
  /** For accounts; a bank name in the sheet is not a code. */
  bankCode: string
  source: string
  progress?: (done: number, of: number) => void
}

export interface PeopleImported {
  registered: number
  accounts: number
  errors: RowError[]
}

/** Loads the valid rows in requests of 500; people already on file are reported by row. Running it twice adds nobody. */
export async function importPeople(
  deps: Deps,
  call: Call,
  { sheet, on, bankCode, source, progress }: ImportOptions,
): Promise<PeopleImported> {
  const { people, errors } = await read(deps, call, async (ctx) => {
    const areas = await listAreas(ctx.tx, { under: ctx.county, on })
    const stretches = await listAreaHistory(ctx.tx, ctx.county)
    return placePeople(sheet.rows, areas, { stretches, today: dayAt(await ctx.clock.stamp(ctx.tx)) })
  })
  const result: PeopleImported = { registered: 0, accounts: 0, errors: [...sheet.errors, ...errors] }
  for (let start = 0; start < people.length; start += CHUNK) {
    const part = people.slice(start, start + CHUNK)
    await importPart(deps, call, { part, on, bankCode, source, result })
    progress?.(Math.min(start + CHUNK, people.length), people.length)
  }
  result.errors.sort((a, b) => a.row - b.row)
  return result
}

interface Part extends Pick<ImportOptions, 'on' | 'bankCode' | 'source'> {
  part: readonly PlacedPerson[]
  result: PeopleImported
}

async function importPart(
  deps: Deps,
  call: Call,
  { part, on, bankCode, source, result }: Part,
): Promise<void> {
  const { actor, county } = call
  const people = part.map(({ person }) => ({ ...person, source }))
  const registered = await execute(deps, registerPeople, {
    actor,
    county,
    input: { people, skipTaken: true },
  })
  const names = await read(deps, call, (ctx) => areaNames(ctx.tx, townsOf(registered)))
  for (const { index, town } of registered.taken) {
    const office = (town !== null && names.get(town)) || '县级民政部门'
    result.errors.push({
      row: part[index]?.row ?? 0,
      column: '证件号码',
      reason: '该证件号码已在本县建档',
      remedy: `不必重复导入；如有疑问请与${office}经办人员核对`,
    })
  }
  result.registered += registered.ids.length - registered.taken.length
  const accounts = part.flatMap(({ person, account }, index) => {
    const holderId = registered.ids[index]
    if (!account || !holderId) return []
    const { town, village } = person
    const { number, holderName } = account
    return [{ holderKind: 'person', holderId, holderName, bankCode, number, from: on, town, village }]
  })
  if (accounts.length === 0) return
  await execute(deps, recordAccounts, { actor, county, input: { accounts } })
  result.accounts += accounts.length
}

function townsOf({ taken }: PeopleRegistered): string[] {
  return [...new Set(taken.flatMap(({ town }) => (town === null ? [] : [town])))]
}
