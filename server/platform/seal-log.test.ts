import { createSecretKey } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { restoreMac, type Seal } from './audit-seal.ts'
import {
  appendRestoreLine,
  appendSealLine,
  findLastSealLine,
  readSealLines,
  sealLogPath,
} from './seal-log.ts'

const root = mkdtempSync(path.join(tmpdir(), 'seal-log-'))
afterAll(() => rmSync(root, { recursive: true }))

const county = '441882'
const at = '2026-03-02T01:02:30.000000Z'

function sealOf(n: number): Seal {
  const root = n.toString(16).padStart(64, '0')
  return { county, n, sealedAt: at, rowCount: 1, root, firstAt: at, lastAt: at, mac: root }
}

let folders = 0
function freshFolder(): string {
  folders += 1
  return path.join(root, `seals-${folders}`)
}

test('seals are appended to one file per county that only the owner can read', () => {
  const folder = freshFolder()

  for (const n of [1, 2, 3]) appendSealLine(folder, sealOf(n))
  appendSealLine(folder, { ...sealOf(1), county: '441881' })

  expect(readSealLines(folder, county)).toEqual({
    lines: [1, 2, 3].map((n) => ({ kind: 'seal', ...sealOf(n) })),
    damaged: [],
  })
  expect(statSync(sealLogPath(folder, county)).mode & 0o777).toBe(0o600)
  expect(readSealLines(folder, '441881').lines).toHaveLength(1)
})

test('a county without a log has no lines and no last line', () => {
  const folder = freshFolder()

  expect(readSealLines(folder, county)).toEqual({ lines: [], damaged: [] })
  expect(findLastSealLine(folder, county)).toBeUndefined()
})

test('a write torn by a crash is skipped and does not swallow the next line', () => {
  const folder = freshFolder()
  appendSealLine(folder, sealOf(1))
  appendFileSync(sealLogPath(folder, county), '{"kind":"seal","cou')
  expect(findLastSealLine(folder, county)).toMatchObject({ n: 1 })

  appendSealLine(folder, sealOf(2))

  const { lines, damaged } = readSealLines(folder, county)
  expect(lines.map((line) => line.n)).toEqual([1, 2])
  expect(damaged).toEqual([2])
})

test('the last line is found from the tail of a long log', () => {
  const folder = freshFolder()
  appendSealLine(folder, sealOf(1))
  const line = readFileSync(sealLogPath(folder, county), 'utf8')
  const long = Array.from({ length: 500 }, (_, index) => line.replace('"n":1', `"n":${index + 1}`)).join('')
  writeFileSync(sealLogPath(folder, county), long)

  expect(findLastSealLine(folder, county)).toMatchObject({ n: 500 })
})

test('a restore is noted with a MAC of its own', () => {
  const folder = freshFolder()
  const key = createSecretKey('11'.repeat(32), 'hex')
  const note = { county, n: 1, mac: sealOf(1).mac, at }
  appendSealLine(folder, sealOf(1))

  appendRestoreLine(folder, key, note)

  expect(findLastSealLine(folder, county)).toEqual({
    kind: 'restore',
    ...note,
    lineMac: restoreMac(key, note),
  })
})

test('a county code cannot lead out of the folder', () => {
  expect(() => sealLogPath(root, '../x')).toThrow(/not a county code/)
})
