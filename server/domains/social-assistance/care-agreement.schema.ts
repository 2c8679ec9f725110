import { z } from 'zod'

export const NewAgreement = z
  .object({
    personId: z.uuid(),
    carerKind: z.enum(['person', 'organisation']),
    /** Null where the carer is on no register. */
    carerId: z.uuid().nullable().default(null),
    carerName: z.string().trim().min(1, '请填写照料人或机构名称').max(100),
    from: z.iso.date(),
    /** First day no longer covered; null = open. */
    to: z.iso.date().nullable(),
    town: z
      .string()
      .regex(/^\d{9}$/)
      .nullable(),
    village: z
      .string()
      .regex(/^\d{12}$/)
      .nullable(),
  })
  .refine(({ from, to }) => to === null || from < to, {
    message: '协议的截止日期应晚于起始日期',
    path: ['to'],
  })
  .refine(({ personId, carerId }) => personId !== carerId, {
    message: '照料人不能是被照料人本人',
    path: ['carerId'],
  })
export type NewAgreement = z.infer<typeof NewAgreement>

export const RecordAgreements = z
  .object({ agreements: z.array(NewAgreement).min(1).max(1000) })
  .refine(
    ({ agreements }) => new Set(agreements.map(({ personId }) => personId)).size === agreements.length,
    {
      message: '同一人在一份名单中只能出现一次',
      path: ['agreements'],
    },
  )
export type RecordAgreements = z.infer<typeof RecordAgreements>

export const EndAgreement = z.object({
  personId: z.uuid(),
  /** First day without an agreement. */
  on: z.iso.date(),
})
export type EndAgreement = z.infer<typeof EndAgreement>
