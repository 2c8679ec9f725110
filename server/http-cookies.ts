import type { FastifyReply } from 'fastify'
import { SESSION } from './platform/session.actions.ts'
import type { Entry } from './platform/sign-in.actions.ts'

export const COOKIE = 'minben_session'
/** Of whoever still has to answer the code: sent to the addresses of signing in and to no other. */
export const HALF_COOKIE = 'minben_half'

export interface SessionCookies {
  set: (reply: FastifyReply, entry: Pick<Entry, 'way' | 'token'>) => void
  clear: (reply: FastifyReply, way: Entry['way']) => void
}

export function sessionCookies(isTls: boolean): SessionCookies {
  const shared = { httpOnly: true, sameSite: 'strict', secure: isTls } as const
  const kinds = {
    session: { name: COOKIE, path: '/', maxAge: SESSION.hours * 3600 },
    half: { name: HALF_COOKIE, path: '/api/session', maxAge: SESSION.halfMinutes * 60 },
  }
  return {
    set: (reply, { way, token }) => {
      const { name, path, maxAge } = kinds[way]
      reply.setCookie(name, token, { ...shared, path, maxAge })
    },
    clear: (reply, way) => {
      const { name, path } = kinds[way]
      reply.clearCookie(name, { ...shared, path })
    },
  }
}
