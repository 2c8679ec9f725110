import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Instant } from './dates.ts'
import { sql, type Db, type Tx } from './db.ts'
import { decryptBytes, encryptBytes, fileNameOf, needsFileRotation } from './field-crypto.ts'
import type { KeyRing } from './keys.ts'
import { uuidv7 } from './uuid.ts'

const DIGEST = /^[0-9a-f]{16,128}$/

/**
 * Files under `var/files`, encrypted and named by a keyed digest of their content. Bytes are written before the
 * transaction that records them: a file without a row is waste, a row without a file would be a loss.
 */
export interface FileStore {
  varDir: string
  keys: KeyRing
}

/** Returns the digest under which the bytes are kept; equal bytes are kept once. */
export function writeFileBytes(store: FileStore, bytes: Uint8Array): string {
  const digest = fileNameOf(store.keys, bytes)
  const file = storedFilePath(store, digest)
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  replaceFile(file, encryptBytes(store.keys, digest, bytes))
  return digest
}

/** Encrypts the stored file anew when it is under an older key; returns whether it was. */
export function rotateFileBytes(store: FileStore, digest: string): boolean {
  const file = storedFilePath(store, digest)
  const stored = readFileSync(file)
  if (!needsFileRotation(store.keys, stored)) return false
  replaceFile(file, encryptBytes(store.keys, digest, decryptBytes(store.keys, digest, stored)))
  return true
}

/** Digests of all files on disk, with or without a row. */
export function listStoredDigests({ varDir }: Pick<FileStore, 'varDir'>): string[] {
  const root = path.join(varDir, 'files')
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => path.basename(file))
    .filter((name) => DIGEST.test(name))
    .sort()
}

/** A reader meets the old bytes or the new ones, and so does a crash. */
function replaceFile(file: string, bytes: Uint8Array): void {
  const temporary = `${file}.${uuidv7()}.tmp`
  writeFileSync(temporary, bytes, { mode: 0o600, flush: true })
  renameSync(temporary, file)
}

/** Throws `platform.cipher_tampered` when the file is not the one that was written. */
export function readFileBytes(store: FileStore, digest: string): Uint8Array {
  return new Uint8Array(decryptBytes(store.keys, digest, readFileSync(storedFilePath(store, digest))))
}

export function storedFilePath({ varDir }: Pick<FileStore, 'varDir'>, digest: string): string {
  if (!DIGEST.test(digest)) throw new Error('not the digest of a stored file')
  return path.join(varDir, 'files', digest.slice(0, 2), digest)
}

export interface NewStoredFile {
  county: string
  name: string
  digest: string
  bytes: number
  purpose: string
  /** Absent = for people of the whole county alone. */
  town?: string | undefined
  village?: string | undefined
  by: string
  at: Instant
}

/** The row that decides who may read the file; returns its id. */
export async function insertStoredFile(tx: Tx, file: NewStoredFile): Promise<string> {
  const id = uuidv7()
  await sql`
    insert into platform.stored_file (county, id, name, digest, bytes, purpose, town, village, created_by, created_at)
    values (${file.county}, ${id}, ${file.name}, ${file.digest}, ${file.bytes}, ${file.purpose}, ${file.town ?? null},
            ${file.village ?? null}, ${file.by}, ${file.at})`.execute(tx)
  return id
}

export async function findStoredFile(
  db: Db,
  county: string,
  id: string,
): Promise<{ name: string; digest: string; bytes: number } | undefined> {
  const { rows } = await sql<{ name: string; digest: string; bytes: number }>`
    select name, digest, bytes from platform.stored_file where county = ${county} and id = ${id}`.execute(db)
  return rows[0]
}
