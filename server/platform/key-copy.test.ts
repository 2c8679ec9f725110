import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { copyUnderPassphrase, joinShares, openCopy, placeKeyRing, splitIntoShares } from './key-copy.ts'
import { addKey, openKeyRing, readKeyRingFile } from './keys.ts'

/** A copy of the ring opens with its passphrase or with enough shares, and with nothing else. */

const root = mkdtempSync(path.join(tmpdir(), 'minben-key-copy-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let made = 0
const fresh = () => path.join(root, `ring-${++made}`, 'keyring.json')
const ringFile = () => {
  const file = fresh()
  openKeyRing(file, { create: true })
  return file
}
const madeAt = '2026-11-22T08:00:00.000Z'
const passphrase = '正确 的口令 horse battery'
const content = readKeyRingFile(ringFile())
const secretsOf = ({ keys, indexKey, sealKey, fileKey }: typeof content) => [
  ...keys.flatMap(({ encrypt, mac }) => [encrypt, mac]),
  ...[indexKey, sealKey, fileKey],
]

describe('under a passphrase', () => {
  const copy = copyUnderPassphrase(content, { passphrase, madeAt })

  test('opens with it, typed in full width as well, and shows no key before', async () => {
    const text = await copy
    expect(await openCopy(text, passphrase)).toEqual(content)
    expect(await openCopy(text, passphrase.replaceAll(' ', '　'))).toEqual(content)
    for (const secret of secretsOf(content)) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(Buffer.from(secret, 'hex').toString('base64').slice(0, 20))
    }
  })

  test('two copies of one ring have nothing in common but their heading', async () => {
    const two = [await copy, await copyUnderPassphrase(content, { passphrase, madeAt })]
    const [a, b] = two.map(
      (text) => JSON.parse(text) as { data: string; kdf: { salt: string }; nonce: string },
    )
    expect([a?.data === b?.data, a?.kdf.salt === b?.kdf.salt, a?.nonce === b?.nonce]).toEqual([
      false,
      false,
      false,
    ])
  })

  test.each([
    ['another passphrase', (text: string) => text, `${passphrase}.`],
    ['a changed heading', (text: string) => text.replace('"newest": "k1"', '"newest": "k2"'), passphrase],
    [
      'a changed byte',
      (text: string) => text.replace(/"data": "(.)/, (_, c) => `"data": "${c === 'A' ? 'B' : 'A'}`),
      passphrase,
    ],
  ])('%s: it stays shut', async (_, change, typed) => {
    await expect(openCopy(change(await copy), typed)).rejects.toMatchObject({
      code: 'platform.key_copy_passphrase',
    })
  })

  test('another file is told apart from a wrong passphrase', async () => {
    for (const text of ['', '{}', JSON.stringify(content)])
      await expect(openCopy(text, passphrase)).rejects.toMatchObject({ code: 'platform.key_copy_unreadable' })
  })
})

describe('in shares', () => {
  const shares = splitIntoShares(content, { shares: 3, needed: 2, madeAt })

  test('any two of three give it back; no share shows a key', async () => {
    const [a = '', b = '', c = ''] = await shares
    for (const two of [
      [a, b],
      [b, c],
      [c, a],
      [a, b, c],
    ])
      expect(await joinShares(two)).toEqual(content)
    for (const secret of secretsOf(content)) expect([a, b, c].join()).not.toContain(secret)
  })

  test.each([
    ['the same twice', ([a = '']: string[]) => [a, a]],
    ['one of another splitting', ([a = '']: string[], [x = '']: string[]) => [a, x]],
    ['a changed one', ([a = '', b = '']: string[]) => [a, b.replace(/"share": "(..)/, '"share": "00')]],
    ['something else', ([a = '']: string[]) => [a, '{}']],
  ])('%s: nothing is put together', async (_, chosen) => {
    const others = await splitIntoShares(content, { shares: 3, needed: 2, madeAt })
    await expect(joinShares(chosen(await shares, others))).rejects.toMatchObject({
      code: 'platform.key_shares',
    })
  })
})

describe('put back in its place', () => {
  test('where there is none: readable by its owner alone', () => {
    const file = fresh()
    expect(placeKeyRing(file, content)).toBe('placed')
    expect([readKeyRingFile(file), statSync(file).mode & 0o777]).toEqual([content, 0o600])
    expect(placeKeyRing(file, content)).toBe('present')
    expect(readdirSync(path.dirname(file))).toEqual(['keyring.json'])
  })

  test('another ring is not overwritten', () => {
    const file = ringFile()
    const before = readFileSync(file, 'utf8')
    expect(() => placeKeyRing(file, content)).toThrow(
      expect.objectContaining({ code: 'platform.keys_other' }),
    )
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  test('of an older and a newer copy of one ring no key is lost, whichever is there', () => {
    const file = ringFile()
    const older = readKeyRingFile(file)
    addKey(openKeyRing(file, { create: false }))
    const newer = readKeyRingFile(file)
    expect([placeKeyRing(file, older), readKeyRingFile(file)]).toEqual(['present', newer])
    const lagging = fresh()
    placeKeyRing(lagging, older)
    expect([placeKeyRing(lagging, newer), readKeyRingFile(lagging)]).toEqual(['completed', newer])
  })

  test('a damaged file is set aside, not thrown away', () => {
    const file = ringFile()
    writeFileSync(file, '{"format"')
    expect(placeKeyRing(file, content)).toBe('placed')
    const [damaged = ''] = readdirSync(path.dirname(file)).filter((name) => name.includes('.damaged-'))
    expect(readFileSync(path.join(path.dirname(file), damaged), 'utf8')).toBe('{"format"')
  })
})
