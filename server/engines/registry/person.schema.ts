import { z } from 'zod'
import { TownCode, VillageCode } from './area.schema.ts'
import { OwnFact } from './fact.schema.ts'

export const Sex = z.enum(['male', 'female'])
export type Sex = z.infer<typeof Sex>

export const NewPerson = z.strictObject({
  id: z.uuid().optional(),
  fullName: z.string().trim().min(1).max(50),
  /** As on the document; null only for a person who has none yet. */
  idNumber: z.string().nullable(),
  /** Null = as the number says. */
  sex: Sex.nullable(),
  /** Null = as the number says. */
  bornOn: z.iso.date().nullable(),
  village: VillageCode,
  town: TownCode,
  /** First day in the village; absent = since birth, or since the day of registration. */
  residentSince: z.iso.date().optional(),
  phone: z.string().trim().optional(),
  registeredPoor: z.boolean().optional(),
  source: z.string().trim().min(1).max(200).default('建档'),
  facts: z.array(OwnFact).max(50).optional(),
})
export type NewPerson = z.infer<typeof NewPerson>

export const RegisterPeople = z.strictObject({
  people: z.array(NewPerson).min(1).max(1000),
  /** True = leave out people already on file and report them; otherwise one of them refuses the whole list. */
  skipTaken: z.boolean().default(false),
})
export type RegisterPeople = z.infer<typeof RegisterPeople>

export const CheckDuplicate = z.strictObject({ idNumber: z.string() })
export type CheckDuplicate = z.infer<typeof CheckDuplicate>

export const REVEAL_PURPOSES = {
  verify_identity: '核对证件',
  answer_enquiry: '答复本人查询',
  fix_payment: '处理发放问题',
  fill_document: '制作文书',
} as const

export const RevealIdentity = z.strictObject({
  personId: z.uuid(),
  purpose: z.enum(Object.keys(REVEAL_PURPOSES) as (keyof typeof REVEAL_PURPOSES)[]),
})
export type RevealIdentity = z.infer<typeof RevealIdentity>

export const RevealOne = z.strictObject({
  personId: z.uuid(),
  what: z.enum(['id_number', 'phone', 'account']),
  reason: z.enum(Object.keys(REVEAL_PURPOSES) as (keyof typeof REVEAL_PURPOSES)[]),
})
export type RevealOne = z.infer<typeof RevealOne>
