import { z } from 'zod'
import { endpoint } from '../../platform/endpoint.schema.ts'
import { MonthText as Month } from './award.schema.ts'
import { Fen, Line, OneRun, Person } from './run-view.schema.ts'

export const ChangeKind = z.enum(['new', 'ended', 'raised', 'lowered', 'unchanged', 'arrears', 'correction'])
export type ChangeKind = z.infer<typeof ChangeKind>

/** The words of these codes, for whatever says them. */
export const CHANGE_TITLES: Readonly<Record<ChangeKind, string>> = {
  new: '新增',
  ended: '停发',
  raised: '提高',
  lowered: '降低',
  unchanged: '不变',
  arrears: '补发',
  correction: '更正',
}

const Changed = z.object({
  awardId: z.uuid(),
  program: z.string(),
  programTitle: z.string(),
  /** Names of those covered, the payee first; nobody's where the reader's areas do not reach. */
  people: z.array(Person),
  town: z.string().nullable(),
  village: z.string().nullable(),
  /** The month that the money is for. */
  forMonth: Month,
  /** Arrears and recoveries: what the month had come to before, and comes to now. `currentFen` − `previousFen` = `fen`. */
  previousFen: Fen,
  currentFen: Fen,
  fen: Fen,
  cause: z.string(),
})
export type Changed = z.infer<typeof Changed>

export const listRunChangesEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/runs/:runNo/changes',
  title: '与上月比较中一项变化的名单，逐笔说明原因',
  input: OneRun.extend({
    change: ChangeKind,
    program: z.string().max(60).optional(),
    town: z
      .string()
      .regex(/^\d{9}$/, '乡镇代码为九位数字')
      .optional(),
    /** `next` of the page before. */
    after: z
      .string()
      .regex(
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.\d{4}-\d{2}\.\d{1,6})?$/,
        '翻页标记不对，请从第一页重新查看',
      )
      .optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: z.object({
    change: ChangeKind,
    /** What the bar says of the whole list; null where a town is asked for. Awards, of arrears and recoveries lines. */
    bar: z.object({ count: z.number().int(), fen: Fen }).nullable(),
    items: z.array(Changed),
    next: z.string().nullable(),
  }),
})

const Fact = z.object({
  title: z.string(),
  value: z.string(),
  source: z.string().nullable(),
  since: z.string().nullable(),
})

const Sampled = z.object({
  awardId: z.uuid(),
  program: z.string(),
  programTitle: z.string(),
  people: z.array(Person),
  town: z.string().nullable(),
  village: z.string().nullable(),
  /** Σ of its months in this run. */
  fen: Fen,
  /** due − was = now, month by month, each with its sentence. */
  months: z.array(
    Line.pick({ forMonth: true, kind: true, dueFen: true, wasFen: true, fen: true, sentence: true }),
  ),
  facts: z.array(Fact),
})

export type Sampled = z.infer<typeof Sampled>

export const sampleRunEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/runs/:runNo/sample',
  title: '复核抽样：按核算号抽取，可重现',
  input: OneRun.extend({ size: z.coerce.number().int().min(1).max(100).default(30) }),
  output: z.object({
    /** Whoever draws with it again draws the same. */
    seed: z.number().int(),
    /** How it was drawn, for the record of the check. */
    method: z.string(),
    awards: z.array(Sampled),
  }),
})
