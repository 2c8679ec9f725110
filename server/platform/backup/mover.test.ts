import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lastSegment, listArrived, moveArrived } from './mover.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'minben-mover-'))
  for (const folder of ['incoming', 'base/20260301T180000Z'])
    mkdirSync(path.join(root, folder), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

const segment = (n: number) => `00000001${'0'.repeat(15)}${n}`
const arrive = (name: string, text: string) =>
  writeFileSync(path.join(root, 'incoming', name), Buffer.alloc(2 ** 20, text))
const move = async (last?: string) => moveArrived(root, await listArrived(root), last)
const incoming = () => readdirSync(path.join(root, 'incoming'))
const archived = () => readdirSync(path.join(root, 'wal')).toSorted()
const textOf = (name: string) =>
  gunzipSync(readFileSync(path.join(root, 'wal', `${name}.gz`))).toString('utf8', 0, 3)

describe('segments that came', () => {
  test('are compressed, put away in order, and gone from where they came', async () => {
    arrive(segment(2), 'two')
    arrive(segment(1), 'one')
    arrive('00000002.history', '1\t0/1\t\n')
    expect(await move()).toMatchObject({ dropped: 0, conflicts: [], gapBefore: undefined, last: segment(2) })
    expect([incoming(), archived()]).toEqual([
      [],
      [segment(1), segment(2), '00000002.history'].map((n) => `${n}.gz`),
    ])
    expect([textOf(segment(1)), textOf(segment(2))]).toEqual(['one', 'two'])
    expect(await lastSegment(root)).toBe(segment(2))
  })

  test('come again after a crash: the same once, nothing doubled', async () => {
    arrive(segment(1), 'one')
    await move()
    arrive(segment(1), 'one')
    expect(await move(segment(1))).toMatchObject({ conflicts: [], gapBefore: undefined })
    expect([incoming(), archived()]).toEqual([[], [`${segment(1)}.gz`]])
  })

  test('a crash in the middle of writing leaves half a file, which the next pass replaces', async () => {
    mkdirSync(path.join(root, 'wal'))
    writeFileSync(path.join(root, 'wal', `${segment(1)}.gz.tmp`), 'half')
    arrive(segment(1), 'one')
    await move()
    expect([archived(), textOf(segment(1))]).toEqual([[`${segment(1)}.gz`], 'one'])
  })

  test('another content under a name that is taken: neither is lost, and it is told', async () => {
    arrive(segment(1), 'one')
    await move()
    arrive(segment(1), 'two')
    expect((await move(segment(1))).conflicts).toEqual([segment(1)])
    expect([incoming(), textOf(segment(1))]).toEqual([[segment(1)], 'one'])
  })

  test('a predecessor that did not come is noticed', async () => {
    arrive(segment(4), 'fou')
    expect(await move(segment(2))).toMatchObject({ gapBefore: segment(4), last: segment(4) })
    arrive(segment(5), 'fiv')
    expect(await move(segment(4))).toMatchObject({ gapBefore: undefined })
  })

  test('without a copy of the data they are worth nothing: not kept; histories are', async () => {
    rmSync(path.join(root, 'base'), { recursive: true })
    arrive(segment(1), 'one')
    arrive('00000002.history', '1\t0/1\t\n')
    expect(await move()).toMatchObject({ dropped: 1, last: segment(1) })
    expect([incoming(), archived()]).toEqual([[], ['00000002.history.gz']])
  })

  test('what a killed server left half written is removed when it is old, and never archived', async () => {
    arrive('archtemp.000000010000000000000001.1.2', 'x')
    arrive('archtemp.000000010000000000000002.1.2', 'x')
    utimesSync(path.join(root, 'incoming', 'archtemp.000000010000000000000001.1.2'), 1, 1)
    expect(await move()).toMatchObject({ names: [] })
    expect(incoming()).toEqual(['archtemp.000000010000000000000002.1.2'])
  })
})
