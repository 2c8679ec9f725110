/**
 * Encryption of single fields and of stored files: SM4-CBC, then HMAC-SM3 over the ciphertext *and its place*. The
 * place in the MAC is what stops someone with write access to the database from copying one person's account into
 * another person's row.
 *
 * field  `v1.<key id>.<iv>.<ciphertext>.<mac>`, parts base64url
 * file   `MBF1` ‖ length of key id (1 byte) ‖ key id ‖ iv (16) ‖ mac (32) ‖ ciphertext
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError, invalid } from './errors.ts'
import { findKey, type DataKey, type KeyRing } from './keys.ts'
import { lengthPrefixed } from './length-prefix.ts'

/** Where a field lives. All names as in the database (`registry.person`, `id_number`). */
export interface FieldPlace {
  table: string
  column: string
  rowId: string
}

export type IndexKind = 'id_number' | 'id_tail' | 'account' | 'phone' | 'phone_tail'

const FIELD_VERSION = 'v1'
const FILE_VERSION = 'f1'
const FILE_MAGIC = Buffer.from('MBF1', 'latin1')
const IV_BYTES = 16
const MAC_BYTES = 32

export function encryptField(ring: KeyRing, place: FieldPlace, plain: string): string {
  const key = ring.current
  const iv = randomBytes(IV_BYTES)
  const body = encipher(key, iv, Buffer.from(plain, 'utf8'))
  const mac = fieldMac(key, place, { iv, body })
  return fieldText(key.id, { iv, body, mac })
}

/** Throws `platform.cipher_tampered` when the text was altered or copied here from another row, column or table. */
export function decryptField(ring: KeyRing, place: FieldPlace, cipher: string): string {
  const { keyId, iv, body, mac } = parseField(cipher, place)
  const key = keyFor(ring, keyId, place)
  if (!timingSafeEqual(mac, fieldMac(key, place, { iv, body }))) throw tampered(place)
  return decipher(key, iv, body).toString('utf8')
}

/** True when the field was written under an older key than the current one. */
export function needsRotation(ring: KeyRing, cipher: string): boolean {
  return !cipher.startsWith(currentPrefix(ring))
}

/** How a field begins that was written under the current key: for a query that looks for the others. */
export function currentPrefix(ring: KeyRing): string {
  return `${FIELD_VERSION}.${ring.current.id}.`
}

/**
 * The searchable stand-in of a secret value. `county` (six digits; `00` for the one nation-wide table) is part of
 * it, so that equal numbers in two counties cannot be joined by someone who has only the database.
 *
 * `id_tail` and `phone_tail` take a whole number or its last four characters and index the last four.
 */
export function indexKeyOf(ring: KeyRing, scope: { county: string; kind: IndexKind }, value: string): string {
  const normalised = normaliseForIndex(scope.kind, value)
  if (normalised === '') throw invalid('platform.index_value_empty', '查询内容为空,请填写号码后再查。')
  return createHmac('sm3', ring.indexKey)
    .update(lengthPrefixed(['minben-index/1', scope.kind, scope.county, normalised]))
    .digest('base64url')
}

/** One form for the ways a number is typed: full-width digits, spaces, hyphens, a small x, +86 before a phone. */
export function normaliseForIndex(kind: IndexKind, value: string): string {
  const compact = value
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}]/gu, '')
    .toUpperCase()
  if (kind === 'phone') return compact.replace(/^(?:\+86|0086|86(?=1\d{10}$))/, '')
  return kind === 'id_tail' || kind === 'phone_tail' ? compact.slice(-4) : compact
}

/** File name by content: equal content meets the same name, and the name tells nothing to who lacks the key. */
export function fileNameOf(ring: KeyRing, plain: Uint8Array): string {
  return createHmac('sm3', ring.fileKey).update(plain).digest('hex')
}

/** `name` is bound into the MAC: a stored file renamed to another one's name no longer opens. */
export function encryptBytes(ring: KeyRing, name: string, plain: Uint8Array): Buffer {
  const key = ring.current
  const iv = randomBytes(IV_BYTES)
  const body = encipher(key, iv, plain)
  const keyId = Buffer.from(key.id, 'utf8')
  const mac = fileMac(key, name, { iv, body })
  return Buffer.concat([FILE_MAGIC, Buffer.from([keyId.length]), keyId, iv, mac, body])
}

/** Throws `platform.cipher_tampered` when the file was altered, cut short or stored under another name. */
export function decryptBytes(ring: KeyRing, name: string, stored: Uint8Array): Buffer {
  const place = { table: 'files', column: 'content', rowId: name }
  const { keyId, iv, mac, body } = parseFile(Buffer.from(stored), place)
  const key = keyFor(ring, keyId, place)
  if (!timingSafeEqual(mac, fileMac(key, name, { iv, body }))) throw tampered(place)
  return decipher(key, iv, body)
}

export function needsFileRotation(ring: KeyRing, stored: Uint8Array): boolean {
  const place = { table: 'files', column: 'content', rowId: '' }
  return parseFile(Buffer.from(stored), place).keyId !== ring.current.id
}

interface Sealed {
  iv: Buffer
  body: Buffer
  mac: Buffer
}

function encipher(key: DataKey, iv: Buffer, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('sm4-cbc', key.encrypt, iv)
  return Buffer.concat([cipher.update(plain), cipher.final()])
}

function decipher(key: DataKey, iv: Buffer, body: Buffer): Buffer {
  const cipher = createDecipheriv('sm4-cbc', key.encrypt, iv)
  return Buffer.concat([cipher.update(body), cipher.final()])
}

function fieldMac(key: DataKey, place: FieldPlace, { iv, body }: Omit<Sealed, 'mac'>): Buffer {
  const parts = [FIELD_VERSION, key.id, place.table, place.column, place.rowId, iv, body]
  return createHmac('sm3', key.mac).update(lengthPrefixed(parts)).digest()
}

function fileMac(key: DataKey, name: string, { iv, body }: Omit<Sealed, 'mac'>): Buffer {
  return createHmac('sm3', key.mac)
    .update(lengthPrefixed([FILE_VERSION, key.id, name, iv, body]))
    .digest()
}

function fieldText(keyId: string, { iv, body, mac }: Sealed): string {
  const encoded = [iv, body, mac].map((part) => part.toString('base64url'))
  return [FIELD_VERSION, keyId, ...encoded].join('.')
}

function parseField(cipher: string, place: FieldPlace): Sealed & { keyId: string } {
  const [, keyId = '', ...encoded] = cipher.split('.')
  const [iv, body, mac] = encoded.map((part) => Buffer.from(part, 'base64url'))
  if (!iv || !body || !mac || iv.length !== IV_BYTES || mac.length !== MAC_BYTES) throw tampered(place)
  // base64url decoding skips foreign characters and ignores spare bits: only the one true spelling is accepted.
  if (fieldText(keyId, { iv, body, mac }) !== cipher) throw tampered(place)
  return { keyId, iv, body, mac }
}

function parseFile(stored: Buffer, place: FieldPlace): Sealed & { keyId: string } {
  const keyStart = FILE_MAGIC.length + 1
  const ivStart = keyStart + (stored[FILE_MAGIC.length] ?? 0)
  const macStart = ivStart + IV_BYTES
  const bodyStart = macStart + MAC_BYTES
  if (!stored.subarray(0, FILE_MAGIC.length).equals(FILE_MAGIC) || stored.length <= bodyStart) {
    throw tampered(place)
  }
  return {
    keyId: stored.toString('utf8', keyStart, ivStart),
    iv: stored.subarray(ivStart, macStart),
    mac: stored.subarray(macStart, bodyStart),
    body: stored.subarray(bodyStart),
  }
}

function keyFor(ring: KeyRing, keyId: string, place: FieldPlace): DataKey {
  const known = /^k\d{1,9}$/.test(keyId) ? findKey(ring, keyId) : undefined
  if (!known) throw tampered(place)
  return known
}

/** The caller did nothing wrong and no retry helps, hence 500; the code tells it from an ordinary bug. */
function tampered(place: FieldPlace): AppError {
  return new AppError(
    '加密数据校验不通过:内容被改动、被移到别的记录,或缺少对应的密钥。请停止使用这条记录,报系统管理员用备份核对。',
    { status: 500, code: 'platform.cipher_tampered', details: { ...place } },
  )
}
