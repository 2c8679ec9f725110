/** Every business address of the interface. */
import { commands, figureSets, importKinds, programs, type benefitsCommands } from './app.ts'
import { configuration } from './configuration.ts'
import { socialAssistance } from './domains/social-assistance/index.ts'
import * as benefits from './engines/benefits/index.ts'
import * as funds from './engines/funds/index.ts'
import * as golive from './engines/golive/index.ts'
import * as imports from './engines/imports/index.ts'
import * as indicators from './engines/indicators/index.ts'
import * as registry from './engines/registry/index.ts'
import { EVENT_TITLES } from './event-titles.ts'
import { layouts } from './layouts.ts'
import { PERMISSION_TITLES } from './permission-titles.ts'
import { accountRoutes } from './platform/account.routes.ts'
import { auditRoutes } from './platform/audit.routes.ts'
import { auditExport } from './platform/audit-export.ts'
import { calendarRoutes } from './platform/calendar.routes.ts'
import { configurationRoutes } from './platform/configuration.routes.ts'
import { draftRoutes } from './platform/draft.routes.ts'
import type { ExportList } from './platform/export-list.ts'
import { releaseRoutes } from './platform/export.routes.ts'
import { readinessRoutes } from './platform/readiness.routes.ts'
import { inboxRoutes, type InboxSource } from './platform/inbox.ts'
import type { Route } from './platform/route.ts'
import { lookReady } from './readiness.ts'
import { lookSafekeeping } from './safekeeping.ts'
import { signInWayRoutes } from './platform/sign-in-ways.routes.ts'

type Commands = ReturnType<typeof benefitsCommands>

/** All addresses for our programmes, or (bench) for more of them. */
export function officeRoutes(book: benefits.ProgramBook, acts: Commands): readonly Route[] {
  return [
    ...benefits.runRoutes(book, acts, funds.budgetOutlook),
    ...benefits.correctionRoutes(book, funds.cashInFile),
    ...benefits.takeoverRoutes(book, acts),
    ...benefits.standardRoutes(book),
    ...benefits.determinationRoutes(book, acts),
    ...benefits.awardRoutes(book, funds.cashInFile),
    ...socialAssistance.routes,
    ...registry.personRoutes,
    ...registry.personFileRoutes(filePartsOf(book)),
    ...inboxRoutes(waitingIn(book)),
    ...funds.batchRoutes({ programs: book, layouts }),
    ...funds.budgetRoutes(book),
    ...funds.claimRoutes(book),
    ...indicators.figureRoutes(figureSets, registry.listPeople),
    ...imports.importRoutes(importKinds),
    ...golive.goliveRoutes(programs, commands, lookSafekeeping),
    ...auditRoutes(EVENT_TITLES),
    ...accountRoutes(PERMISSION_TITLES),
    ...signInWayRoutes,
    ...calendarRoutes,
    ...configurationRoutes(configuration),
    ...readinessRoutes((deps) => lookReady(deps)),
    ...releaseRoutes(listsOf(book), registry.areaNames),
    ...draftRoutes,
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
  return [...benefits.benefitsInbox(book), ...socialAssistance.waiting]
}

/** What may leave as a file. */
function listsOf(book: benefits.ProgramBook): readonly ExportList[] {
  return [
    ...benefits.benefitsExports(book),
    ...funds.fundsExports({ programs: book, layouts }, book),
    ...registry.registryExports,
    ...golive.goliveExports(book),
    ...indicators.figureExports(figureSets, registry.listPeople),
    auditExport(EVENT_TITLES),
  ]
}

export const routes = officeRoutes(programs, commands)
