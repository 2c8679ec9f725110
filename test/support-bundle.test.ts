import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { minben, useDatabase } from './cli.ts'
import { testDb, type TestDb } from './db.ts'
import { secretWorld, type SecretWorld } from './secret-world.ts'
import { unzip } from './sheets.ts'

/** A support bundle says how the installation is, and nothing of the people in it. */

let db: TestDb
let world: SecretWorld
let folder: string
const at = (name: string) => path.join(folder, name)
const TOKEN = 'a token that nobody may see'

beforeAll(async () => {
  db = await testDb()
  world = await secretWorld(db, '441882', 4)
  folder = mkdtempSync(path.join(tmpdir(), 'minben-support-'))
  useDatabase(db)
  vi.stubEnv('MINBEN_METRICS_TOKEN', TOKEN)
  vi.stubEnv('MINBEN_LOG_FILE', at('minben.log'))
})
afterAll(async () => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
  await db.close()
})

async function bundle(name: string): Promise<Map<string, string>> {
  expect(await minben('support-bundle', '--out', at(name))).toMatchObject({ code: 0, err: '' })
  expect(statSync(at(name)).mode & 0o777).toBe(0o600)
  return new Map([...unzip(readFileSync(at(name)))].map(([file, bytes]) => [file, bytes.toString('utf8')]))
}

test('holds versions, configuration, readiness, tables, migrations, settings, log and failed jobs; no person, no password, no key', async () => {
  const [person] = world.people
  const { idNumber = '', phone = '', account = '' } = person ?? {}
  // Where somebody else's text may stand: the error of a job, a line of the log that is not ours.
  await db.pool.query('delete from graphile_worker._private_jobs')
  await db.pool.query(`select graphile_worker.add_job('benefits.run.carry_out', '{}')`)
  await db.pool.query(
    `update graphile_worker._private_jobs set attempts = 6, max_attempts = 6, last_error = $1`,
    [`benefits.run_state: 王甲 ${idNumber} ${account}`],
  )
  const line = {
    time: '2026-11-22T00:00:00Z',
    event: 'request',
    route: '/readyz',
    status: 200,
    ms: 1,
    name: '王甲',
    phone,
  }
  writeFileSync(at('minben.log'), `${JSON.stringify(line)}\n${idNumber} 王甲 ${phone}\n`)

  const files = await bundle('one.zip')
  expect([...files.keys()].toSorted()).toEqual(
    [
      'README.txt',
      'configuration.json',
      'disk.json',
      'jobs.json',
      'log.jsonl',
      'migrations.json',
      'postgres.json',
      'readiness.json',
      'tables.json',
      'versions.json',
    ].toSorted(),
  )
  const content = (name: string) => JSON.parse(files.get(name) ?? '') as unknown
  expect(content('versions.json')).toMatchObject({
    node: process.version,
    postgres: expect.stringContaining('PostgreSQL'),
  })
  expect(content('configuration.json')).toMatchObject({ database: 'external', metricsToken: true })
  expect(content('tables.json')).toContainEqual(expect.objectContaining({ name: 'registry.person' }))
  expect(content('jobs.json')).toMatchObject([
    { name: 'benefits.run.carry_out', isGivenUp: true, code: 'benefits.run_state' },
  ])
  expect(files.get('log.jsonl')).toBe(
    '{"time":"2026-11-22T00:00:00Z","event":"request","route":"/readyz","status":200,"ms":1}\n',
  )

  const all = [...files.values()].join('\n')
  const password = decodeURIComponent(new URL(db.deps.database.adminUrl).password)
  const roles = Object.values(
    JSON.parse(readFileSync(path.join(db.deps.varDir, 'roles.json'), 'utf8')) as Record<string, string>,
  )
  const ring = readFileSync(db.deps.keys.path, 'utf8').match(/[0-9a-f]{32,}/g) ?? []
  const names = world.people.map((_, index) => `王${'甲乙丙丁'.charAt(index)}`)
  const personal = world.people.flatMap((each) => [each.idNumber, each.phone, each.account])
  expect(personal).toHaveLength(12)
  for (const secret of [...personal, ...names, ...roles, ...ring, TOKEN, `:${password}@`])
    expect(all).not.toContain(secret)
  expect(all).not.toMatch(/(?<!\d)\d{17}[\dX](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)/)
})

test('is not written over another file', async () => {
  expect(await minben('support-bundle', '--out', at('one.zip'))).toMatchObject({
    code: 1,
    err: expect.stringContaining('platform.file_exists'),
  })
})

test('of an installation that does not open says why, and holds the rest', async () => {
  const file = db.deps.keys.path
  // The first start took the ring down, so that its absence is noticed.
  renameSync(file, `${file}.away`)
  const files = await bundle('two.zip')
  renameSync(`${file}.away`, file)
  expect(JSON.parse(files.get('failure.json') ?? '')).toEqual({ unavailable: 'platform.keys_missing' })
  expect([...files.keys()]).toContain('versions.json')
})
