import { mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig, type Config } from '../server/platform/config.ts'
import { openKeyRing } from '../server/platform/keys.ts'
import { checkUpgrade } from '../server/platform/upgrade-check.ts'
import { lastCopyAt } from '../server/platform/upgrade-facts.ts'
import { hits, PLANTED } from './backfill-table.ts'
import { testDb, type TestDb } from './db.ts'

let db: TestDb
let config: Config

beforeAll(async () => {
  db = await testDb()
  const varDir = mkdtempSync(path.join(tmpdir(), 'minben-check-'))
  config = readConfig({ DATABASE_URL: db.deps.database.adminUrl, MINBEN_VAR: varDir })
  openKeyRing(config.keyFile, { create: true })
})
afterAll(() => db.close())

const statesOf = ({ findings }: Awaited<ReturnType<typeof checkUpgrade>>) =>
  Object.fromEntries(findings.map(({ code, state }) => [code, state]))

test('nothing to do: ready, and what nobody here can know is asked of whoever keeps the server', async () => {
  const report = await checkUpgrade(config, [])

  expect([report.isReady, report.pending, report.backfills]).toEqual([true, [], []])
  expect(statesOf(report)).toEqual({
    'upgrade.node': 'ok',
    'upgrade.server': 'ok',
    'upgrade.nobody_connected': 'ok',
    'upgrade.keys': 'ok',
    'upgrade.copy_elsewhere': 'attention',
    'upgrade.disk_elsewhere': 'attention',
  })
})

test('what is missing is named with the tables it reads, and the long change of rows that comes after it', async () => {
  await db.pool.query(`delete from public.migration where name = '0032_benefits_index_town_decisions.sql'`)
  await db.pool.query(PLANTED)

  const report = await checkUpgrade(config, [hits()])

  expect(report.pending).toEqual([
    {
      name: '0032_benefits_index_town_decisions.sql',
      tables: ['benefits.determination'],
      bytes: expect.any(Number) as number,
      duration: 'moment',
    },
  ])
  expect(report.backfills).toMatchObject([{ name: 'test.hits', title: '测试用的整理' }])
  const left = await db.pool.query(`select from public.migration where name like '0032%'`)
  expect(left.rowCount).toBe(0)
})

test('without the keys it is not ready', async () => {
  const report = await checkUpgrade({ ...config, keyFile: '/nowhere/keyring.json' }, [])

  expect([report.isReady, statesOf(report)['platform.keys_missing']]).toEqual([false, 'blocked'])
})

test('a server that does not answer is one finding', async () => {
  const report = await checkUpgrade({ ...config, databaseUrl: 'postgres://x:y@127.0.0.1:1/none' }, [])

  expect([report.isReady, statesOf(report)['upgrade.database_unreachable']]).toEqual([false, 'blocked'])
})

test('an empty folder is no upgrade, and stays empty', async () => {
  const varDir = mkdtempSync(path.join(tmpdir(), 'minben-check-'))
  const report = await checkUpgrade(readConfig({ MINBEN_VAR: varDir }), [])

  expect([report.isReady, statesOf(report)['upgrade.nothing_installed'], readdirSync(varDir)]).toEqual([
    true,
    'ok',
    [],
  ])
})

test('the newest whole copy counts, not one under way', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'minben-copies-'))
  expect(lastCopyAt(path.join(folder, 'none'))).toBeUndefined()
  for (const [name, day] of [
    ['a', 1],
    ['b', 3],
    ['c.tmp', 5],
  ] as const) {
    mkdirSync(path.join(folder, 'base', name), { recursive: true })
    const file = path.join(folder, 'base', name, 'manifest.json')
    writeFileSync(file, '{}')
    utimesSync(file, day * 86_400, day * 86_400)
  }
  expect(lastCopyAt(folder)?.toISOString()).toBe('1970-01-04T00:00:00.000Z')
})
