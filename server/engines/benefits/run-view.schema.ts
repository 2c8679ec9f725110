import { z } from 'zod'
import { County, endpoint, MOST_NUMBER } from '../../platform/endpoint.schema.ts'
import { MonthText as Month } from './award.schema.ts'

export const RunNo = z.coerce
  .number()
  .int()
  .positive('核算编号应为正整数')
  .max(MOST_NUMBER, '没有这个核算编号，请核对')
export const Fen = z.number().int()

export const RunStatus = z.enum([
  ...(['computing', 'computed', 'checked', 'approved', 'published', 'rejected', 'cancelled'] as const),
])
export type RunStatus = z.infer<typeof RunStatus>

/** The words of these codes, for whatever says them: what a run waits for. */
export const RUN_TITLES: Readonly<Record<RunStatus, string>> = {
  computing: '计算中',
  computed: '待复核',
  checked: '待审批',
  approved: '待发布',
  published: '已发布',
  rejected: '已退回',
  cancelled: '已撤销',
}

const RunHead = z.object({
  no: z.number().int(),
  group: z.string(),
  groupTitle: z.string(),
  month: Month,
  status: RunStatus,
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
  output: z.object({
    runs: z.array(RunHead),
    /** Which month of which group may be started now; a group with an open run is not among them. */
    next: z.array(
      z.object({
        group: z.string(),
        title: z.string(),
        month: Month,
        /** The month published last, once more for what became known since. */
        isAgain: z.boolean(),
      }),
    ),
    may: z.object({ start: z.boolean() }),
  }),
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

export const Person = z.object({ id: z.uuid(), fullName: z.string() })

const Blocker = z.object({
  no: z.number().int(),
  kind: z.string(),
  title: z.string(),
  awardId: z.uuid().nullable(),
  forMonth: Month.nullable(),
  programTitle: z.string().nullable(),
  town: z.string().nullable(),
  people: z.array(Person),
  /** What it is about in money, where known; negative = to be recovered. */
  fen: Fen.nullable(),
  /** The way out: what to do, where, and what follows. */
  remedy: z.string(),
  /** A written answer is enough (`answer`); the others need a deed of their own. */
  isAnswerable: z.boolean(),
  /** Corrections that two people would have to decide, as `proposeCorrection` takes them. */
  corrections: z.array(
    z.object({
      kind: z.enum(['rate', 'setting', 'formula', 'fact']),
      subject: z.string(),
      status: z.enum(['none', 'proposed', 'decided']),
    }),
  ),
})

const Step = z.enum(['compute', 'publish', 'reject', 'cancel'])

/** What the asker may try now; approving may still find a stop that the run does not explain, cancelling money that has moved. */
const May = z.object({
  check: z.boolean(),
  approve: z.boolean(),
  publish: z.boolean(),
  reject: z.boolean(),
  cancel: z.boolean(),
  answer: z.boolean(),
})

export const OneRun = z.object({ county: County, runNo: RunNo })

const Funds = z.object({
  fiscalYear: z.number().int(),
  /** `limitFen` − `usedFen` − `runFen` = `restFen`. */
  sources: z.array(
    z.object({
      source: z.string(),
      program: z.string(),
      programTitle: z.string(),
      limitFen: Fen,
      usedFen: Fen,
      runFen: Fen,
      restFen: Fen,
    }),
  ),
  /** What no source covers. */
  short: z.array(z.object({ program: z.string(), programTitle: z.string(), fen: Fen })),
})

export const getRunEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/runs/:runNo',
  title: '一次核算：进度、与上月比较、待处理事项、可办步骤、资金是否够用',
  input: OneRun,
  output: z.object({
    run: RunHead,
    people: z.object({
      startedBy: z.string().nullable(),
      checkedBy: z.string().nullable(),
      approvedBy: z.string().nullable(),
    }),
    /** Before the work is divided there are no chunks. */
    progress: z.object({ chunksDone: z.number().int(), chunks: z.number().int() }),
    /** Asked for and not carried out yet. */
    pending: z.object({ step: Step, title: z.string(), by: z.string(), at: z.string() }).nullable(),
    /** What went wrong last; a step that is still pending is tried again. */
    failure: z
      .object({ step: Step, title: z.string(), code: z.string(), message: z.string(), at: z.string() })
      .nullable(),
    /** Why it was sent back. */
    rejection: z.object({ by: z.string(), reason: z.string(), at: z.string() }).nullable(),
    programs: z.array(z.object({ key: z.string(), title: z.string(), comparison: Comparison })),
    total: Comparison,
    /** Those that block and that nobody has answered; at most 200. */
    blockers: z.array(Blocker),
    /** All of them, by kind. */
    blockerCounts: z.array(
      z.object({ kind: z.string(), title: z.string(), count: z.number().int(), remedy: z.string() }),
    ),
    may: May,
    /** While the run is computed and not yet published; null otherwise. */
    funds: Funds.nullable(),
  }),
})
export type RunShown = z.infer<typeof getRunEndpoint.output>

export const Line = z.object({
  awardId: z.uuid(),
  forMonth: Month,
  seq: z.number().int(),
  kind: z.enum(['regular', 'arrears', 'correction']),
  program: z.string(),
  programTitle: z.string(),
  /** Names of those covered, the payee first. */
  people: z.array(Person),
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
      .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d{1,6}$/, '翻页标记不对，请从第一页重新查看')
      .optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: z.object({ month: Month, lines: z.array(Line), next: z.string().nullable() }),
})
