import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCertificate } from '../server/http-tls.ts'
import { buildHttp } from '../server/http.ts'
import { jobHandlers } from '../server/jobs.ts'
import { runAvailable, startWorker } from '../server/platform/jobs.ts'
import { openLog, placeOf, type Log } from '../server/platform/log.ts'
import { readServiceSettings } from '../server/platform/service-settings.ts'
import { ROLES } from '../server/roles.ts'
import { serviceGauges } from '../server/readiness.ts'
import { routes } from '../server/routes.ts'
import { asking, type Asking } from './asking.ts'
import { testDb, type TestDb } from './db.ts'
import { secretWorld, type SecretWorld } from './secret-world.ts'

/** What others see of the service: figures, log lines, its certificate. None of them names anybody. */

const COUNTY = '441882'
let folder: string
let db: TestDb
let world: SecretWorld
let log: Log
let http: FastifyInstance
let clerk: Asking

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'minben-watched-'))
  db = await testDb()
  world = await secretWorld(db, COUNTY, 3)
  log = openLog({ toStdout: 'off', file: path.join(folder, 'log', 'minben.log'), fileMib: 1, files: 3 })
  http = await buildHttp(db.deps, {
    routes,
    isDemo: false,
    mostRequests: 10_000,
    log,
    metrics: { token: undefined },
  })
  const permissions = ROLES.flatMap((role) => role.permissions)
  clerk = await asking(db, http, COUNTY, { login: 'everybody', permissions })
})
afterAll(async () => {
  await http.close()
  await log.close()
  await db.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Everything personal that a request may carry, in every place of one. */
function secrets(): string[] {
  const [person] = world.people
  const { idNumber = '', phone = '', account = '' } = person ?? {}
  return [idNumber, phone, account, '欧阳测试', encodeURIComponent('欧阳测试')]
}

async function askEverywhere(): Promise<void> {
  for (const secret of secrets()) {
    const text = encodeURIComponent(secret)
    await clerk.get(`/people/${text}`)
    await clerk.get(`/figures?indicator=${text}`)
    await clerk.get(`/${text}`)
    await clerk.post('/people/search', { text: secret })
    await clerk.post('/people/search', { [secret]: secret })
    await clerk.post(`/people/${text}/reveal`, { what: secret })
    await http.inject({
      method: 'GET',
      url: `/api/session`,
      headers: { 'user-agent': text, 'x-request-id': text, referer: text },
      cookies: { minben_session: text },
    })
    await http.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'x-minben': '1' },
      payload: { login: secret, password: secret },
    })
    await http.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'x-minben': '1', 'content-type': 'application/json' },
      payload: `{"login": "${secret}`,
    })
    await http.inject({ method: 'GET', url: `/office/${text}?q=${text}` })
  }
}

const linesOf = (file: string) =>
  readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>) // prettier-ignore

describe('the log', () => {
  test('has one line for each request: pattern, status, time, account; and nothing that was sent', async () => {
    await askEverywhere()
    await clerk.get(`/people/${world.people[0]?.id ?? ''}`)
    // A failure of ours quotes the row that the database refused.
    await db.pool.query(
      'alter table platform.audit_row add constraint planted check (event <> $$registry.person.searched$$) not valid',
    )
    const failed = await clerk.post('/people/search', { text: secrets()[0] })
    await db.pool.query('alter table platform.audit_row drop constraint planted')
    expect(failed.status).toBeGreaterThanOrEqual(500)
    await log.close()

    const text = readFileSync(path.join(folder, 'log', 'minben.log'), 'utf8')
    for (const secret of [...secrets(), world.people[0]?.id ?? '']) expect(text).not.toContain(secret)
    const lines = linesOf(path.join(folder, 'log', 'minben.log'))
    expect(lines).toHaveLength(10 * secrets().length + 2)
    const allowed = [
      'level',
      'time',
      'event',
      'method',
      'route',
      'status',
      'ms',
      'requestId',
      'account',
      'error',
    ]
    for (const line of lines) expect(Object.keys(line).filter((key) => !allowed.includes(key))).toEqual([])
    expect(lines).toContainEqual(
      expect.objectContaining({
        route: '/api/counties/:county/people/:personId',
        account: clerk.actor.id,
      }),
    )
    expect(lines).toContainEqual(expect.objectContaining({ route: 'unknown', status: 404 }))
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      error: { at: expect.arrayContaining([expect.stringMatching(/^platform\/.+\.ts:\d+$/)]) },
    })
  })

  test('is closed and compressed when it is full, and only so many are kept; a place that cannot be written stops the start', async () => {
    const file = path.join(folder, 'full', 'minben.log')
    const settings = { toStdout: 'off', fileMib: 1, files: 2 } as const
    const filling = openLog({ ...settings, file })
    const line = {
      event: 'request',
      method: 'GET',
      route: '/'.padEnd(20_000, 'x'),
      status: 200,
      ms: 1,
      requestId: '',
    } as const
    const kept = () => readdirSync(path.dirname(file)).filter((name) => name.endsWith('.gz'))
    let most = 0
    for (let written = 0; written < 300; written++) {
      filling.write(line)
      if (written % 60 === 59) await new Promise((resolve) => setTimeout(resolve, 300))
      most = Math.max(most, kept().length)
    }
    await filling.close()
    expect(most).toBe(2)
    expect(() => openLog({ ...settings, file: path.join(file, 'below', 'a-file') })).toThrow(
      expect.objectContaining({ code: 'platform.log_unwritable' }),
    )
  })

  test('of an error keeps kind, code and place', () => {
    const error = Object.assign(new Error('Key (id_number)=(441882195009230112) already exists'), {
      code: '23505',
    })
    const place = placeOf(error)
    expect(place).toMatchObject({ name: 'Error', code: '23505' })
    expect(JSON.stringify(place)).not.toContain('441882195009230112')
    expect(place.at[0]).toMatch(/watched\.test\.ts:\d+$/)
  })

  test('has one line for each job', async () => {
    const jobs: unknown[] = []
    const names = ['platform.thing.done', 'platform.thing.failed']
    for (const name of names)
      await db.pool.query(`select graphile_worker.add_job($1, '{}', max_attempts => 1)`, [name])
    let ended = () => {}
    const both = new Promise<void>((resolve) => { ended = () => jobs.length === 2 && resolve() }) // prettier-ignore
    const worker = await startWorker(
      db.deps,
      {
        ...jobHandlers,
        [names[0] ?? '']: () => Promise.resolve(),
        [names[1] ?? '']: () => Promise.reject(new Error('王甲')),
      },
      { report: ({ error, ...done }) => { jobs.push({ ...done, ...(error ? { error: placeOf(error) } : {}) }); ended() } }, // prettier-ignore
    )
    await both
    await worker.stop()
    expect(jobs).toContainEqual(expect.objectContaining({ job: names[0], outcome: 'done', attempt: 1 }))
    expect(jobs).toContainEqual(
      expect.objectContaining({
        job: names[1],
        outcome: 'failed',
        error: expect.objectContaining({ name: 'Error' }),
      }),
    )
    expect(JSON.stringify(jobs)).not.toContain('王甲')
    await runAvailable(db.deps, jobHandlers)
  })
})

describe('the figures', () => {
  test('have one prefix', () => {
    expect(serviceGauges.filter(({ name }) => name.startsWith('minben'))).toEqual([])
  })

  const figures = (headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
    http.inject({ url: '/metrics', headers, remoteAddress })

  test('are for this machine, and not for what a proxy on it passes on', async () => {
    expect((await figures()).statusCode).toBe(200)
    expect((await figures({}, '10.1.2.3')).statusCode).toBe(404)
    expect((await figures({ 'x-forwarded-for': '127.0.0.1' })).statusCode).toBe(404)
  })

  test('or for whoever has the token, wherever they are', async () => {
    const token = 'known to this test alone'
    const guarded = await buildHttp(db.deps, { routes, isDemo: false, metrics: { token } })
    const asked = async (authorization: string, remoteAddress: string) =>
      (await guarded.inject({ url: '/metrics', headers: { authorization }, remoteAddress })).statusCode
    expect(await asked(`Bearer ${token}`, '10.1.2.3')).toBe(200)
    expect([
      await asked('Bearer something else entirely', '127.0.0.1'),
      await asked('', '127.0.0.1'),
    ]).toEqual([404, 404])
    await guarded.close()
  })

  test('count requests by pattern and status, tell pools, jobs, seals, disk and process; no label names anybody or any place', async () => {
    await askEverywhere()
    const { payload } = await figures()
    expect(payload).toMatch(
      /minben_http_request_seconds_count\{method="POST",route="\/api\/counties\/:county\/people\/search",status="200"\} \d+/,
    )
    for (const name of [
      'minben_database_up 1',
      'minben_pool_connections{pool="minben_app",state="open"}',
      'minben_jobs{state="waiting"} 0',
      'minben_audit_unsealed_seconds',
      'minben_disk_free_bytes',
      'nodejs_eventloop_lag_seconds',
      'process_resident_memory_bytes',
    ])
      expect(payload).toContain(name)
    for (const secret of [...secrets(), COUNTY, clerk.actor.id, 'everybody'])
      expect(payload).not.toContain(secret)
    const routesSeen = [...payload.matchAll(/route="([^"]+)"/g)].map((match) => match[1] ?? '')
    const known = new Set<string>(routes.map(({ endpoint }) => endpoint.path))
    expect(
      routesSeen.filter(
        (each) =>
          !known.has(each) &&
          !/^(unknown|\/(api\/(session|openapi|demonstration)|metrics|office|readyz|healthz))/.test(each),
      ),
    ).toEqual([])
  })
})

describe('its own certificate', () => {
  const pem = (name: string) => path.join(folder, name)
  const make = (name: string) => {
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    ]
    const { status } = spawnSync('openssl', [
      ...args,
      '-keyout',
      pem(`${name}.key`),
      '-out',
      pem(`${name}.crt`),
    ])
    if (status !== 0) throw new Error('openssl made no certificate')
  }
  const use = (cert: string, key = cert) => {
    writeFileSync(pem('now.crt'), readFileSync(pem(`${cert}.crt`)))
    writeFileSync(pem('now.key'), readFileSync(pem(`${key}.key`)))
  }
  const asked = (port: number) =>
    new Promise<{ name: string; hsts: unknown; protocol: string | null }>((resolve, reject) => {
      const agent = new Agent({ rejectUnauthorized: false })
      get({ host: '127.0.0.1', port, path: '/healthz', agent }, (answer) => {
        const socket = answer.socket as TLSSocket
        const name = String(socket.getPeerCertificate().subject.CN)
        resolve({ name, hsts: answer.headers['strict-transport-security'], protocol: socket.getProtocol() })
        answer.resume()
        agent.destroy()
      }).on('error', reject)
    })

  test('serves TLS and tells browsers to stay there; a renewed pair is taken over, one that does not fit is not', async () => {
    make('first')
    make('second')
    use('first')
    const told: boolean[] = []
    const certificate = openCertificate({ certFile: pem('now.crt'), keyFile: pem('now.key') }, (failure) =>
      told.push(failure === undefined),
    )
    const safe = await buildHttp(db.deps, { routes, isDemo: false, isTls: true, certificate })
    await safe.listen({ port: 0, host: '127.0.0.1' })
    const { port } = safe.server.address() as AddressInfo
    expect(await asked(port)).toEqual({
      name: 'first',
      hsts: 'max-age=31536000; includeSubDomains',
      protocol: 'TLSv1.3',
    })
    use('second', 'first')
    certificate.renew()
    expect((await asked(port)).name).toBe('first')
    use('second')
    certificate.renew()
    expect((await asked(port)).name).toBe('second')
    expect(told).toEqual([false, true])
    certificate.stop()
    await safe.close()
  })

  test('half a configuration, or files that are no pair, stop the start', () => {
    expect(() => readServiceSettings({ MINBEN_TLS_CERT: 'x' })).toThrow(
      expect.objectContaining({ code: 'platform.service_settings' }),
    )
    expect(() => readServiceSettings({ MINBEN_METRICS_TOKEN: 'short' })).toThrow(
      expect.objectContaining({ code: 'platform.service_settings' }),
    )
    expect(() => openCertificate({ certFile: pem('none'), keyFile: pem('none') }, () => {})).toThrow(
      expect.objectContaining({ code: 'platform.certificate_unusable' }),
    )
  })
})
