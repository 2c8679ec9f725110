import type { Ctx } from '../../platform/command.ts'
import type { PlainDate } from '../../platform/dates.ts'
import { conflict } from '../../platform/errors.ts'
import { groupBy } from '../../platform/group.ts'
import {
  createHouseholds,
  currentFacts,
  listMemberships,
  overlaps,
  withdrawHouseholds,
  type OnFile,
} from '../registry/index.ts'
import { placeOf } from './cell.rules.ts'
import { faultOf, type FaultCode, type Params, type RowFault } from './fault.rules.ts'
import { HOUSEHOLD_FIELDS } from './field.rules.ts'
import { readHouseholds, type MemberIn } from './households.rules.ts'
import type { Checked, Done, ImportKind, LoadOptions } from './kind.rules.ts'
import { isSameName, officeNames, onFileOf } from './people.actions.ts'

/** A list of households: people on file who live together, the head among them. */
export const householdsKind: ImportKind<MemberIn> = {
  key: 'households',
  title: '家庭',
  note: '每行一个成员：户编号、与户主关系、姓名、证件号码；成员须已建档',
  fields: HOUSEHOLD_FIELDS,
  permissions: [createHouseholds.permission],
  atOnce: 500,
  read: readHouseholds,
  check: checkMembers,
  load: loadHouseholds,
  undo: withdrawHouseholds,
}

type Membership = Awaited<ReturnType<typeof listMemberships>>[number]

interface Register {
  onFile: ReadonlyMap<string, OnFile>
  diedOn: ReadonlyMap<string, PlainDate>
  memberships: ReadonlyMap<string, readonly Membership[]>
}

async function checkMembers(
  ctx: Ctx,
  rows: readonly MemberIn[],
  { columns, on }: LoadOptions,
): Promise<Checked> {
  const register = await registerOf(ctx, rows)
  const known = knownHouseholds(rows, register)
  const offices = await officeNames(ctx, [...register.onFile.values()])
  const faults: RowFault[] = []
  for (const row of rows.filter((each) => !known.has(each.row))) {
    const at = (field: string, code: FaultCode, value: string, params?: Params) =>
      faults.push(
        faultOf(code, { row: row.row, ...placeOf(field, columns, HOUSEHOLD_FIELDS), value }, params),
      )
    const found = register.onFile.get(row.idNumber)
    if (!found) at('idNumber', 'person_unknown', row.idNumber)
    else if (!found.person) at('idNumber', 'person_outside', row.idNumber, { office: offices(found) })
    else if (!isSameName(found.person.fullName, row.fullName)) at('fullName', 'name_differs', row.fullName)
    else {
      const died = register.diedOn.get(found.person.id)
      const own = { from: row.from ?? on, to: null }
      const elsewhere = register.memberships.get(found.person.id)?.some((each) => overlaps(each, own))
      if (died !== undefined) at('idNumber', 'person_dead', row.idNumber, { on: died })
      else if (elsewhere) at('idNumber', 'member_elsewhere', row.idNumber)
    }
  }
  return { faults, known }
}

async function registerOf(ctx: Ctx, rows: readonly MemberIn[]): Promise<Register> {
  const onFile = await onFileOf(
    ctx,
    rows.map(({ idNumber }) => idNumber),
  )
  const personIds = [...onFile.values()].flatMap(({ person }) => person?.id ?? [])
  const deaths = await currentFacts(ctx.tx, { county: ctx.county, personIds, kinds: ['death'] })
  const memberships = await listMemberships(ctx.tx, ctx.county, personIds)
  return {
    onFile,
    diedOn: new Map(deaths.map(({ personId, from }) => [personId, from])),
    memberships: groupBy(memberships, ({ personId }) => personId),
  }
}

/** A household whose members all live together already was loaded before, or entered by hand. */
function knownHouseholds(rows: readonly MemberIn[], register: Register): Map<number, Done> {
  const known = new Map<number, Done>()
  for (const members of groupBy(rows, ({ unit }) => unit).values()) {
    const houses = members.map(({ idNumber }) => {
      const id = register.onFile.get(idNumber)?.person?.id
      const open = id === undefined ? [] : (register.memberships.get(id) ?? [])
      return open.find(({ to }) => to === null)?.householdId
    })
    const [first] = houses
    if (first === undefined || houses.some((house) => house !== first)) continue
    for (const { row } of members) known.set(row, { subjectId: first, why: '这一户已在册，未改动' })
  }
  return known
}

async function loadHouseholds(
  ctx: Ctx,
  rows: readonly MemberIn[],
  { on }: LoadOptions,
): Promise<Map<number, Done>> {
  const onFile = await onFileOf(
    ctx,
    rows.map(({ idNumber }) => idNumber),
  )
  const units = [...groupBy(rows, ({ unit }) => unit).values()]
  const { ids } = await createHouseholds.run(ctx, {
    households: units.map((unit) => householdOf(unit, onFile, on)),
  })
  return new Map(
    units.flatMap((members, index) =>
      members.map(({ row }): [number, Done] => [row, { subjectId: ids[index] ?? '', why: null }]),
    ),
  )
}

/** The household is filed where its head is. */
function householdOf(members: readonly MemberIn[], onFile: ReadonlyMap<string, OnFile>, on: PlainDate) {
  const people = members.map((member) => ({ member, person: onFile.get(member.idNumber)?.person }))
  const head = people.find(({ member }) => member.relation === 'head')?.person
  if (!head?.town || !head.village || people.some(({ person }) => !person)) {
    throw conflict(
      'imports.person_gone',
      '检查之后有成员的档案已不在您负责的地区，这一户没有载入。请重新检查。',
    )
  }
  return {
    headId: head.id,
    town: head.town,
    village: head.village,
    members: people.map(({ member, person }) => ({
      personId: person?.id ?? '',
      relation: member.relation,
      from: member.from ?? on,
      to: null,
    })),
  }
}
