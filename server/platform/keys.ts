/**
 * The key ring: every secret of one installation in one JSON file that lives outside the data directory and outside
 * its backups. Whoever has the database but not this file reads no identity number and forges no audit seal.
 *
 * Losing the file loses every encrypted field for good. Old keys are never removed: rows written under them stay
 * readable until the rotation job has rewritten them, and in old backups for ever.
 */
import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { AppError, conflict } from './errors.ts'

const Hex16 = z.string().regex(/^[0-9a-f]{32}$/)
const Hex32 = z.string().regex(/^[0-9a-f]{64}$/)

/** What the file holds; a copy of it holds the same. */
export const KeyRingFile = z
  .strictObject({
    format: z.literal('minben-keys/1'),
    current: z.string(),
    keys: z
      .array(
        z.strictObject({
          id: z.string().regex(/^k[1-9]\d{0,8}$/),
          createdAt: z.iso.datetime(),
          encrypt: Hex16,
          mac: Hex32,
        }),
      )
      .min(1),
    indexKey: Hex32,
    sealKey: Hex32,
    fileKey: Hex32,
  })
  .refine((file) => file.keys.some((key) => key.id === file.current), 'current names no key')
  .refine((file) => new Set(file.keys.map((key) => key.id)).size === file.keys.length, 'two keys share an id')
export type KeyRingFile = z.infer<typeof KeyRingFile>

/** SM4 key and HMAC-SM3 key of one generation. */
export interface DataKey {
  readonly id: string
  readonly createdAt: string
  readonly encrypt: KeyObject
  readonly mac: KeyObject
}

/** Shared and live: `addKey` and `reloadKeyRing` change it in place. */
export interface KeyRing {
  readonly path: string
  /** Writes use this key. */
  current: DataKey
  readonly keys: Map<string, DataKey>
  /** HMAC-SM3 key of searchable values; fixed for the life of the installation, or nothing is found again. */
  readonly indexKey: KeyObject
  /** HMAC-SM3 key of the audit seals. */
  readonly sealKey: KeyObject
  /** HMAC-SM3 key of stored file names. */
  readonly fileKey: KeyObject
}

/**
 * Opens the key ring; with `create` it is made when absent. Pass `create: true` only for a database that is empty:
 * a new ring beside existing data makes that data unreadable.
 *
 * Throws `platform.keys_missing`, `platform.keys_exposed` (others may read the file), `platform.keys_damaged`.
 */
export function openKeyRing(file: string, { create }: { create: boolean }): KeyRing {
  if (!existsSync(file)) {
    if (!create) {
      throw unusable(
        'platform.keys_missing',
        `找不到密钥文件 ${file}。请把安装时另行保管的密钥文件放回原处(权限 0600)后重新启动;没有它,已加密的数据无法读取。`,
      )
    }
    createKeyRingFile(file)
  }
  return ringOf(file, readKeyRingFile(file))
}

/**
 * Adds a key and makes it the current one; returns its id. The file is read again under a lock, so that a key added
 * by another process is kept.
 *
 * Throws `platform.keys_locked` when another process is changing the file.
 */
export function addKey(ring: KeyRing): string {
  return withLock(ring.path, () => {
    const file = readKeyRingFile(ring.path)
    const added = newKey(`k${numberOf(newestId(file)) + 1}`)
    const temporary = writeTemporary(ring.path, { ...file, current: added.id, keys: [...file.keys, added] })
    renameSync(temporary, ring.path)
    syncDirectory(path.dirname(ring.path))
    reloadKeyRing(ring)
    return added.id
  })
}

/** The key that was added last; what is written under it needs a ring that has it. */
export function newestId(ring: { keys: readonly { id: string }[] } | KeyRing): string {
  const ids = ring.keys instanceof Map ? [...ring.keys.keys()] : ring.keys.map(({ id }) => id)
  return ids.reduce((newest, id) => (numberOf(id) > numberOf(newest) ? id : newest))
}

/** k12 → 12 */
export function numberOf(keyId: string): number {
  return Number(keyId.slice(1))
}

/** Takes over keys that another process has added since. */
export function reloadKeyRing(ring: KeyRing): void {
  const fresh = ringOf(ring.path, readKeyRingFile(ring.path))
  for (const [id, key] of fresh.keys) if (!ring.keys.has(id)) ring.keys.set(id, key)
  ring.current = fresh.current
}

/** Looks in the file once more before giving up: the other process may have rotated a moment ago. */
export function findKey(ring: KeyRing, id: string): DataKey | undefined {
  if (!ring.keys.has(id)) reloadKeyRing(ring)
  return ring.keys.get(id)
}

/**
 * A public name for this ring, to be stored in the database at its creation and compared at every start, so that a
 * wrong key file is noticed before anything is written under it.
 */
export function keyRingFingerprint(ring: KeyRing): string {
  return createHmac('sm3', ring.indexKey).update('minben-keys/fingerprint').digest('hex').slice(0, 32)
}

/** The ring that such a file makes; `file` is where it stands. */
export function ringOf(file: string, content: KeyRingFile): KeyRing {
  const keys = new Map(
    content.keys.map((key) => [
      key.id,
      { id: key.id, createdAt: key.createdAt, encrypt: secret(key.encrypt), mac: secret(key.mac) },
    ]),
  )
  const current = keys.get(content.current)
  if (!current) throw new Error(`key ring ${file}: current names no key`)
  return {
    path: file,
    current,
    keys,
    indexKey: secret(content.indexKey),
    sealKey: secret(content.sealKey),
    fileKey: secret(content.fileKey),
  }
}

function secret(hexText: string): KeyObject {
  return createSecretKey(hexText, 'hex')
}

function newKey(id: string): KeyRingFile['keys'][number] {
  return { id, createdAt: new Date().toISOString(), encrypt: randomHex(16), mac: randomHex(32) }
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

/** Throws `platform.keys_exposed`, `platform.keys_damaged`. */
export function readKeyRingFile(file: string): KeyRingFile {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw unusable(
      'platform.keys_exposed',
      `密钥文件 ${file} 可被本机其他用户读取。请执行 chmod 600 ${file} 后重新启动,并查明此前有谁读过。`,
    )
  }
  const parsed = KeyRingFile.safeParse(parseJson(readFileSync(file, 'utf8')))
  if (!parsed.success) {
    throw unusable(
      'platform.keys_damaged',
      `密钥文件 ${file} 内容不完整或被改动。请用另行保管的副本替换;不要新建密钥文件,否则已加密的数据无法读取。`,
    )
  }
  return parsed.data
}

/** Neither the parser's message nor the text may travel on: they may quote key material. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function createKeyRingFile(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const temporary = writeTemporary(file, {
    format: 'minben-keys/1',
    current: 'k1',
    keys: [newKey('k1')],
    indexKey: randomHex(32),
    sealKey: randomHex(32),
    fileKey: randomHex(32),
  })
  // link() refuses an existing name: of two processes that start together, one ring wins and both open it.
  try {
    linkSync(temporary, file)
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
  } finally {
    rmSync(temporary, { force: true })
  }
  syncDirectory(path.dirname(file))
}

/** Beside the ring, on disk when this returns; the caller gives it its name. */
export function writeTemporary(file: string, content: KeyRingFile): string {
  const temporary = `${file}.${randomHex(6)}.tmp`
  const handle = openSync(temporary, 'wx', 0o600)
  try {
    writeSync(handle, `${JSON.stringify(content, null, 2)}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  return temporary
}

export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

export function withLock<T>(file: string, work: () => T): T {
  const lock = `${file}.lock`
  try {
    closeSync(openSync(lock, 'wx', 0o600))
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
    throw conflict(
      'platform.keys_locked',
      `另一个进程正在更换密钥。请稍后再试;如确认没有其他进程在运行,删除 ${lock} 后重试。`,
    )
  }
  try {
    return work()
  } finally {
    rmSync(lock, { force: true })
  }
}

export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

export function unusable(code: string, message: string): AppError {
  return new AppError(message, { status: 503, code })
}
