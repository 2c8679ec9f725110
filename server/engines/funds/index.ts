/**
 * The cash ledger. Words as they are used here and nowhere differently:
 *
 * line         a signed amount for an award and month, written by a run of benefits; positive ones are what we settle
 * payable      of an award and month: Σ lines of published runs − Σ cash out + Σ receipts + Σ write-offs ± offsets
 * cash out     instructions in flight, paid, unknown or late paid
 * instruction  an order to the bank to pay one line, min(line, payable); `live` while in flight, paid or unknown
 * batch        instructions sent together: draft → approved (budget reserved) → filed (bytes fixed), or cancelled
 * result       what the bank, or a named person with a paper, says of an instruction; append only
 * late paid    the bank paid what it had sent back after the line had been issued again: cash out twice, one claim
 * hold         a reason not to pay an award's or person's lines from a month on; changes nothing of the entitlement
 * budget       money of one source for one programme and the year of payment; reserved by batches, never exceeded
 * claim        negative payable of one award and month; exactly one is open while it is negative
 * receipt      money given back against a decided claim
 * write-off    a claim given up by two people
 * offset       arrears kept back against a claim of another month, award or person: by consent, clause or replacement
 */
export { parseLayout, type BankFile, type PayBatch, type PayLine } from './bank-file.rules.ts'
export type { Layout, Outcome } from './bank-file.schema.ts'
export type { BankAnswer } from './bank-answer.rules.ts'
export { renderResultWorkbook } from './bank-workbook.actions.ts'
export { answerBatch, answersTo, readOrders, type BankMood, type BankOrder } from './stand-in-bank.rules.ts'

export { FUNDS_PERMISSIONS, type InstructionStatus } from './funds.schema.ts'
export { holdStore } from './hold-list.actions.ts'
export { setHold, liftHold, listHolds, usedInFunds, type ListedHold } from './hold.actions.ts'
export { budgetOutlook, createBudget, raiseBudget } from './budget.actions.ts'
export {
  createBatch,
  approveBatch,
  cancelBatch,
  type CreatedBatch,
  type MissingAccount,
} from './batch.actions.ts'
export { fileBatch, readBatchFile, type FiledBatch } from './batch-file.actions.ts'
export { importResults, answerUnknown, type ImportResults, type ImportedResults } from './result.actions.ts'
export { decideClaim, addReceipt, proposeWriteOff, answerWriteOff, offsetClaim } from './claim.actions.ts'
export { settlementOf, type Settlement } from './settlement.actions.ts'
export { listBatches, listBudgets, listClaims, listInstructions, listPayables } from './list.actions.ts'
export { batchRoutes, type BatchChoices } from './batch.routes.ts'
export { budgetRoutes } from './budget.routes.ts'
export { fundsExports } from './export.routes.ts'
export { claimRoutes } from './claim.routes.ts'
export { cashEvents, cashInFile } from './cash-file.actions.ts'
export { fundsHooks, type RunStep } from './hooks.actions.ts'
export type { AwardMonth } from './payable.rules.ts'
export type { Heap } from './pending.rules.ts'
export { rewriteFundsPlaces } from './places.db.ts'
