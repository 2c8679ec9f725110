import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { archiveState } from '../server/platform/backup/archive-state.ts'
import { archiverOf } from '../server/platform/backup/archiver.ts'
import { filesBelow } from '../server/platform/backup/keeping.ts'
import type { Manifest } from '../server/platform/backup/manifest.ts'
import { restore, type RestoreOrder } from '../server/platform/backup/restore.ts'
import { openKeyRing } from '../server/platform/keys.ts'
import { readFileBytes } from '../server/platform/stored-file.db.ts'
import { BackupWorld } from './backup-world.ts'
import { testDb } from './db.ts'

/** The short form of backup.deep.test.ts: one copy, one restore, and what is refused. */

let world: BackupWorld
beforeAll(async () => {
  world = await BackupWorld.open()
})
afterAll(() => world.close())

const namesIn = (folder: string) => readdirSync(path.join(world.home.root, folder))

describe('archiving', () => {
  test('before the first copy nothing is kept, and nothing piles up', async () => {
    await world.beat()
    expect((await world.archiver.pass())?.dropped).toBeGreaterThan(0)
    expect([namesIn('incoming'), namesIn('wal')]).toEqual([[], []])
  })

  test('an idle office hands over nothing, whatever its server does for itself; one commit is enough', async () => {
    const { admin } = world.home
    await world.archiver.pass() // what ended while the pass before looked
    await admin.query('checkpoint')
    await admin.query('vacuum public.beat')
    expect(await world.archiver.pass()).toMatchObject({ names: [], dropped: 0 })
    await world.beat()
    expect(await world.archiver.pass()).toMatchObject({ dropped: 1 })
  })

  test('a second process that would archive is told that one does', async () => {
    const { config, deps, root } = world.home
    const other = archiverOf({ adminUrl: deps.database.adminUrl, varDir: config.varDir, root })
    expect(await other.pass()).toBeUndefined()
    await other.end()
  })
})

test('of an external server only its archiving is looked at: one that archives nothing is a problem', async () => {
  const db = await testDb()
  const external = { ...world.home.config, databaseUrl: 'postgres://elsewhere/minben' }
  expect(await archiveState(db.deps.database.app, external)).toMatchObject({
    ...{ duty: 'external', copy: null, problems: [expect.stringContaining('archive_mode=off')] },
  })
  expect(await archiveState(world.home.deps.database.app, external)).toMatchObject({ problems: [] })
  await db.close()
})

describe('a copy made while people work, and what came after it', () => {
  let made: Manifest
  let moment: { at: string; beats: number }
  let digest: string

  beforeAll(async () => {
    await world.sealedRow()
    made = await world.copyWhileBeating()
    digest = await world.storedFile('收条')
    await world.sealedRow()
    moment = await world.moment()
    await world.sealedRow()
    await world.archiver.pass()
  })

  test('is compressed, listed with digests, and holds no secret', async () => {
    const { deps, config, root } = world.home
    const secrets = world.secrets()
    for (const name of await filesBelow(root)) {
      const bytes = readFileSync(path.join(root, name))
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')
      expect([name, secrets.filter((secret) => text.includes(secret))]).toEqual([name, []])
    }
    const names = made.files.map((file) => file.path)
    expect(names).toContain('backup_label.gz')
    expect(names.filter((name) => /^pg_(wal|replslot)\/|postmaster|secret/.test(name))).toEqual([])
    expect(await archiveState(deps.database.app, config)).toMatchObject({
      ...{ duty: 'embedded', waiting: 0, problems: [], copy: { name: made.name } },
    })
  })

  test('restored to a moment: every row of it and none after, the trail intact, the file there, on a new timeline', async () => {
    const to = world.emptyFolder()
    const told = await world.restored({ to, at: moment.at, archiveTo: path.join(to, 'backup') })
    expect(told).toMatchObject({ beats: moment.beats, isEnd: false, upTo: moment.at, timeline: 2 })
    expect(told).toMatchObject({
      missing: undefined,
      lostFiles: [],
      audit: { ok: true, notices: ['restored'] },
    })
    const store = { varDir: to, keys: world.home.deps.keys }
    expect(Buffer.from(readFileBytes(store, digest)).toString()).toBe('收条')
    expect(readdirSync(to).toSorted()).toEqual([
      'backup',
      'files',
      'pg',
      'postgres.secret',
      'roles.json',
      'seals',
    ])
    expect(readdirSync(path.join(to, 'backup', 'incoming'))).toContain('00000002.history')
  })

  test.each([
    ['a folder with something in it', 'platform.restore_not_empty', (order: RestoreOrder) => fill(order.to)],
    [
      'a moment before the first copy',
      'platform.backup_too_early',
      () => ({ at: '2020-01-01T00:00:00.000000Z' }),
    ],
    ['a folder without a backup', 'platform.backup_not_found', () => ({ root: world.emptyFolder() })],
    [
      'the keys of another installation',
      'platform.backup_other_keys',
      () => ({ keys: openKeyRing(path.join(world.emptyFolder(), 'other.json'), { create: true }) }),
    ],
  ])('refuses %s, and leaves the target as it was', async (_, code, change) => {
    const order = world.order()
    const changed = { ...order, ...change(order) }
    const before = readdirSync(changed.to)
    await expect(restore(changed)).rejects.toMatchObject({ code })
    expect(readdirSync(changed.to)).toEqual(before)
  })

  test('refuses a copy whose manifest was altered', async () => {
    const file = path.join(world.home.root, 'base', made.name, 'manifest.json')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace(/"stoppedAt":"20/, '"stoppedAt":"19'))
    await expect(restore(world.order())).rejects.toMatchObject({ code: 'platform.backup_altered' })
    writeFileSync(file, text)
  })
})

test('a copy that was altered is named; set aside, the one before it and the log bring everything, and a missing stored file is told', async () => {
  const digest = await world.storedFile('另一张收条')
  const newer = await world.copy()
  await world.beat()
  await world.archiver.pass()
  const { root } = world.home
  const page = path.join(root, 'base', newer.name, 'PG_VERSION.gz')
  writeFileSync(page, readFileSync(page).fill(0, 10))
  await expect(restore(world.order())).rejects.toMatchObject({
    ...{
      code: 'platform.backup_altered',
      message: expect.stringContaining(`base/${newer.name}/PG_VERSION.gz`),
    },
  })
  renameSync(path.join(root, 'base', newer.name), path.join(world.emptyFolder(), newer.name))
  rmSync(path.join(root, 'files', digest.slice(0, 2), digest))
  expect(await world.restored()).toMatchObject({
    beats: world.beats,
    missing: undefined,
    lostFiles: [digest],
    audit: { ok: true },
  })
})

function fill(to: string): object {
  mkdirSync(path.join(to, 'x'))
  return {}
}
