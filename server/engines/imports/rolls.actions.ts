import type { Ctx } from '../../platform/command.ts'
import { addMonths } from '../../platform/dates.ts'
import { conflict } from '../../platform/errors.ts'
import { formatYuan, sumFen } from '../../platform/money.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  listHeldAwards,
  listTakeovers,
  listUnsignedAwards,
  takeoverCommands,
  type HeldAward,
  type ProgramBook,
  type TakeoverRow,
} from '../benefits/index.ts'
import {
  dayAt,
  householdsOfPeople,
  listHouseholds,
  type Kept,
  type OnFile,
  type Withdrawal,
} from '../registry/index.ts'
import { placeOf } from './cell.rules.ts'
import { faultOf, type FaultCode, type Params, type RowFault } from './fault.rules.ts'
import { ROLL_FIELDS } from './field.rules.ts'
import type { Checked, CheckOptions, Done, ImportKind, SigningState } from './kind.rules.ts'
import { isSameName, officeNames, onFileOf } from './people.actions.ts'
import { readRolls, type RollRow, type RollWords } from './rolls.rules.ts'

/** A list is signed as a whole: as many rows as one may have. */
const LIST_ROWS = 5000

/** The old system's last list: it is proposed here, and becomes awards when a second person has signed it. */
export function rollsKind(
  programs: ProgramBook,
  words: Readonly<Record<string, string>>,
): ImportKind<RollRow> {
  const takeover = takeoverCommands(programs)
  const roll: RollWords = {
    keys: new Map([
      ...[...programs.values()].map(({ key, title }) => [title, key] as const),
      ...Object.entries(words),
    ]),
    oneOff: new Set([...programs.values()].filter(({ isOneOff }) => isOneOff).map(({ key }) => key)),
  }
  return {
    key: 'rolls',
    title: '旧系统发放名单',
    note: '每行一项待遇：姓名、证件号码、项目、末次发放月份和金额；须由第二人签字',
    fields: ROLL_FIELDS,
    permissions: [takeover.proposeTakeover.permission],
    atOnce: LIST_ROWS,
    read: (sheet, at) => readRolls(sheet, at, roll),
    check: (ctx, rows, options) => checkRolls(ctx, rows, { programs, options }),
    load: async (ctx, rows) => {
      const holders = await holdersOf(ctx, rows, programs)
      const awards = rows.map((row) => awardOf(row, holders.get(row.row)))
      const { takeoverId } = await takeover.proposeTakeover.run(ctx, { awards })
      return new Map(rows.map(({ row }): [number, Done] => [row, { subjectId: takeoverId, why: null }]))
    },
    undo: (ctx, { ids, reason }) => withdrawLists(ctx, takeover, { ids, reason }),
    signing: {
      permission: takeover.signTakeover.permission,
      state: async ({ tx, county }, takeoverIds) => stateOf(await listTakeovers(tx, county, takeoverIds)),
      sign: async (ctx, takeoverIds) => {
        const lists = await listTakeovers(ctx.tx, ctx.county, takeoverIds)
        for (const { id } of lists.filter(isProposed))
          await takeover.signTakeover.run(ctx, { takeoverId: id })
      },
    },
  }
}

type Takeover = ReturnType<typeof takeoverCommands>

function isProposed({ status }: TakeoverRow): boolean {
  return status === 'proposed'
}

function stateOf(lists: readonly TakeoverRow[]): SigningState {
  const isWaiting = lists.some(isProposed)
  const signed = lists.filter(({ status }) => status === 'signed')
  const last = isWaiting
    ? undefined
    : signed.toSorted((a, b) => ((a.recordedAt ?? '') < (b.recordedAt ?? '') ? -1 : 1)).at(-1)
  const standing = lists.filter(({ status }) => status !== 'withdrawn')
  const awards = standing.reduce((sum, list) => sum + list.awards, 0)
  const fen = sumFen(standing.map(({ lastPaidFen }) => lastPaidFen))
  return {
    ...{ isWaiting, signedBy: last?.signedBy ?? null, signedAt: last?.recordedAt ?? null },
    summary: `${awards} 项，末次发放合计 ${formatYuan(fen)} 元`,
  }
}

/** A list that was signed stays: its awards are in the ledger. One that was withdrawn before is undone already. */
async function withdrawLists(ctx: Ctx, takeover: Takeover, { ids, reason }: Withdrawal): Promise<Kept> {
  const lists = await listTakeovers(ctx.tx, ctx.county, ids)
  for (const { id } of lists.filter(isProposed))
    await takeover.withdrawTakeover.run(ctx, { takeoverId: id, why: reason })
  const signed = lists.filter(({ status }) => status === 'signed')
  return new Map(signed.map(({ id }) => [id, '清单已由第二人签字，待遇已在台账中']))
}

interface Holder {
  kind: 'household' | 'person'
  id: string
  town: string | null
  village: string | null
}

function awardOf({ program, lastPaidMonth, lastPaidFen }: RollRow, holder: Holder | undefined) {
  if (!holder)
    throw conflict('imports.person_gone', '检查之后有人员的档案或家庭已不在，这一行没有载入。请重新检查。')
  const { kind, id, town, village } = holder
  return {
    ...{ id: uuidv7(), program, holderKind: kind, holderId: id, town, village },
    ...{ ledgerOpensMonth: addMonths(lastPaidMonth, 1), lastPaidMonth, lastPaidFen },
  }
}

interface Looked {
  onFile: ReadonlyMap<string, OnFile>
  holders: ReadonlyMap<number, Holder>
}

async function lookUp(ctx: Ctx, rows: readonly RollRow[], programs: ProgramBook): Promise<Looked> {
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

async function holdersOf(
  ctx: Ctx,
  rows: readonly RollRow[],
  programs: ProgramBook,
): Promise<ReadonlyMap<number, Holder>> {
  return (await lookUp(ctx, rows, programs)).holders
}

async function checkRolls(
  ctx: Ctx,
  rows: readonly RollRow[],
  { programs, options }: { programs: ProgramBook; options: CheckOptions },
): Promise<Checked> {
  const { onFile, holders } = await lookUp(ctx, rows, programs)
  const offices = await officeNames(ctx, [...onFile.values()])
  const ids = [...new Set([...holders.values()].map(({ id }) => id))]
  const held = [
    ...(await listHeldAwards(ctx.tx, ctx.county, ids)),
    ...(await listUnsignedAwards(ctx.tx, ctx.county, ids)),
  ]
  const { seen } = options
  const faults: RowFault[] = []
  const known = new Map<number, Done>()
  for (const row of rows) {
    const at = (field: string, code: FaultCode, value: string, params?: Params) =>
      faults.push(
        faultOf(code, { row: row.row, ...placeOf(field, options.columns, ROLL_FIELDS), value }, params),
      )
    const found = onFile.get(row.idNumber)
    const holder = holders.get(row.row)
    if (!found) at('idNumber', 'person_unknown', row.idNumber)
    else if (!found.person) at('idNumber', 'person_outside', row.idNumber, { office: offices(found) })
    else if (!isSameName(found.person.fullName, row.fullName)) at('fullName', 'name_differs', row.fullName)
    else if (!holder) at('idNumber', 'household_unknown', row.idNumber)
    else {
      const own = held.filter(({ holderId, program }) => holderId === holder.id && program === row.program)
      const key = `${holder.id} ${row.program}`
      const first = seen.get(key)
      if (own.some((award) => isSame(award, row)))
        known.set(row.row, { subjectId: null, why: '这项待遇已在台账或待签字的清单中，未改动' })
      else if (own.length > 0) at('program', 'award_taken', '')
      else if (first !== undefined) at('idNumber', 'roll_repeated', row.idNumber, { row: first })
      else seen.set(key, row.row)
    }
  }
  return { faults, known }
}

function isSame(award: HeldAward, row: RollRow): boolean {
  return award.lastPaidMonth === row.lastPaidMonth && award.lastPaidFen === row.lastPaidFen
}
