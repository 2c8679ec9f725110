import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { deviceOf } from './http-asker.ts'
import type { SessionCookies } from './http-cookies.ts'
import { mountEndpoint } from './http-endpoint.ts'
import type { Deps } from './platform/command.ts'
import { enterFromOutside, sealTrip } from './platform/outside.actions.ts'
import type { OutsideProvider } from './platform/outside-provider.ts'
import { OUTSIDE_RETURN } from './platform/outside-settings.ts'
import * as contract from './platform/session.schema.ts'
import type { SignInTools } from './platform/sign-in-tools.ts'

const TRIP_COOKIE = 'minben_outside'
const TRIP_MINUTES = 10

interface OutsideOptions {
  outside: OutsideProvider | undefined
  cookies: SessionCookies
  isTls: boolean
  tools: SignInTools
  guesses: RouteShorthandOptions['config'] & object
}

/** Signing in by way of an outside provider: off to it, and back. */
export function mountOutside(
  api: FastifyInstance,
  deps: Deps,
  { outside, cookies, isTls, tools, guesses }: OutsideOptions,
): void {
  // Lax: the way back is a step from the provider's page to ours.
  const trip = { httpOnly: true, sameSite: 'lax', secure: isTls, path: '/api/session/outside' } as const

  mountEndpoint(api, contract.signInWaysEndpoint, {
    answer: async () => ({ outside: outside ? { title: outside.title, issuer: outside.issuer } : null }),
  })
  if (!outside) return
  mountEndpoint(api, contract.startOutsideEndpoint, {
    config: guesses,
    answer: async (_, __, reply) => {
      const left = await outside.leave()
      const until = (await tools.seconds(deps.database.app)) + TRIP_MINUTES * 60
      reply.setCookie(TRIP_COOKIE, sealTrip(deps.keys, left.trip, until), {
        ...trip,
        maxAge: TRIP_MINUTES * 60,
      })
      return { url: left.url }
    },
  })
  api.get(
    OUTSIDE_RETURN,
    // A stranger's way back leaves a row each time.
    { schema: { hide: true }, config: guesses },
    async (request: FastifyRequest, reply: FastifyReply) => {
      const entry = await enterFromOutside(deps, outside, {
        url: new URL(request.url, outside.returnTo),
        sealed: request.cookies[TRIP_COOKIE],
        ...{ device: deviceOf(request), tools },
      })
      reply.clearCookie(TRIP_COOKIE, trip)
      if ('problem' in entry) return reply.redirect(`/office/?outside=${entry.problem}`)
      cookies.set(reply, entry)
      return reply.redirect('/office/')
    },
  )
}
