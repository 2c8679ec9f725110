import type { PlainDate } from '../../platform/dates.ts'
import { relationKey } from '../registry/index.ts'
import { dateOf, identityIn, nameIn, readLine, type LineReader } from './cell.rules.ts'
import { HOUSEHOLD_FIELDS } from './field.rules.ts'
import type { ReadAt, ReadRows } from './kind.rules.ts'
import { readableLines, type SheetLine } from './sheet.rules.ts'

export interface MemberIn {
  row: number
  /** First row of the household. */
  unit: number
  /** As the registry stores it. */
  relation: string
  fullName: string
  idNumber: string
  from: PlainDate | null
}

interface Read {
  reader: LineReader
  household: string
  relation: string
  member: Omit<MemberIn, 'unit'> | undefined
}

const MOST_MEMBERS = 50
const MOST_RELATION = 30
const HEAD = 'head'

/** Each line is one member; lines of one number are one household. */
export function readHouseholds(
  sheet: readonly SheetLine[],
  { headerRow, columns, today }: ReadAt,
): ReadRows<MemberIn> {
  const { lines, broken, faults } = readableLines(sheet, { headerRow, columns, fields: HOUSEHOLD_FIELDS })
  const read = [
    ...lines.map((line) => memberIn(readLine(line, columns, HOUSEHOLD_FIELDS), today)),
    ...broken.map((line) => brokenIn(readLine(line, columns, HOUSEHOLD_FIELDS))),
  ].toSorted((a, b) => a.reader.row - b.reader.row)
  const units = new Map<string, Read[]>()
  for (const each of read.filter(({ household }) => household !== ''))
    units.set(each.household, [...(units.get(each.household) ?? []), each])
  for (const members of units.values()) checkHousehold(members)
  checkRepeated(read)
  const first = new Map([...units].map(([household, [head]]) => [household, head?.reader.row ?? 0]))
  return {
    rows: read.flatMap(({ reader, household, member }) =>
      member && reader.faults.length === 0 ? [{ ...member, unit: first.get(household) ?? member.row }] : [],
    ),
    faults: [...faults, ...read.flatMap(({ reader }) => reader.faults)],
    units: new Map(
      read.map(({ reader, household }) => [reader.row, first.get(household) ?? reader.row] as const),
    ),
  }
}

/** Its household waits for it. */
function brokenIn(reader: LineReader): Read {
  return { reader, household: reader.cell('household'), relation: '', member: undefined }
}

function memberIn(reader: LineReader, today: PlainDate): Read {
  const { cell, fault, row } = reader
  const household = cell('household')
  const typed = cell('relation')
  const relation = relationKey(typed)
  if (household === '') fault('household', 'household_missing')
  if (typed === '') fault('relation', 'relation_missing')
  else if ([...typed].length > MOST_RELATION) fault('relation', 'relation_too_long')
  const fullName = nameIn(reader)
  const identity = identityIn(reader)
  const from = joinedOn(reader, today)
  const member = identity && { row, relation, fullName, idNumber: identity.number, from }
  return { reader, household, relation, member }
}

function joinedOn({ cell, fault }: LineReader, today: PlainDate): PlainDate | null {
  const typed = cell('from')
  if (typed === '') return null
  const from = dateOf(typed)
  if (from === null) fault('from', 'joined_on_form')
  else if (from > today) fault('from', 'joined_in_future')
  return from
}

/** One head and no more; a household whose relations are not all told is not judged by them. */
function checkHousehold(members: readonly Read[]): void {
  const [first] = members
  const heads = members.filter(({ relation }) => relation === HEAD)
  const [head, ...others] = heads
  for (const { reader } of others) reader.fault('relation', 'head_repeated', { row: head?.reader.row ?? 0 })
  if (!head && members.every(({ relation }) => relation !== ''))
    first?.reader.fault('relation', 'head_missing')
  members[MOST_MEMBERS]?.reader.fault('household', 'household_too_large')
}

function checkRepeated(read: readonly Read[]): void {
  const seen = new Map<string, number>()
  for (const { reader, member } of read) {
    if (!member) continue
    const first = seen.get(member.idNumber)
    if (first !== undefined) reader.fault('idNumber', 'member_repeated', { row: first })
    else seen.set(member.idNumber, member.row)
  }
}
