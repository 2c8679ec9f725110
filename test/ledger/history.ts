import fc from 'fast-check'
import { commands } from '../../server/app.ts'
import { readBatchFile, readOrders } from '../../server/engines/funds/index.ts'
import { addMonths } from '../../server/platform/dates.ts'
import { CSV } from '../funds-office.ts'
import * as cases from './cases.ts'
import * as cash from './cash.ts'
import * as claims from './claims.ts'
import type { Counts } from './counters.ts'
import { Dice } from './dice.ts'
import { requireSound } from './invariants.ts'
import type { Lane } from './lane.ts'
import * as law from './law.ts'
import * as people from './people.ts'
import { PLOTS, type Memo } from './plots.ts'
import * as runs from './runs.ts'
import { actor, look, must, openWorld, passTo, register, tell, Violation, type World } from './world.ts'

/** A history as data: a plot, and random steps around its stages. The same data gives the same history. */
export interface Plan {
  plot: string
  law: number[]
  noise: Step[][]
  tail: Step[]
}

export interface Step {
  kind: Kind
  rolls: number[]
}

type Doing = (world: World, dice: Dice) => Promise<unknown>

const STEPS = {
  openHousehold: [6, cases.openHousehold],
  openDestitute: [2, cases.openDestitute],
  grantAid: [2, cases.grantAid],
  decide: [10, cases.decideAnew],
  undo: [3, cases.undoSome],
  checkWaiting: [2, cases.checkWaiting],
  standard: [3, law.changeStandard],
  otherLaw: [2, law.changeOtherLaw],
  run: [12, runs.someRun],
  cancelRun: [2, (world: World) => runs.cancelLast(world)],
  hold: [3, cash.setHold],
  lift: [2, (world: World) => cash.liftHold(world)],
  batch: [8, cash.someBatch],
  advanceBatch: [3, cash.advanceBatch],
  answers: [7, cash.someAnswers],
  secondAnswer: [3, cash.secondAnswer],
  answerUnknown: [2, cash.answerUnknown],
  receive: [3, claims.receive],
  writeOff: [2, claims.writeOff],
  answerWriteOff: [1, claims.answerWriteOff],
  offset: [2, claims.offset],
  death: [2, people.someDeath],
  birth: [2, people.correctBirth],
  merge: [2, people.mergeSome],
  card: [1, (world: World) => people.bringCard(world)],
  time: [1, (world: World) => passTo(world, addMonths(world.now, 1))],
} as const satisfies Record<string, readonly [weight: number, doing: Doing]>

export type Kind = keyof typeof STEPS

const STAGES = Math.max(...Object.values(PLOTS).map((stages) => stages.length))

export function anyPlan(plot: string): fc.Arbitrary<Plan> {
  const rolls = fc.array(fc.nat(9_999), { minLength: 12, maxLength: 12 })
  const kinds = Object.entries(STEPS).map(([kind, [weight]]) => ({
    arbitrary: fc.constant(kind as Kind),
    weight,
  }))
  const step = fc.record({ kind: fc.oneof(...kinds), rolls })
  const between = fc.oneof(
    { weight: 1, arbitrary: fc.array(step, { maxLength: 0 }) },
    { weight: 2, arbitrary: fc.array(step, { maxLength: 2 }) },
  )
  return fc.record({
    plot: fc.constant(plot),
    law: fc.array(fc.nat(9_999), { minLength: 3, maxLength: 3 }),
    noise: fc.array(between, { minLength: STAGES, maxLength: STAGES }),
    tail: fc.array(step, { minLength: 2, maxLength: 6 }),
  })
}

/** Plays one history in a county of its own, checking after every step; throws with everything that was done. */
export async function play(lane: Lane, plan: Plan, counts: Counts): Promise<void> {
  const world = await openWorld(lane, counts)
  try {
    await begin(world, plan.law)
    const memo: Memo = {}
    const stages = PLOTS[plan.plot] ?? []
    const spread = stages.length > 0 ? plan.noise.slice(0, stages.length) : plan.noise.slice(0, 7)
    for (const [index, steps] of spread.entries()) {
      const stage = stages[index]
      if (stage)
        await checked(world, `— ${plan.plot} ${index + 1}`, () => stage(world, new Dice(plan.law), memo))
      for (const step of steps) await take(world, step)
    }
    for (const step of plan.tail) await take(world, step)
    await checked(world, '— end', () => end(world))
  } catch (error) {
    throw told(world, error)
  }
}

/** Law, people and budgets, as every history begins. */
export async function begin(world: World, options: readonly number[] = []): Promise<void> {
  await law.layFirstLaw(world, new Dice(options))
  await register(world, 14)
  for (const program of [
    'subsistence_allowance',
    'extreme_poverty_support',
    'extreme_poverty_care',
    'temporary_assistance',
  ]) {
    const input = { fiscalYear: 2020, source: '中央', program, amountFen: 1_000_000_000, basis: '预算批复' }
    await must(world, commands.createBudget, { input })
  }
  await requireSound(world)
}

function take(world: World, { kind, rolls }: Step): Promise<void> {
  const doing: Doing = STEPS[kind][1]
  return checked(world, `— ${kind}`, () => doing(world, new Dice(rolls)))
}

async function checked(world: World, title: string, work: () => Promise<unknown>): Promise<void> {
  tell(world, title)
  await look(world)
  await work()
  await requireSound(world)
}

/** One more month, its money, and then everything again from the first run on. */
async function end(world: World): Promise<void> {
  await runs.runMonth(world)
  await cash.send(world)
  await requireSound(world)
  await runs.replayAll(world)
  await requireFilesAddUp(world)
}

/** Σ of the amounts in the bytes that the bank got = Σ of the batch. */
async function requireFilesAddUp(world: World): Promise<void> {
  const { batches } = await look(world)
  for (const { no, status, fen } of batches) {
    if (status !== 'filed') continue
    const call = { actor: actor(world, 'maker'), county: world.county, input: { batchNo: no, part: 1 } }
    const { bytes } = await readBatchFile(world.lane.db.deps, call)
    const sum = readOrders(CSV, bytes).reduce((total, { amountFen }) => total + amountFen, 0)
    if (sum !== fen) throw new Violation(`batch ${no}: the file pays ${sum}, the batch ${fen}`)
  }
}

/** The error with the history told from its beginning, ids as short names. */
function told(world: World, error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error))
  let text = [cause.message, '', ...world.trace].join('\n')
  for (const [id, label] of world.names) text = text.replaceAll(id, label)
  const failure = new Error(text, { cause })
  failure.name = cause.name
  if (!(error instanceof Violation)) failure.message += `\n${cause.stack ?? ''}`
  return failure
}
