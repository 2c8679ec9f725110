import type { FastifyRequest } from 'fastify'
import { COOKIE } from './http-cookies.ts'
import type { Deps } from './platform/command.ts'
import { AppError, forbidden } from './platform/errors.ts'
import { findSignedIn, type SignedIn } from './platform/session.actions.ts'

const found = new WeakMap<FastifyRequest, Promise<SignedIn | undefined>>()

/** Who asks; the database is asked once per request. */
export async function requireSignedIn(deps: Deps, request: FastifyRequest): Promise<SignedIn> {
  const token = request.cookies[COOKIE]
  const asked = found.get(request) ?? (token ? findSignedIn(deps, token) : Promise.resolve(undefined))
  found.set(request, asked)
  const signedIn = await asked
  if (signedIn) return signedIn
  throw new AppError('登录已结束，没有保存的内容还在本页。请重新登录后继续。', {
    status: 401,
    code: 'platform.sign_in_needed',
  })
}

/** For the log: whoever was found to ask, without asking again. */
export async function accountAsking(request: FastifyRequest): Promise<string | undefined> {
  const signedIn = await found.get(request)?.catch(() => undefined)
  return signedIn?.actor.id
}

/** A request that changes something must come from our own pages: no form of another site can set this header. */
export async function requireOwnPage({ method, headers }: FastifyRequest): Promise<void> {
  if (method === 'GET' || method === 'HEAD') return
  const { origin, host } = headers
  const isOurs = origin === undefined || origin === `http://${host}` || origin === `https://${host}`
  if (isOurs && headers['x-minben'] === '1') return
  throw forbidden(
    'platform.foreign_request',
    '请求不是从本系统页面发出的，没有处理。请从本系统页面重新操作。',
  )
}

/** Enough to tell one's own sign-ins apart; a browser may send anything. */
export function deviceOf({ headers }: FastifyRequest): string {
  const agent = headers['user-agent'] ?? ''
  const system = /Windows|Android|iPhone|iPad|Mac OS|Linux/.exec(agent)?.[0] ?? '未知系统'
  const browser = /Edg|Firefox|Chrome|Safari/.exec(agent)?.[0] ?? '未知浏览器'
  return `${system} ${browser}`
}
