/** A seeded generator (mulberry32): the same population and the same moments of every kill, run after run. */
export interface Dice {
  /** Seed that was asked for, to be printed. */
  seed: number
  /** 0 ≤ x < 1. */
  next: () => number
  below: (n: number) => number
  isBelow: (share: number) => boolean
  /** Index chosen with the given weights, which need not add up to one. */
  weighted: (weights: readonly number[]) => number
}

export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  return {
    seed,
    next,
    below: (n) => Math.floor(next() * n),
    isBelow: (share) => next() < share,
    weighted: (weights) => {
      let left = next() * weights.reduce((sum, weight) => sum + weight, 0)
      const index = weights.findIndex((weight) => (left -= weight) < 0)
      return index < 0 ? weights.length - 1 : index
    },
  }
}

/** Rising ids in the form of uuidv7, from the dice instead of the clock. */
export function idMaker(dice: Dice): (at: number) => string {
  let count = 0
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
  return (at) => {
    count += 1
    const time = hex(at + (count >>> 12), 12)
    const tail = hex(dice.below(0x1_0000_0000), 8) + hex(dice.below(0x1_0000), 4)
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(count & 0xfff, 3)}-8${hex(dice.below(0x1000), 3)}-${tail}`
  }
}
