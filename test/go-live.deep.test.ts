import { afterAll, beforeAll, expect, test } from 'vitest'
import { moveIn } from './go-live-bar.ts'
import { goLiveDesk, type GoLiveDesk } from './go-live-desk.ts'

/** A county's worth: 30 000 awards, forty rows of each kind of dirt; how long each step takes is printed. */
let desk: GoLiveDesk

beforeAll(async () => {
  desk = await goLiveDesk()
})
afterAll(() => desk.close())

test('30 000 awards of an old system', async () => {
  const took = await moveIn(desk, { households: 15_000, destitute: 7_500, each: 40, seed: 2020 })
  process.stdout.write(`${JSON.stringify({ name: 'go-live', unit: 'ms', ...took })}\n`)

  expect(took.awards).toBe(30_000)
})
