import { z } from 'zod'
import { TownCode, VillageCode } from './area.schema.ts'

export const NewOrganisation = z.strictObject({
  id: z.uuid().optional(),
  fullName: z.string().trim().min(1).max(100),
  /** Unified social credit code, GB 32100. */
  uscc: z.string(),
  town: TownCode,
  village: VillageCode,
})
export type NewOrganisation = z.infer<typeof NewOrganisation>

export const RegisterOrganisations = z.strictObject({
  organisations: z.array(NewOrganisation).min(1).max(1000),
})
export type RegisterOrganisations = z.infer<typeof RegisterOrganisations>
