import { z } from 'zod'
import { TownCode, VillageCode } from './area.schema.ts'

export const NewAccount = z.strictObject({
  holderKind: z.enum(['person', 'organisation']),
  holderId: z.uuid(),
  /** As the bank has it. */
  holderName: z.string().trim().min(1).max(100),
  bankCode: z.string().trim().max(20),
  number: z.string(),
  /** First day on which money goes there; it stays until another account follows. */
  from: z.iso.date(),
  town: TownCode,
  village: VillageCode,
})
export type NewAccount = z.infer<typeof NewAccount>

export const RecordAccounts = z.strictObject({ accounts: z.array(NewAccount).min(1).max(1000) })
export type RecordAccounts = z.infer<typeof RecordAccounts>
