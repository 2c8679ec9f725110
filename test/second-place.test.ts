import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mirrorOf } from '../server/platform/backup/second-copy.ts'
import type { SecondPlace } from '../server/platform/backup/place.ts'
import { secondPlaceOf } from '../server/platform/backup/second-place.ts'
import type { SecondPlaceSettings } from '../server/platform/backup/settings.ts'
import { openStore, type Store } from './s3-store.ts'

/** A folder, and a real server of the S3 protocol. */

let store: Store
beforeAll(async () => {
  store = await openStore()
})
afterAll(() => store.close())

let root: string
let folder: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'minben-backup-'))
  folder = mkdtempSync(path.join(tmpdir(), 'minben-second-'))
})
afterEach(() => {
  for (const each of [root, folder]) rmSync(each, { recursive: true, force: true })
})

function write(name: string, text = name): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
  writeFileSync(path.join(root, name), text)
}

const segment = (n: number) => `wal/00000001${'0'.repeat(15)}${n}.gz`

function twoCopies(): string[] {
  const names = ['installation.json', segment(1), segment(2), 'wal/00000002.history.gz', 'seals/441882.log']
  for (const copy of ['20260301T180000Z', '20260302T180000Z'])
    names.push(`base/${copy}/manifest.json`, `base/${copy}/global/pg_control.gz`)
  names.push('files/ab/abcdef0123456789')
  for (const name of names) write(name)
  return names.toSorted()
}

const s3 = () => store.settings(path.basename(root))
const KEEP = { daily: 7, weekly: 4 }

describe.each(['folder', 's3'] as const)('a second place that is a %s', (kind) => {
  let place: SecondPlace
  const settings = (): SecondPlaceSettings => (kind === 'folder' ? { kind, folder } : s3())
  beforeEach(() => {
    place = secondPlaceOf(settings())
  })
  const there = async () => [...(await place.list()).keys()].toSorted()

  test('has everything after a pass, and what comes later after the next', async () => {
    const names = twoCopies()
    write('base/20260303T180000Z.tmp/half.gz')
    write('incoming/x')
    const mirror = mirrorOf(root, place, KEEP)
    await mirror.pass()
    expect(await there()).toEqual(names)
    write(segment(3), '汉字')
    await mirror.pass()
    expect(await there()).toEqual([...names, segment(3)].toSorted())
    const back = path.join(folder, 'back')
    await place.get(segment(3), back)
    expect(readFileSync(back, 'utf8')).toBe('汉字')
  })

  test('a pass by a new process sends nothing twice', async () => {
    twoCopies()
    await mirrorOf(root, place, KEEP).pass()
    const sent: string[] = []
    const watched = { ...place, put: async (name: string) => void sent.push(name) }
    await mirrorOf(root, watched, KEEP).pass()
    expect(sent).toEqual([])
  })

  test('what no day or week keeps is let go there too, with the log before the first copy', async () => {
    const names = twoCopies()
    const mirror = mirrorOf(root, place, { daily: 1, weekly: 0 })
    rmSync(path.join(root, 'base', '20260302T180000Z'), { recursive: true })
    await mirror.pass()
    expect(await there()).toEqual(names.filter((name) => !name.includes('20260302')))
    write('base/20260302T180000Z/manifest.json')
    rmSync(path.join(root, 'base', '20260301T180000Z'), { recursive: true })
    rmSync(path.join(root, segment(1)))
    await mirror.pass()
    const kept = names.filter((name) => !/20260301|20260302\w+\/global/.test(name) && name !== segment(1))
    expect(await there()).toEqual(kept)
  })

  test('after a restore to a new folder what was there before stays, its log too', async () => {
    const names = twoCopies()
    await mirrorOf(root, place, KEEP).pass()
    for (const each of ['base', 'wal', 'files', 'seals']) rmSync(path.join(root, each), { recursive: true })
    await mirrorOf(root, place, KEEP).pass()
    expect(await there()).toEqual(names)
    const own = ['base/20260303T180000Z/manifest.json', `wal/00000002${'0'.repeat(15)}9.gz`]
    for (const name of own) write(name)
    await mirrorOf(root, place, KEEP).pass()
    expect(await there()).toEqual([...names, ...own].toSorted())
  })
})

test.each([
  ['a bucket that is not there', { bucket: 'nowhere' }, '答复 404 NoSuchBucket'],
  ['an account that is not there', { accessKey: 'nobody' }, '答复 403 InvalidAccessKeyId'],
])('%s: told', async (_, bad, reason) => {
  twoCopies()
  await expect(mirrorOf(root, secondPlaceOf({ ...s3(), ...bad }), KEEP).pass()).rejects.toThrow(reason)
})

test('a place that goes away in the middle: how much is missing is told, and the next pass brings it', async () => {
  const names = twoCopies()
  const place = secondPlaceOf({ kind: 'folder', folder })
  let room = 3
  const full = {
    ...place,
    put: async (name: string, file: string) => {
      if (room-- === 0) throw new Error('no room')
      await place.put(name, file)
    },
  }
  const mirror = mirrorOf(root, full, KEEP)
  await expect(mirror.pass()).rejects.toMatchObject({ message: 'no room', missing: names.length - 3 })
  await mirror.pass()
  expect([...(await place.list()).keys()].toSorted()).toEqual(names)
})

test('a folder that is not mounted is not made in its place', async () => {
  twoCopies()
  const away = path.join(folder, 'away')
  await expect(mirrorOf(root, secondPlaceOf({ kind: 'folder', folder: away }), KEEP).pass()).rejects.toThrow(
    '可能没有挂载',
  )
  expect(existsSync(away)).toBe(false)
})
