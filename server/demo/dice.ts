import { createHash } from 'node:crypto'

/** A fair choice that the same parts repeat for ever. Each row and purpose takes its own, so rows do not disturb each other. */
export interface Dice {
  /** 0 … n − 1. */
  below(n: number): number
  /** Both ends included. */
  between(least: number, most: number): number
  percent(chance: number): boolean
  pick<T>(list: readonly T[]): T
}

export function diceFor(...parts: readonly (string | number)[]): Dice {
  const seed = createHash('sha256').update(JSON.stringify(parts)).digest()
  let a = seed.readUInt32LE(0)
  let b = seed.readUInt32LE(4)
  let c = seed.readUInt32LE(8)
  let d = seed.readUInt32LE(12)

  // sfc32: small, and good enough for choosing names and days.
  function next(): number {
    const sum = (a + b + d) >>> 0
    d = (d + 1) >>> 0
    a = (b ^ (b >>> 9)) >>> 0
    b = (c + (c << 3)) >>> 0
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0
    return sum / 0x1_0000_0000
  }

  const below = (n: number) => Math.floor(next() * n)
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    percent: (chance) => next() * 100 < chance,
    pick: (list) => {
      const [chosen] = list.slice(below(list.length))
      if (chosen === undefined) throw new Error('cannot pick from an empty list')
      return chosen
    },
  }
}

/** A number that decides between candidates by rendezvous: adding one moves only what the new one wins. */
export function weightOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

/** The candidate with the highest weight for this asker, or undefined when there is none. */
export function rendezvous<T>(
  asker: string,
  candidates: readonly T[],
  keyOf: (candidate: T) => string,
): T | undefined {
  let best: T | undefined
  let bestWeight = -1
  for (const candidate of candidates) {
    const weight = weightOf(`${asker}/${keyOf(candidate)}`)
    if (weight > bestWeight) {
      best = candidate
      bestWeight = weight
    }
  }
  return best
}
