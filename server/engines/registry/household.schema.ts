import { z } from 'zod'
import { TownCode, VillageCode } from './area.schema.ts'

/** Free within reason: local forms know more relations than any list. `head` is the only one the engine reads. */
export const Relation = z.string().trim().min(1).max(30)

const Membership = z.strictObject({
  personId: z.uuid(),
  relation: Relation,
  from: z.iso.date(),
  to: z.iso.date().nullable().default(null),
})

export const NewHousehold = z.strictObject({
  id: z.uuid().optional(),
  headId: z.uuid(),
  village: VillageCode,
  town: TownCode,
  members: z.array(Membership).min(1).max(50),
})
export type NewHousehold = z.infer<typeof NewHousehold>

export const CreateHouseholds = z.strictObject({ households: z.array(NewHousehold).min(1).max(1000) })
export type CreateHouseholds = z.infer<typeof CreateHouseholds>

export const AddMember = Membership.extend({ householdId: z.uuid() })
export type AddMember = z.infer<typeof AddMember>

export const EndMember = z.strictObject({
  personId: z.uuid(),
  /** First day outside the household. */
  on: z.iso.date(),
  reason: z.string().trim().min(1).max(200),
})
export type EndMember = z.infer<typeof EndMember>

export const SplitHousehold = z.strictObject({
  householdId: z.uuid(),
  /** Who leaves; the first of them heads the new household. */
  personIds: z.array(z.uuid()).min(1).max(50),
  /** Relations to the new head; who is not named keeps the old word. */
  relations: z.record(z.uuid(), Relation).default({}),
  newHouseholdId: z.uuid().optional(),
  /** First day of the new household. */
  on: z.iso.date(),
})
export type SplitHousehold = z.infer<typeof SplitHousehold>
