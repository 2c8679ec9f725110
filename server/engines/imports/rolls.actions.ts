import type { Ctx } from '../../platform/command.ts'
import { addMonths } from '../../platform/dates.ts'
import { conflict, isAppError } from '../../platform/errors.ts'
import { formatYuan, sumFen } from '../../platform/money.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  listAwardsOfHolders,
  listTakeovers,
  takeoverCommands,
  type HeldAward,
  type ProgramBook,
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
import type { Checked, Done, ImportKind, LoadOptions } from './kind.rules.ts'
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
      summary: async ({ tx, county }, takeoverIds) => {
        const lists = (await listTakeovers(tx, county)).filter(({ id }) => takeoverIds.includes(id))
        const awards = lists.reduce((sum, list) => sum + list.awards, 0)
        return `${awards} 项，末次发放合计 ${formatYuan(sumFen(lists.map(({ lastPaidFen }) => lastPaidFen)))} 元`
      },
      sign: async (ctx, takeoverIds) => {
        for (const takeoverId of takeoverIds) await takeover.signTakeover.run(ctx, { takeoverId })
      },
    },
  }
}

type Takeover = ReturnType<typeof takeoverCommands>

/** A list that was signed stays: its awards are in the ledger. */
async function withdrawLists(ctx: Ctx, takeover: Takeover, { ids, reason }: Withdrawal): Promise<Kept> {
  const kept = new Map<string, string>()
  for (const takeoverId of ids) {
    try {
      await takeover.withdrawTakeover.run(ctx, { takeoverId, why: reason })
    } catch (error) {
      if (!isAppError(error) || error.code !== 'benefits.takeover_state') throw error
      kept.set(takeoverId, '清单已由第二人签字，待遇已在台账中')
    }
  }
  return kept
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
  { programs, options }: { programs: ProgramBook; options: LoadOptions },
): Promise<Checked> {
  const { onFile, holders } = await lookUp(ctx, rows, programs)
  const offices = await officeNames(ctx, [...onFile.values()])
  const ids = [...new Set([...holders.values()].map(({ id }) => id))]
  const held = await listAwardsOfHolders(ctx.tx, ctx.county, ids)
  const seen = new Map<string, number>()
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
