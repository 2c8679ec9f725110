import { randomInt } from 'node:crypto'

/** Without letters and digits that look alike on paper. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Groups of four, about 20 bits each: to be read aloud and typed once. */
export function readableSecret(groups: number): string {
  const letter = () => LETTERS[randomInt(LETTERS.length)] ?? ''
  return Array.from({ length: groups }, () => Array.from({ length: 4 }, letter).join('')).join('-')
}
