/** Every business address of the interface. */
import { commands, programs } from './app.ts'
import * as benefits from './engines/benefits/index.ts'
import * as registry from './engines/registry/index.ts'
import { inboxRoutes, type InboxSource } from './platform/inbox.ts'
import type { Route } from './platform/route.ts'

/** What the desk of the office gathers. */
const waiting: readonly InboxSource[] = [...benefits.benefitsInbox(programs)]

export const routes: readonly Route[] = [
  ...benefits.runRoutes(programs, commands),
  ...benefits.standardRoutes(programs),
  ...benefits.determinationRoutes(programs, commands),
  ...registry.personRoutes,
  ...inboxRoutes(waiting),
]
