import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testDb } from '../../../test/db.ts'
import { playHistory } from '../../../test/history-player.ts'
import { histories } from '../../../test/history.ts'

/** Histories in one test run; more by the environment for a deep run, from another seed. */
const HISTORIES = Number(process.env.HISTORIES ?? 30)
const SEED = Number(process.env.FUZZ_SEED ?? 20_200_101)

test(
  'whatever people decide, publish, undo, reject and cancel: the lines of every run are those of the second reading of the rules',
  async () => {
    const counts: Record<string, number> = {}
    await fc.assert(
      fc.asyncProperty(histories, async (draft) => {
        const db = await testDb({ demo: { startsAt: '2019-12-02T01:00:00Z' } })
        try {
          const played = await playHistory(db, draft)
          for (const [what, count] of Object.entries(played.counts))
            counts[what] = (counts[what] ?? 0) + count

          expect(await played.observe()).toEqual([])
          expect(await played.replays()).toEqual([])
        } finally {
          await db.close()
        }
      }),
      // A smaller counterexample costs minutes; the seed and path of the first one say where to look.
      { numRuns: HISTORIES, seed: SEED, endOnFailure: true },
    )
    if (process.env.FUZZ_COUNTS) console.log(counts)
    // Histories in which nothing happens would agree about nothing.
    for (const what of [
      'determine',
      'undo',
      'law',
      'birth',
      'published',
      'rejected',
      'cancelled',
      'undecided_recovery',
    ]) {
      expect([what, (counts[what] ?? 0) > 0]).toEqual([what, true])
    }
  },
  60_000 + 10_000 * HISTORIES,
)
