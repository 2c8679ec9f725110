import { command, type Ctx } from '../../platform/command.ts'
import type { Instant } from '../../platform/dates.ts'
import { constraintOf, sqlStateOf, type Db } from '../../platform/db.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import type { Fen } from '../../platform/money.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  addToBudget,
  findBudgetForUpdate,
  insertBudget,
  listBudgets,
  listReserved,
  lockBudgets,
  moveReservation,
  type NewBudget,
} from './budget.db.ts'
import { inSourceOrder, outlookOver, releaseFrom, reserveOver, type SourceUse } from './budget.rules.ts'
import { CreateBudget, RaiseBudget } from './funds.schema.ts'
import { requireWholeCounty } from './payable.rules.ts'

export const createBudget = command({
  event: 'funds.budget.created',
  permission: 'funds.budget.create',
  input: CreateBudget,
  needsKey: true,
  run: async (ctx: Ctx, { amountFen, basis, ...budget }) => {
    requireWholeCounty(ctx.actor, ctx.county)
    const id = uuidv7()
    const made = { county: ctx.county, by: ctx.actor.id, at: await ctx.clock.stamp(ctx.tx) }
    await insertOnce(ctx, { ...made, ...budget, id })
    await addToBudget(ctx.tx, { ...made, budgetId: id, fen: amountFen, basis })
    return { budgetId: id }
  },
  subject: (_, { budgetId }) => ({ budgetId }),
})

async function insertOnce(ctx: Ctx, budget: NewBudget): Promise<void> {
  try {
    await insertBudget(ctx.tx, budget)
  } catch (error) {
    if (sqlStateOf(error) !== '23505' || constraintOf(error) !== 'budget_one_per_source') throw error
    const { fiscalYear, source } = budget
    throw conflict(
      'funds.budget_exists',
      `${fiscalYear} 年这一项目已有“${source}”预算。请在原预算上追加，不要重复登记。`,
    )
  }
}

export const raiseBudget = command({
  event: 'funds.budget.raised',
  permission: 'funds.budget.raise',
  input: RaiseBudget,
  needsKey: true,
  run: async (ctx: Ctx, { budgetId, addFen, basis, version }) => {
    requireWholeCounty(ctx.actor, ctx.county)
    const at = await ctx.clock.stamp(ctx.tx)
    const budget = await findBudgetForUpdate(ctx.tx, ctx.county, budgetId)
    if (!budget) throw notFound('funds.budget_unknown', '找不到这笔预算，请刷新后再试。')
    if (budget.version !== version) {
      throw conflict('funds.budget_changed', '这笔预算刚被他人修改，本次未执行。请刷新，核对金额后再追加。')
    }
    await addToBudget(ctx.tx, {
      county: ctx.county,
      budgetId,
      fen: addFen,
      basis,
      by: ctx.actor.id,
      at,
    })
    return { budgetId, amountFen: budget.amountFen + addFen, version: version + 1 }
  },
  subject: ({ budgetId }) => ({ budgetId }),
})

/** Whether the budgets of a year are enough for amounts that are not yet in a batch, by programme. */
export async function budgetOutlook(
  db: Db,
  { county, fiscalYear, amounts }: { county: string; fiscalYear: number; amounts: ReadonlyMap<string, Fen> },
): Promise<{ sources: SourceUse[]; short: { program: string; fen: Fen }[] }> {
  const budgets = await listBudgets(db, county, fiscalYear)
  const parts = [...amounts].map(([program, fen]) => {
    const own = budgets.filter((budget) => budget.program === program)
    return { program, ...outlookOver(inSourceOrder(own), fen) }
  })
  return {
    sources: parts.flatMap(({ sources }) => sources),
    short: parts.flatMap(({ program, shortFen }) => (shortFen > 0 ? [{ program, fen: shortFen }] : [])),
  }
}

export interface BatchMoney {
  batchNo: number
  fiscalYear: number
  /** Programme → fen. */
  amounts: ReadonlyMap<string, Fen>
  at: Instant
}

/** All programmes or none. Throws `funds.budget_exceeded`. */
export async function reserveForBatch(
  ctx: Ctx,
  { batchNo, fiscalYear, amounts, at }: BatchMoney,
  sources: readonly string[] = [],
): Promise<void> {
  const programs = [...amounts.keys()].toSorted()
  const budgets = await lockBudgets(ctx.tx, ctx.county, { fiscalYear, programs })
  const parts = programs.flatMap((program) => {
    const own = budgets.filter((budget) => budget.program === program)
    return reserveOver(inSourceOrder(own, sources), { program, fen: amounts.get(program) ?? 0, fiscalYear })
  })
  await moveReservation(ctx.tx, { county: ctx.county, batchNo, kind: 'reserve', at }, parts)
}

/** Money of the batch that did not go out, or came back, is free again where it was taken from. */
export async function releaseOfBatch(
  ctx: Ctx,
  { batchNo, fiscalYear, amounts, at }: BatchMoney,
): Promise<void> {
  const programs = [...amounts.keys()].toSorted()
  await lockBudgets(ctx.tx, ctx.county, { fiscalYear, programs })
  const reserved = await listReserved(ctx.tx, ctx.county, batchNo)
  const parts = programs.flatMap((program) =>
    releaseFrom(
      reserved.filter((each) => each.program === program),
      amounts.get(program) ?? 0,
    ),
  )
  await moveReservation(ctx.tx, { county: ctx.county, batchNo, kind: 'release', at }, parts)
}
