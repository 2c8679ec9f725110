import type { FastifyInstance } from 'fastify'
import type { Demonstration } from './http-demonstration.ts'
import type { Deps } from './platform/command.ts'
import { lookReady } from './readiness.ts'

/** Alive = it answers; ready = it can work, with what keeps it from it, and what is not there yet or should be seen to. */
export function mountHealth(http: FastifyInstance, deps: Deps, demonstration: Demonstration): void {
  http.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }))
  http.get('/readyz', { schema: { hide: true } }, async (_, reply) => {
    const { status, reasons, notes } = await lookReady(deps)
    const loading = demonstration()
    const also = loading ? [{ code: 'platform.demonstration_loading', text: loading.text }] : []
    return reply.code(status === 'ready' ? 200 : 503).send({ status, reasons, notes: [...also, ...notes] })
  })
}
