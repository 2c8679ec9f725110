import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { decryptField, encryptField } from './field-crypto.ts'
import { addKey, keyRingFingerprint, openKeyRing } from './keys.ts'

const root = mkdtempSync(path.join(tmpdir(), 'keys-'))
afterAll(() => rmSync(root, { recursive: true }))

const place = { table: 'registry.person', column: 'phone', rowId: 'p1' }

let files = 0
function freshPath(): string {
  files += 1
  return path.join(root, `ring-${files}`, 'keyring.json')
}

test('the first start writes a ring that only its owner can read, and leaves no temporary file', () => {
  const file = freshPath()

  const ring = openKeyRing(file, { create: true })

  expect(ring.current.id).toBe('k1')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(path.dirname(file))).toEqual(['keyring.json'])
})

test('the five secrets of a new ring differ', () => {
  const file = freshPath()
  openKeyRing(file, { create: true })

  const secrets = readFileSync(file, 'utf8').match(/"[0-9a-f]{32}(?:[0-9a-f]{32})?"/g) ?? []

  expect(secrets.map((text) => text.length - 2)).toEqual([32, 64, 64, 64, 64])
  expect(new Set(secrets).size).toBe(5)
})

test('opening again yields the same keys, also with create', () => {
  const file = freshPath()
  const first = openKeyRing(file, { create: true })
  const cipher = encryptField(first, place, '13800000000')

  const second = openKeyRing(file, { create: true })

  expect(decryptField(second, place, cipher)).toBe('13800000000')
  expect(keyRingFingerprint(second)).toBe(keyRingFingerprint(first))
  expect(keyRingFingerprint(openKeyRing(freshPath(), { create: true }))).not.toBe(keyRingFingerprint(first))
})

test('without create a missing file is refused and none is made', () => {
  const file = freshPath()

  expect(() => openKeyRing(file, { create: false })).toThrow(
    expect.objectContaining({ code: 'platform.keys_missing' }),
  )
  expect(existsSync(file)).toBe(false)
})

test.each([
  [0o640, 'group'],
  [0o604, 'others'],
])('a file of mode %o, open to %s, is refused', (mode) => {
  const file = freshPath()
  openKeyRing(file, { create: true })
  chmodSync(file, mode)

  expect(() => openKeyRing(file, { create: false })).toThrow(
    expect.objectContaining({ code: 'platform.keys_exposed' }),
  )
})

test.each([
  ['cut short', (text: string) => text.slice(0, -20)],
  ['a current key that is not there', (text: string) => text.replace('"current": "k1"', '"current": "k2"')],
  ['a short secret', (text: string) => text.replace(/("sealKey": "[0-9a-f]{60})[0-9a-f]{4}/, '$1')],
  ['another format', (text: string) => text.replace('minben-keys/1', 'minben-keys/2')],
])('a damaged ring is refused without quoting a key: %s', (_what, damage) => {
  const file = freshPath()
  openKeyRing(file, { create: true })
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, damage(text))

  expect(() => openKeyRing(file, { create: false })).toThrow(
    expect.objectContaining({
      code: 'platform.keys_damaged',
      message: expect.not.stringMatching(/[0-9a-f]{32}/),
    }),
  )
})

test('an added key is current at once and after opening again; the old one still reads', () => {
  const ring = openKeyRing(freshPath(), { create: true })
  const old = encryptField(ring, place, '13800000000')

  expect(addKey(ring)).toBe('k2')

  expect(ring.current.id).toBe('k2')
  const again = openKeyRing(ring.path, { create: false })
  expect(again.current.id).toBe('k2')
  expect(decryptField(again, place, old)).toBe('13800000000')
  expect(statSync(ring.path).mode & 0o777).toBe(0o600)
  expect(readdirSync(path.dirname(ring.path))).toEqual(['keyring.json'])
})

test('two processes that add keys lose none, and each reads what the other wrote', () => {
  const server = openKeyRing(freshPath(), { create: true })
  const worker = openKeyRing(server.path, { create: false })

  expect([addKey(server), addKey(worker)]).toEqual(['k2', 'k3'])

  expect(server.current.id).toBe('k2')
  const fromWorker = encryptField(worker, place, '13800000000')
  expect(decryptField(server, place, fromWorker)).toBe('13800000000')
  expect(server.current.id).toBe('k3')
})

test('while another process holds the lock no key is added', () => {
  const ring = openKeyRing(freshPath(), { create: true })
  writeFileSync(`${ring.path}.lock`, '')

  expect(() => addKey(ring)).toThrow(expect.objectContaining({ code: 'platform.keys_locked' }))

  rmSync(`${ring.path}.lock`)
  expect(addKey(ring)).toBe('k2')
})
