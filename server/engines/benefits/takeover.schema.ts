import { z } from 'zod'
import { MonthText, OpenAward } from './award.schema.ts'

/** A county is carried over in a handful of lists; a list is signed as a whole. */
export const ProposeTakeover = z.object({
  awards: z
    .array(OpenAward.extend({ lastPaidMonth: MonthText, lastPaidFen: z.number().int().nonnegative() }))
    .min(1)
    .max(5000),
})
export type ProposeTakeover = z.infer<typeof ProposeTakeover>

export const SignTakeover = z.object({ takeoverId: z.uuid() })

export const WithdrawTakeover = SignTakeover.extend({ why: z.string().min(1, '请写明撤回原因') })
