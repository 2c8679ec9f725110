import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from '../db.ts'
import { decide, openHousehold } from './cases.ts'
import { send } from './cash.ts'
import { contentFor } from './contents.ts'
import { zeroCounts } from './counters.ts'
import { Dice } from './dice.ts'
import { begin } from './history.ts'
import { requireSound } from './invariants.ts'
import { openLane, type Lane } from './lane.ts'
import { layLaw } from './law.ts'
import { answerAll } from './plots.ts'
import { runMonth } from './runs.ts'
import { look, openWorld, type Case, type World } from './world.ts'

/** Counterexamples that random histories once found, each as the shortest story that shows it. */

let db: TestDb
let lane: Lane

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-10T01:00:00Z' } })
  lane = await openLane(db, { firstCity: 1001 })
})
afterAll(() => db.close())

/** One household of two without income at 484.01 each, paid for January. */
async function paidForJanuary(): Promise<{ world: World; one: Case }> {
  const world = await openWorld(lane, zeroCounts())
  await begin(world)
  const one = await openHousehold(world, new Dice([]), { size: 2 })
  if (!one) throw new Error('no household')
  await runMonth(world)
  await pay(world)
  return { world, one }
}

async function pay(world: World): Promise<void> {
  await send(world)
  await answerAll(world, 'paid')
}

/** [month, fen] of the lines of the last run. */
async function lastLines(world: World): Promise<[string, number][]> {
  await requireSound(world)
  const { lines, runs } = await look(world)
  const last = runs.findLast(({ status }) => status === 'published')?.no
  return lines.filter(({ runNo }) => runNo === last).map(({ month, fen }) => [month, fen])
}

const STANDARD = { program: 'subsistence_allowance', item: 'standard', when: { residence: 'rural' } }

test('a retroactive end keeps its cause when a later decision shortens it before any run has seen it', async () => {
  const { world, one } = await paidForJanuary()
  await decide(world, one, { kind: 'retroactive', outcome: 'end', from: '2020-01' })
  await decide(world, one, { kind: 'change', from: '2020-03', content: contentFor(world, one) })

  await runMonth(world)

  expect(await lastLines(world)).toEqual([['2020-01', -96_802]])
})

test('money taken back for last month by its second run does not stop the run of this month', async () => {
  const { world, one } = await paidForJanuary()
  await decide(world, one, { kind: 'retroactive', outcome: 'end', from: '2020-01' })
  await runMonth(world, { again: true })
  expect(await lastLines(world)).toEqual([['2020-01', -96_802]])

  await runMonth(world)

  expect(await lastLines(world)).toEqual([])
  expect((await look(world)).runs.at(-1)).toMatchObject({ month: '2020-02', status: 'published' })
})

test('arrears for last month alone, after it had been taken back, come with the reason of the stop', async () => {
  const { world, one } = await paidForJanuary()
  await decide(world, one, { kind: 'retroactive', outcome: 'end', from: '2020-01' })
  await runMonth(world)
  await decide(world, one, {
    kind: 'retroactive',
    from: '2020-01',
    to: '2020-02',
    content: contentFor(world, one),
  })

  await runMonth(world, { again: true })

  expect(await lastLines(world)).toEqual([['2020-01', 96_802]])
})

test('a lowered standard of which a second file leaves a part can be decided, and is taken back', async () => {
  const { world } = await paidForJanuary()
  await layLaw(world, { rates: [{ ...STANDARD, value: { fen: 40_000 }, from: '2020-01' }] })
  await layLaw(world, { rates: [{ ...STANDARD, value: { fen: 50_000 }, from: '2020-02' }] })

  await runMonth(world)

  // (400.00 − 484.01) × 2 = −168.02
  expect(await lastLines(world)).toEqual([
    ['2020-01', -16_802],
    ['2020-02', 100_000],
  ])
})

test('a setting that lowers settled months is named as the cause, can be decided, and is taken back', async () => {
  const { world, one } = await paidForJanuary()
  await layLaw(world, {
    settings: [{ program: 'subsistence_allowance', key: 'rounding', value: 'up_yuan', from: '2020-01' }],
  })
  await runMonth(world)
  // 968.02 up to 969.00
  expect(await lastLines(world)).toEqual([
    ['2020-01', 98],
    ['2020-02', 96_900],
  ])
  await layLaw(world, {
    settings: [{ program: 'subsistence_allowance', key: 'rounding', value: 'fen', from: '2020-01' }],
  })

  await runMonth(world)

  expect(await lastLines(world)).toEqual([
    ['2020-01', -98],
    ['2020-02', -98],
    ['2020-03', 96_802],
  ])
  expect(world.decidedCorrections.length).toBeGreaterThan(0)
  expect(one.members).toHaveLength(2)
})
