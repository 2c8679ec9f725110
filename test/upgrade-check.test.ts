import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  listCopies,
  listUnreadable,
  sealedManifest,
  type Manifest,
} from '../server/platform/backup/manifest.ts'
import { readConfig, type Config } from '../server/platform/config.ts'
import { keyRingFingerprint, openKeyRing } from '../server/platform/keys.ts'
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

describe('the newest good copy', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'minben-copies-'))
  const keys = openKeyRing(path.join(folder, 'keyring.json'), { create: true })
  const manifestOf = (name: string) => path.join(folder, 'base', name, 'manifest.json')

  /** Sealed as a real one is; it holds no files. */
  function plant(name: string, day: string): void {
    mkdirSync(path.dirname(manifestOf(name)), { recursive: true })
    const at = `${day}T02:00:00.000000Z`
    const content: Manifest = {
      ...{ format: 'minben-backup/1', name, startedAt: at, stoppedAt: at, timeline: 1 },
      ...{ startLsn: '0/1', stopLsn: '0/2', startSegment: 'A'.repeat(24), stopSegment: 'A'.repeat(24) },
      ...{ segmentBytes: 2 ** 20, systemIdentifier: '1', postgres: '17', app: '0' },
      ...{ keys: keyRingFingerprint(keys), folders: [], files: [], seals: [], storedFiles: [] },
    }
    writeFileSync(manifestOf(name), sealedManifest(content, keys.sealKey))
  }
  const last = async () => (await lastCopyAt(folder, keys))?.toISOString().slice(0, 10)

  test('none, before the first', async () => {
    expect(await last()).toBeUndefined()
  })

  test('is not the one under way', async () => {
    for (const [name, day] of [
      ['20260301T020000Z', '2026-03-01'],
      ['20260302T020000Z', '2026-03-02'],
      ['20260303T020000Z', '2026-03-03'],
      ['20260304T020000Z.tmp', '2026-03-04'],
    ] as const)
      plant(name, day)
    expect(await last()).toBe('2026-03-03')
  })

  test('is not one whose manifest was altered, nor one whose manifest cannot be read any more', async () => {
    const newest = manifestOf('20260303T020000Z')
    writeFileSync(newest, readFileSync(newest, 'utf8').replace('"stoppedAt":"2026', '"stoppedAt":"2027'))
    expect(await last()).toBe('2026-03-02')
    writeFileSync(manifestOf('20260302T020000Z'), '{"format":"minben-ba')
    expect(await last()).toBe('2026-03-01')
    expect((await listCopies(folder)).map(({ name }) => name)).toEqual([
      '20260301T020000Z',
      '20260303T020000Z',
    ])
    expect(await listUnreadable(folder)).toEqual(['20260302T020000Z'])
  })

  test('is not one of another installation', async () => {
    const other = openKeyRing(path.join(folder, 'other.json'), { create: true })
    expect(await lastCopyAt(folder, other)).toBeUndefined()
  })
})
