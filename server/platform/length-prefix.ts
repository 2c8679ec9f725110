/**
 * One unambiguous byte string from several parts: each part is a 32-bit big-endian length and its bytes. Joining
 * with a separator would let `('ab', 'c')` and `('a', 'bc')` share a MAC.
 */
export function lengthPrefixed(parts: readonly (string | Uint8Array)[]): Buffer {
  const lengths = parts.map((part) => (typeof part === 'string' ? Buffer.byteLength(part) : part.length))
  const joined = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 0))
  let at = 0
  parts.forEach((part, index) => {
    at = joined.writeUInt32BE(lengths[index] ?? 0, at)
    if (typeof part === 'string') at += joined.write(part, at)
    else {
      joined.set(part, at)
      at += part.length
    }
  })
  return joined
}
