import { z } from 'zod'

export const MergePeople = z.strictObject({
  /** The record that turns out to be a second one. */
  personId: z.uuid(),
  /** The record that the human being goes by from now on. */
  aliasOf: z.uuid(),
  reason: z.string().trim().min(1).max(200),
})
export type MergePeople = z.infer<typeof MergePeople>

export const UnmergePeople = z.strictObject({
  personId: z.uuid(),
  reason: z.string().trim().min(1).max(200),
})
export type UnmergePeople = z.infer<typeof UnmergePeople>
