import type { Ctx } from './command.ts'
import { getInboxEndpoint, type InboxGroup } from './inbox.schema.ts'
import { query } from './query.ts'
import { queryRoute, type Route } from './route.ts'

/** What of one kind waits for the reader; without the permission to act on it nothing does. Reads only. */
export type InboxSource = (ctx: Ctx) => Promise<InboxGroup | undefined>

/** How many of a kind are shown before its own list is opened. */
export const INBOX_ITEMS = 5

/** Every engine tells its part; the composition says which. */
export function inboxRoutes(sources: readonly InboxSource[]): readonly Route[] {
  const shown = query({
    event: 'platform.inbox.shown',
    permission: 'platform.inbox.read',
    run: async (ctx: Ctx) => {
      const groups: InboxGroup[] = []
      for (const source of sources) {
        const group = await source(ctx)
        if (group && group.count > 0) groups.push(group)
      }
      return { count: groups.reduce((sum, { count }) => sum + count, 0), groups }
    },
    subject: (_, { count }) => ({ waiting: count }),
  })
  return [queryRoute(getInboxEndpoint, shown)]
}
