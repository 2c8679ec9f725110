import type { Ctx } from '../../platform/command.ts'
import type { ProgramBook } from '../benefits/index.ts'
import { dayAt, householdsOfPeople, listHouseholds, type OnFile } from '../registry/index.ts'
import { placeOf } from './cell.rules.ts'
import { faultOf, type FaultCode, type Params, type RowFault } from './fault.rules.ts'
import type { Columns, Field } from './field.rules.ts'
import type { Checked, Done } from './kind.rules.ts'
import { isSameName, officeNames, onFileOf } from './people.actions.ts'

/** Whose award a row is about. */
export interface Holder {
  kind: 'household' | 'person'
  id: string
  town: string | null
  village: string | null
}

interface AboutSomebody {
  row: number
  fullName: string
  idNumber: string
  program: string
}

export interface Looked {
  onFile: ReadonlyMap<string, OnFile>
  /** By row; absent where the person has no household in reach. */
  holders: ReadonlyMap<number, Holder>
}

/** The person of each row, and the household where the programme is a household's. */
export async function lookUpHolders(
  ctx: Ctx,
  rows: readonly AboutSomebody[],
  programs: ProgramBook,
): Promise<Looked> {
  const { tx, county } = ctx
  const onFile = await onFileOf(ctx, [...new Set(rows.map(({ idNumber }) => idNumber))])
  const personIds = [...onFile.values()].flatMap(({ person }) => person?.id ?? [])
  const on = dayAt(await ctx.clock.now(tx))
  const houses = await householdsOfPeople(tx, { county, personIds, on })
  const known = await listHouseholds(tx, county, [...new Set(houses.values())])
  const byId = new Map(known.map((household) => [household.id, household]))
  const holders = rows.flatMap((row): [number, Holder][] => {
    const person = onFile.get(row.idNumber)?.person
    if (!person) return []
    if (programs.get(row.program)?.holder !== 'household')
      return [[row.row, { kind: 'person', id: person.id, town: person.town, village: person.village }]]
    const house = byId.get(houses.get(person.id) ?? '')
    return house
      ? [[row.row, { kind: 'household', id: house.id, town: house.town, village: house.village }]]
      : []
  })
  return { onFile, holders: new Map(holders) }
}

export interface AtField {
  field: string
  code: FaultCode
  value: string
  params?: Params
}

/** What is wrong with whom a row names; undefined = the person, and the household where one is needed, are known. */
export function wrongHolder(
  row: AboutSomebody,
  { onFile, holders }: Looked,
  offices: (found: Pick<OnFile, 'town'>) => string,
): AtField | undefined {
  const found = onFile.get(row.idNumber)
  const ofNumber = { field: 'idNumber', value: row.idNumber }
  if (!found) return { ...ofNumber, code: 'person_unknown' }
  if (!found.person) return { ...ofNumber, code: 'person_outside', params: { office: offices(found) } }
  if (!isSameName(found.person.fullName, row.fullName))
    return { field: 'fullName', code: 'name_differs', value: row.fullName }
  return holders.has(row.row) ? undefined : { ...ofNumber, code: 'household_unknown' }
}

/** Rows about somebody on file, each in turn: what is wrong with whom it names, else what `judge` finds; nothing = it can be loaded. */
export async function checkAbout<Row extends AboutSomebody>(
  ctx: Ctx,
  rows: readonly Row[],
  { looked, judge, ...at }: { looked: Looked; judge: (row: Row) => AtField | Done | undefined } & Sheet,
): Promise<Checked> {
  const offices = await officeNames(ctx, [...looked.onFile.values()])
  const faults: RowFault[] = []
  const known = new Map<number, Done>()
  for (const row of rows) {
    const found = wrongHolder(row, looked, offices) ?? judge(row)
    if (!found) continue
    if ('code' in found) faults.push(faultAt(row.row, found, at))
    else known.set(row.row, found)
  }
  return { faults, known }
}

/** Where the cells of a row stand. */
interface Sheet {
  columns: Columns
  fields: readonly Field[]
}

/** `whole` is no column: the row as such. */
export function faultAt(
  row: number,
  { field, code, value, params }: AtField,
  { columns, fields }: Sheet,
): RowFault {
  const place = field === 'whole' ? { place: 0, column: '整行' } : placeOf(field, columns, fields)
  return faultOf(code, { row, ...place, value }, params)
}
