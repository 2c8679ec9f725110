import { insertAudit } from './audit.db.ts'
import { auditFailure, read, type Call, type Deps } from './command.ts'
import { requireCounty, requirePermission } from './access.ts'
import { getReadinessEndpoint, type Readiness } from './readiness.schema.ts'
import { workRoute, type Route } from './route.ts'

const EVENT = { event: 'platform.readiness.shown' }
const PERMISSION = 'platform.readiness.read'

/** `look` asks the checks; they have connections of their own, so that no transaction is held meanwhile. */
export function readinessRoutes(look: (deps: Deps) => Promise<Readiness>): readonly Route[] {
  return [workRoute(getReadinessEndpoint, PERMISSION, (deps, call) => shown(deps, call, look))]
}

async function shown(
  deps: Deps,
  call: Call & { requestId: string },
  look: (deps: Deps) => Promise<Readiness>,
): Promise<Readiness> {
  const { actor, county, requestId } = call
  try {
    requirePermission(actor, PERMISSION)
    requireCounty(actor, county)
    const readiness = await look(deps)
    return await read(deps, call, async ({ tx }) => {
      const row = {
        county,
        requestId,
        actorId: actor.id,
        outcome: 'done' as const,
        at: deps.clock.expression,
      }
      const subject = { reasons: readiness.reasons.length, notes: readiness.notes.length }
      await insertAudit(tx, { ...EVENT, ...row, subject })
      return readiness
    })
  } catch (error) {
    await auditFailure(deps, { ...EVENT, error, requestId, actor, county })
    throw error
  }
}
