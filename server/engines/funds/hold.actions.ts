import { command, type Ctx } from '../../platform/command.ts'
import type { Month } from '../../platform/dates.ts'
import { notFound } from '../../platform/errors.ts'
import { addFen, type Fen } from '../../platform/money.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { LiftHold, SetHold } from './funds.schema.ts'
import {
  findHoldTarget,
  findLiveHold,
  insertHold,
  listHeldAmong,
  listAwardsHeldBy,
  listLiveHolds,
  supersedeHold,
  type Hold,
  type HoldFilter,
} from './hold.db.ts'
import { seesWholeCounty } from './payable.rules.ts'
import { loadPlan } from './pending.actions.ts'

/** A reason not to pay now. Nothing of the entitlement changes, and time alone never turns it into a stop. */
export const setHold = command({
  event: 'funds.hold.set',
  permission: 'funds.hold.set',
  input: SetHold,
  needsKey: true,
  run: async (ctx: Ctx, { awardId, personId, ...hold }) => {
    const target = await findHoldTarget(ctx.tx, ctx.county, { awardId, personId })
    if (!target) {
      throw notFound(
        'funds.hold_target_unknown',
        '找不到要暂缓发放的待遇或人员，或不在您负责的地区。请核对后再试。',
      )
    }
    const id = uuidv7()
    const at = await ctx.recordedAt()
    const whom = { awardId: awardId ?? null, personId: personId ?? null }
    const row = { ...hold, ...whom, ...target, id, rootId: id, setBy: ctx.actor.id, recordedAt: at }
    await insertHold(ctx.tx, { ...row, county: ctx.county, liftedWhy: null })
    return { holdId: id }
  },
  subject: ({ awardId, personId }, { holdId }) => ({ holdId, awardId, personId }),
})

/** What was held becomes payable again and enters the next batch. */
export const liftHold = command({
  event: 'funds.hold.lifted',
  permission: 'funds.hold.lift',
  input: LiftHold,
  needsKey: true,
  run: async (ctx: Ctx, { holdId, reason }) => {
    const at = await ctx.recordedAt()
    const hold = await findLiveHold(ctx.tx, ctx.county, holdId)
    if (!hold) {
      throw notFound('funds.hold_unknown', '这条暂缓记录不存在、已经解除，或不在您负责的地区。请刷新后查看。')
    }
    await supersedeHold(ctx.tx, { county: ctx.county, id: hold.id, at })
    await insertHold(ctx.tx, {
      ...hold,
      county: ctx.county,
      id: uuidv7(),
      setBy: ctx.actor.id,
      recordedAt: at,
      liftedWhy: reason,
    })
    return { holdId }
  },
  subject: ({ holdId }) => ({ holdId }),
})

export interface ListedHold extends Hold {
  /** Money kept back by it, by month; null where the reader does not see the whole county and the sum cannot be told. */
  held: { forMonth: Month; fen: Fen }[] | null
}

/** Live holds, the one to be reviewed first on top. Money under two holds is shown under both. */
export async function listHolds(ctx: Ctx, filter: HoldFilter = {}): Promise<ListedHold[]> {
  const holds = await listLiveHolds(ctx.tx, ctx.county, filter)
  if (!seesWholeCounty(ctx.actor, ctx.county)) return holds.map((hold) => ({ ...hold, held: null }))
  const ids = holds.map(({ id }) => id)
  const awards = await listAwardsHeldBy(ctx.tx, ctx.county, ids)
  const plan = await loadPlan(ctx.tx, ctx.county, { awards })
  const money = new Map<string, Map<Month, Fen>>()
  for (const { line, fen, holds: reaching } of plan) {
    for (const id of reaching) {
      const months = money.get(id) ?? new Map<Month, Fen>()
      money.set(id, months.set(line.forMonth, addFen(months.get(line.forMonth) ?? 0, fen)))
    }
  }
  return holds.map((hold) => ({
    ...hold,
    held: [...(money.get(hold.id) ?? [])].map(([forMonth, fen]) => ({ forMonth, fen })),
  }))
}

/** Which of these people are held, for whoever would undo that they were entered. */
export async function usedInFunds(
  { tx, county }: Ctx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const held = await listHeldAmong(tx, county, ids)
  return new Map(held.map((id) => [id, '已暂缓发放']))
}
