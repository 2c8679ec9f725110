import type { Ctx } from '../../platform/command.ts'
import { addMonths } from '../../platform/dates.ts'
import { conflict } from '../../platform/errors.ts'
import { formatYuan, sumFen } from '../../platform/money.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  listHeldAwards,
  listOpeningMonths,
  listTakeovers,
  listUnsignedAwards,
  takeoverCommands,
  type HeldAward,
  type ProgramBook,
  type TakeoverRow,
} from '../benefits/index.ts'
import type { Kept, Withdrawal } from '../registry/index.ts'
import { ROLL_FIELDS } from './field.rules.ts'
import { checkAbout, lookUpHolders, type AtField, type Holder } from './holders.actions.ts'
import type { Checked, CheckOptions, Done, ImportKind, SigningState } from './kind.rules.ts'
import { readRolls, rollWordsOf, type RollRow } from './rolls.rules.ts'

/** A list is signed as a whole: as many rows as one may have. */
const LIST_ROWS = 5000

/** The old system's last list: it is proposed here, and becomes awards when a second person has signed it. */
export function rollsKind(
  programs: ProgramBook,
  words: Readonly<Record<string, string>>,
): ImportKind<RollRow> {
  const takeover = takeoverCommands(programs)
  const roll = rollWordsOf(programs, words)
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
      const { holders } = await lookUpHolders(ctx, rows, programs)
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

function awardOf({ program, lastPaidMonth, lastPaidFen }: RollRow, holder: Holder | undefined) {
  if (!holder)
    throw conflict('imports.person_gone', '检查之后有人员的档案或家庭已不在，这一行没有载入。请重新检查。')
  const { kind, id, town, village } = holder
  return {
    ...{ id: uuidv7(), program, holderKind: kind, holderId: id, town, village },
    ...{ ledgerOpensMonth: addMonths(lastPaidMonth, 1), lastPaidMonth, lastPaidFen },
  }
}

async function checkRolls(
  ctx: Ctx,
  rows: readonly RollRow[],
  { programs, options }: { programs: ProgramBook; options: CheckOptions },
): Promise<Checked> {
  const looked = await lookUpHolders(ctx, rows, programs)
  const ids = [...new Set([...looked.holders.values()].map(({ id }) => id))]
  const held = [
    ...(await listHeldAwards(ctx.tx, ctx.county, ids)),
    ...(await listUnsignedAwards(ctx.tx, ctx.county, ids)),
  ]
  const opens = await listOpeningMonths(ctx.tx, ctx.county)
  const { seen, columns } = options
  const judge = (row: RollRow): AtField | Done | undefined => {
    const holderId = looked.holders.get(row.row)?.id
    const opensMonth = opens.get(row.program)
    if (opensMonth !== undefined && addMonths(row.lastPaidMonth, 1) < opensMonth) {
      const params = { month: addMonths(opensMonth, -1) }
      return { field: 'paidMonth', code: 'paid_too_early', value: row.lastPaidMonth, params }
    }
    const own = held.filter((award) => award.holderId === holderId && award.program === row.program)
    if (own.some((award) => isSame(award, row)))
      return { subjectId: null, why: '这项待遇已在台账或待签字的清单中，未改动' }
    if (own.length > 0) return { field: 'program', code: 'award_taken', value: '' }
    const key = `${holderId} ${row.program}`
    const first = seen.get(key)
    if (first !== undefined)
      return { field: 'idNumber', code: 'roll_repeated', value: row.idNumber, params: { row: first } }
    seen.set(key, row.row)
    return undefined
  }
  return checkAbout(ctx, rows, { looked, judge, columns, fields: ROLL_FIELDS })
}

function isSame(award: HeldAward, row: RollRow): boolean {
  return award.lastPaidMonth === row.lastPaidMonth && award.lastPaidFen === row.lastPaidFen
}
