import { createHmac } from 'node:crypto'

/** The telephone: an authenticator of its own making, so that ours is not judged by itself. */
export function authenticatorCode(secret: string, seconds: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))
  const counter = Math.floor(seconds / 30)
    .toString(16)
    .padStart(16, '0')
  const mac = createHmac('sha1', Buffer.from(bytes)).update(Buffer.from(counter, 'hex')).digest('hex')
  const at = 2 * Number.parseInt(mac.slice(-1), 16)
  const number = Number.parseInt(mac.slice(at, at + 8), 16) % 2 ** 31
  return String(number).slice(-6).padStart(6, '0')
}
