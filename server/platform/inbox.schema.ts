import { z } from 'zod'
import { County, endpoint } from './endpoint.schema.ts'

/** One thing that waits for the reader. */
const InboxItem = z.object({
  title: z.string(),
  /** Whom or what it is about. */
  who: z.string(),
  /** Why it came to this reader. */
  why: z.string(),
  /** Waiting since. */
  since: z.string(),
  /** Ids for the link. */
  target: z.record(z.string(), z.string()),
})

const InboxGroup = z.object({
  /** Stable; tells which screen opens. */
  kind: z.string(),
  title: z.string(),
  /** All that wait, also those not shown; at most 10,000 are counted. */
  count: z.number().int(),
  /** The longest waiting first. */
  items: z.array(InboxItem),
})
export type InboxGroup = z.infer<typeof InboxGroup>

export const getInboxEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/inbox',
  title: '工作台：等本人办理的事项',
  input: z.object({ county: County }),
  output: z.object({ count: z.number().int(), groups: z.array(InboxGroup) }),
})
