/** Every business address of the interface. */
import { commands, figureSets, programs, type benefitsCommands } from './app.ts'
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

type Commands = ReturnType<typeof benefitsCommands>

/** All addresses for our programmes, or (bench) for more of them. */
export function officeRoutes(book: benefits.ProgramBook, acts: Commands): readonly Route[] {
  return [
    ...benefits.runRoutes(book, acts, funds.budgetOutlook),
    ...benefits.standardRoutes(book),
    ...benefits.determinationRoutes(book, acts),
    ...benefits.awardRoutes(book, funds.cashInFile),
    ...registry.personRoutes,
    ...registry.personFileRoutes(filePartsOf(book)),
    ...inboxRoutes(waitingIn(book)),
    ...funds.batchRoutes({ programs: book, layouts }),
    ...funds.budgetRoutes(book),
    ...funds.claimRoutes(book),
    ...indicators.figureRoutes(figureSets, registry.listPeople),
    ...auditRoutes(EVENT_TITLES),
    ...accountRoutes(PERMISSION_TITLES),
    ...calendarRoutes,
  ]
}

/** What the engines know of one person, joined here: none of them knows all of the others. */
function filePartsOf(book: benefits.ProgramBook): registry.PersonFileParts {
  return {
    awards: benefits.awardsInFile(book),
    awardEvents: benefits.awardEvents(book),
    cash: funds.cashInFile,
    cashEvents: funds.cashEvents,
  }
}

/** What the desk of the office gathers. */
function waitingIn(book: benefits.ProgramBook): readonly InboxSource[] {
  return benefits.benefitsInbox(book)
}

export const routes = officeRoutes(programs, commands)
