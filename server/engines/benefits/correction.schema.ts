import { z } from 'zod'

export const ProposeCorrection = z.object({
  kind: z.enum(['rate', 'setting', 'formula', 'fact']),
  /** Rate or setting id, formula version or person id. */
  subject: z.string().min(1),
  clause: z.string().min(1, '请写明依据条款'),
})

export const DecideCorrection = z.object({ correctionId: z.uuid() })

export const RejectCorrection = DecideCorrection.extend({ why: z.string().min(1, '请写明不同意的原因') })
