import type { FastifyRequest } from 'fastify'
import { isAnswering } from './http-endpoint.ts'
import { requireSignedIn } from './http-asker.ts'
import { mayEnterCounty, type Actor } from './platform/access.ts'
import type { Deps } from './platform/command.ts'
import { isAppError, unavailable } from './platform/errors.ts'
import { problemOf } from './platform/http-errors.ts'
import { countyOfSignIns, recorded } from './platform/session.actions.ts'
import { signInEndpoint } from './platform/session.schema.ts'

/** Content that the contract does not take, or that cannot be read at all; a page of another site; a change too early. */
const AT_THE_DOOR = new Set([400, 403, 409, 413, 415, 422])

/**
 * What is refused before any use-case sees it leaves its row as well: who, which address, which code, and nothing of the content. Of
 * people who are not signed in only tries at signing in are kept: that address takes few of them, and no stranger fills the trail.
 */
export async function recordRefusal(deps: Deps, error: unknown, request: FastifyRequest): Promise<void> {
  const { status, code } = problemOf(error, request.id)
  const path = request.routeOptions.url
  if (isAnswering(request) || path === undefined || !AT_THE_DOOR.has(status)) return
  const actor = await actorOf(deps, request)
  if (!actor && path !== signInEndpoint.path) return
  const deed = {
    event: 'platform.request.refused',
    outcome: status === 403 ? 'refused' : 'failed',
    ...{ actorId: actor?.id ?? null, code, requestId: request.id },
    subject: { address: `${request.method} ${path}` },
  } as const
  await recorded(deps, actor && countyAsked(actor, request.params), async () => deed).catch(
    (cause: unknown) => {
      throw unavailable('platform.audit_unavailable', '操作记录暂时无法写入，本次操作未执行。请稍后再试。', {
        cause: String(cause),
      })
    },
  )
}

async function actorOf(deps: Deps, request: FastifyRequest): Promise<Actor | undefined> {
  try {
    return (await requireSignedIn(deps, request)).actor
  } catch (error) {
    if (isAppError(error)) return undefined
    throw error
  }
}

/** The county of the address where it is one of theirs, else the one where their sign-ins are kept. */
function countyAsked(actor: Actor, params: unknown): string | undefined {
  const { county } = (params ?? {}) as { county?: unknown }
  const isTheirs = typeof county === 'string' && /^\d{6}$/.test(county) && mayEnterCounty(actor, county)
  return isTheirs ? county : countyOfSignIns(actor)
}
