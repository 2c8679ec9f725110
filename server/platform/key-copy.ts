/**
 * A copy of the key ring that may leave the server: encrypted under a passphrase (Argon2id, then AES-256-GCM), or in shares of which
 * some together give it back and fewer say nothing (Shamir's scheme).
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { hashRaw } from '@node-rs/argon2'
import { combine, split } from 'shamir-secret-sharing'
import { z } from 'zod'
import { conflict, invalid, isAppError } from './errors.ts'
import { otherRing } from './key-custody.ts'
import {
  KeyRingFile,
  keyRingFingerprint,
  newestId,
  numberOf,
  readKeyRingFile,
  ringOf,
  syncDirectory,
  withLock,
  writeTemporary,
} from './keys.ts'

/** 64 MiB and three passes: a tenth of a second here, and as much for every guess elsewhere. */
const KDF = { name: 'argon2id', memoryKib: 65_536, passes: 3, lanes: 1 } as const
const ARGON2ID = 2
const CIPHER = 'aes-256-gcm'
export const SHORTEST_PASSPHRASE = 12

const Hex = z.string().regex(/^([0-9a-f]{2})+$/)
const About = z.object({ fingerprint: Hex, newest: z.string(), madeAt: z.iso.datetime() })
const Sealed = z.object({ nonce: Hex, tag: Hex, data: z.base64() })
type Sealed = z.infer<typeof Sealed>

const Copy = About.extend({
  format: z.literal('minben-keys-copy/1'),
  kdf: z.object({
    name: z.literal(KDF.name),
    memoryKib: z.int().min(8192).max(4_194_304),
    passes: z.int().min(1).max(100),
    lanes: z.int().min(1).max(16),
    salt: Hex,
  }),
  ...Sealed.shape,
})
const Share = About.extend({
  format: z.literal('minben-keys-share/1'),
  /** Of one splitting: shares of two do not mix. */
  set: Hex,
  number: z.int(),
  shares: z.int(),
  needed: z.int(),
  share: Hex,
  ...Sealed.shape,
})
type Share = z.infer<typeof Share>

/** Text of the file; the ring in it is opened by the passphrase alone. */
export async function copyUnderPassphrase(
  content: KeyRingFile,
  { passphrase, madeAt }: { passphrase: string; madeAt: string },
): Promise<string> {
  const kdf = { ...KDF, salt: randomBytes(16).toString('hex') }
  const key = await keyOfPassphrase(passphrase, kdf)
  const about = aboutOf(content, madeAt)
  return textOf({ format: 'minben-keys-copy/1', ...about, kdf, ...seal(key, about, content) })
}

/** Throws `platform.key_copy_unreadable`, `platform.key_copy_passphrase` (a wrong passphrase, or a file that was changed). */
export async function openCopy(text: string, passphrase: string): Promise<KeyRingFile> {
  const parsed = Copy.safeParse(jsonOf(text))
  if (!parsed.success)
    throw invalid(
      'platform.key_copy_unreadable',
      '这不是 minben keys export 导出的文件，或文件不完整。没有导入。',
    )
  const { kdf, fingerprint, newest, madeAt, ...sealed } = parsed.data
  const key = await keyOfPassphrase(passphrase, kdf)
  const content = unseal(key, { fingerprint, newest, madeAt }, sealed)
  if (content) return content
  throw invalid('platform.key_copy_passphrase', '口令不对，或文件被改动过。没有导入。请核对口令后再试。')
}

/** Texts of the share files, one for each officer. */
export async function splitIntoShares(
  content: KeyRingFile,
  { shares, needed, madeAt }: { shares: number; needed: number; madeAt: string },
): Promise<string[]> {
  const key = randomBytes(32)
  const about = aboutOf(content, madeAt)
  const sealed = seal(key, about, content)
  const set = randomBytes(8).toString('hex')
  const parts = await split(new Uint8Array(key), shares, needed)
  return parts.map((part, index) =>
    textOf({
      ...{ format: 'minben-keys-share/1', ...about, set, number: index + 1, shares, needed },
      ...{ share: Buffer.from(part).toString('hex'), ...sealed },
    }),
  )
}

/** Throws `platform.key_shares` where they are too few, of different splittings, twice the same, or changed. */
export async function joinShares(texts: readonly string[]): Promise<KeyRingFile> {
  const shares = texts.map((text) => Share.safeParse(jsonOf(text)).data)
  const [first] = shares
  const whole = shares.filter((share): share is Share => share !== undefined && share.set === first?.set)
  if (!first || whole.length !== texts.length)
    throw shareFault('其中有的文件不是份额、不完整，或不是同一次拆分的')
  const different = new Map(whole.map((share) => [share.number, share]))
  if (different.size < first.needed)
    throw shareFault(`要 ${first.needed} 份不同的份额，只有 ${different.size} 份`)
  const parts = [...different.values()].map(({ share }) => new Uint8Array(Buffer.from(share, 'hex')))
  const { fingerprint, newest, madeAt } = first
  const key = Buffer.from(await combine(parts))
  const content = unseal(key, { fingerprint, newest, madeAt }, first)
  if (content) return content
  throw shareFault('合不出密钥：有份额被改动过')
}

/** What it is called where it is asked for by name. */
export function fingerprintOf(content: KeyRingFile): string {
  return keyRingFingerprint(ringOf('', content))
}

/**
 * Puts a ring in its place. Keys that only one of the two has are kept: `present` = all were there already, `completed` = some were
 * not. A damaged file is set aside, never overwritten.
 *
 * Throws `platform.keys_other` where the file is the ring of another installation.
 */
export function placeKeyRing(file: string, content: KeyRingFile): 'placed' | 'present' | 'completed' {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  return withLock(file, () => {
    const there = ringThere(file)
    if (!there) {
      putInPlace(file, content)
      return 'placed'
    }
    const fingerprint = fingerprintOf(there)
    if (fingerprint !== fingerprintOf(content))
      throw otherRing(file, fingerprint, `要导入的密钥（指纹 ${fingerprintOf(content)}）`)
    const known = new Set(there.keys.map(({ id }) => id))
    const added = content.keys.filter(({ id }) => !known.has(id))
    if (added.length === 0) return 'present'
    const keys = [...there.keys, ...added].toSorted((a, b) => numberOf(a.id) - numberOf(b.id))
    putInPlace(file, { ...there, keys, current: newestId({ keys }) })
    return 'completed'
  })
}

function ringThere(file: string): KeyRingFile | undefined {
  if (!existsSync(file)) return undefined
  try {
    return readKeyRingFile(file)
  } catch (error) {
    if (!isAppError(error) || error.code !== 'platform.keys_damaged') throw error
    renameSync(file, `${file}.damaged-${randomBytes(4).toString('hex')}`)
    return undefined
  }
}

function putInPlace(file: string, content: KeyRingFile): void {
  renameSync(writeTemporary(file, content), file)
  syncDirectory(path.dirname(file))
}

/** A new file of its owner alone, on disk when this returns. Throws `platform.file_exists`. */
export function writeNewFile(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  if (existsSync(file)) throw conflict('platform.file_exists', `已有文件 ${file}，没有覆盖。请换一个文件名。`)
  const handle = openSync(file, 'wx', 0o600)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  syncDirectory(path.dirname(file))
}

export function readCopyFile(file: string): string {
  if (!existsSync(file)) throw invalid('platform.file_unknown', `找不到文件 ${file}。请核对路径。`)
  return readFileSync(file, 'utf8')
}

async function keyOfPassphrase(
  passphrase: string,
  { memoryKib, passes, lanes, salt }: z.infer<typeof Copy>['kdf'],
): Promise<Buffer> {
  return hashRaw(passphrase.normalize('NFKC'), {
    ...{ algorithm: ARGON2ID, memoryCost: memoryKib, timeCost: passes, parallelism: lanes },
    ...{ outputLen: 32, salt: Buffer.from(salt, 'hex') },
  })
}

/** What stands in the clear is bound to it: a file with another's heading does not open. */
function seal(key: Buffer, about: z.infer<typeof About>, content: KeyRingFile): Sealed {
  const nonce = randomBytes(12)
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(JSON.stringify(about)))
  const data = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()])
  return {
    nonce: nonce.toString('hex'),
    tag: cipher.getAuthTag().toString('hex'),
    data: data.toString('base64'),
  }
}

/** Undefined: the key is another, or something was changed. */
function unseal(
  key: Buffer,
  about: z.infer<typeof About>,
  { nonce, tag, data }: Sealed,
): KeyRingFile | undefined {
  try {
    const decipher = createDecipheriv(CIPHER, key, Buffer.from(nonce, 'hex'), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(JSON.stringify(about))).setAuthTag(Buffer.from(tag, 'hex'))
    const plain = Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()])
    return KeyRingFile.parse(JSON.parse(plain.toString('utf8')))
  } catch {
    return undefined
  }
}

function aboutOf(content: KeyRingFile, madeAt: string): z.infer<typeof About> {
  return { fingerprint: fingerprintOf(content), newest: newestId(content), madeAt }
}

function textOf(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function shareFault(why: string) {
  return invalid('platform.key_shares', `${why}。没有导入。请收齐同一次拆分的份额文件再试。`)
}
