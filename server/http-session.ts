import type { FastifyInstance, FastifyReply } from 'fastify'
import { COOKIE, requireSignedIn } from './http-asker.ts'
import type { Deps } from './platform/command.ts'
import { endOwnSession, SESSION, signIn, type SignedIn } from './platform/session.actions.ts'
import { listOpenSessions } from './platform/session.db.ts'
import * as contract from './platform/session.schema.ts'

/** Signing in and out, and the person's own sign-ins: the only addresses without a permission. */
export function mountSessions(
  api: FastifyInstance,
  deps: Deps,
  { isDemo, isTls = false }: { isDemo: boolean; isTls?: boolean },
): void {
  const cookie = { httpOnly: true, sameSite: 'strict', secure: isTls, path: '/' } as const
  const say = (signedIn: SignedIn) => meOf(signedIn, isDemo)
  const signedOut = (reply: FastifyReply) => reply.clearCookie(COOKIE, cookie)

  const { signInEndpoint, getMeEndpoint, signOutEndpoint, listSessionsEndpoint, revokeSessionEndpoint } =
    contract
  api.post(
    signInEndpoint.path,
    {
      schema: {
        summary: signInEndpoint.title,
        body: signInEndpoint.input,
        response: { 200: signInEndpoint.output },
      },
      config: { rateLimit: { max: 20, timeWindow: '1 minute' } },
    },
    async (request, reply) => {
      const { login, password } = request.body as { login: string; password: string }
      const device = deviceOf(request.headers['user-agent'])
      const { token, signedIn } = await signIn(deps, { login, password, device })
      reply.setCookie(COOKIE, token, { ...cookie, maxAge: SESSION.hours * 3600 })
      return say(signedIn)
    },
  )
  api.get(
    getMeEndpoint.path,
    { schema: { summary: getMeEndpoint.title, response: { 200: getMeEndpoint.output } } },
    async (request) => say(await requireSignedIn(deps, request)),
  )
  api.delete(
    signOutEndpoint.path,
    { schema: { summary: signOutEndpoint.title, response: { 200: signOutEndpoint.output } } },
    async (request, reply) => {
      await endOwnSession(deps, await requireSignedIn(deps, request))
      signedOut(reply)
      return {}
    },
  )
  api.get(
    listSessionsEndpoint.path,
    { schema: { summary: listSessionsEndpoint.title, response: { 200: listSessionsEndpoint.output } } },
    async (request) => {
      const { actor, sessionId } = await requireSignedIn(deps, request)
      const open = await listOpenSessions(deps.database.app, actor.id, SESSION.idleMinutes)
      return { sessions: open.map((each) => ({ ...each, isThis: each.id === sessionId })) }
    },
  )
  api.delete(
    revokeSessionEndpoint.path,
    {
      schema: {
        summary: revokeSessionEndpoint.title,
        params: revokeSessionEndpoint.input,
        response: { 200: revokeSessionEndpoint.output },
      },
    },
    async (request) => {
      const signedIn = await requireSignedIn(deps, request)
      await endOwnSession(deps, signedIn, (request.params as { id: string }).id)
      return {}
    },
  )
}

function meOf({ actor, fullName, roleTitles }: SignedIn, isDemo: boolean): contract.Me {
  const { login, scope, level, permissions } = actor
  return {
    login,
    fullName,
    roles: roleTitles,
    permissions: [...permissions],
    scope: [...scope],
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
