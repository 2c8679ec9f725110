import type { Ctx } from '../../platform/command.ts'
import { foldName } from '../../platform/name-keys.ts'
import {
  areaNames,
  dayAt,
  findOnFile,
  listAreaHistory,
  listAreas,
  recordAccounts,
  registerPeople,
  withdrawPeople,
  type OnFile,
} from '../registry/index.ts'
import { placeOf } from './cell.rules.ts'
import { faultOf, type FaultCode, type Params, type RowFault } from './fault.rules.ts'
import { PEOPLE_FIELDS } from './field.rules.ts'
import type { Checked, CheckOptions, Done, ImportKind, LoadOptions } from './kind.rules.ts'
import { placeFinder, type FoundPlace } from './place.rules.ts'
import { readPeople, type PeopleRow } from './people.rules.ts'

/** A list of people: each becomes a person on file with birth, place, phone and account. */
export const peopleKind: ImportKind<PeopleRow> = {
  key: 'people',
  title: '人员',
  note: '每行一人：姓名、证件号码、村（社区），可带电话、银行账号',
  fields: PEOPLE_FIELDS,
  permissions: [registerPeople.permission, recordAccounts.permission],
  atOnce: 500,
  read: readPeople,
  check: checkPeople,
  load: loadPeople,
  undo: withdrawPeople,
}

const NUMBERS_AT_ONCE = 1000

async function checkPeople(
  ctx: Ctx,
  rows: readonly PeopleRow[],
  { columns, on, today }: CheckOptions,
): Promise<Checked> {
  const faults: RowFault[] = []
  const known = new Map<number, Done>()
  const find = await placesOf(ctx, on, today)
  const onFile = await onFileOf(
    ctx,
    rows.map(({ idNumber }) => idNumber),
  )
  const offices = await officeNames(ctx, [...onFile.values()])
  for (const row of rows) {
    const at = (field: string, code: FaultCode, value: string, params?: Params) =>
      faults.push(faultOf(code, { row: row.row, ...placeOf(field, columns, PEOPLE_FIELDS), value }, params))
    const place = find(row)
    const found = onFile.get(row.idNumber)
    if (found?.person && isSameName(found.person.fullName, row.fullName)) {
      known.set(row.row, { subjectId: found.person.id, why: '此人已建档，未改动' })
    } else if (found?.person) at('fullName', 'name_differs', row.fullName)
    else if (found) at('idNumber', 'id_taken', row.idNumber, { office: offices(found) })
    else if ('fault' in place) at('village', place.fault, row.village, place.params)
    else if (!isWithin(ctx, place)) at('village', 'village_outside', row.village, { village: row.village })
  }
  return { faults, known }
}

/** The same way of finding a village for the check and for the load. */
async function placesOf(
  ctx: Ctx,
  on: string,
  today: string,
): Promise<(row: Pick<PeopleRow, 'village' | 'town'>) => FoundPlace> {
  const areas = await listAreas(ctx.tx, { under: ctx.county, on })
  const stretches = await listAreaHistory(ctx.tx, ctx.county)
  return placeFinder(areas, { stretches, today })
}

function isWithin({ actor, county }: Ctx, { code, town }: { code: string; town: string }): boolean {
  return [county, town, code].some((each) => actor.scope.includes(each))
}

/** In parts: a look-up past the asker's areas is a call for each number. */
export async function onFileOf(ctx: Ctx, numbers: readonly string[]): Promise<Map<string, OnFile>> {
  const found = new Map<string, OnFile>()
  for (let start = 0; start < numbers.length; start += NUMBERS_AT_ONCE) {
    const part = await findOnFile(ctx, numbers.slice(start, start + NUMBERS_AT_ONCE))
    for (const [number, person] of part) found.set(number, person)
  }
  return found
}

/** Whom to ask about somebody of another place. */
export async function officeNames(
  { tx }: Ctx,
  found: readonly Pick<OnFile, 'town'>[],
): Promise<(found: Pick<OnFile, 'town'>) => string> {
  const towns = [...new Set(found.flatMap(({ town }) => town ?? []))]
  const names = await areaNames(tx, towns)
  return ({ town }) => (town !== null && names.get(town)) || town || '县级民政部门'
}

/** Dots and spaces are typed in many ways. */
export function isSameName(a: string, b: string): boolean {
  return foldName(a) === foldName(b)
}

async function loadPeople(
  ctx: Ctx,
  rows: readonly PeopleRow[],
  options: LoadOptions,
): Promise<Map<number, Done>> {
  const today = dayAt(await ctx.recordedAt())
  const find = await placesOf(ctx, options.on, today)
  const placed = rows.map((row) => ({ row, place: settled(find(row)) }))
  const registered = await registerPeople.run(ctx, {
    people: placed.map(({ row, place }) => personOf(row, place, options.source)),
    skipTaken: true,
  })
  const accounts = placed.flatMap(({ row, place }, index) => {
    const holderId = registered.ids[index]
    return row.account && holderId ? [accountOf(row.account, { holderId, place, options })] : []
  })
  if (accounts.length > 0) await recordAccounts.run(ctx, { accounts })
  return doneOf(ctx, rows, registered.ids)
}

/** The check found the village; a village that has ended in between is refused by the command. */
function settled(place: FoundPlace): { code: string; town: string } {
  return 'fault' in place ? { code: '', town: '' } : place
}

function personOf(row: PeopleRow, { code, town }: { code: string; town: string }, source: string) {
  const { fullName, idNumber, sex, bornOn, registeredPoor } = row
  const phone = row.phone === null ? {} : { phone: row.phone }
  return { fullName, idNumber, sex, bornOn, village: code, town, registeredPoor, source, ...phone }
}

function accountOf(
  { number, holderName }: NonNullable<PeopleRow['account']>,
  {
    holderId,
    place,
    options,
  }: { holderId: string; place: { code: string; town: string }; options: LoadOptions },
) {
  return {
    ...{ holderKind: 'person' as const, holderId, holderName, number },
    ...{ bankCode: options.bankCode, from: options.on, town: place.town, village: place.code },
  }
}

/** Whoever was entered by somebody else between check and load is on file already. */
async function doneOf(
  ctx: Ctx,
  rows: readonly PeopleRow[],
  ids: readonly (string | null)[],
): Promise<Map<number, Done>> {
  const taken = rows.filter((_, index) => !ids[index])
  const onFile = await onFileOf(
    ctx,
    taken.map(({ idNumber }) => idNumber),
  )
  return new Map(
    rows.map(({ row, idNumber }, index): [number, Done] => {
      const id = ids[index]
      if (id) return [row, { subjectId: id, why: null }]
      const subjectId = onFile.get(idNumber)?.person?.id ?? null
      return [row, { subjectId, why: '检查之后已由他人建档，未重复建档' }]
    }),
  )
}
