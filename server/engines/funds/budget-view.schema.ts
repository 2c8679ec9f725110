import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'

/** Budgets and holds as the office sees them. */

const Fen = z.number().int()
const MonthText = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '请填写如 2026-03 的月份')
const Limit = z.coerce.number().int().min(1).max(200).default(50)

const Budget = z.object({
  id: z.uuid(),
  fiscalYear: z.number().int(),
  source: z.string(),
  program: z.string(),
  programTitle: z.string(),
  amountFen: Fen,
  reservedFen: Fen,
  restFen: Fen,
  /** To be sent along when it is raised. */
  version: z.number().int(),
  /** Each amount put in, with the paper it rests on, the oldest first. */
  changes: z.array(
    z.object({ fen: Fen, basis: z.string(), madeBy: z.string().nullable(), recordedAt: z.string() }),
  ),
})

export const listBudgetsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/budgets',
  title: '一个年度的资金预算',
  input: z.object({ county: County, year: z.coerce.number().int().min(2000).max(2999) }),
  output: z.object({ budgets: z.array(Budget), may: z.object({ create: z.boolean(), raise: z.boolean() }) }),
})

export const createBudgetEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/budgets',
  title: '登记预算',
  input: z.object({
    county: County,
    fiscalYear: z.number(),
    source: z.string(),
    program: z.string(),
    amountFen: z.number(),
    basis: z.string(),
  }),
  output: z.object({ budgetId: z.uuid() }),
})

export const raiseBudgetEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/budgets/:budgetId/raise',
  title: '追加预算',
  input: z.object({
    county: County,
    budgetId: z.uuid(),
    addFen: z.number(),
    basis: z.string(),
    version: z.number(),
  }),
  output: z.object({ budgetId: z.uuid(), amountFen: Fen, version: z.number().int() }),
})

const Hold = z.object({
  id: z.uuid(),
  awardId: z.uuid().nullable(),
  personId: z.uuid().nullable(),
  /** The person held, or of an award the person it is paid for; null outside the reader's areas. */
  fullName: z.string().nullable(),
  programTitle: z.string().nullable(),
  fromMonth: MonthText,
  cause: z.string(),
  evidence: z.string(),
  reviewOn: z.iso.date(),
  town: z.string().nullable(),
  village: z.string().nullable(),
  setBy: z.string().nullable(),
  recordedAt: z.string(),
  /** Money kept back by it, by month; null for who does not see the whole county. */
  held: z.array(z.object({ forMonth: MonthText, fen: Fen })).nullable(),
})
export type HoldShown = z.infer<typeof Hold>

export const listHoldsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/holds',
  title: '暂缓发放，先到复查日的在前',
  input: z.object({
    county: County,
    awardId: z.uuid().optional(),
    personId: z.uuid().optional(),
    /** `next` of the page before. */
    after: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}\.[0-9a-f-]{36}$/, '翻页标记不对，请从第一页重新查看')
      .optional(),
    limit: Limit,
  }),
  output: z.object({
    holds: z.array(Hold),
    next: z.string().nullable(),
    may: z.object({ set: z.boolean(), lift: z.boolean() }),
  }),
})

export const setHoldEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/holds',
  title: '暂缓发放一笔待遇或一个人的款项',
  input: z.object({
    county: County,
    awardId: z.uuid().optional(),
    personId: z.uuid().optional(),
    fromMonth: z.string(),
    cause: z.string(),
    evidence: z.string(),
    reviewOn: z.string(),
  }),
  output: z.object({ holdId: z.uuid() }),
})

export const liftHoldEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/holds/:holdId/lift',
  title: '解除暂缓',
  input: z.object({ county: County, holdId: z.uuid(), reason: z.string() }),
  output: z.object({ holdId: z.uuid() }),
})
