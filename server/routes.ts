/** Every business address of the interface. */
import { commands, programs } from './app.ts'
import * as benefits from './engines/benefits/index.ts'
import * as funds from './engines/funds/index.ts'
import * as registry from './engines/registry/index.ts'
import type { Route } from './platform/route.ts'

/** What the engines know of one person, joined here: none of them knows all of the others. */
const fileParts: registry.PersonFileParts = {
  awards: benefits.awardsInFile(programs),
  awardEvents: benefits.awardEvents(programs),
  cash: funds.cashInFile,
  cashEvents: funds.cashEvents,
}

export const routes: readonly Route[] = [
  ...benefits.runRoutes(programs, commands),
  ...benefits.awardRoutes(programs, funds.cashInFile),
  ...registry.personRoutes,
  ...registry.personFileRoutes(fileParts),
]
