import { afterAll, beforeAll, expect, test } from 'vitest'
import { moveIn } from './go-live-bar.ts'
import { goLiveDesk, type GoLiveDesk } from './go-live-desk.ts'

/** A bureau moves in from its old system, small; test/go-live.deep.test.ts with 30 000 awards. */
let desk: GoLiveDesk

beforeAll(async () => {
  desk = await goLiveDesk()
})
afterAll(() => desk.close())

test('an old export of 600 awards with thirty kinds of dirt is cleaned, compared to the fen, signed, and left behind', async () => {
  const took = await moveIn(desk, { households: 300, destitute: 150, each: 2, seed: 2020 })

  expect(took.awards).toBe(600)
})
