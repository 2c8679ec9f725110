import type { Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { queryRoute, type Route } from '../../platform/route.ts'
import { findPeopleEndpoint } from './person-view.schema.ts'
import { findPeople } from './search.actions.ts'

export const peopleFound = query({
  event: 'registry.person.searched',
  permission: 'registry.person.search',
  run: (ctx: Ctx, { text, limit, after }: { text: string; limit: number; after?: string | undefined }) =>
    findPeople(ctx, { text, limit, ...(after === undefined ? {} : { after }) }),
  // The text itself may be an identity number: only what it was and whom it found.
  subject: (_, { by, people }) => ({ by, people: people.map(({ id }) => id) }),
})

export const personRoutes: readonly Route[] = [queryRoute(findPeopleEndpoint, peopleFound)]
