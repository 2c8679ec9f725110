import { inflateRawSync } from 'node:zlib'
import { invalid } from '../../platform/errors.ts'

const DIRECTORY_END = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const END_BYTES = 22
const COMMENT_BYTES = 65_535
const DEFLATED = 8
const STORED = 0
const ENCRYPTED = 1

export interface ZipLimits {
  /** Of all files together, unpacked. */
  bytes: number
  files: number
}

interface Entry {
  method: number
  packed: number
  at: number
}

/**
 * Unpacks every file of a zip as far as the limits go and keeps nothing: afterwards a reader that trusts its input may have it. What
 * the directory says of sizes is not believed. Throws `imports.file_unreadable`, `imports.file_bomb`.
 */
export function requireModestZip(bytes: Uint8Array, limits: ZipLimits): void {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let left = limits.bytes
  for (const entry of entriesOf(data, limits.files)) {
    left -= unpackedSize(data, entry, left)
    if (left < 0) throw bomb()
  }
}

function entriesOf(data: Buffer, mostFiles: number): Entry[] {
  const end = endOfDirectory(data)
  const count = data.readUInt16LE(end + 10)
  if (count > mostFiles) throw bomb()
  const entries: Entry[] = []
  let at = data.readUInt32LE(end + 16)
  for (let index = 0; index < count; index++) {
    if (at + 46 > data.length || data.readUInt32LE(at) !== DIRECTORY_ENTRY) throw unreadable()
    if ((data.readUInt16LE(at + 8) & ENCRYPTED) !== 0) throw unreadable()
    entries.push({
      method: data.readUInt16LE(at + 10),
      packed: data.readUInt32LE(at + 20),
      at: data.readUInt32LE(at + 42),
    })
    at += 46 + data.readUInt16LE(at + 28) + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32)
  }
  return entries
}

function endOfDirectory(data: Buffer): number {
  for (let at = data.length - END_BYTES; at >= Math.max(0, data.length - END_BYTES - COMMENT_BYTES); at--) {
    if (data.readUInt32LE(at) === DIRECTORY_END) return at
  }
  throw unreadable()
}

function unpackedSize(data: Buffer, { method, packed, at }: Entry, most: number): number {
  if (at + 30 > data.length) throw unreadable()
  const start = at + 30 + data.readUInt16LE(at + 26) + data.readUInt16LE(at + 28)
  if (start + packed > data.length) throw unreadable()
  if (method === STORED) return packed
  if (method !== DEFLATED) throw unreadable()
  try {
    return inflateRawSync(data.subarray(start, start + packed), { maxOutputLength: most + 1 }).length
  } catch (error) {
    throw error instanceof RangeError ? bomb() : unreadable()
  }
}

export function unreadable() {
  return invalid(
    'imports.file_unreadable',
    '文件不是完整的 xlsx 工作簿，没有上传。有打开密码的请先去掉密码；.xls 旧格式的请先另存为 .xlsx。',
  )
}

function bomb() {
  return invalid('imports.file_bomb', '文件解开后过大，没有上传。请另存为一个新的 xlsx 再上传。')
}
