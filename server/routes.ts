/** Every business address of the interface. */
import { commands, programs } from './app.ts'
import * as benefits from './engines/benefits/index.ts'
import * as funds from './engines/funds/index.ts'
import * as registry from './engines/registry/index.ts'
import type { Route } from './platform/route.ts'

export const routes: readonly Route[] = [
  ...benefits.runRoutes(programs, commands, funds.budgetOutlook),
  ...registry.personRoutes,
]
