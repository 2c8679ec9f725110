import type { FastifyInstance, FastifyRequest } from 'fastify'
import { COOKIE, requireSignedIn } from './http-asker.ts'
import { areaNames } from './engines/registry/index.ts'
import { mountEndpoint } from './http-endpoint.ts'
import { MOST_GUESSES } from './limits.ts'
import type { Deps } from './platform/command.ts'
import { changeOwnPassword } from './platform/password.actions.ts'
import { endOwnSession, SESSION, signIn, type SignedIn } from './platform/session.actions.ts'
import { listOpenSessions } from './platform/session.db.ts'
import * as contract from './platform/session.schema.ts'

/** Where a password may be tried: so often from one address. */
const GUESSES = { rateLimit: { max: MOST_GUESSES, timeWindow: '1 minute' } }

/** Signing in and out, one's own password, and the person's own sign-ins: the only addresses without a permission. */
export function mountSessions(
  api: FastifyInstance,
  deps: Deps,
  { isDemo, isTls = false }: { isDemo: boolean; isTls?: boolean },
): void {
  const cookie = { httpOnly: true, sameSite: 'strict', secure: isTls, path: '/' } as const
  const asker = (request: FastifyRequest) => requireSignedIn(deps, request)

  mountEndpoint(api, contract.signInEndpoint, {
    config: GUESSES,
    answer: async ({ login, password }, request, reply) => {
      const device = deviceOf(request.headers['user-agent'])
      const { token, signedIn } = await signIn(deps, { login, password, device })
      reply.setCookie(COOKIE, token, { ...cookie, maxAge: SESSION.hours * 3600 })
      return meOf(deps, signedIn, isDemo)
    },
  })
  mountEndpoint(api, contract.getMeEndpoint, {
    answer: async (_, request) => meOf(deps, await asker(request), isDemo),
  })
  mountEndpoint(api, contract.signOutEndpoint, {
    answer: async (_, request, reply) => {
      await endOwnSession(deps, await asker(request))
      reply.clearCookie(COOKIE, cookie)
      return {}
    },
  })
  mountEndpoint(api, contract.changePasswordEndpoint, {
    config: GUESSES,
    answer: async (input, request) => {
      await changeOwnPassword(deps, await asker(request), input)
      return {}
    },
  })
  mountEndpoint(api, contract.listSessionsEndpoint, {
    answer: async (_, request) => {
      const { actor, sessionId } = await asker(request)
      const open = await listOpenSessions(deps.database.app, actor.id, SESSION.idleMinutes)
      return { sessions: open.map((each) => ({ ...each, isThis: each.id === sessionId })) }
    },
  })
  mountEndpoint(api, contract.revokeSessionEndpoint, {
    answer: async ({ id }, request) => {
      await endOwnSession(deps, await asker(request), id)
      return {}
    },
  })
}

async function meOf(
  deps: Deps,
  { actor, fullName, roleTitles }: SignedIn,
  isDemo: boolean,
): Promise<contract.Me> {
  const { login, scope, level, permissions } = actor
  const counties = scope.map((code) => code.slice(0, 6))
  const names = await areaNames(deps.database.app, [...new Set([...counties, ...scope])])
  return {
    login,
    fullName,
    roles: roleTitles,
    permissions: [...permissions],
    scope: [...scope],
    places: Object.fromEntries(names),
    level,
    isDemo,
  }
}

/** Enough to tell one's own sign-ins apart; a browser may send anything. */
function deviceOf(agent: string | undefined): string {
  const system = /Windows|Android|iPhone|iPad|Mac OS|Linux/.exec(agent ?? '')?.[0] ?? '未知系统'
  const browser = /Edg|Firefox|Chrome|Safari/.exec(agent ?? '')?.[0] ?? '未知浏览器'
  return `${system} ${browser}`
}
