import { z } from 'zod'

export const NewAgreement = z.object({
  personId: z.uuid(),
  carerKind: z.enum(['person', 'organisation']),
  carerId: z.uuid().nullable(),
  carerName: z.string().trim().min(1),
  from: z.iso.date(),
  /** First day no longer covered; null = open. */
  to: z.iso.date().nullable(),
  town: z.string().regex(/^\d{9}$/).nullable(),
  village: z.string().regex(/^\d{12}$/).nullable(),
})
export type NewAgreement = z.infer<typeof NewAgreement>

export const RecordAgreements = z.object({ agreements: z.array(NewAgreement).min(1).max(1000) })
export const EndAgreement = z.object({ personId: z.uuid(), on: z.iso.date() })
export const FileTownAid = z.object({ awardIds: z.array(z.uuid()).min(1).max(500) })
