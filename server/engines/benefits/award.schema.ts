import { z } from 'zod'

export const MonthText = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '月份应为 YYYY-MM')
const Place = {
  town: z
    .string()
    .regex(/^\d{9}$/)
    .nullable(),
  village: z
    .string()
    .regex(/^\d{12}$/)
    .nullable(),
}

export const OpenAward = z.object({
  id: z.uuid().optional(),
  program: z.string(),
  holderKind: z.enum(['household', 'person']),
  holderId: z.uuid(),
  ...Place,
  ledgerOpensMonth: MonthText,
  replaces: z.object({ awardId: z.uuid(), fromMonth: MonthText }).optional(),
})
export type OpenAward = z.infer<typeof OpenAward>
export const OpenAwards = z.object({ awards: z.array(OpenAward).min(1).max(2000) })

export const ExplainOpening = z.object({
  awardId: z.uuid(),
  reason: z.string().min(4, '请写明与旧系统不同的原因'),
})

export const DeterminationKind = z.enum(['initial', 'change', 'retroactive', 'end', 'gradual_exit'])
export type DeterminationKind = z.infer<typeof DeterminationKind>

export const ProposeDetermination = z.object({
  id: z.uuid().optional(),
  awardId: z.uuid(),
  kind: DeterminationKind,
  outcome: z.enum(['grant', 'end']),
  from: MonthText,
  /** Exclusive; null = until another determination. */
  to: MonthText.nullable(),
  cause: z.string().min(1, '请写明认定原因'),
  clause: z.string(),
  content: z.unknown(),
})
export type ProposeDetermination = z.infer<typeof ProposeDetermination>
export const ProposeDeterminations = z.object({
  determinations: z.array(ProposeDetermination).min(1).max(2000),
})

export const EditDetermination = ProposeDetermination.omit({ id: true, awardId: true }).extend({
  id: z.uuid(),
  /** The one that was edited: another one on file meanwhile is not written over. */
  version: z.number().int().min(1),
})
export type EditDetermination = z.infer<typeof EditDetermination>

/** Which version of each was read: what was edited meanwhile is not in effect unread. */
export const Versions = z.record(z.uuid(), z.number().int().min(1))
export const CheckDeterminations = z.object({
  ids: z.array(z.uuid()).min(1).max(2000),
  /** Over HTTP always; whoever loads many proposals has just made them. */
  versions: Versions.optional(),
})
export const RefuseDetermination = z.object({ id: z.uuid(), why: z.string().trim().min(1, '请写明退回原因') })
export const WithdrawDetermination = z.object({
  id: z.uuid(),
  why: z.string().trim().min(1, '请写明撤回原因'),
})
export const UndoDetermination = z.object({
  id: z.uuid(),
  clause: z.string().min(1, '撤销认定要写明依据条款'),
  why: z.string().min(1),
})
