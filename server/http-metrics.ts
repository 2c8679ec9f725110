/** What a Prometheus server reads: how many requests of which address, how long, and how the service is. No ids, no names, no places. */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { patternOf } from './http-log.ts'
import type { Deps } from './platform/command.ts'
import { notFound } from './platform/errors.ts'
import { freeDiskMib } from './platform/readiness-checks.ts'
import { oldestUnsealed, readQueue } from './platform/readiness.db.ts'
import { serviceGauges } from './readiness.ts'

export interface MetricsOptions {
  /** Asked for as `Authorization: Bearer …`; undefined = this machine alone may ask. */
  token: string | undefined
}

export function mountMetrics(http: FastifyInstance, deps: Deps, { token }: MetricsOptions): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'minben_http_request_seconds',
    help: 'Requests by address pattern, and how long they took',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  http.addHook('onResponse', (request, reply, done) => {
    const labels = { method: request.method, route: patternOf(request), status: reply.statusCode }
    duration.observe(labels, reply.elapsedTime / 1000)
    done()
  })
  const measure = gauges(registry, deps)
  http.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!mayRead(request, token))
      throw notFound('platform.address_unknown', '没有这个地址。请从首页重新进入。')
    await measure()
    return reply.header('content-type', registry.contentType).send(await registry.metrics())
  })
}

/** All read when somebody asks. What cannot be read now is left out, and minben_database_up says why. */
function gauges(registry: Registry, deps: Deps): () => Promise<void> {
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `minben_${name}`, help, labelNames, registers: [registry] })
  const up = gauge('database_up', '1 = the database answers')
  const pool = gauge('pool_connections', 'Connections of this process by pool', 'pool', 'state')
  const jobs = gauge('jobs', 'Jobs by state', 'state')
  const oldestJob = gauge('job_oldest_seconds', 'How long the oldest job has been due or running', 'state')
  const unsealed = gauge('audit_unsealed_seconds', 'Age of the oldest audit row without a seal')
  const disk = gauge('disk_free_bytes', 'Free space where the data directory is')
  const others = serviceGauges.map(({ name, help, read }) => ({ read, gauge: gauge(name, help) }))
  return async () => {
    for (const [role, { totalCount, idleCount, waitingCount }] of Object.entries(deps.database.pools)) {
      pool.set({ pool: role, state: 'open' }, totalCount)
      pool.set({ pool: role, state: 'idle' }, idleCount)
      pool.set({ pool: role, state: 'waiting' }, waitingCount)
    }
    disk.set((await freeDiskMib(deps.varDir)) * 2 ** 20)
    for (const { read, gauge: other } of others) {
      const value = await read(deps).catch(() => undefined)
      if (value === undefined) other.remove()
      else other.set(value)
    }
    try {
      const queue = await readQueue(deps.database.runner)
      jobs.set({ state: 'waiting' }, queue.waiting)
      jobs.set({ state: 'running' }, queue.running)
      jobs.set({ state: 'given_up' }, queue.givenUp)
      oldestJob.set({ state: 'waiting' }, queue.waitingSeconds)
      oldestJob.set({ state: 'running' }, queue.runningSeconds)
      const oldest = await oldestUnsealed(deps.database)
      unsealed.set(oldest === undefined ? 0 : (Date.now() - oldest) / 1000)
      up.set(1)
    } catch {
      for (const each of [jobs, oldestJob]) each.reset()
      unsealed.remove()
      up.set(0)
    }
  }
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** What comes by way of a proxy on this machine does not come from this machine. */
function mayRead({ headers, socket }: FastifyRequest, token: string | undefined): boolean {
  if (token !== undefined) return isSame(headers.authorization ?? '', `Bearer ${token}`)
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined
  return !isForwarded && LOOPBACK.has(socket.remoteAddress ?? '')
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
