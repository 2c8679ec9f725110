import type { z } from 'zod'
import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { groupBy } from '../../platform/group.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import { maskNumbersIn } from '../../platform/masking.ts'
import type { ProgramBook } from '../benefits/index.ts'
import { awardNames } from './award-names.actions.ts'
import { createBudget, raiseBudget } from './budget.actions.ts'
import { listBudgets } from './budget.db.ts'
import * as view from './budget-view.schema.ts'
import { listBudgetChanges } from './claim-view.db.ts'
import { liftHold, listHolds, setHold } from './hold.actions.ts'

function budgetsListed(programs: ProgramBook) {
  return query({
    event: 'funds.budget.listed',
    permission: 'funds.ledger.read',
    run: async ({ tx, actor }: Ctx, { county, year }: { county: string; year: number }) => {
      const budgets = await listBudgets(tx, county, year)
      const changes = await listBudgetChanges(
        tx,
        county,
        budgets.map(({ id }) => id),
      )
      const names = await listNames(
        tx,
        changes.map(({ madeBy }) => madeBy),
      )
      const own = groupBy(changes, ({ budgetId }) => budgetId)
      return {
        budgets: budgets.map((budget) => ({
          ...budget,
          programTitle: programs.get(budget.program)?.title ?? budget.program,
          restFen: budget.amountFen - budget.reservedFen,
          changes: (own.get(budget.id) ?? []).map((change) => ({
            ...change,
            madeBy: names.get(change.madeBy) ?? null,
          })),
        })),
        may: {
          create: actor.permissions.has('funds.budget.create'),
          raise: actor.permissions.has('funds.budget.raise'),
        },
      }
    },
    subject: ({ year }, { budgets }) => ({ year, budgets: budgets.length }),
  })
}

export function holdsListed(programs: ProgramBook) {
  return query({
    event: 'funds.hold.listed',
    permission: 'funds.hold.read',
    run: async (ctx: Ctx, input: z.output<typeof view.listHoldsEndpoint.input>) => {
      const { limit, awardId, personId } = input
      const after = input.after === undefined ? undefined : holdMark(input.after)
      const rows = await listHolds(ctx, { awardId, personId, after, limit: limit + 1 })
      const holds = rows.slice(0, limit)
      const nameOf = await awardNames(ctx, holds, programs)
      const names = await listNames(
        ctx.tx,
        holds.map(({ setBy }) => setBy),
      )
      const last = holds.at(-1)
      return {
        holds: holds.map((hold) => ({
          ...hold,
          ...nameOf(hold),
          // Somebody may have typed a number of a person where words belong.
          ...{ cause: maskNumbersIn(hold.cause), evidence: maskNumbersIn(hold.evidence) },
          setBy: names.get(hold.setBy) ?? null,
        })),
        next: rows.length > limit && last ? `${last.reviewOn}.${last.id}` : null,
        may: {
          set: ctx.actor.permissions.has('funds.hold.set'),
          lift: ctx.actor.permissions.has('funds.hold.lift'),
        },
      }
    },
    subject: (_, { holds }) => ({ holds: holds.length, first: holds[0]?.id ?? null }),
  })
}

function holdMark(text: string): { reviewOn: string; id: string } {
  const [reviewOn = '', id = ''] = text.split('.')
  return { reviewOn, id }
}

export function budgetRoutes(programs: ProgramBook): readonly Route[] {
  return [
    queryRoute(view.listBudgetsEndpoint, budgetsListed(programs)),
    commandRoute(view.createBudgetEndpoint, createBudget),
    commandRoute(view.raiseBudgetEndpoint, raiseBudget),
    queryRoute(view.listHoldsEndpoint, holdsListed(programs)),
    commandRoute(view.setHoldEndpoint, setHold),
    commandRoute(view.liftHoldEndpoint, liftHold),
  ]
}
