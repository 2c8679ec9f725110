import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import { MonthText as Month } from './award.schema.ts'

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

const Awards = z.object({ awards: z.number().int(), fen: Fen })
const Lines = z.object({ lines: z.number().int(), fen: Fen })

/** Last month, the changes, this month: `previousFen` + Σ changes = `currentFen`; arrears and recoveries beside it. */
const Comparison = z.object({
  previousFen: Fen,
  currentFen: Fen,
  changes: z.object({ new: Awards, ended: Awards, raised: Awards, lowered: Awards, unchanged: Awards }),
  regular: Lines,
  arrears: Lines,
  correction: Lines,
})

const Blocker = z.object({
  no: z.number().int(),
  kind: z.string(),
  title: z.string(),
  awardId: z.uuid().nullable(),
  forMonth: Month.nullable(),
})

/** What the asker may try now; approving may still find a stop that the run does not explain. */
const May = z.object({ check: z.boolean(), approve: z.boolean() })

const OneRun = z.object({ county: County, runNo: RunNo })

export const getRunEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/runs/:runNo',
  title: '一次核算：与上月比较、待处理事项、可办步骤',
  input: OneRun,
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

const Line = z.object({
  awardId: z.uuid(),
  forMonth: Month,
  seq: z.number().int(),
  kind: z.enum(['regular', 'arrears', 'correction']),
  program: z.string(),
  programTitle: z.string(),
  /** Names of those covered, the payee first. */
  people: z.array(z.object({ id: z.uuid(), fullName: z.string() })),
  town: z.string().nullable(),
  village: z.string().nullable(),
  /** due − was = now. */
  dueFen: Fen,
  wasFen: Fen,
  fen: Fen,
  /** How the amount was found, in one sentence with its legal basis. */
  sentence: z.string(),
})
export type Line = z.infer<typeof Line>

export const listRunLinesEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/runs/:runNo/lines',
  title: '一次核算中一个月份的明细，逐笔说明',
  input: OneRun.extend({
    /** The month paid for; absent = the run's own. */
    month: Month.optional(),
    /** `next` of the page before. */
    after: z
      .string()
      .regex(/^[0-9a-f-]{36}\.\d{1,6}$/, '翻页标记不对，请从第一页重新查看')
      .optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: z.object({ month: Month, lines: z.array(Line), next: z.string().nullable() }),
})

export const checkRunEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/runs/:runNo/check',
  title: '复核通过',
  input: OneRun,
  output: z.object({ runNo: z.number().int(), status: z.literal('checked') }),
})
export const approveRunEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/runs/:runNo/approve',
  title: '审批通过',
  input: OneRun,
  output: z.object({ runNo: z.number().int(), status: z.literal('approved') }),
})
