/** What the service looks at to know whether it is well; a part of the product that has something to tell adds its check here. */
import type { Deps } from './platform/command.ts'
import * as checks from './platform/readiness-checks.ts'
import { askReadiness, USUAL_LIMITS, type Check } from './platform/readiness.ts'
import type { Readiness } from './platform/readiness.schema.ts'
import type { HealthLimits } from './platform/service-settings.ts'

/** Asked while the database answers. */
export const readinessChecks: readonly Check[] = [
  checks.versionsFit,
  checks.pagesAreSound,
  checks.clockIsRight,
  checks.sealsAreInTime,
  checks.jobsMove,
  checks.keysAreCopied,
]

/** Asked also while the database does not: they may tell why. */
export const readinessChecksWithout: readonly Check[] = [checks.diskHasRoom]

/** A figure of another part of the product for /metrics; undefined = cannot be told now. */
export interface ServiceGauge {
  name: string
  help: string
  read: (deps: Deps) => Promise<number | undefined>
}

export const serviceGauges: readonly ServiceGauge[] = []

/** Asked by several at once it looks once. */
const looking = new WeakMap<Deps['database'], Promise<Readiness>>()

export function lookReady(
  deps: Deps,
  limits: HealthLimits = deps.limits ?? USUAL_LIMITS,
): Promise<Readiness> {
  const under = looking.get(deps.database)
  if (under) return under
  const look = askReadiness(
    { ...deps, limits },
    { first: checks.databaseAnswers, withDatabase: readinessChecks, without: readinessChecksWithout },
  )
  looking.set(deps.database, look)
  void look.finally(() => looking.delete(deps.database))
  return look
}
