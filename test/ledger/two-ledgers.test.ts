import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from '../db.ts'
import { countsAsText, REACHED, zeroCounts, type Counter } from './counters.ts'
import { anyPlan, play } from './history.ts'
import { openLane, type Lane } from './lane.ts'

/**
 * Random histories through the real commands, compared after every step with the oracle and with the plain sums.
 * HISTORIES = how many; SEED = where chance begins; SHRINK=1 looks for a shorter history that fails too.
 */
const HISTORIES = Number(process.env['HISTORIES'] ?? 100)
const SEED = Number(process.env['SEED'] ?? 20_200_101)
const LANES = 3

const dbs: TestDb[] = []
const lanes: Lane[] = []

beforeAll(async () => {
  for (let index = 0; index < LANES; index++) {
    const db = await testDb({ demo: { startsAt: '2019-12-10T01:00:00Z' } })
    dbs.push(db)
    lanes.push(await openLane(db, { firstCity: 1001 + index * 3000 }))
  }
})
afterAll(async () => {
  for (const db of dbs) await db.close()
})

test(
  `${HISTORIES} random histories keep both ledgers as the oracle says, and reach every case`,
  async () => {
    const counts = zeroCounts()
    const numRuns = Math.ceil(HISTORIES / LANES)
    const isShrinking = process.env['SHRINK'] !== undefined
    await Promise.all(
      lanes.map((lane, index) =>
        fc.assert(
          fc.asyncProperty(anyPlan(), (plan) => play(lane, plan, counts)),
          { numRuns, seed: SEED + index, endOnFailure: !isShrinking, includeErrorInReport: true },
        ),
      ),
    )
    console.log(`${numRuns * LANES} histories, seed ${SEED}\n${countsAsText(counts)}`)
    const unreached = Object.keys(REACHED).filter((key) => counts[key as Counter] === 0)
    expect(unreached).toEqual([])
  },
  Math.max(300_000, HISTORIES * 10_000),
)
