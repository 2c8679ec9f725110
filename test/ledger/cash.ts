import { payable, type Month, type OracleGroup } from '../../oracle/index.ts'
import { commands } from '../../server/app.ts'
import {
  answerBatch,
  fileBatch,
  importResults,
  readBatchFile,
  readOrders,
  type BankMood,
  type BankOrder,
} from '../../server/engines/funds/index.ts'
import { randomUUID } from 'node:crypto'
import { CSV } from '../funds-office.ts'
import { booksOf, type Observed, type ObservedInstruction } from './books.ts'
import { coveredIn } from './cases.ts'
import type { Dice } from './dice.ts'
import { act, actor, attempt, chosen, count, look, tick, Violation, type World } from './world.ts'

/** Holds, batches and the bank. */

export async function setHold(world: World, dice: Dice): Promise<void> {
  const one = chosen(world.cases, dice)
  if (!one) return
  const from = [one.award.opensMonth, world.now][dice.below(2)] ?? world.now
  const whom = dice.oneIn(2) ? { personId: chosen(one.members, dice) ?? '' } : { awardId: one.award.id }
  await hold(world, whom, from)
}

export async function hold(
  world: World,
  whom: { awardId: string } | { personId: string },
  from: Month,
): Promise<void> {
  const input = { ...whom, fromMonth: from, cause: '群众反映', evidence: '信访件', reviewOn: '2021-12-31' }
  const set = await act(world, commands.setHold, { input })
  if (!set) return
  tick(world)
  world.holds.push({ id: set.holdId, ...whom, from })
}

export async function liftHold(world: World): Promise<void> {
  const [first] = world.holds
  if (!first) return
  const lifted = await act(world, commands.liftHold, { input: { holdId: first.id, reason: '核查无误' } })
  if (!lifted) return
  tick(world)
  world.holds = world.holds.slice(1)
}

/** Creates a batch and compares what is in it with the plain reading of the books before. */
export async function createBatch(
  world: World,
  { group = 'basic_assistance', upTo }: { group?: OracleGroup; upTo?: Month } = {},
): Promise<number | undefined> {
  const before = await look(world)
  const fiscalYear = Number(world.now.slice(0, 4))
  const input = {
    programGroup: group,
    fiscalYear,
    title: '发放',
    layout: CSV,
    ...(upTo ? { upToMonth: upTo } : {}),
  }
  const { lines: expected, held } = expectedBatch(world, before, { group, upTo })
  const created = await act(world, commands.createBatch, { input })
  if (!created) {
    if (expected.length > 0)
      throw new Violation(`a batch was refused though these wait: ${expected.join('; ')}`)
    return undefined
  }
  count(world, 'held', held)
  const { instructions } = await look(world)
  const made = instructions.filter(({ batchNo }) => batchNo === created.batchNo).map(textOf)
  const [should, is] = [expected.toSorted().join('\n'), made.toSorted().join('\n')]
  if (should !== is) throw new Violation(`batch ${created.batchNo} pays\n${is}\nexpected\n${should}`)
  for (const { awardId, month, seq } of instructions.filter(({ batchNo }) => batchNo === created.batchNo)) {
    const key = `${awardId} ${month} ${seq}`
    const returnedAt = world.returnedAt.get(key)
    if (returnedAt === undefined) continue
    if ([...world.cuts].some(([no, cut]) => cut > returnedAt && world.seenRuns.has(no)))
      count(world, 'returnThenRunBeforeReissue')
    world.returnedAt.delete(key)
  }
  return created.batchNo
}

function textOf({
  awardId,
  month,
  seq,
  fen,
}: {
  awardId: string
  month: Month
  seq: number
  fen: number
}): string {
  return `${awardId} ${month} line ${seq}: ${fen}`
}

/** Every positive published line without a live instruction gets min(line, what is left), unless held or without account. */
function expectedBatch(
  world: World,
  observed: Observed,
  { group, upTo }: { group: OracleGroup; upTo?: Month | undefined },
): { lines: string[]; held: number } {
  const books = booksOf(observed, world.cuts)
  const published = new Set(
    observed.runs.filter((run) => run.status === 'published' && run.group === group).map((run) => run.no),
  )
  const isLive = (line: { awardId: string; month: Month; seq: number }) =>
    observed.instructions.some(
      (each) =>
        each.awardId === line.awardId &&
        each.month === line.month &&
        each.seq === line.seq &&
        ['in_flight', 'paid', 'unknown'].includes(each.status),
    )
  const waiting = observed.lines.filter((line) => published.has(line.runNo) && line.fen > 0 && !isLive(line))
  const lines: string[] = []
  let held = 0
  const left = new Map<string, number>()
  for (const line of waiting.toSorted((a, b) => a.seq - b.seq)) {
    const key = `${line.awardId} ${line.month}`
    const rest = left.get(key) ?? Math.max(0, payable(books, line.awardId, line.month))
    const fen = Math.min(line.fen, rest)
    left.set(key, rest - fen)
    if (fen === 0 || (upTo !== undefined && line.month > upTo)) continue
    if (isHeld(world, line.awardId, line.month)) held += 1
    else if (hasAccount(world, line.payee?.id ?? '')) lines.push(textOf({ ...line, fen }))
  }
  return { lines, held }
}

function hasAccount(world: World, personId: string): boolean {
  const aliasOf = world.aliases.get(personId)
  return world.people.some((person) => person.hasAccount && (person.id === personId || person.id === aliasOf))
}

function isHeld(world: World, awardId: string, month: Month): boolean {
  const goesBy = (id: string) => world.aliases.get(id) ?? id
  const one = world.cases.find(({ award }) => award.id === awardId)
  const people = new Set(
    [
      ...coveredIn(world, awardId, month),
      ...(one && one.award.program !== 'subsistence_allowance' ? [one.holderId] : []),
    ].map(goesBy),
  )
  return world.holds.some((each) => {
    if (month < each.from) return false
    return each.awardId === awardId || (each.personId !== undefined && people.has(goesBy(each.personId)))
  })
}

export async function approve(world: World, batchNo: number): Promise<boolean> {
  return (await act(world, commands.approveBatch, { who: 'checker', input: { batchNo } })) !== undefined
}

export async function file(world: World, batchNo: number): Promise<boolean> {
  const call = {
    actor: actor(world, 'maker'),
    county: world.county,
    idempotencyKey: randomUUID(),
    input: { batchNo },
  }
  const filed = await attempt(world, `maker files batch ${batchNo}`, () =>
    fileBatch(world.lane.db.deps, call),
  )
  if (filed) count(world, 'batchesFiled')
  return filed !== undefined
}

export async function cancelBatch(world: World, batchNo: number): Promise<boolean> {
  const done = await act(world, commands.cancelBatch, { input: { batchNo } })
  if (done) count(world, 'batchesCancelled')
  return done !== undefined
}

/** Created, approved and filed. */
export async function send(
  world: World,
  options: Parameters<typeof createBatch>[1] = {},
): Promise<number | undefined> {
  const batchNo = await createBatch(world, options)
  if (batchNo === undefined) return undefined
  return (await approve(world, batchNo)) && (await file(world, batchNo)) ? batchNo : undefined
}

async function ordersOf(world: World, batchNo: number): Promise<BankOrder[]> {
  const call = { actor: actor(world, 'maker'), county: world.county, input: { batchNo, part: 1 } }
  const { bytes } = await readBatchFile(world.lane.db.deps, call)
  return readOrders(CSV, bytes)
}

export type Answers = ReadonlyMap<string, 'paid' | 'returned' | 'unknown'>

/** The bank's file about these references of one batch. */
export async function answer(world: World, batchNo: number, answers: Answers): Promise<boolean> {
  const before = await look(world)
  const orders = (await ordersOf(world, batchNo)).filter(({ ref }) => answers.has(ref))
  const refs = (outcome: string) => [...answers].flatMap(([ref, said]) => (said === outcome ? [ref] : []))
  const mood: BankMood = {
    returned: new Map(refs('returned').map((ref) => [ref, '账户不存在'])),
    unknown: new Set(refs('unknown')),
  }
  const bytes = answerBatch(CSV, orders, mood)
  const call = {
    actor: actor(world, 'maker'),
    county: world.county,
    idempotencyKey: randomUUID(),
    input: { batchNo, bytes },
  }
  const what = `bank answers batch ${batchNo}: ${JSON.stringify([...answers])}`
  const imported = await attempt(world, what, () => importResults(world.lane.db.deps, call))
  if (!imported) return false
  const at = tick(world)
  const { instructions } = await look(world)
  for (const { id, status, awardId, month, seq } of instructions) {
    const was = before.instructions.find((each) => each.id === id)?.status
    if (was === status) continue
    if (status === 'returned') {
      count(world, 'returned')
      world.returnedAt.set(`${awardId} ${month} ${seq}`, at)
    } else if (status === 'late_paid') count(world, 'lateSuccessAfterReissue')
    else world.returnedAt.delete(`${awardId} ${month} ${seq}`)
  }
  return true
}

export async function sentInstructions(
  world: World,
  status: ObservedInstruction['status'],
): Promise<ObservedInstruction[]> {
  const { instructions, batches } = await look(world)
  const filed = new Set(batches.filter((batch) => batch.status === 'filed').map((batch) => batch.no))
  return instructions.filter((each) => each.status === status && filed.has(each.batchNo))
}

/** The whole of one batch, as the bank of an ordinary day: some come back, some are not known yet, some are not answered. */
export async function someAnswers(world: World, dice: Dice): Promise<void> {
  const open = await sentInstructions(world, 'in_flight')
  const batchNo = chosen(open, dice)?.batchNo
  if (batchNo === undefined) return
  const answers = new Map<string, 'paid' | 'returned' | 'unknown'>()
  for (const { ref } of open.filter((each) => each.batchNo === batchNo)) {
    const said = ([undefined, 'returned', 'unknown', 'paid', 'paid', 'paid', 'paid'] as const)[dice.below(7)]
    if (said) answers.set(ref, said)
  }
  if (answers.size > 0) await answer(world, batchNo, answers)
}

/** The bank takes something back, or says that it had paid after all. */
export async function secondAnswer(world: World, dice: Dice): Promise<void> {
  const [was, says] = (
    [
      ['returned', 'paid'],
      ['paid', 'returned'],
      ['returned', 'unknown'],
      ['late_paid', 'returned'],
    ] as const
  )[dice.below(4)] ?? ['paid', 'returned']
  const one = chosen(await sentInstructions(world, was), dice)
  if (one) await answer(world, one.batchNo, new Map([[one.ref, says]]))
}

export async function answerUnknown(world: World, dice: Dice): Promise<void> {
  const one = chosen(await sentInstructions(world, 'unknown'), dice)
  if (!one) return
  const outcome = dice.oneIn(3) ? 'returned' : 'paid'
  const done = await act(world, commands.answerUnknown, {
    input: { instructionId: one.id, outcome, paper: '银行复函' },
  })
  if (done) count(world, 'unknownAnswered')
}

export async function someBatch(world: World, dice: Dice): Promise<void> {
  const upTo = dice.oneIn(5) ? { upTo: world.now } : {}
  const group: OracleGroup = dice.oneIn(6) ? 'temporary_assistance' : 'basic_assistance'
  const batchNo = await createBatch(world, { group, ...upTo })
  if (batchNo === undefined) return
  const fate = dice.below(8)
  if (fate === 0) return
  if (fate === 1) await cancelBatch(world, batchNo)
  else if ((await approve(world, batchNo)) && fate !== 2)
    await (fate === 3 ? cancelBatch(world, batchNo) : file(world, batchNo))
}

/** A batch that waits goes one step on, or is given up. */
export async function advanceBatch(world: World, dice: Dice): Promise<void> {
  const { batches } = await look(world)
  const one = chosen(
    batches.filter(({ status }) => status === 'draft' || status === 'approved'),
    dice,
  )
  if (!one) return
  if (dice.oneIn(3)) await cancelBatch(world, one.no)
  else await (one.status === 'draft' ? approve(world, one.no) : file(world, one.no))
}
