/** What the service looks at to know whether it is well; a part of the product that has something to tell adds its check here. */
import { backfills } from './backfills.ts'
import { backfillNotes } from './platform/backfill.ts'
import { archiveState } from './platform/backup/archive-state.ts'
import type { Deps } from './platform/command.ts'
import * as checks from './platform/readiness-checks.ts'
import {
  askReadiness,
  USUAL_LIMITS,
  type Check,
  type Finding,
  type ReadinessDeps,
} from './platform/readiness.ts'
import type { Readiness } from './platform/readiness.schema.ts'
import type { HealthLimits } from './platform/service-settings.ts'

/** The archive of a server of somebody else's is not ours to mend: it is said, and the service goes on. */
async function archiveIsInTime({ database, varDir, keeping }: ReadinessDeps): Promise<Finding[]> {
  if (!keeping) return []
  const { duty, problems, notes } = await archiveState(database.app, { varDir, ...keeping })
  const level = duty === 'embedded' ? 'reason' : 'note'
  return [
    ...problems.map((text) => ({ level, code: 'platform.archive_late', text }) as const),
    ...notes.map((text) => ({ level: 'note', code: 'platform.backup_incomplete', text }) as const),
  ]
}

async function backfillsAreDone({ database }: ReadinessDeps): Promise<Finding[]> {
  const notes = await backfillNotes({ database }, backfills)
  return notes.map((text) => ({ level: 'note', code: 'platform.backfill_under_way', text }))
}

/** Asked while the database answers. */
export const readinessChecks: readonly Check[] = [
  checks.versionsFit,
  checks.pagesAreSound,
  checks.clockIsRight,
  checks.sealsAreInTime,
  checks.jobsMove,
  checks.keysAreCopied,
  archiveIsInTime,
  backfillsAreDone,
]

/** Asked also while the database does not: they may tell why. */
export const readinessChecksWithout: readonly Check[] = [checks.diskHasRoom]

/** A figure of another part of the product for /metrics; undefined = cannot be told now. */
export interface ServiceGauge {
  /** Without `minben_`, which all of them have. */
  name: string
  help: string
  read: (deps: Deps) => Promise<number | undefined>
}

export const serviceGauges: readonly ServiceGauge[] = [
  {
    name: 'archive_waiting_seconds',
    help: 'age of the oldest part of the database log that is not in the backup yet',
    read: async ({ database, varDir, keeping }) =>
      keeping && (await archiveState(database.app, { varDir, ...keeping })).waitingSeconds,
  },
]

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
