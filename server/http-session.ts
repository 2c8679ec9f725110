import type { FastifyInstance, FastifyRequest } from 'fastify'
import { areaNames } from './engines/registry/index.ts'
import { deviceOf, requireSignedIn } from './http-asker.ts'
import { COOKIE, HALF_COOKIE, sessionCookies } from './http-cookies.ts'
import { mountEndpoint } from './http-endpoint.ts'
import { mountOutside } from './http-outside.ts'
import { mountSecondFactor } from './http-second-factor.ts'
import { MOST_GUESSES } from './limits.ts'
import type { Deps } from './platform/command.ts'
import type { OutsideProvider } from './platform/outside-provider.ts'
import { draftKeyOf } from './platform/draft-key.ts'
import { changeOwnPassword } from './platform/password.actions.ts'
import { endOwnSession, SESSION, type SignedIn } from './platform/session.actions.ts'
import { listOpenSessions } from './platform/session.db.ts'
import * as contract from './platform/session.schema.ts'
import { TOOLS, type SignInTools } from './platform/sign-in-tools.ts'
import { answerCode, halfSessionOver, isHalfWay, signIn } from './platform/sign-in.actions.ts'

/** Where a password or a code may be tried: so often from one address. */
const GUESSES = { rateLimit: { max: MOST_GUESSES, timeWindow: '1 minute' } }

export interface SessionOptions {
  isDemo: boolean
  /** Behind TLS cookies are for TLS alone, and browsers are told to stay there. */
  isTls?: boolean
  /** Absent = nobody signs in by way of an outside provider. */
  outside?: OutsideProvider
  /** Tests hand in others. */
  tools?: SignInTools
}

/** Signing in and out, one's own password and second factor, and the person's own sign-ins: the only addresses without a permission. */
export function mountSessions(api: FastifyInstance, deps: Deps, options: SessionOptions): void {
  const { isDemo, isTls = false, outside, tools = TOOLS } = options
  const cookies = sessionCookies(isTls)
  const asker = (request: FastifyRequest) => requireSignedIn(deps, request)

  mountEndpoint(api, contract.signInEndpoint, {
    config: GUESSES,
    answer: async ({ login, password }, request, reply) => {
      const entry = await signIn(deps, { login, password, device: deviceOf(request) }, tools)
      cookies.set(reply, entry)
      return entry.way === 'half' ? { next: 'code' as const } : meOf(deps, entry.signedIn, isDemo)
    },
  })
  mountEndpoint(api, contract.answerCodeEndpoint, {
    config: GUESSES,
    answer: async ({ code }, request, reply) => {
      const halfToken = request.cookies[HALF_COOKIE]
      if (halfToken === undefined) throw halfSessionOver()
      const { token, signedIn } = await answerCode(deps, { halfToken, code }, tools)
      cookies.set(reply, { way: 'session', token })
      cookies.clear(reply, 'half')
      return meOf(deps, signedIn, isDemo)
    },
  })
  mountEndpoint(api, contract.getMeEndpoint, {
    answer: async (_, request) => {
      const found = await asker(request).catch((error: unknown) => nextStep(deps, request, error))
      return 'next' in found ? found : meOf(deps, found, isDemo)
    },
  })
  mountEndpoint(api, contract.signOutEndpoint, {
    answer: async (_, request, reply) => {
      await endOwnSession(deps, await asker(request))
      cookies.clear(reply, 'session')
      return {}
    },
  })
  mountOwnSessions(api, deps)
  mountSecondFactor(api, deps, { guesses: GUESSES, tools })
  mountOutside(api, deps, { outside, cookies, isTls, tools, guesses: GUESSES })
}

/** What whoever is not signed in gives next; throws again where a sign-in has ended. */
async function nextStep(deps: Deps, { cookies }: FastifyRequest, refused: unknown) {
  if (await isHalfWay(deps, cookies[HALF_COOKIE])) return { next: 'code' as const }
  if (cookies[COOKIE] === undefined) return { next: 'password' as const }
  throw refused
}

/** What a person does about their own sign-ins and password while signed in. */
function mountOwnSessions(api: FastifyInstance, deps: Deps): void {
  const asker = (request: FastifyRequest) => requireSignedIn(deps, request)

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
  { actor, fullName, roleTitles, needsSecondFactor }: SignedIn,
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
    needsSecondFactor,
    draftKey: draftKeyOf(deps.keys, actor.id),
  }
}
