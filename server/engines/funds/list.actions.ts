import type { Ctx } from '../../platform/command.ts'
import { listBatches as listBatchRows, listInstructionRows } from './batch.db.ts'
import type { Batch, Instruction, InstructionFilter } from './batch.db.ts'
import type { BatchStatus } from './batch.rules.ts'
import { listBudgets as listBudgetRows, type Budget } from './budget.db.ts'
import { listClaims as listClaimRows, type Claim } from './claim.db.ts'
import { payablesOf } from './payable.db.ts'
import { monthKey, requireWholeCounty, type AwardMonth } from './payable.rules.ts'
import type { Fen } from '../../platform/money.ts'

/** Reads for screens and the command line, inside the request's transaction. */

export function listBatches(
  ctx: Ctx,
  filter: { status?: BatchStatus | undefined; group?: string | undefined } = {},
): Promise<Batch[]> {
  return listBatchRows(ctx.tx, ctx.county, filter)
}

/** Without the account: that is in the bank file alone. */
export async function listInstructions(
  ctx: Ctx,
  filter: InstructionFilter,
): Promise<Omit<Instruction, 'accountCipher'>[]> {
  const rows = await listInstructionRows(ctx.tx, ctx.county, filter)
  return rows.map(({ accountCipher: _sealed, ...shown }) => shown)
}

export function listBudgets(ctx: Ctx, fiscalYear: number): Promise<Budget[]> {
  return listBudgetRows(ctx.tx, ctx.county, fiscalYear)
}

export function listClaims(
  ctx: Ctx,
  filter: { status?: 'open' | 'closed' | undefined; awardId?: string | undefined } = {},
): Promise<Claim[]> {
  return listClaimRows(ctx.tx, ctx.county, filter)
}

/** In fen, in the order asked; negative = owed back. Throws `funds.whole_county_needed`. */
export async function listPayables(ctx: Ctx, months: readonly AwardMonth[]): Promise<Fen[]> {
  requireWholeCounty(ctx.actor, ctx.county)
  const payables = await payablesOf(ctx.tx, ctx.county, months)
  return months.map((month) => payables.get(monthKey(month)) ?? 0)
}
