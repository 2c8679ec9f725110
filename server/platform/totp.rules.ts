import { createHmac, timingSafeEqual } from 'node:crypto'

/** Codes of an authenticator: RFC 6238 with SHA-1, as every authenticator knows it; one step of tolerance either way. */
export const TOTP = { digits: 6, stepSeconds: 30, tolerance: 1, secretBytes: 20 }

export function stepAt(seconds: number): number {
  return Math.floor(seconds / TOTP.stepSeconds)
}

export function codeAt(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 15
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** TOTP.digits).padStart(TOTP.digits, '0')
}

/** The step whose code this is, within the tolerance and later than every step used so far; undefined = no such step. */
export function acceptedStep(
  secret: Uint8Array,
  code: string,
  { seconds, lastStep }: { seconds: number; lastStep: number },
): number | undefined {
  const now = stepAt(seconds)
  const steps = Array.from({ length: 2 * TOTP.tolerance + 1 }, (_, index) => now - TOTP.tolerance + index)
  return steps.filter((step) => isSame(codeAt(secret, step), code)).find((step) => step > lastStep)
}

function isSame(right: string, typed: string): boolean {
  const [one, other] = [Buffer.from(right), Buffer.from(typed)]
  return one.length === other.length && timingSafeEqual(one, other)
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 without padding: how authenticators want a secret typed. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const fives = bits.match(/.{1,5}/g) ?? []
  return fives.map((five) => BASE32.charAt(Number.parseInt(five.padEnd(5, '0'), 2))).join('')
}

/** What the QR code holds: an authenticator makes an entry of it. */
export function authenticatorUri(secret: Uint8Array, login: string): string {
  const query = new URLSearchParams({
    secret: base32(secret),
    issuer: ISSUER,
    algorithm: 'SHA1',
    digits: String(TOTP.digits),
    period: String(TOTP.stepSeconds),
  })
  return `otpauth://totp/${encodeURIComponent(`${ISSUER}:${login}`)}?${query.toString()}`
}

const ISSUER = '民本'
