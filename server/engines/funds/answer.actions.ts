import type { Ctx } from '../../platform/command.ts'
import type { Instant } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import type { Outcome } from './bank-file.schema.ts'
import type { Batch, Instruction } from './batch.db.ts'
import { amountsByProgram } from './batch.rules.ts'
import { releaseOfBatch, reserveForBatch } from './budget.actions.ts'
import { syncClaims } from './claim-sync.actions.ts'
import { payablesOf, unsettledOf } from './payable.db.ts'
import { monthKey, type AwardMonth } from './payable.rules.ts'
import { insertResults, listReissued, updateInstructions } from './result.db.ts'
import { cashChange, moveOf, type Move } from './result.rules.ts'

/** What the bank, or a paper, says of one instruction. */
export interface Answer {
  instruction: Instruction
  outcome: Outcome
  reasonCode: string
  reason: string
}

export interface Applied {
  paid: number
  returned: number
  unknown: number
  /** Paid by the bank after it had sent them back and the line was issued again: each has opened a claim. */
  late: number
  /** References whose new answer contradicts an earlier one; it is on record and nothing else was changed. */
  questions: string[]
}

export interface Answers {
  batch: Batch
  at: Instant
  resultFileId: string | null
  paper: string | null
  answers: readonly Answer[]
}

interface Moved {
  answer: Answer
  move: Move
}

/** Under the cash lock: keeps every answer, moves the instructions, then the budgets and claims that depend on them. */
export async function applyAnswers(
  ctx: Ctx,
  { batch, at, resultFileId, paper, answers }: Answers,
): Promise<Applied> {
  const { tx, county } = ctx
  const moved = await movesOf(ctx, answers)
  await insertResults(
    tx,
    { county, resultFileId, paper, by: ctx.actor.id, at },
    answers.map(({ instruction, outcome, reasonCode, reason }) => {
      return { id: uuidv7(), instructionId: instruction.id, outcome, reasonCode, reason }
    }),
  )
  const changed = moved.filter(({ answer, move }) => answer.instruction.status !== move.status)
  await updateInstructions(
    tx,
    { county, at },
    changed.map(({ answer, move }) => {
      return { id: answer.instruction.id, status: move.status, reason: answer.reason || null }
    }),
  )
  await moveBudgets(ctx, { batch, at, changed })
  const months = changed.filter(changesCash).map(({ answer }) => answer.instruction)
  await syncClaims(tx, { county, months, at, cause: 'return' })
  return countOf(moved)
}

async function movesOf({ tx, county }: Ctx, answers: readonly Answer[]): Promise<Moved[]> {
  const returned = answers.flatMap(({ instruction: { id, status } }) => (status === 'returned' ? [id] : []))
  const reissued = await listReissued(tx, county, returned)
  const bounced = answers.filter(({ instruction, outcome }) => {
    return instruction.status === 'late_paid' && outcome === 'returned'
  })
  const room = await roomOf(
    { tx, county },
    bounced.map(({ instruction }) => instruction),
  )
  return answers.map((answer) => {
    const { id, status, fen } = answer.instruction
    const key = monthKey(answer.instruction)
    const left = (room.get(key) ?? 0) - fen
    const move = moveOf(status, answer.outcome, { hasOtherLive: reissued.has(id), isCarried: left >= 0 })
    if (status === 'late_paid' && move.status === 'returned') room.set(key, left)
    return { answer, move }
  })
}

/** How much more could become payable and still be ordered, by `monthKey`. */
async function roomOf(
  { tx, county }: Pick<Ctx, 'tx' | 'county'>,
  months: readonly AwardMonth[],
): Promise<Map<string, Fen>> {
  if (months.length === 0) return new Map()
  const payables = await payablesOf(tx, county, months)
  const unsettled = await unsettledOf(tx, county, months)
  return new Map([...payables].map(([key, fen]) => [key, (unsettled.get(key) ?? 0) - fen]))
}

function changesCash({ answer, move }: Moved): boolean {
  return cashChange(answer.instruction.status, move.status) !== 0
}

/** Returned money is free again; money that went out after all must be covered, whatever was promised of it since. */
async function moveBudgets(
  ctx: Ctx,
  { batch, at, changed }: { batch: Batch; at: Instant; changed: readonly Moved[] },
): Promise<void> {
  const net = amountsByProgram(
    changed.map(({ answer: { instruction }, move }) => ({
      program: instruction.program,
      fen: instruction.fen * cashChange(instruction.status, move.status),
    })),
  )
  const part = (sign: 1 | -1): Map<string, Fen> =>
    new Map([...net].flatMap(([program, fen]) => (fen * sign > 0 ? [[program, fen * sign]] : [])))
  const { no: batchNo, fiscalYear } = batch
  const [released, reserved] = [part(-1), part(1)]
  if (released.size > 0) await releaseOfBatch(ctx, { batchNo, fiscalYear, amounts: released, at })
  if (reserved.size > 0) await reserveForBatch(ctx, { batchNo, fiscalYear, amounts: reserved, at })
}

function countOf(moved: readonly Moved[]): Applied {
  const settled = moved.filter(({ move }) => !move.isQuestion)
  const count = (status: Move['status']) => settled.filter(({ move }) => move.status === status).length
  return {
    paid: count('paid'),
    returned: count('returned'),
    unknown: count('unknown'),
    late: count('late_paid'),
    questions: moved.filter(({ move }) => move.isQuestion).map(({ answer }) => answer.instruction.ref),
  }
}
