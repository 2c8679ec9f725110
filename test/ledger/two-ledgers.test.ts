import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from '../db.ts'
import { countsAsText, REACHED, zeroCounts, type Counter, type Counts } from './counters.ts'
import { anyPlan, play } from './history.ts'
import { openLane, type Lane } from './lane.ts'
import { PLOTS } from './plots.ts'

/**
 * Random histories through the real commands, compared after every step with the oracle and with the plain sums.
 * HISTORIES = how many; SEED = where chance begins; PLOT = one plot alone; SHRINK=1 looks for a shorter history that fails too.
 */
const HISTORIES = Number(process.env.HISTORIES ?? 100)
const SEED = Number(process.env.SEED ?? 20_200_101)
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

interface Series {
  plot: string
  numRuns: number
  seed: number
}

/** Every plot gets its equal share of the histories; its seed does not depend on the others. */
function seriesOf(histories: number): Series[] {
  const plots = Object.keys(PLOTS)
  const all = plots.map((plot, index) => ({ plot, seed: SEED + index * 1000 }))
  const chosen = all.filter(({ plot }) => process.env.PLOT === undefined || process.env.PLOT === plot)
  return chosen.map((one, index) => {
    const more = index < histories % chosen.length ? 1 : 0
    return { ...one, numRuns: Math.floor(histories / chosen.length) + more }
  })
}

async function playSeries(lane: Lane, { plot, numRuns, seed }: Series, counts: Counts): Promise<void> {
  const endOnFailure = process.env.SHRINK === undefined
  await fc.assert(
    fc.asyncProperty(anyPlan(plot), (plan) => play(lane, plan, counts)),
    { numRuns, seed, endOnFailure, includeErrorInReport: true },
  )
}

/** Lanes run beside each other; each takes the next series when it is free. Nothing follows a failure. */
async function playAll(waiting: Series[], counts: Counts): Promise<void> {
  await Promise.all(
    lanes.map(async (lane) => {
      for (let series = waiting.shift(); series; series = waiting.shift()) {
        await playSeries(lane, series, counts).catch((error: unknown) => {
          waiting.length = 0
          throw error
        })
      }
    }),
  )
}

test(
  `${HISTORIES} random histories keep both ledgers as the oracle says, and reach every case`,
  async () => {
    const counts = zeroCounts()
    const series = seriesOf(HISTORIES).filter(({ numRuns }) => numRuns > 0)
    await playAll([...series], counts)
    const played = series.reduce((sum, { numRuns }) => sum + numRuns, 0)
    console.log(`${played} histories, seed ${SEED}\n${countsAsText(counts)}`)
    expect(played).toBe(HISTORIES)
    // One plot alone, or a handful of histories, is somebody looking for something.
    const isWhole = HISTORIES >= 100 && process.env.PLOT === undefined
    const unreached = Object.keys(REACHED).filter((key) => counts[key as Counter] === 0)
    if (isWhole) expect(unreached).toEqual([])
  },
  Math.max(300_000, HISTORIES * 10_000),
)
