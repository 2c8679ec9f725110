import { z } from 'zod'

/** What benefits and funds tell a person's file: awards, payments, holds, claims. */

export const Fen = z.number().int()
export const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '月份应为 YYYY-MM')
export const Day = z.iso.date('请填写如 2026-03-01 的日期')

/** The record that a sentence, a fact or an amount comes from. */
export const FileSource = z.object({
  kind: z.enum([
    ...(['person', 'fact', 'household', 'award', 'determination', 'line'] as const),
    ...(['instruction', 'hold', 'claim', 'review', 'look', 'account'] as const),
  ]),
  id: z.string(),
})
export type FileSource = z.infer<typeof FileSource>

const Payee = z.object({
  kind: z.enum(['person', 'organisation']),
  id: z.uuid(),
  name: z.string().nullable(),
})

const AwardMonth = z.object({ month: Month, dueFen: Fen, ownFen: Fen })

export const AwardInFile = z.object({
  id: z.uuid(),
  program: z.string(),
  programTitle: z.string(),
  isOneOff: z.boolean(),
  through: z.enum(['person', 'household']),
  holderId: z.uuid(),
  /** First and (exclusive) last month that a decision gives. */
  sinceMonth: Month.nullable(),
  endMonth: Month.nullable(),
  state: z.enum(['none', 'proposed', 'planned', 'active', 'ended', 'paid_once']),
  stateTitle: z.string(),
  /** What the last counted month comes to, the person's own part of it, and how it was found. */
  amount: z
    .object({ month: Month, dueFen: Fen, ownFen: Fen, runNo: z.number().int(), sentence: z.string() })
    .nullable(),
  payee: Payee.nullable(),
  /** Of the twelve months up to the day, those with lines. */
  months: z.array(AwardMonth),
  /** Decisions that wait for their check. */
  proposals: z.array(
    z.object({ id: z.uuid(), title: z.string(), fromMonth: Month, cause: z.string(), madeAt: z.string() }),
  ),
  /** Facts that raised a question nobody has answered. */
  questions: z.array(z.object({ id: z.uuid(), title: z.string(), openedAt: z.string() })),
})
export type AwardInFile = z.infer<typeof AwardInFile>

export const Payment = z.object({
  id: z.uuid(),
  awardId: z.uuid(),
  forMonth: Month,
  fen: Fen,
  status: z.enum(['in_flight', 'paid', 'returned', 'unknown', 'late_paid', 'cancelled']),
  statusTitle: z.string(),
  reason: z.string().nullable(),
  payeeName: z.string(),
  at: z.string(),
  /** The day in China of `at`. */
  day: Day,
})
export type Payment = z.infer<typeof Payment>

export const HoldInFile = z.object({
  id: z.uuid(),
  awardId: z.uuid().nullable(),
  personId: z.uuid().nullable(),
  fromMonth: Month,
  cause: z.string(),
  reviewOn: Day,
  setAt: z.string(),
})
export type HoldInFile = z.infer<typeof HoldInFile>

export const ClaimInFile = z.object({
  id: z.uuid(),
  awardId: z.uuid(),
  forMonth: Month,
  status: z.enum(['open', 'closed']),
  openedFen: Fen,
  openFen: Fen,
  decision: z.string().nullable(),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
})
export type ClaimInFile = z.infer<typeof ClaimInFile>

export const CashInFile = z.object({
  payments: z.array(Payment),
  holds: z.array(HoldInFile),
  claims: z.array(ClaimInFile),
})
export type CashInFile = z.infer<typeof CashInFile>
