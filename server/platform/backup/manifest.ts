/** What a copy of the data directory consists of, sealed under the key of the audit seals: nothing is restored that was altered. */
import { createHash, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { conflict, isAppError } from '../errors.ts'
import { keyRingFingerprint, type KeyRing } from '../keys.ts'
import { lengthPrefixed } from '../length-prefix.ts'
import { basesOf, isErrno, namesIn, UNFINISHED } from './folder.ts'

const FORMAT = 'minben-backup/1'
const digest = z.string().regex(/^[0-9a-f]{64}$/)
const place = z.string().regex(/^[0-9A-F]+\/[0-9A-F]+$/)
const segment = z.string().regex(/^[0-9A-F]{24}$/)

const CopiedFile = z.object({
  /** Below the copy, with `.gz`; the same below the data directory without it. */
  path: z.string(),
  bytes: z.int(),
  packedBytes: z.int(),
  /** SM3 of the packed file. */
  sm3: digest,
})
export type CopiedFile = z.infer<typeof CopiedFile>

const Content = z.object({
  format: z.literal(FORMAT),
  name: z.string(),
  startedAt: z.string(),
  /** By the clock of the database; earlier moments cannot be reached from this copy. */
  stoppedAt: z.string(),
  startLsn: place,
  stopLsn: place,
  startSegment: segment,
  stopSegment: segment,
  timeline: z.int().positive(),
  segmentBytes: z.int().positive(),
  systemIdentifier: z.string(),
  postgres: z.string(),
  app: z.string(),
  /** Fingerprint of the key ring, which is not in the backup. */
  keys: z.string(),
  /** Folders below the data directory, empty ones too. */
  folders: z.array(z.string()),
  files: z.array(CopiedFile),
  /** What the seal logs held when the copy was made; they only grow. */
  seals: z.array(z.object({ county: z.string(), bytes: z.int(), sm3: digest })),
  /** Names of the stored files of that time; what is missing later is told by the restore. */
  storedFiles: z.array(z.string()),
})
export type Manifest = z.infer<typeof Content>

export const MANIFEST = 'manifest.json'

export function sealedManifest(content: Manifest, key: KeyObject): string {
  return JSON.stringify({ ...content, mac: macOf(content, key) })
}

/** Copies that are whole, oldest first. Nothing is verified yet; one that cannot be read does not hide the others. */
export async function listCopies(root: string): Promise<Manifest[]> {
  const found = await Promise.all((await copyNames(root)).map((name) => readCopy(root, name)))
  return found.filter((copy) => copy !== undefined)
}

/** Names of those whose manifest is gone or no manifest any more. */
export async function listUnreadable(root: string): Promise<string[]> {
  const names = await copyNames(root)
  const found = await Promise.all(names.map((name) => readCopy(root, name)))
  return names.filter((_, index) => found[index] === undefined)
}

async function copyNames(root: string): Promise<string[]> {
  return (await namesIn(basesOf(root))).filter((name) => !name.endsWith(UNFINISHED))
}

async function readCopy(root: string, name: string): Promise<Manifest | undefined> {
  try {
    return Content.parse(await readManifest(root, name))
  } catch (error) {
    const isDamage = error instanceof SyntaxError || error instanceof z.ZodError || isErrno(error, 'ENOENT')
    if (isDamage) return undefined
    throw error
  }
}

/** Under the seal of this ring, as it was written. */
export async function isSound(root: string, name: string, ring: KeyRing): Promise<boolean> {
  try {
    await verifiedManifest(root, name, ring)
    return true
  } catch (error) {
    if (isAppError(error)) return false
    throw error
  }
}

/**
 * Throws `platform.backup_other_keys` when the copy is of an installation with another key file, `platform.backup_altered` when the
 * manifest is not as it was written.
 */
export async function verifiedManifest(root: string, name: string, ring: KeyRing): Promise<Manifest> {
  const { mac, ...raw } = await readManifest(root, name)
  const content = Content.parse(raw)
  if (content.keys !== keyRingFingerprint(ring)) {
    throw conflict(
      'platform.backup_other_keys',
      `这份备份属于另一个安装：密钥文件 ${ring.path} 与它不符。没有恢复。请用这份备份所属安装另行保管的密钥文件。`,
    )
  }
  const expected = Buffer.from(macOf(raw, ring.sealKey), 'hex')
  const found = Buffer.from(typeof mac === 'string' ? mac : '', 'hex')
  if (found.length !== expected.length || !timingSafeEqual(found, expected))
    throw altered(`${name}/${MANIFEST}`)
  return content
}

async function readManifest(root: string, name: string): Promise<Record<string, unknown>> {
  const text = await readFile(path.join(basesOf(root), name, MANIFEST), 'utf8')
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
}

function macOf(content: object, key: KeyObject): string {
  return createHmac('sm3', key)
    .update(lengthPrefixed([FORMAT, JSON.stringify(content)]))
    .digest('hex')
}

export function altered(what: string): Error {
  return conflict(
    'platform.backup_altered',
    `备份里的 ${what} 损坏或被改动，没有恢复。请改用第二处的副本；没有第二处的，把 base 里的这一份移到别处再恢复，会用更早的一份加日志恢复到末尾。并查明原因。`,
  )
}

/** SM3 of a file, or of its first bytes. */
export async function sm3Of(file: string, bytes?: number): Promise<string> {
  const hash = createHash('sm3')
  if (bytes === 0) return hash.digest('hex')
  const range = bytes === undefined ? {} : { end: bytes - 1 }
  for await (const part of createReadStream(file, range)) hash.update(part as Buffer)
  return hash.digest('hex')
}
