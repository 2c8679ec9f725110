/** Every business address of the interface. */
import * as benefits from './engines/benefits/index.ts'
import type { Route } from './platform/route.ts'

export const routes: readonly Route[] = [...benefits.runRoutes]
