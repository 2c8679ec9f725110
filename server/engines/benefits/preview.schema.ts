import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import { MonthText as Month } from './award.schema.ts'
import { StandardsDraft } from './standard.schema.ts'

const Fen = z.number().int()

/**
 * What new standards do to an award in its first month under them: more; less; nothing any more; something for the first time (a grant
 * is in force and gives nothing today); the same; not to be told, since a standard is missing. Whom nobody has decided about yet
 * cannot be known.
 */
export const ChangeKind = z.enum(['gained', 'lost', 'leaving', 'entering', 'unchanged', 'unknown'])
export type ChangeKind = z.infer<typeof ChangeKind>

/** Fen: new less now, of one month. */
const Tally = z.object({ awards: z.number().int(), people: z.number().int(), fen: Fen })
export type Tally = z.infer<typeof Tally>

const Kinds = z.object({
  gained: Tally,
  lost: Tally,
  leaving: Tally,
  entering: Tally,
  unchanged: Tally,
  unknown: Tally,
})
export type Kinds = z.infer<typeof Kinds>

/** Months that are settled already, awards and people they are for, lines that a run would write. */
const BackPay = Tally.extend({ lines: z.number().int() })
export type BackPay = z.infer<typeof BackPay>

const Change = z.object({
  awardId: z.uuid(),
  program: z.string(),
  programTitle: z.string(),
  kind: ChangeKind,
  month: Month,
  town: z.string().nullable(),
  townName: z.string().nullable(),
  villageName: z.string().nullable(),
  people: z.array(z.object({ id: z.uuid(), fullName: z.string() })),
  nowFen: Fen.nullable(),
  newFen: Fen.nullable(),
  arrearsFen: Fen,
  /** How each sum is found, in one sentence; null = cannot be told. */
  nowSentence: z.string().nullable(),
  newSentence: z.string().nullable(),
})
export type Change = z.infer<typeof Change>

/** Either as it is being written, or one that waits for publication. */
const Asked = z.object({ county: County, draft: StandardsDraft.optional(), policyId: z.uuid().optional() })

/** A text that is read: what is asked for stands in the body. */
export const previewStandardsEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/standards/preview',
  title: '试算新标准：谁变多、谁变少、各镇多少钱、补发多少；不改变任何数据',
  input: Asked,
  output: z.object({
    /** Known at this instant. */
    asOf: z.string(),
    programs: z.array(
      z.object({
        key: z.string(),
        title: z.string(),
        /** The month compared: the next run's, or the first in which all new standards hold. */
        month: Month,
        /** Settled months from the new standard's first on. */
        arrearsMonths: z.array(Month),
      }),
    ),
    kinds: Kinds,
    /** Σ over all kinds. */
    monthlyFen: Fen,
    arrears: BackPay,
    /** What settled months would have to give back; a run writes none of it before two people have decided the correction. */
    recoveries: BackPay,
    /** At most 12, by the change of an award's month; `from` and `to` included. */
    histogram: z.array(z.object({ from: Fen, to: Fen, awards: z.number().int(), people: z.number().int() })),
    towns: z.array(
      z.object({
        town: z.string().nullable(),
        name: z.string().nullable(),
        kinds: Kinds,
        monthlyFen: Fen,
        arrears: BackPay,
        recoveries: BackPay,
      }),
    ),
    /** Who gets less or nothing, the largest loss first; at most 50. */
    losers: z.array(Change),
    /** One of each way of changing; at most 20. */
    samples: z.array(Change),
  }),
})

export const listPreviewPeopleEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/standards/preview/people',
  title: '试算结果中一个数字背后的名单',
  input: Asked.extend({
    /** Also those behind arrears and recoveries, whatever becomes of their month. */
    kind: z.enum([...ChangeKind.options, 'arrears', 'recoveries']),
    town: z
      .string()
      .regex(/^\d{9}$/, '乡镇代码为九位数字')
      .optional(),
    /** `next` of the page before. */
    after: z.uuid().optional(),
    limit: z.number().int().min(1).max(200).default(50),
  }),
  output: z.object({ changes: z.array(Change), next: z.uuid().nullable() }),
})
