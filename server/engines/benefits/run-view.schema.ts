import { z } from 'zod'
import { endpoint } from '../../platform/endpoint.schema.ts'

/** County, six digits. */
const County = z.string().regex(/^\d{6}$/, '地区代码为六位数字')
const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '月份应为 YYYY-MM')
const RunNo = z.coerce.number().int().positive('核算编号应为正整数')
const Fen = z.number().int()

const RunHead = z.object({
  no: z.number().int(),
  group: z.string(),
  month: Month,
  status: z.enum(['computing', 'computed', 'checked', 'approved', 'published', 'rejected', 'cancelled']),
  isFull: z.boolean(),
  /** What was known at this instant was counted. */
  cut: z.string(),
  publishedAt: z.string().nullable(),
  lines: z.number().int().nullable(),
  totalFen: Fen.nullable(),
})
export type RunHead = z.infer<typeof RunHead>

export const listRunsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/runs',
  title: '月度核算',
  input: z.object({ county: County, month: Month.optional() }),
  output: z.object({ runs: z.array(RunHead) }),
})

const Bar = z.object({ count: z.number().int(), fen: Fen })

/** Last month, the changes, this month: `previousFen` + the bars of the month = `currentFen`; arrears and recoveries beside it. */
const Comparison = z.object({
  previousFen: Fen,
  currentFen: Fen,
  changes: z.object({ new: Bar, ended: Bar, raised: Bar, lowered: Bar, unchanged: Bar }),
  arrears: Bar,
  correction: Bar,
})
export type Comparison = z.infer<typeof Comparison>

const Blocker = z.object({
  no: z.number().int(),
  kind: z.string(),
  title: z.string(),
  awardId: z.uuid().nullable(),
  forMonth: Month.nullable(),
})

/** What the asker may do with the run now, and why not; the same answer as the step itself would give. */
const May = z.object({ check: z.boolean(), approve: z.boolean() })

export const getRunEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/runs/:runNo',
  title: '一次核算：与上月比较、待处理事项、可办步骤',
  input: z.object({ county: County, runNo: RunNo }),
  output: z.object({
    run: RunHead,
    people: z.object({
      startedBy: z.string().nullable(),
      checkedBy: z.string().nullable(),
      approvedBy: z.string().nullable(),
    }),
    programs: z.array(z.object({ key: z.string(), title: z.string(), comparison: Comparison })),
    total: Comparison,
    /** Those that block and that nobody has answered; at most 200. */
    blockers: z.array(Blocker),
    may: May,
  }),
})

const StepInput = z.object({ county: County, runNo: RunNo })

export const checkRunEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/runs/:runNo/check',
  title: '复核通过',
  input: StepInput,
  output: z.object({ runNo: z.number().int(), status: z.literal('checked') }),
})
export const approveRunEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/runs/:runNo/approve',
  title: '审批通过',
  input: StepInput,
  output: z.object({ runNo: z.number().int(), status: z.literal('approved') }),
})
