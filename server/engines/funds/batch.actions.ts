import { command, type Ctx } from '../../platform/command.ts'
import { nextNumber } from '../../platform/counter.db.ts'
import type { Month } from '../../platform/dates.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import { decryptField, encryptField } from '../../platform/field-crypto.ts'
import { sumFen, type Fen } from '../../platform/money.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  findBatchForUpdate,
  insertBatch,
  insertInstructions,
  listBatchAmounts,
  listInstructionRows,
  updateApproved,
  updateCancelled,
  type Batch,
  type NewInstruction,
} from './batch.db.ts'
import { amountsByProgram, instructionRef, requireState } from './batch.rules.ts'
import { releaseOfBatch, reserveForBatch } from './budget.actions.ts'
import { syncClaims } from './claim-sync.actions.ts'
import { ApproveBatch, BatchRef, CreateBatch } from './funds.schema.ts'
import { lockCash } from './payable.db.ts'
import { requireWholeCounty } from './payable.rules.ts'
import { loadPlan } from './pending.actions.ts'
import { dayOf, insertInstructedRuns, listPublishedRuns } from './pending.db.ts'
import { fullyInstructed, heapOf, type Heap, type PayeeAccount, type PlannedLine } from './pending.rules.ts'

export interface MissingAccount {
  awardId: string
  forMonth: Month
  seq: number
  fen: Fen
  payeeKind: 'person' | 'organisation' | null
  payeeId: string | null
}

export interface CreatedBatch {
  batchNo: number
  lines: number
  totalFen: Fen
  held: Heap
  /** Stay out until an account is on record; the next batch takes them. */
  missingAccount: MissingAccount[]
}

/** Everything of the group that is payable, not held and has an account, oldest month first. Re-issue happens only here. */
export const createBatch = command({
  event: 'funds.batch.created',
  isBulk: true,
  permission: 'funds.batch.create',
  input: CreateBatch,
  needsKey: true,
  run: async (ctx: Ctx, input): Promise<CreatedBatch> => {
    requireWholeCounty(ctx.actor, ctx.county)
    await lockCash(ctx.tx, ctx.county)
    const { tx, county } = ctx
    const at = await ctx.clock.stamp(tx)
    const { programGroup: group, upToMonth, fiscalYear, title, layout, labels } = input
    const runs = await listPublishedRuns(tx, county, group)
    const plan = await loadPlan(tx, county, { group, upToMonth, runs, day: await dayOf(tx, at) })
    const missingAccount = plan.filter(({ way }) => way === 'missing_account').map(missingOf)
    const held = heapOf(plan.filter(({ way }) => way === 'held'))
    const batchNo = await nextNumber(tx, county, 'batch')
    const instructions = instructionsOf(ctx, batchNo, plan)
    if (instructions.length === 0) throw nothingToPay(held, missingAccount)
    const totalFen = sumFen(instructions.map(({ fen }) => fen))
    const head = { county, no: batchNo, programGroup: group, fiscalYear, title, layout, labels }
    await insertBatch(tx, { ...head, lines: instructions.length, totalFen, by: ctx.actor.id, at })
    await insertInstructions(tx, { county, at }, instructions)
    const open = runs.flatMap(({ no, isOpen }) => (isOpen ? [no] : []))
    await insertInstructedRuns(tx, { county, runs: fullyInstructed(open, plan), at })
    return { batchNo, lines: instructions.length, totalFen, held, missingAccount }
  },
  subject: (_, { batchNo, lines }) => ({ batchNo, lines }),
})

function instructionsOf(ctx: Ctx, batchNo: number, plan: readonly PlannedLine[]): NewInstruction[] {
  return plan
    .flatMap(({ line, fen, way, account }) => (way === 'pay' && account ? [{ line, fen, account }] : []))
    .map(({ line, fen, account }, index) => {
      const id = uuidv7()
      if (line.payeeKind === null || line.payeeId === null) throw new Error('a payable line without a payee')
      return {
        id,
        batchNo,
        ref: instructionRef(ctx.county, batchNo, index + 1),
        awardId: line.awardId,
        forMonth: line.forMonth,
        lineSeq: line.seq,
        program: line.program,
        fen,
        payeeKind: line.payeeKind,
        payeeId: line.payeeId,
        payeeName: account.holderName,
        bankCode: account.bankCode,
        accountCipher: accountFor(ctx, account, id),
        town: line.town,
        village: line.village,
      }
    })
}

/** A snapshot under the instruction's own place: a later change of the account changes nothing already ordered. */
function accountFor({ keys }: Ctx, account: PayeeAccount, instructionId: string): string {
  const from = { table: 'registry.bank_account', column: 'number_cipher', rowId: account.id }
  return encryptField(keys, accountPlace(instructionId), decryptField(keys, from, account.numberCipher))
}

export function accountPlace(instructionId: string) {
  return { table: 'funds.instruction', column: 'account_cipher', rowId: instructionId }
}

function missingOf({ line, fen }: PlannedLine): MissingAccount {
  const { awardId, forMonth, seq, payeeKind, payeeId } = line
  return { awardId, forMonth, seq, fen, payeeKind, payeeId }
}

function nothingToPay(held: Heap, missingAccount: readonly MissingAccount[]) {
  return conflict(
    'funds.batch_nothing_to_pay',
    `没有可以发放的明细：暂缓 ${held.lines} 笔，缺收款账户 ${missingAccount.length} 笔。请先解除暂缓、补录账户，或核对核算是否已发布。`,
    { held, missingAccount: missingAccount.slice(0, 200) },
  )
}

/** Another person's signature; reserves the money, programme by programme, or does nothing. */
export const approveBatch = command({
  event: 'funds.batch.approved',
  permission: 'funds.batch.approve',
  input: ApproveBatch,
  needsKey: true,
  run: async (ctx: Ctx, { batchNo, sources }) => {
    requireWholeCounty(ctx.actor, ctx.county)
    const at = await ctx.clock.stamp(ctx.tx)
    const batch = await getBatchForUpdate(ctx, batchNo)
    requireState(batch, ['draft'], '审批')
    if (batch.madeBy === ctx.actor.id) {
      throw forbidden('funds.maker_is_checker', '编制这一批次的人不能审批，请由另一位负责人审批。')
    }
    const amounts = await requireWhole(ctx, batch)
    await reserveForBatch(ctx, { batchNo, fiscalYear: batch.fiscalYear, amounts, at }, sources)
    await updateApproved(ctx.tx, { county: ctx.county, no: batchNo, by: ctx.actor.id, at })
    return { batchNo, status: 'approved' as const, totalFen: batch.totalFen }
  },
  subject: ({ batchNo }) => ({ batchNo }),
})

/** Amounts per programme; the sum of the instructions must be what was signed. */
async function requireWhole(ctx: Ctx, batch: Batch): Promise<Map<string, Fen>> {
  const amounts = await listBatchAmounts(ctx.tx, ctx.county, batch.no)
  const lines = amounts.reduce((sum, each) => sum + each.lines, 0)
  if (lines !== batch.lines || sumFen(amounts.map(({ fen }) => fen)) !== batch.totalFen) {
    throw new Error(`batch ${batch.no}: instructions do not add up to the batch`)
  }
  return amountsByProgram(amounts)
}

/** Only before the bank has the file; the lines wait for the next batch and the reservation is free again. */
export const cancelBatch = command({
  event: 'funds.batch.cancelled',
  permission: 'funds.batch.cancel',
  input: BatchRef,
  needsKey: true,
  run: async (ctx: Ctx, { batchNo }) => {
    requireWholeCounty(ctx.actor, ctx.county)
    await lockCash(ctx.tx, ctx.county)
    const at = await ctx.clock.stamp(ctx.tx)
    const batch = await getBatchForUpdate(ctx, batchNo)
    requireState(batch, ['draft', 'approved'], '作废')
    const instructions = await listInstructionRows(ctx.tx, ctx.county, { batchNo })
    await updateCancelled(ctx.tx, { county: ctx.county, no: batchNo, by: ctx.actor.id, at })
    if (batch.status === 'approved') {
      const amounts = amountsByProgram(instructions)
      await releaseOfBatch(ctx, { batchNo, fiscalYear: batch.fiscalYear, amounts, at })
    }
    await syncClaims(ctx.tx, { county: ctx.county, months: instructions, at, cause: 'return' })
    return { batchNo, status: 'cancelled' as const }
  },
  subject: ({ batchNo }) => ({ batchNo }),
})

/** Throws `funds.batch_unknown`. */
export async function getBatchForUpdate(ctx: Ctx, batchNo: number): Promise<Batch> {
  const batch = await findBatchForUpdate(ctx.tx, ctx.county, batchNo)
  if (!batch) throw unknownBatch(batchNo)
  return batch
}

export function unknownBatch(batchNo: number) {
  return notFound('funds.batch_unknown', `没有第 ${batchNo} 批，或不在您的管辖范围内。请核对批次号。`)
}
