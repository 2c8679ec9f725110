import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { archiveState } from '../server/platform/backup/archive-state.ts'
import { readState } from '../server/platform/backup/archiver.ts'
import { drill } from '../server/platform/backup/drill.ts'
import { letGo } from '../server/platform/backup/keeping.ts'
import type { Manifest } from '../server/platform/backup/manifest.ts'
import { restore } from '../server/platform/backup/restore.ts'
import { fetchBackup, mirrorOf } from '../server/platform/backup/second-copy.ts'
import type { SecondPlace } from '../server/platform/backup/place.ts'
import { secondPlaceOf } from '../server/platform/backup/second-place.ts'
import { read } from '../server/platform/command.ts'
import { openCluster } from '../server/platform/database.ts'
import { installer } from '../server/platform/first-accounts.ts'
import { lookSafekeeping } from '../server/safekeeping.ts'
import { BackupWorld, COUNTY } from './backup-world.ts'
import { minben } from './cli.ts'
import { openStore, type Store } from './s3-store.ts'

/** What a backup is worth when something about it is not as it should be, and from where else it can be brought. */

let world: BackupWorld
let store: Store
let made: Manifest
let moment: { at: string; beats: number }
let place: SecondPlace

beforeAll(async () => {
  store = await openStore()
  world = await BackupWorld.open()
  await world.sealedRow()
  made = await world.copyWhileBeating()
  await world.sealedRow()
  moment = await world.moment()
  await world.storedFile('收条')
  await world.archiver.pass()
})
afterAll(async () => {
  await world.close()
  store.close()
})

const root = () => world.home.root
const segments = () => readdirSync(path.join(root(), 'wal')).filter((name) => /^[0-9A-F]{24}\.gz$/.test(name))

test('to a moment later than everything: to the end, and it is said', async () => {
  const told = await world.restored({ at: '2099-01-01T00:00:00.000000Z' })
  expect(told).toMatchObject({ beats: world.beats, isEnd: true, missing: undefined, audit: { ok: true } })
  expect(told.upTo > moment.at).toBe(true)
})

test('the second place alone is enough: fetched to an empty folder and restored to the moment', async () => {
  place = secondPlaceOf(store.settings('county'))
  await mirrorOf(root(), place, { daily: 7, weekly: 4 }).pass()
  const fetched = path.join(world.emptyFolder(), 'fetched')
  await fetchBackup(place, fetched, moment.at)
  const told = await world.restored({ root: fetched, at: moment.at })
  expect(told).toMatchObject({ beats: moment.beats, isEnd: false, lostFiles: [], audit: { ok: true } })
})

test('by the command line, from the bucket to a new folder; nothing is left beside it', async () => {
  const { accessKey, secret, endpoint } = store.settings('county')
  const to = path.join(world.emptyFolder(), 'var')
  const settings = {
    ...{
      DATABASE_URL: undefined,
      MINBEN_BACKUP: path.join(to, 'backup'),
      MINBEN_BACKUP_S3_ENDPOINT: endpoint,
    },
    ...{ MINBEN_BACKUP_S3_KEY: accessKey, MINBEN_BACKUP_S3_SECRET: secret },
  }
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
  const keys = ['--keys', world.home.config.keyFile]
  const { code, out, err } = await minben(
    'restore',
    '--from',
    's3://county/county',
    '--to',
    to,
    ...keys,
    '--json',
  )
  vi.unstubAllEnvs()
  expect([code, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toMatchObject({ timeline: 2, lostFiles: [] })
  expect(readdirSync(to)).toEqual(expect.arrayContaining(['files', 'keys', 'pg', 'seals']))
  expect(existsSync(`${to}.download`)).toBe(false)
})

describe('the drill', () => {
  test('finds everything, leaves its result and a row, and nothing else', async () => {
    const result = await drill(world.home.deps, { root: root() })
    const call = { actor: installer(COUNTY), county: COUNTY, requestId: randomUUID() }
    expect(await read(world.home.deps, call, lookSafekeeping)).toMatchObject({
      keys: { isCopied: false, at: null },
      backup: { at: made.stoppedAt, problems: [] },
      drill: { startedAt: result.startedAt, rows: result.rows, problems: 0 },
    })
    expect(result).toMatchObject({ copy: made.name, problems: [], counties: 1 })
    expect(result.rows).toBeGreaterThan(world.beats)
    const { rows } = await world.home.admin.query(
      `select outcome from platform.audit_row where event = 'platform.backup.drilled'`,
    )
    expect(rows).toEqual([{ outcome: 'finished' }])
    expect(readdirSync(path.join(root(), 'drills'))).toHaveLength(1)
    expect(readdirSync(world.home.config.varDir).filter((name) => name.startsWith('drill-'))).toEqual([])
  })

  test('finds a hole in the log, and what is missing because of it', async () => {
    await world.archiver.pass()
    await world.beat()
    await world.archiver.pass()
    await world.beat()
    await world.archiver.pass()
    const hole = path.join(root(), 'wal', segments().at(-2) ?? '')
    const bytes = readFileSync(hole)
    rmSync(hole)
    const { problems } = await drill(world.home.deps, { root: root() })
    writeFileSync(hole, bytes)
    expect(problems).toContainEqual(expect.stringContaining('备份缺日志'))
    expect(problems).toContainEqual(expect.stringContaining('public.beat'))
  })

  test('finds a stored file that is not as it was written', async () => {
    const [folder = ''] = readdirSync(path.join(root(), 'files'))
    const [name = ''] = readdirSync(path.join(root(), 'files', folder))
    const file = path.join(root(), 'files', folder, name)
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.fill(0, bytes.length - 4))
    const { problems } = await drill(world.home.deps, { root: root() })
    expect(problems).toEqual([expect.stringContaining('1 个存档文件')])
    rmSync(file)
    await mirrorBack(`files/${folder}/${name}`)
  })
})

/** From the second place, as an operator would. */
async function mirrorBack(name: string): Promise<void> {
  await place.get(name, path.join(root(), name))
  expect(existsSync(path.join(root(), name))).toBe(true)
}

test.each(['base/COPY/global/pg_control.gz', 'base/COPY/PG_VERSION.gz', `seals/${COUNTY}.log`])(
  'refuses a backup in which %s was altered',
  async (name) => {
    const file = path.join(root(), name.replace('COPY', made.name))
    const bytes = readFileSync(file)
    const altered = Buffer.from(bytes)
    altered.writeUInt8(altered.readUInt8(20) ^ 1, 20)
    writeFileSync(file, altered)
    await expect(restore(world.order())).rejects.toMatchObject({ code: 'platform.backup_altered' })
    writeFileSync(file, bytes)
  },
)

test('a log segment that cannot be read ends the restore before it, and it is said', async () => {
  const name = segments().at(-1) ?? ''
  const file = path.join(root(), 'wal', name)
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.subarray(0, 100))
  const told = await world.restored()
  writeFileSync(file, bytes)
  expect(told.missing).toBe(name.slice(8, 24))
  expect(told.beats).toBeLessThan(world.beats)
  expect(told.beats).toBeGreaterThanOrEqual(moment.beats)
})

test('a backup folder of another database keeps the server from starting, and is not touched', async () => {
  const before = readdirSync(root())
  const strange = openCluster({ varDir: world.emptyFolder(), databaseUrl: undefined }, root())
  await expect(strange).rejects.toMatchObject({ code: 'platform.backup_foreign' })
  expect(readdirSync(root())).toEqual(before)
})

test('while the archive folder is away the log waits and is told of; when it is back nothing is missing', async () => {
  const { deps, config } = world.home
  const incoming = path.join(root(), 'incoming')
  renameSync(incoming, `${incoming}-away`)
  await world.beat()
  await world.archiver.pass()
  expect(await archiveState(deps.database.app, config)).toMatchObject({ waiting: 1 })
  renameSync(`${incoming}-away`, incoming)
  await world.beat()
  for (let waiting = 1; waiting > 0; waiting = (await archiveState(deps.database.app, config)).waiting)
    await world.archiver.pass()
  expect(await world.restored()).toMatchObject({ beats: world.beats, missing: undefined })
})

test('a newer copy lets go of an older one of the same day, and of the log before it', async () => {
  await world.beat()
  const next = await world.copy()
  const gone = await letGo(root(), { daily: 7, weekly: 4 })
  expect(gone.copies).toEqual([made.name])
  expect(readdirSync(path.join(root(), 'base'))).toEqual([next.name])
  expect(segments().filter((name) => name.slice(8, 24) < next.startSegment.slice(8))).toEqual([])
  expect(segments()).toContain(`${next.startSegment}.gz`)
  expect((await readState(root()))?.conflicts).toEqual([])
  await expect(world.copy().then(() => world.restored())).resolves.toMatchObject({ beats: world.beats })
})

test('more than a page of a thousand names in the second place is listed', async () => {
  const many = secondPlaceOf(store.settings('many'))
  const file = path.join(world.emptyFolder(), 'one')
  writeFileSync(file, '')
  const names = Array.from({ length: 1001 }, (_, n) => `many/${n}`).values()
  const lane = async () => {
    for (const name of names) await many.put(name, file)
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  expect((await many.list()).size).toBe(1001)
})

test('a data directory from before archiving keeps its segments of 16 MiB, and is restored as well', async () => {
  const old = await BackupWorld.open({ isOld: true })
  try {
    await old.archiver.pass()
    const { segmentBytes } = await old.copyWhileBeating()
    const { at, beats } = await old.moment()
    await old.archiver.pass()
    expect([segmentBytes, made.segmentBytes]).toEqual([16 * 2 ** 20, 2 ** 20])
    expect(await old.restored({ at })).toMatchObject({ beats, isEnd: false, missing: undefined })
  } finally {
    await old.close()
  }
})
