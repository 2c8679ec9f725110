import { z } from 'zod'

export const StartRun = z.object({
  group: z.string(),
  month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '月份应为 YYYY-MM'),
  /** Looks at every month of every award instead of what was touched. */
  isFull: z.boolean().default(false),
  /** How long to wait for people who are saving at this moment. */
  waitMs: z.number().int().min(0).max(120_000).default(10_000),
})
export type StartRun = z.infer<typeof StartRun>

export const RunStep = z.object({ runNo: z.number().int().positive() })
export type RunStep = z.infer<typeof RunStep>

export const RejectRun = RunStep.extend({
  reason: z.string().trim().min(2, '请写明退回的原因').max(500, '退回的原因最多 500 字'),
})

export const AnswerFinding = RunStep.extend({
  kind: z.literal('too_many_corrections'),
  answer: z.string().min(4, '请写明理由'),
})
