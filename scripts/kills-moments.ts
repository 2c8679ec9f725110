import type { Dice } from '../server/bench/dice.ts'

/** The computing process; the database's first process alone; all processes of the database at once. */
export type Victim = 'process' | 'postmaster' | 'server'

export interface Moment {
  no: number
  /** While a chunk is written; when all are and the run is not closed; inside the publishing transaction. */
  step: 'chunk' | 'finish' | 'publish'
  victim: Victim
  /** Number of the chunk, 1 to the number of chunks; 0 outside of chunks. */
  chunk: number
  /** After the step has begun, as a share of the time it takes undisturbed: 0 ≤ x < 1. */
  delay: number
}

/** One process between the last chunk and the closing of the run, one process and one server in the publication. */
const OUTSIDE_CHUNKS = 3
export const LEAST_KILLS = OUTSIDE_CHUNKS + 1

/** All drawn before the first kill. Half the victims are processes, the other half is the database, by turns one process or all. */
export function drawMoments(dice: Dice, { kills, chunks }: { kills: number; chunks: number }): Moment[] {
  const amid = drawChunks(dice, kills - OUTSIDE_CHUNKS, chunks)
  const processes = Math.ceil(kills / 2) - 2
  const victims = shuffled(
    dice,
    amid.map((_, index): Victim => {
      if (index < processes) return 'process'
      return (index - processes) % 2 === 0 ? 'server' : 'postmaster'
    }),
  )
  const moments: Omit<Moment, 'no' | 'delay'>[] = [
    ...amid.map((chunk, index) => ({ step: 'chunk' as const, victim: victims[index] ?? 'process', chunk })),
    { step: 'finish', victim: 'process', chunk: 0 },
    { step: 'publish', victim: 'process', chunk: 0 },
    { step: 'publish', victim: 'server', chunk: 0 },
  ]
  return moments.map((moment, index) => ({ ...moment, no: index + 1, delay: dice.next() }))
}

/**
 * Rising chunk numbers, the last chunk left out so that something remains to be done. Where there are enough, never two neighbours:
 * the process that takes up the work then has a chunk behind it when its own moment comes.
 */
function drawChunks(dice: Dice, count: number, chunks: number): number[] {
  const choices = chunks - 1 - count
  if (choices >= count) {
    const numbers = Array.from({ length: choices }, (_, index) => index + 1)
    return sorted(shuffled(dice, numbers).slice(0, count)).map((number, index) => number + index + 1)
  }
  return sorted(Array.from({ length: count }, () => 1 + dice.below(Math.max(1, chunks - 1))))
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b)
}

function shuffled<Item>(dice: Dice, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, at: dice.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
