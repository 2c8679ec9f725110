import Fastify, { type FastifyInstance } from 'fastify'
import { isReachable } from './platform/health.db.ts'
import type { Deps } from './platform/command.ts'

/** The HTTP face: for now whether the process lives and whether it may be given work. */
export function buildHttp(deps: Deps): FastifyInstance {
  const http = Fastify({ logger: false })
  http.get('/healthz', () => ({ status: 'ok' }))
  http.get('/readyz', async (_, reply) => {
    const problems = (await isReachable(deps.database.app)) ? [] : ['数据库没有应答']
    return reply
      .code(problems.length === 0 ? 200 : 503)
      .send({ status: problems.length === 0 ? 'ready' : 'not_ready', problems })
  })
  return http
}
