/** The HTTP face: who asks, the addresses, the description of the interface. */
import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { mountDemonstration, requireWhole, type Demonstration } from './http-demonstration.ts'
import { mountEndpoint } from './http-endpoint.ts'
import { mountOffice } from './http-office.ts'
import { mountSessions, type SessionOptions } from './http-session.ts'
import { backfills } from './backfills.ts'
import { MOST_RELEASES, MOST_REQUESTS } from './limits.ts'
import { backfillNotes } from './platform/backfill.ts'
import type { Deps } from './platform/command.ts'
import { DraftId } from './platform/draft.schema.ts'
import { PERMISSION_TITLES } from './permission-titles.ts'
import { AppError, forbidden, isAppError, notFound } from './platform/errors.ts'
import { isReachable } from './platform/health.db.ts'
import { sendProblem } from './platform/http-errors.ts'
import type { Route } from './platform/route.ts'
import { requireOwnPage, requireSignedIn } from './http-asker.ts'
import { recordRefusal } from './http-refused.ts'
import { requireReadable } from './http-text.ts'

export interface HttpOptions extends SessionOptions {
  routes: readonly Route[]
  /** How far the demonstration is loaded; absent = it is whole, or there is none. */
  demonstration?: Demonstration
  /** Requests a minute of one address. */
  mostRequests?: number
  /** Exports and prints a minute of one person. */
  mostReleases?: number
}

/** Built apart from listening, so that tests may ask it directly. */
export async function buildHttp(deps: Deps, options: HttpOptions): Promise<FastifyInstance> {
  const { demonstration = () => null } = options
  const http = Fastify({
    ...{ logger: false, genReqId: () => randomUUID(), bodyLimit: 5 * 2 ** 20 },
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply.headers(BARE)),
  })
  http.setValidatorCompiler(validatorCompiler)
  http.setSerializerCompiler(serializerCompiler)
  http.setErrorHandler(async (error, request, reply) => {
    const told = await recordRefusal(deps, error, request).then(
      () => error,
      (failure: unknown) => failure,
    )
    await sendProblem(told, request, reply)
  })
  mountUnknown(http)
  await http.register(helmet, security(options))
  await http.register(cookie)
  await http.register(rateLimit, { max: options.mostRequests ?? MOST_REQUESTS, timeWindow: '1 minute' })
  await http.register(swagger, { openapi: DESCRIPTION, transform: jsonSchemaTransform })
  http.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    reply.header('x-request-id', request.id).header('cache-control', 'no-store')
    done()
  })
  mountHealth(http, deps, demonstration)
  await mountOffice(http)
  await http.register(async (api) => {
    // After the counting by address, before the body is read.
    api.addHook('preParsing', requireOwnPage)
    api.addHook('preValidation', requireReadable)
    mountSessions(api, deps, options)
    mountDemonstration(api, demonstration)
    const limit = releaseLimit(api, deps, options)
    for (const route of options.routes) {
      mount(api, deps, route, async (request) => {
        requireWhole(route, demonstration)
        if (route.isRelease) await limit(request)
      })
    }
    api.get('/api/openapi.json', { schema: { hide: true } }, () => http.swagger())
  })
  return http
}

const DESCRIPTION = {
  openapi: '3.1.0',
  info: { title: '民本', description: '县级民政业务平台接口', version: '1' },
} as const

/** Of an address that cannot be read at all: it reaches no hook. */
const BARE = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** The one rule that React Aria writes into a page, for elements that are pressed; known by its hash. */
const PRESS_STYLE = "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='"

function security({ isTls = false }: HttpOptions) {
  const none = ["'none'"]
  const own = ["'self'"]
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...{
          defaultSrc: none,
          scriptSrc: own,
          styleSrc: [...own, PRESS_STYLE],
          fontSrc: own,
          connectSrc: own,
        },
        ...{ imgSrc: ["'self'", 'data:'], baseUri: none, formAction: own, frameAncestors: none },
        ...{ manifestSrc: own, workerSrc: own },
      },
    },
    strictTransportSecurity: isTls ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' as const },
  }
}

/** An address that knows other methods names them; one that does not exist says so. */
function mountUnknown(http: FastifyInstance): void {
  const known: { method: string; form: RegExp }[] = []
  http.addHook('onRoute', ({ method, url }) => {
    const form = new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}$`)
    if (url.startsWith('/api/')) known.push(...[method].flat().map((each) => ({ method: each, form })))
  })
  http.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = known.flatMap(({ method, form }) => (form.test(path) ? method : []))
    // An address that is too long is known here, and not to the router.
    if (methods.length === 0 || methods.includes(request.method))
      return sendProblem(addressUnknown(), request, reply)
    return sendProblem(methodUnknown(), request, reply.header('allow', methods.join(', ')))
  })
}

function addressUnknown() {
  return notFound('platform.address_unknown', '没有这个地址。请从首页重新进入。')
}

function methodUnknown() {
  return new AppError('这个地址不能这样用。请刷新页面后再试。', {
    status: 405,
    code: 'platform.method_unknown',
  })
}

/** Ready = it answers; the notes say what is not there yet. */
function mountHealth(http: FastifyInstance, deps: Deps, demonstration: Demonstration): void {
  http.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }))
  http.get('/readyz', { schema: { hide: true } }, async (_, reply) => {
    const problems = (await isReachable(deps.database.app)) ? [] : ['数据库没有应答']
    const loading = demonstration()
    const filling = problems.length === 0 ? await backfillNotes(deps, backfills) : []
    const notes = [...(loading ? [loading.text] : []), ...filling]
    return reply
      .code(problems.length === 0 ? 200 : 503)
      .send({ status: problems.length === 0 ? 'ready' : 'not_ready', problems, notes })
  })
}

function mount(
  api: FastifyInstance,
  deps: Deps,
  { endpoint, answer, permission }: Route,
  admit: (request: FastifyRequest) => Promise<void>,
): void {
  mountEndpoint(api, endpoint, {
    description: permission,
    guard: async (request) => {
      await requireSignedIn(deps, request)
      await admit(request)
    },
    answer: async (input, request) => {
      const { actor, needsSecondFactor } = await requireSignedIn(deps, request)
      const key = request.headers['idempotency-key']
      const idempotencyKey = typeof key === 'string' ? key : undefined
      const draftId = DraftId.safeParse(request.headers['x-minben-draft']).data
      const asker = { actor, requestId: request.id, idempotencyKey, draftId }
      return answer(deps, asker, input as never).catch((error: unknown) => {
        throw needsSecondFactor ? notYet(error) : inWords(error, permission)
      })
    },
  })
}

/** What leaves the office is counted by person, all lists and papers together. */
function releaseLimit(api: FastifyInstance, deps: Deps, { mostReleases = MOST_RELEASES }: HttpOptions) {
  const count = api.createRateLimit({
    max: mostReleases,
    timeWindow: '1 minute',
    keyGenerator: async (request: FastifyRequest) => (await requireSignedIn(deps, request)).actor.id,
  })
  return async (request: FastifyRequest) => {
    const counted = await count(request)
    if (counted.isAllowed || !counted.isExceeded) return
    throw new AppError(`一分钟内导出和打印最多 ${mostReleases} 次，本次没有办。请等一分钟再试。`, {
      status: 429,
      code: 'platform.too_many_requests',
    })
  }
}

/** Whoever must set up a second factor first has no permission until then. */
function notYet(error: unknown): unknown {
  if (!isAppError(error) || error.code !== 'platform.permission_missing') return error
  return forbidden(
    'platform.second_factor_needed',
    '您的账号要先开启动态验证码才能办事。请打开首页，按提示开启。',
  )
}

/** A refusal names the permission as people know it. */
function inWords(error: unknown, permission: string): unknown {
  const title = PERMISSION_TITLES[permission]
  if (!isAppError(error) || error.code !== 'platform.permission_missing' || !title) return error
  return forbidden(error.code, `您的岗位不能“${title}”。工作需要的，请联系安全管理员核对岗位。`)
}
