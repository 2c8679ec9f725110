import { read, type Call, type Ctx, type Deps } from './command.ts'
import type { Db } from './db.ts'
import type { ExportContract } from './export.schema.ts'
import type { CellValue, Column, ColumnHead } from './export.rules.ts'
import type { Query } from './query.ts'

/** Names of towns and villages by code, from who knows them; handed over by the composition. */
export type PlaceNames = (db: Db, codes: readonly string[]) => Promise<ReadonlyMap<string, string>>

export type Filter = Readonly<Record<string, unknown>>
export type Cells = readonly CellValue[]

/** Where the reading of a list stands: which of its inputs, and the mark of the page before. */
interface Place {
  part: number
  after: string | null
}

/** A list that may leave as a file, read as its own page reads it. */
export interface ExportList {
  contract: ExportContract
  permission: string
  columns: readonly ColumnHead[]
  read: (ctx: Ctx, filter: Filter, place: Place) => Promise<{ rows: readonly Cells[]; next: Place | null }>
  /** What the file is called. */
  title: (filter: Filter) => string
  subject: (filter: Filter) => Record<string, unknown>
}

interface Declared<Result, Row> {
  contract: ExportContract
  /** Of the list's own address: its permission, its scope, its masking. */
  query: Query<never, Result>
  rows: (result: Result) => readonly Row[]
  next: (result: Result) => string | null
  columns: readonly Column<Row>[]
  /** For what the file is: 第 3 次核算. */
  about?: (filter: Filter) => string
  /** Of the filter, what may stand in the audit trail: ids, numbers, months; `[name, as]` where the row has that name already. */
  subject?: readonly (string | readonly [name: string, as: string])[]
  /** One file of several readings, one after the other; absent = the filter as it is. */
  parts?: (filter: Filter) => readonly Filter[]
}

const PAGE = 200

/** The one declaration of a list for all formats: the reading of its own address, and what each column says of a row. */
export function exported<Result, Row>(list: Declared<Result, Row>): ExportList {
  const { contract, query, columns, subject = [] } = list
  const partsOf = list.parts ?? ((filter: Filter) => [filter])
  return {
    contract,
    permission: query.permission,
    columns,
    title: (filter) => [contract.listTitle, list.about?.(filter)].filter(Boolean).join(' '),
    subject: (filter) =>
      Object.fromEntries(
        subject.flatMap((each) => {
          const [name, as] = typeof each === 'string' ? [each, each] : each
          return filter[name] === undefined ? [] : [[as, filter[name]]]
        }),
      ),
    read: async (ctx, filter, { part, after }) => {
      const parts = partsOf(filter)
      const input = { ...parts[part], limit: PAGE, ...(after === null ? {} : { after }) }
      const result = await query.run(ctx, input as never)
      const next = list.next(result)
      const rest = part + 1 < parts.length ? { part: part + 1, after: null } : null
      return {
        rows: list.rows(result).map((each) => columns.map(({ value }) => value(each))),
        next: next === null ? rest : { part, after: next },
      }
    },
  }
}

/**
 * Page by page to the end; a page is read when the one before has gone out. Rows of a run or a batch stand as they were written; the other
 * lists are read on along their key, so that a row that is there from beginning to end is in the file, and once.
 */
export async function* pagesOf(
  deps: Deps,
  call: Call,
  { list, filter, places }: { list: ExportList; filter: Filter; places: PlaceNames },
): AsyncGenerator<readonly Cells[]> {
  const names = new Map<string, string>()
  for (let place: Place | null = { part: 0, after: null }; place !== null;) {
    const at: Place = place
    const page = await read(deps, call, async (ctx) => {
      const { rows, next } = await list.read(ctx, filter, at)
      await learnPlaces(ctx, { rows, list, names, places })
      return { rows, next }
    })
    yield page.rows.map((row) => withNames(row, list.columns, names))
    place = page.next
  }
}

interface Learning {
  rows: readonly Cells[]
  list: ExportList
  names: Map<string, string>
  places: PlaceNames
}

async function learnPlaces({ tx }: Ctx, { rows, list, names, places }: Learning): Promise<void> {
  const at = list.columns.flatMap(({ kind }, index) => (kind === 'place' ? [index] : []))
  const codes = rows.flatMap((row) => at.map((index) => row[index]))
  const unknown = new Set(codes.filter((code) => typeof code === 'string' && !names.has(code)) as string[])
  if (unknown.size === 0) return
  for (const [code, name] of await places(tx, [...unknown])) names.set(code, name)
}

function withNames(row: Cells, columns: readonly ColumnHead[], names: ReadonlyMap<string, string>): Cells {
  return row.map((value, index) =>
    columns[index]?.kind === 'place' ? (names.get(String(value)) ?? value) : value,
  )
}
