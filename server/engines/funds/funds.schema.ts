import { z } from 'zod'
import { Layout } from './bank-file.schema.ts'

const Id = z.uuid()
const MonthText = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '请填写如 2026-03 的月份')
const DateText = z.iso.date('请填写如 2026-03-01 的日期')
const PositiveFen = z.int('金额须精确到分').min(1, '金额须大于零')
const FiscalYear = z.int().min(2000).max(2999)
const Words = z.string().trim().min(2, '请填写').max(500)

export const SetHold = z
  .strictObject({
    awardId: Id.optional(),
    personId: Id.optional(),
    /** Lines for this month and later months are held. */
    fromMonth: MonthText,
    cause: Words,
    /** The paper or record that the cause rests on. */
    evidence: Words,
    reviewOn: DateText,
  })
  .refine(({ awardId, personId }) => (awardId === undefined) !== (personId === undefined), {
    message: '请选择一笔待遇或一个人，二者选一',
  })
export type SetHold = z.infer<typeof SetHold>

export const LiftHold = z.strictObject({ holdId: Id, reason: Words })
export type LiftHold = z.infer<typeof LiftHold>

export const CreateBudget = z.strictObject({
  fiscalYear: FiscalYear,
  source: Words,
  program: z.string().regex(/^[a-z][a-z0-9_]*$/),
  amountFen: PositiveFen,
  /** The document that grants the money. */
  basis: Words,
})
export type CreateBudget = z.infer<typeof CreateBudget>

export const RaiseBudget = z.strictObject({
  budgetId: Id,
  addFen: PositiveFen,
  basis: Words,
  version: z.int().min(1),
})
export type RaiseBudget = z.infer<typeof RaiseBudget>

export const CreateBatch = z.strictObject({
  programGroup: z.string().min(1),
  /** The year in which the money is paid, not the year paid for. */
  fiscalYear: FiscalYear,
  title: Words,
  layout: Layout,
  /** Programme key → what the bank and the recipient read; the key itself where absent. */
  labels: z.record(z.string(), z.string().min(1)).default({}),
  upToMonth: MonthText.optional(),
})
export type CreateBatch = z.infer<typeof CreateBatch>

const BatchNo = z.int().min(1)

export const ApproveBatch = z.strictObject({
  batchNo: BatchNo,
  /** Order in which sources are drawn on; others follow by name. */
  sources: z.array(z.string()).default([]),
})
export type ApproveBatch = z.infer<typeof ApproveBatch>

export const BatchRef = z.strictObject({ batchNo: BatchNo })
export type BatchRef = z.infer<typeof BatchRef>

export const BatchFileRef = z.strictObject({ batchNo: BatchNo, part: z.int().min(1) })
export type BatchFileRef = z.infer<typeof BatchFileRef>

/** What identifies an import: the bytes themselves stay outside of the transaction. */
export const ResultFileRef = z.strictObject({ batchNo: BatchNo, digest: z.string().min(1) })
export type ResultFileRef = z.infer<typeof ResultFileRef>

export const AnswerUnknown = z.strictObject({
  instructionId: Id,
  outcome: z.enum(['paid', 'returned']),
  /** Number or name of the bank's written answer. */
  paper: Words,
})
export type AnswerUnknown = z.infer<typeof AnswerUnknown>

export const DecideClaim = z.strictObject({ claimId: Id, decision: Words })
export type DecideClaim = z.infer<typeof DecideClaim>

export const AddReceipt = z.strictObject({
  claimId: Id,
  fen: PositiveFen,
  receivedOn: DateText,
  paper: Words,
})
export type AddReceipt = z.infer<typeof AddReceipt>

export const ProposeWriteOff = z.strictObject({ claimId: Id, fen: PositiveFen, clause: Words })
export type ProposeWriteOff = z.infer<typeof ProposeWriteOff>

export const AnswerWriteOff = z.strictObject({ writeOffId: Id, agrees: z.boolean() })
export type AnswerWriteOff = z.infer<typeof AnswerWriteOff>

export const OffsetClaim = z.strictObject({
  claimId: Id,
  toAward: Id,
  toMonth: MonthText,
  fen: PositiveFen,
  /** Written consent of the recipient, or the clause that allows it. */
  basis: z.enum(['consent', 'clause']),
  evidence: Words,
})
export type OffsetClaim = z.infer<typeof OffsetClaim>

export const INSTRUCTION_STATUSES = [
  'in_flight',
  'paid',
  'returned',
  'unknown',
  'late_paid',
  'cancelled',
] as const
export type InstructionStatus = (typeof INSTRUCTION_STATUSES)[number]

/** What a role may be given. */
export const FUNDS_PERMISSIONS = [
  'funds.ledger.read',
  'funds.hold.read',
  'funds.hold.set',
  'funds.hold.lift',
  'funds.budget.create',
  'funds.budget.raise',
  'funds.batch.create',
  'funds.batch.approve',
  'funds.batch.file',
  'funds.batch.download',
  'funds.batch.cancel',
  'funds.result.import',
  'funds.result.answer',
  'funds.claim.decide',
  'funds.claim.offset',
  'funds.receipt.add',
  'funds.write_off.propose',
  'funds.write_off.answer',
] as const
