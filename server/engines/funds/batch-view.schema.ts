import { z } from 'zod'
import { County, endpoint, FileAnswer, MOST_NUMBER } from '../../platform/endpoint.schema.ts'

/** Batches as the office sees them. Accounts are masked everywhere but in the bank's file. */

const BatchNo = z.coerce
  .number()
  .int()
  .positive('批次号应为正整数')
  .max(MOST_NUMBER, '没有这个批次号，请核对')
const Fen = z.number().int()
const MonthText = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '请填写如 2026-03 的月份')
const Lines = z.object({ lines: z.number().int(), fen: Fen })
const Status = z.enum(['draft', 'approved', 'filed', 'cancelled'])
const InstructionStatus = z.enum(['in_flight', 'paid', 'returned', 'unknown', 'late_paid', 'cancelled'])

/** What the bank has said so far; every instruction stands under exactly one. */
const ByStatus = z.object({
  inFlight: Lines,
  paid: Lines,
  returned: Lines,
  unknown: Lines,
  /** Paid twice; each has its claim. */
  latePaid: Lines,
  cancelled: Lines,
})
export type ByStatus = z.infer<typeof ByStatus>

const BatchHead = z.object({
  no: z.number().int(),
  group: z.string(),
  title: z.string(),
  fiscalYear: z.number().int(),
  /** First and last month paid for. */
  fromMonth: MonthText.nullable(),
  toMonth: MonthText.nullable(),
  status: Status,
  statusTitle: z.string(),
  lines: z.number().int(),
  totalFen: Fen,
  madeBy: z.string().nullable(),
  madeAt: z.string(),
  approvedBy: z.string().nullable(),
  approvedAt: z.string().nullable(),
  filedAt: z.string().nullable(),
  cancelledAt: z.string().nullable(),
  byStatus: ByStatus,
})
export type BatchHead = z.infer<typeof BatchHead>

export const listBatchesEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/batches',
  title: '发放批次，新的在前',
  input: z.object({
    county: County,
    status: Status.optional(),
    group: z.string().optional(),
    /** `next` of the page before. */
    before: BatchNo.optional(),
    limit: z.coerce.number().int().min(1).max(50).default(12),
  }),
  output: z.object({ batches: z.array(BatchHead), next: z.number().int().nullable() }),
})

export const getBatchChoicesEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/batch-choices',
  title: '编制批次可选的项目组与银行文件格式',
  input: z.object({ county: County }),
  output: z.object({
    groups: z.array(z.object({ key: z.string(), title: z.string() })),
    layouts: z.array(z.object({ key: z.string(), title: z.string() })),
  }),
})

const Step = z.object({ allowed: z.boolean(), reason: z.string().nullable() })
export type Step = z.infer<typeof Step>
const May = z.object({ approve: Step, file: Step, download: Step, cancel: Step, importResults: Step })
export type May = z.infer<typeof May>

const BudgetUse = z.object({
  budgetId: z.uuid(),
  source: z.string(),
  program: z.string(),
  programTitle: z.string(),
  limitFen: Fen,
  /** By other batches. */
  usedFen: Fen,
  /** Reserved by this batch; for a draft what its approval would reserve. */
  thisFen: Fen,
  restFen: Fen,
})
export type BudgetUse = z.infer<typeof BudgetUse>

const OneBatch = z.object({ county: County, batchNo: BatchNo })

export const getBatchEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/batches/:batchNo',
  title: '一个批次：各项目金额、预算占用、发放结果、可办步骤',
  input: OneBatch,
  output: z.object({
    batch: BatchHead,
    programs: z.array(Lines.extend({ program: z.string(), title: z.string() })),
    budget: z.object({
      isReserved: z.boolean(),
      sources: z.array(BudgetUse),
      /** What no source covers; approval is refused while it is not 0. */
      shortFen: Fen,
    }),
    files: z.array(
      z.object({ part: z.number().int(), name: z.string(), lines: z.number().int(), totalFen: Fen }),
    ),
    may: May,
  }),
})

const Instruction = z.object({
  id: z.uuid(),
  ref: z.string(),
  awardId: z.uuid(),
  forMonth: MonthText,
  program: z.string(),
  programTitle: z.string(),
  payeeKind: z.enum(['person', 'organisation']),
  payeeId: z.uuid(),
  payeeName: z.string(),
  bankCode: z.string(),
  account: z.string(),
  fen: Fen,
  status: InstructionStatus,
  statusTitle: z.string(),
  reason: z.string().nullable(),
  town: z.string().nullable(),
  village: z.string().nullable(),
  statusAt: z.string(),
})
export type InstructionShown = z.infer<typeof Instruction>

export const listInstructionsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/batches/:batchNo/instructions',
  title: '批次中的支付指令',
  input: OneBatch.extend({
    status: InstructionStatus.optional(),
    /** `next` of the page before. */
    after: z
      .string()
      .regex(/^\d{18}$/, '翻页标记不对，请从第一页重新查看')
      .optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: z.object({ instructions: z.array(Instruction), next: z.string().nullable() }),
})

export const createBatchEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/batches',
  title: '编制批次：所有可发放、未暂缓、有账户的款项',
  input: z.object({
    county: County,
    programGroup: z.string(),
    fiscalYear: z.number(),
    title: z.string(),
    /** Key of a bank file's layout. */
    layout: z.string(),
    upToMonth: MonthText.optional(),
  }),
  output: z.object({
    batchNo: z.number().int(),
    lines: z.number().int(),
    totalFen: Fen,
    held: Lines,
    missingAccounts: Lines,
    /** The first 200 of them; they stay out until an account is on record. */
    missingAccount: z.array(
      z.object({
        awardId: z.uuid(),
        forMonth: MonthText,
        fen: Fen,
        payeeKind: z.enum(['person', 'organisation']).nullable(),
        payeeId: z.uuid().nullable(),
      }),
    ),
  }),
})

export const approveBatchEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/batches/:batchNo/approve',
  title: '审批批次，占用预算',
  /** Sources in the order in which they are drawn on; others follow by name. */
  input: OneBatch.extend({ sources: z.array(z.string()).default([]) }),
  output: z.object({ batchNo: z.number().int(), status: z.literal('approved'), totalFen: Fen }),
})
export const cancelBatchEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/batches/:batchNo/cancel',
  title: '作废批次，释放预算',
  input: OneBatch,
  output: z.object({ batchNo: z.number().int(), status: z.literal('cancelled') }),
})
export const fileBatchEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/batches/:batchNo/file',
  title: '生成银行文件；已生成的不变',
  input: OneBatch,
  output: z.object({
    batchNo: z.number().int(),
    files: z.array(
      z.object({ part: z.number().int(), name: z.string(), lines: z.number().int(), totalFen: Fen }),
    ),
  }),
})
export const downloadBatchEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/batches/:batchNo/file',
  title: '下载银行文件（含完整账号，每次下载都有记录）',
  input: OneBatch.extend({ part: z.coerce.number().int().min(1).max(MOST_NUMBER).default(1) }),
  output: FileAnswer,
})

const MOST_BYTES = 5_000_000

export const importResultsEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/batches/:batchNo/results',
  title: '导入银行回单',
  input: OneBatch.extend({
    /** The file as the bank sent it, at most 5 MB. */
    base64: z
      .string()
      .min(1, '请选择银行回单文件')
      .max(Math.ceil(MOST_BYTES / 3) * 4, '回单文件超过 5 MB，没有接收。请核对是否选错文件。'),
  }),
  output: z.object({
    batchNo: z.number().int(),
    /** These bytes were taken in before; nothing has changed. */
    alreadyImported: z.boolean(),
    lines: z.number().int(),
    paid: z.number().int(),
    returned: z.number().int(),
    unknown: z.number().int(),
    late: z.number().int(),
    /** References whose answer contradicts an earlier one. */
    questions: z.array(z.string()),
  }),
  mostBytes: MOST_BYTES * 1.4,
})

export const answerUnknownEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/instructions/:instructionId/answer',
  title: '凭银行书面答复了结待查的支付指令',
  input: z.object({
    county: County,
    instructionId: z.uuid(),
    outcome: z.enum(['paid', 'returned']),
    paper: z.string(),
  }),
  output: z.object({ instructionId: z.uuid(), status: z.enum(['paid', 'returned']) }),
})

export const getSettlementEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/runs/:runNo/settlement',
  title: '一次核算的款项发放到哪一步',
  input: z.object({ county: County, runNo: z.coerce.number().int().positive().max(MOST_NUMBER) }),
  output: z.object({
    runNo: z.number().int(),
    payableFen: Fen,
    ready: Lines,
    returned: Lines,
    held: Lines,
    missingAccount: Lines,
    inFlight: Lines,
    paid: Lines,
    unknown: Lines,
    latePaid: Lines,
    isClosed: z.boolean(),
  }),
})
