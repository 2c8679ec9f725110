import type { FastifyInstance, FastifyRequest } from 'fastify'
import { accountAsking } from './http-asker.ts'
import { placeOf, type Log } from './platform/log.ts'

const failures = new WeakMap<FastifyRequest, unknown>()

/** Kept for the line of this request: what the person reads says nothing of its inside. */
export function noteFailure(request: FastifyRequest, error: unknown): void {
  failures.set(request, error)
}

/** One line when the answer is out. An address that is unknown has no pattern: whatever was typed is not repeated. */
export function mountLog(http: FastifyInstance, log: Log): void {
  http.addHook('onResponse', async (request, reply) => {
    const account = await accountAsking(request)
    const failure = reply.statusCode >= 500 ? failures.get(request) : undefined
    log.write({
      ...{ event: 'request', method: request.method, route: patternOf(request), status: reply.statusCode },
      ...{ ms: Math.round(reply.elapsedTime), requestId: request.id },
      ...(account === undefined ? {} : { account }),
      ...(failure === undefined ? {} : { error: placeOf(failure) }),
    })
  })
}

export function patternOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unknown'
}
