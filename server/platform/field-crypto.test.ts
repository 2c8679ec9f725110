import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import {
  decryptBytes,
  decryptField,
  encryptBytes,
  encryptField,
  fileNameOf,
  indexKeyOf,
  needsFileRotation,
  needsRotation,
  normaliseForIndex,
} from './field-crypto.ts'
import { addKey, openKeyRing } from './keys.ts'

const root = mkdtempSync(path.join(tmpdir(), 'field-crypto-'))
afterAll(() => rmSync(root, { recursive: true }))

const ring = openKeyRing(path.join(root, 'keyring.json'), { create: true })
const place = { table: 'registry.person', column: 'id_number', rowId: 'p1' }
const idNumber = '11010519491231002X'
const tampered = expect.objectContaining({ status: 500, code: 'platform.cipher_tampered' })

test('what goes in comes out, for any text and any place', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 60 })
  fc.assert(
    fc.property(word, word, word, word, (table, column, rowId, plain) => {
      const here = { table, column, rowId }
      expect(decryptField(ring, here, encryptField(ring, here, plain))).toBe(plain)
    }),
  )
})

test('equal values give different ciphertexts that do not contain the value', () => {
  const [first, second] = [encryptField(ring, place, idNumber), encryptField(ring, place, idNumber)]

  expect(first).toMatch(/^v1\.k1\.[\w-]{22}\.[\w-]{43}\.[\w-]{43}$/)
  expect(first).not.toBe(second)
  expect(Buffer.from(first.split('.').join(''), 'base64url').toString('latin1')).not.toContain('19491231')
})

test.each([
  ['row', { ...place, rowId: 'p2' }],
  ['column', { ...place, column: 'phone' }],
  ['table', { ...place, table: 'registry.account' }],
  ['split of table and column', { ...place, table: 'registry.personi', column: 'd_number' }],
])('a ciphertext copied to another %s is refused', (_what, elsewhere) => {
  expect(() => decryptField(ring, elsewhere, encryptField(ring, place, idNumber))).toThrow(tampered)
})

test('a ciphertext with any one character changed, added or missing is refused', () => {
  const cipher = encryptField(ring, place, idNumber)
  for (let at = 0; at < cipher.length; at += 1) {
    const [before, after] = [cipher.slice(0, at), cipher.slice(at + 1)]
    for (const other of ['A', 'B', '.', '=', ' ', ''].filter((letter) => letter !== cipher[at])) {
      expect(() => decryptField(ring, place, before + other + after), `${at} ${other}`).toThrow(tampered)
    }
  }
  expect(() => decryptField(ring, place, `${cipher}=`)).toThrow(tampered)
})

test('every flipped bit of iv, ciphertext and mac is refused', () => {
  const parts = encryptField(ring, place, idNumber).split('.')
  for (const index of [2, 3, 4]) {
    const bytes = Buffer.from(parts[index] ?? '', 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes)
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      const forged = parts.with(index, flipped.toString('base64url')).join('.')
      expect(() => decryptField(ring, place, forged), `${index}:${bit}`).toThrow(tampered)
    }
  }
})

test('a key id from elsewhere, a plain number and an empty text are refused the same way', () => {
  const cipher = encryptField(ring, place, idNumber)
  for (const text of [cipher.replace('.k1.', '.k9.'), cipher.replace('v1', 'v2'), idNumber, '']) {
    expect(() => decryptField(ring, place, text)).toThrow(tampered)
  }
})

test('the refusal names the place and never the value', () => {
  const attempt = () => decryptField(ring, { ...place, rowId: 'p2' }, encryptField(ring, place, idNumber))

  expect(attempt).toThrow(expect.objectContaining({ details: { ...place, rowId: 'p2' } }))
})

test('fields written before a new key need rotation, fields written after do not', () => {
  const rotating = openKeyRing(path.join(root, 'rotating.json'), { create: true })
  const old = encryptField(rotating, place, idNumber)
  expect(needsRotation(rotating, old)).toBe(false)

  addKey(rotating)

  expect(needsRotation(rotating, old)).toBe(true)
  const renewed = encryptField(rotating, place, decryptField(rotating, place, old))
  expect(needsRotation(rotating, renewed)).toBe(false)
})

test.each([
  ['id_number', '１１０１０５ １９４９１２３１ ００２ｘ', '11010519491231002X'],
  ['account', '6222-0200 1111', '622202001111'],
  ['account', '6222–0200\u200b1111', '622202001111'],
  ['phone', '+86 138-0000-0000', '13800000000'],
  ['phone', '008613800000000', '13800000000'],
  ['phone', '8613800000000', '13800000000'],
  ['phone', '8612345', '8612345'],
  ['id_tail', '11010519491231002x', '002X'],
  ['id_tail', '002x', '002X'],
] as const)('%s %s is looked up as %s', (kind, typed, expected) => {
  expect(normaliseForIndex(kind, typed)).toBe(expected)
})

test('index keys differ by kind, by county and by installation, and agree otherwise', () => {
  const other = openKeyRing(path.join(root, 'other.json'), { create: true })
  const key = indexKeyOf(ring, { county: '441882', kind: 'account' }, '6222 0200 1111')

  expect(key).toMatch(/^[\w-]{43}$/)
  expect(indexKeyOf(ring, { county: '441882', kind: 'account' }, '622202001111')).toBe(key)
  expect(indexKeyOf(ring, { county: '441882', kind: 'phone' }, '622202001111')).not.toBe(key)
  expect(indexKeyOf(ring, { county: '441881', kind: 'account' }, '622202001111')).not.toBe(key)
  expect(indexKeyOf(other, { county: '441882', kind: 'account' }, '622202001111')).not.toBe(key)
})

test('an index key of nothing is refused', () => {
  expect(() => indexKeyOf(ring, { county: '441882', kind: 'phone' }, ' - ')).toThrow(
    expect.objectContaining({ code: 'platform.index_value_empty' }),
  )
})

test('a stored file opens under its own name only, and not when altered or cut short', () => {
  const plain = Buffer.from('证明材料'.repeat(1000))
  const name = fileNameOf(ring, plain)
  const stored = encryptBytes(ring, name, plain)

  expect(decryptBytes(ring, name, stored).equals(plain)).toBe(true)
  expect(() => decryptBytes(ring, fileNameOf(ring, Buffer.from('x')), stored)).toThrow(tampered)
  for (const end of [0, 3, 10, 55, stored.length - 16, stored.length - 1]) {
    expect(() => decryptBytes(ring, name, stored.subarray(0, end)), String(end)).toThrow(tampered)
  }
})

test('every altered byte of a stored file is refused, the header included', () => {
  const name = fileNameOf(ring, Buffer.from('短'))
  const stored = encryptBytes(ring, name, Buffer.from('短'))
  for (let at = 0; at < stored.length; at += 1) {
    const altered = Buffer.from(stored)
    altered.writeUInt8(altered.readUInt8(at) ^ 1, at)
    expect(() => decryptBytes(ring, name, altered), String(at)).toThrow(tampered)
  }
})

test('an empty file can be stored', () => {
  const name = fileNameOf(ring, Buffer.alloc(0))

  expect(decryptBytes(ring, name, encryptBytes(ring, name, Buffer.alloc(0))).length).toBe(0)
})

test('a file name repeats for equal content and tells nothing to who lacks the key', () => {
  const other = openKeyRing(path.join(root, 'other.json'), { create: true })
  const content = Buffer.from('空白申请表')

  expect(fileNameOf(ring, content)).toMatch(/^[0-9a-f]{64}$/)
  expect(fileNameOf(ring, Buffer.from('空白申请表'))).toBe(fileNameOf(ring, content))
  expect(fileNameOf(other, content)).not.toBe(fileNameOf(ring, content))
})

test('files follow the rotation of keys', () => {
  const rotating = openKeyRing(path.join(root, 'rotating-files.json'), { create: true })
  const stored = encryptBytes(rotating, 'n', Buffer.from('x'))
  expect(needsFileRotation(rotating, stored)).toBe(false)

  addKey(rotating)

  expect(needsFileRotation(rotating, stored)).toBe(true)
  expect(decryptBytes(rotating, 'n', stored).toString()).toBe('x')
})

test('15 000 fields are encrypted and 15 000 are read, each in under a second of this process', () => {
  const places = Array.from({ length: 15_000 }, (_, row) => ({ ...place, rowId: `p${row}` }))

  const start = process.cpuUsage()
  const ciphers = places.map((here) => encryptField(ring, here, idNumber))
  const encrypted = process.cpuUsage(start)
  const plain = places.map((here, row) => decryptField(ring, here, ciphers[row] ?? ''))
  const both = process.cpuUsage(start)

  expect(new Set(plain)).toEqual(new Set([idNumber]))
  expect((encrypted.user + encrypted.system) / 1e6).toBeLessThan(1)
  expect((both.user + both.system - encrypted.user - encrypted.system) / 1e6).toBeLessThan(1)
})
