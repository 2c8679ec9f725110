/** Every business address of the interface. */
import { commands, figureSets, programs } from './app.ts'
import { socialAssistance } from './domains/social-assistance/index.ts'
import * as benefits from './engines/benefits/index.ts'
import * as funds from './engines/funds/index.ts'
import * as indicators from './engines/indicators/index.ts'
import * as registry from './engines/registry/index.ts'
import { EVENT_TITLES } from './event-titles.ts'
import { layouts } from './layouts.ts'
import { PERMISSION_TITLES } from './permission-titles.ts'
import { accountRoutes } from './platform/account.routes.ts'
import { auditRoutes } from './platform/audit.routes.ts'
import { calendarRoutes } from './platform/calendar.routes.ts'
import { inboxRoutes, type InboxSource } from './platform/inbox.ts'
import type { Route } from './platform/route.ts'

/** What the engines know of one person, joined here: none of them knows all of the others. */
const fileParts: registry.PersonFileParts = {
  awards: benefits.awardsInFile(programs),
  awardEvents: benefits.awardEvents(programs),
  cash: funds.cashInFile,
  cashEvents: funds.cashEvents,
}

/** What the desk of the office gathers. */
const waiting: readonly InboxSource[] = [...benefits.benefitsInbox(programs), ...socialAssistance.waiting]

export const routes: readonly Route[] = [
  ...benefits.runRoutes(programs, commands, funds.budgetOutlook),
  ...benefits.correctionRoutes(programs, funds.cashInFile),
  ...benefits.takeoverRoutes(programs, commands),
  ...benefits.standardRoutes(programs),
  ...benefits.determinationRoutes(programs, commands),
  ...benefits.awardRoutes(programs, funds.cashInFile),
  ...socialAssistance.routes,
  ...registry.personRoutes,
  ...registry.personFileRoutes(fileParts),
  ...inboxRoutes(waiting),
  ...funds.batchRoutes({ programs, layouts }),
  ...funds.budgetRoutes(programs),
  ...funds.claimRoutes(programs),
  ...indicators.figureRoutes(figureSets, registry.listPeople),
  ...auditRoutes(EVENT_TITLES),
  ...accountRoutes(PERMISSION_TITLES),
  ...calendarRoutes,
]
