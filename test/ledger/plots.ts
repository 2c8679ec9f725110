import { randomUUID } from 'node:crypto'
import type { Month, OracleDetermination } from '../../oracle/index.ts'
import { commands } from '../../server/app.ts'
import { addMonths } from '../../server/platform/dates.ts'
import { decide, openCase, openDestitute, openHousehold, settledMonth, undo } from './cases.ts'
import { answer, answerUnknown, hold, send, sentInstructions, type Answers } from './cash.ts'
import { offset, openClaims, receive, writeOff } from './claims.ts'
import { contentFor, sameWith } from './contents.ts'
import { Dice } from './dice.ts'
import { agesFrom, changeStandard, layLaw } from './law.ts'
import { correctBirth, merge, recordDeath, undoDeath } from './people.ts'
import { cancelLast, runMonth } from './runs.ts'
import { act, count, FIRST_MONTH, look, name, tick, type Case, type World } from './world.ts'

/** Stories that chance would seldom tell. Random steps happen between their stages and may well spoil them. */

export interface Memo {
  one?: Case | undefined
  two?: Case | undefined
  factId?: string | undefined
  decision?: OracleDetermination | undefined
  from?: Month
}

export type Stage = (world: World, dice: Dice, memo: Memo) => Promise<void>

const plain = new Dice([])

function open(size: number): Stage {
  return async (world, _dice, memo) => {
    memo.one = await openHousehold(world, plain, { size })
  }
}

const run: Stage = async (world) => {
  await runMonth(world)
}
const pay: Stage = async (world) => {
  await send(world)
  await answerAll(world, 'paid')
}

export async function answerAll(world: World, said: 'paid' | 'returned' | 'unknown'): Promise<void> {
  const open = await sentInstructions(world, 'in_flight')
  for (const batchNo of new Set(open.map((each) => each.batchNo))) {
    const answers: Answers = new Map(
      open.filter((each) => each.batchNo === batchNo).map(({ ref }) => [ref, said]),
    )
    await answer(world, batchNo, answers)
  }
}

const die: Stage = async (world, _dice, memo) => {
  const [personId] = memo.one?.members ?? []
  if (!memo.one || personId === undefined) return
  const settled = settledMonth(world) ?? world.now
  memo.factId = await recordDeath(world, personId, `${addMonths(settled, -2)}-20`)
  const from =
    addMonths(settled, -1) < memo.one.award.opensMonth ? memo.one.award.opensMonth : addMonths(settled, -1)
  memo.decision = await decide(world, memo.one, { kind: 'retroactive', outcome: 'end', from })
}

const aliveAfterAll: Stage = async (world, _dice, memo) => {
  if (memo.factId !== undefined) await undoDeath(world, memo.factId)
  if (memo.decision) await undo(world, memo.decision.id)
}

const runAfterUndoing: Stage = async (world, _dice, memo) => {
  const { id } = memo.one?.award ?? { id: '' }
  const before = (await openClaims(world)).filter((claim) => claim.awardId === id)
  await runMonth(world)
  const after = (await openClaims(world)).filter((claim) => claim.awardId === id)
  if (before.length > 0 && after.length === 0 && memo.decision?.id !== undefined)
    count(world, 'undoneDeathAfterRecovery')
}

const raiseFromStart: Stage = (world, dice, memo) =>
  changeStandard(world, dice, { up: true, from: FIRST_MONTH, residence: memo.one?.residence ?? 'rural' })

const lowerFromStart: Stage = (world, dice, memo) =>
  changeStandard(world, dice, {
    up: false,
    from: addMonths(FIRST_MONTH, dice.below(2)),
    residence: memo.one?.residence ?? 'rural',
  })

/** Two changes of one standard before any run sees them: the second leaves a part of the first. */
const lowerThenRaiseLater: Stage = async (world, dice, memo) => {
  const residence = memo.one?.residence ?? 'rural'
  await changeStandard(world, dice, { up: false, from: FIRST_MONTH, residence })
  await changeStandard(world, dice, { up: true, from: addMonths(FIRST_MONTH, 1 + dice.below(2)), residence })
}

const lateSuccess: Stage = async (world) => {
  const { instructions } = await look(world)
  const again = (one: { awardId: string; month: string; seq: number; id: string }) =>
    instructions.some(
      (each) =>
        each.id !== one.id &&
        each.awardId === one.awardId &&
        each.month === one.month &&
        each.seq === one.seq &&
        each.status !== 'returned',
    )
  const late = (await sentInstructions(world, 'returned')).find(again)
  if (late) await answer(world, late.batchNo, new Map([[late.ref, 'paid']]))
}

const endBackwards: Stage = async (world, _dice, memo) => {
  memo.from = addMonths(FIRST_MONTH, 1)
  memo.decision = await decide(world, memo.one, { kind: 'retroactive', outcome: 'end', from: memo.from })
}

const becomeDestitute: Stage = async (world, dice, memo) => {
  const [personId] = memo.one?.members ?? []
  if (!memo.one || !memo.decision || personId === undefined || memo.from === undefined) return
  await openDestitute(world, dice, {
    personId,
    from: memo.from,
    replaces: { awardId: memo.one.award.id, fromMonth: memo.from },
  })
}

const runReplacing: Stage = async (world, _dice, memo) => {
  const runNo = await runMonth(world)
  const { offsets } = await look(world)
  if (offsets.some((each) => each.runNo === runNo && each.fromAward === memo.one?.award.id))
    count(world, 'destituteBackdated')
}

const endSoon: Stage = async (world, _dice, memo) => {
  const from = addMonths(settledMonth(world) ?? world.now, 1)
  memo.decision = await decide(world, memo.one, { kind: 'end', outcome: 'end', from })
}

const runAfterRaise: Stage = async (world, _dice, memo) => {
  const runNo = await runMonth(world)
  const { lines } = await look(world)
  const { one, decision } = memo
  const arrears = lines.some(
    (line) =>
      line.runNo === runNo &&
      line.awardId === one?.award.id &&
      line.fen > 0 &&
      line.month < (decision?.from ?? ''),
  )
  if (arrears) count(world, 'raiseAfterLeaving')
}

const another: Stage = async (world, _dice, memo) => {
  memo.two = await openHousehold(world, plain, { size: 1 })
}

const endFromStart: Stage = async (world, _dice, memo) => {
  memo.decision = await decide(world, memo.one, { kind: 'retroactive', outcome: 'end', from: FIRST_MONTH })
}

/** A hold on a second record of somebody who turns out to be covered under the first. */
const holdTwin: Stage = async (world, _dice, memo) => {
  const [personId] = memo.one?.members ?? []
  const twin = world.people.at(-3)
  if (personId === undefined || !twin) return
  await hold(world, { personId: twin.id }, FIRST_MONTH)
  await merge(world, twin.id, personId)
}

/** 特困 whose base is a factor on the standard of 低保. */
const destitute: Stage = async (world, _dice, memo) => {
  const [one] = await openDestitute(world, plain)
  memo.one = one
}

/** Two households on file, each with 低保. */
const twoHouseholds: Stage = async (world, _dice, memo) => {
  memo.one = await household(world, 3)
  memo.two = await household(world, 2)
}

async function household(world: World, size: number): Promise<Case | undefined> {
  const holderId = randomUUID()
  name(world, holderId, 'H')
  const one = await openHousehold(world, plain, { size, holderId })
  if (!one) return undefined
  const members = one.members.map((personId, index) => ({
    personId,
    relation: index === 0 ? 'head' : 'child',
    from: '2010-01-01',
  }))
  const { town, village } = world
  const created = await act(world, commands.createHouseholds, {
    input: { households: [{ id: holderId, headId: one.members[0], town, village, members }] },
  })
  if (created) tick(world)
  return one
}

/** Some leave: the old award shrinks, a new one begins, in one month; behind or ahead of what is settled. */
async function split(world: World, one: Case | undefined, isBackwards: boolean): Promise<void> {
  if (!one || one.members.length < 2) return
  const leaving = one.members.slice(1, 2)
  const staying = one.members.filter((id) => !leaving.includes(id))
  const settled = settledMonth(world) ?? world.now
  const from = isBackwards ? settled : addMonths(settled, 1)
  const newHouseholdId = randomUUID()
  const input = { householdId: one.holderId, personIds: leaving, newHouseholdId, on: `${from}-01` }
  if (!(await act(world, commands.splitHousehold, { input }))) return
  tick(world)
  const kind = isBackwards ? 'retroactive' : 'change'
  if (!(await decide(world, one, { kind, from, content: sameWith(world, one, from, staying) }))) return
  one.members = staying
  const { residence } = one
  const fresh = await openCase(world, {
    program: 'subsistence_allowance',
    members: leaving,
    opens: from,
    residence,
    holderId: newHouseholdId,
  })
  if (!fresh) return
  const first = isBackwards || from <= world.now ? 'retroactive' : 'initial'
  if (await decide(world, fresh, { kind: first, from, content: contentFor(world, fresh) }))
    world.splits.add(one.award.id)
}

const splitBackwards: Stage = (world, _dice, memo) => split(world, memo.one, true)
const splitAhead: Stage = (world, _dice, memo) => split(world, memo.two, false)
const runAfterSplits: Stage = async (world) => {
  await runMonth(world)
  if (world.splits.size >= 2) count(world, 'twoHouseholdsSplit')
}

/** Taken over from an old system that paid until December, with or without the same amount. */
const takeOver: Stage = async (world, dice, memo) => {
  const members = world.people.slice(4, 6).map(({ id }) => id)
  const lastPaid = { month: '2019-12', fen: [2 * 48_401, 2 * 48_401 - 5, 0][dice.below(3)] ?? 0 }
  memo.one = await openCase(world, {
    program: 'subsistence_allowance',
    members,
    opens: FIRST_MONTH,
    lastPaid,
  })
  if (memo.one && dice.oneIn(3))
    await decide(world, memo.one, {
      kind: 'initial',
      from: FIRST_MONTH,
      content: contentFor(world, memo.one),
    })
}

const letAgesCount: Stage = async (world) => {
  await layLaw(world, { settings: [agesFrom(FIRST_MONTH)] })
}

const changeSettings: Stage = async (world, dice) => {
  const from = addMonths(FIRST_MONTH, dice.below(2))
  const rounding = {
    program: 'subsistence_allowance',
    key: 'rounding',
    value: dice.oneIn(2) ? 'fen' : 'up_yuan',
    from,
  }
  const limits = [{ elderlyFrom: 65, minorUnder: 16 }, { elderlyFrom: 60 }, { minorUnder: 18 }][dice.below(3)]
  await layLaw(world, { settings: [dice.oneIn(3) ? rounding : { ...agesFrom(from), value: limits }] })
}

const all =
  (said: 'paid' | 'returned' | 'unknown'): Stage =>
  (world) =>
    answerAll(world, said)
const order: Stage = async (world) => {
  await send(world)
}
const cancelRun: Stage = async (world) => {
  await cancelLast(world)
}
const runAgain: Stage = async (world, dice) => {
  await runMonth(world, { again: true, isFull: dice.oneIn(2) })
}

export const PLOTS: Readonly<Record<string, readonly Stage[]>> = {
  none: [],
  deathUndone: [open(1), run, pay, run, pay, die, run, aliveAfterAll, runAfterUndoing],
  returnedThenRun: [open(2), run, order, all('returned'), raiseFromStart, run, pay],
  lateSuccess: [open(1), run, order, all('returned'), order, lateSuccess, run, receive, all('returned')],
  destitute: [open(1), run, pay, run, pay, endBackwards, becomeDestitute, runReplacing, order],
  splits: [twoHouseholds, run, pay, splitBackwards, run, splitAhead, runAfterSplits, order],
  raiseAfterLeaving: [open(2), run, pay, endSoon, run, raiseFromStart, runAfterRaise, order],
  lowering: [open(2), run, pay, run, pay, lowerFromStart, run, offset, writeOff, receive, run],
  loweringInParts: [open(2), run, pay, run, pay, run, lowerThenRaiseLater, run, order, receive],
  settings: [open(3), run, letAgesCount, run, pay, changeSettings, run, changeSettings, runAgain],
  factor: [destitute, run, pay, raiseFromStart, run, lowerFromStart, run, order],
  twin: [open(1), run, holdTwin, order, run, order],
  emptied: [open(1), another, run, endFromStart, runAgain, order, cancelRun, order],
  unknown: [open(1), run, order, all('unknown'), endBackwards, run, run, answerUnknown, cancelRun, order],
  takenOver: [takeOver, run, pay, run, runAgain],
  cancelled: [
    open(1),
    run,
    raiseFromStart,
    run,
    cancelRun,
    cancelRun,
    run,
    run,
    order,
    endBackwards,
    run,
    cancelRun,
  ],
  ages: [open(2), run, letAgesCount, run, correctBirth, run, order, correctBirth, runAgain],
}
