import { z } from 'zod'
import { TemporaryContent } from './content.schema.ts'

export const NewAid = z.object({
  awardId: z.uuid().optional(),
  determinationId: z.uuid().optional(),
  holderKind: z.enum(['person', 'household']).default('person'),
  holderId: z.uuid(),
  /** Where the emergency is: no local hukou is asked for (社会救助暂行办法 第47条、意见 2023). */
  town: z.string().regex(/^\d{9}$/),
  village: z.string().regex(/^\d{12}$/),
  /** The month it is paid for; not before the month of the decision. */
  month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '月份应为 YYYY-MM'),
  cause: z.string().trim().min(1, '请写明困难原因'),
  clause: z.string().trim().default(''),
  content: TemporaryContent,
})
export type NewAid = z.infer<typeof NewAid>

export const GrantTemporaryAid = z.object({ aids: z.array(NewAid).min(1).max(500) })
export type GrantTemporaryAid = z.infer<typeof GrantTemporaryAid>

export const FileTownAid = z.object({ awardIds: z.array(z.uuid()).min(1).max(500) })
export type FileTownAid = z.infer<typeof FileTownAid>
