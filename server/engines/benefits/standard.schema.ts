import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import { MonthText as Month } from './award.schema.ts'

const DayText = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, '日期应为 YYYY-MM-DD')
const Fen = z.number().int()

const Value = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('amount'), fen: Fen.nonnegative('金额不能小于零') }),
  z.object({ kind: z.literal('percent'), percent: z.string() }),
  z.object({
    kind: z.literal('factor'),
    factor: z.string(),
    /** `<program>.<item>`, for the same dimensions. */
    of: z.string(),
    round: z.enum(['fen', 'up_yuan']).optional(),
  }),
])

/** Bands of age are rows of a policy file: one of them alone says nothing. */
const When = z
  .record(z.string(), z.string())
  .refine((when) => !('ageFrom' in when) && !('ageTo' in when), '按年龄分档的标准请用政策文件导入')

const DraftRate = z.object({
  program: z.string(),
  item: z.string(),
  when: When.default({}),
  value: Value,
  per: z
    .enum([
      'person_month',
      'household_month',
      'person_year',
      'person_half_year',
      'bed_month',
      'once',
      'event',
    ])
    .default('person_month'),
  from: Month,
  /** The last month; absent = until a later one. */
  to: Month.nullish(),
  /** Of the document. */
  clause: z.string().optional(),
})

const DraftSetting = z.object({
  program: z.string(),
  key: z.string(),
  value: z.unknown(),
  from: DayText,
  to: DayText.nullish(),
  clause: z.string().optional(),
})

/** New standards as a clerk writes them: one document, what it changes, from when. */
export const StandardsDraft = z.object({
  title: z.string().trim().min(1, '请写明标题').max(200),
  document: z.object({
    title: z.string().trim().min(1, '请写明文件名称'),
    number: z.string().optional(),
    issuedOn: DayText.optional(),
  }),
  rates: z.array(DraftRate).max(200).default([]),
  settings: z.array(DraftSetting).max(50).default([]),
})
export type StandardsDraft = z.infer<typeof StandardsDraft>

export const DatedValue = z.object({
  id: z.uuid(),
  /** Both included; null = open. */
  from: DayText,
  to: DayText.nullable(),
  text: z.string(),
  fen: Fen.nullable(),
  basis: z.string(),
  recordedAt: z.string(),
  proposedBy: z.string().nullable(),
  proposedAt: z.string(),
  publishedBy: z.string().nullable(),
  /** When a later record displaced it, or part of it; null = what holds for these days. */
  supersededAt: z.string().nullable(),
})
export type DatedValue = z.infer<typeof DatedValue>

const Standard = z.object({
  kind: z.enum(['rate', 'setting']),
  area: z.string(),
  areaLevel: z.enum(['nation', 'province', 'city', 'county']),
  program: z.string(),
  programTitle: z.string(),
  /** Item of a rate, key of a setting. */
  item: z.string(),
  when: z.record(z.string(), z.string()),
  title: z.string(),
  unit: z.string(),
  /** In force today; `fen` also where a factor was worked out. */
  now: z.object({ text: z.string(), fen: Fen.nullable(), from: DayText, basis: z.string() }).nullable(),
  /** A more specific area has its own today. */
  isOverridden: z.boolean(),
  /** The latest first. */
  history: z.array(DatedValue),
})
export type Standard = z.infer<typeof Standard>

const DraftItem = z.object({
  program: z.string(),
  title: z.string(),
  unit: z.string(),
  from: z.string(),
  to: z.string().nullable(),
  /** In force when the new one begins; null = none. */
  nowText: z.string().nullable(),
  newText: z.string(),
  basis: z.string(),
})
export type DraftItem = z.infer<typeof DraftItem>

const Draft = z.object({
  id: z.uuid(),
  area: z.string(),
  title: z.string(),
  madeBy: z.string().nullable(),
  madeAt: z.string(),
  items: z.array(DraftItem),
  may: z.object({ publish: z.boolean(), withdraw: z.boolean() }),
})
export type Draft = z.infer<typeof Draft>

const InCounty = z.object({ county: County })
const One = z.object({ county: County, policyId: z.uuid() })

export const listStandardsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/standards',
  title: '标准和设置：现行值、历次变化、依据，待发布的新标准',
  input: InCounty,
  output: z.object({ today: DayText, standards: z.array(Standard), drafts: z.array(Draft) }),
})

export const listDraftsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/standards/drafts',
  title: '待发布的新标准',
  input: InCounty,
  output: z.object({ drafts: z.array(Draft) }),
})

export const proposeStandardsEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/standards/drafts',
  title: '提出新标准，由另一人发布',
  input: StandardsDraft.extend({ county: County }),
  output: z.object({
    policyId: z.uuid(),
    title: z.string(),
    rates: z.number().int(),
    settings: z.number().int(),
  }),
})

export const publishStandardsEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/standards/drafts/:policyId/publish',
  title: '发布新标准（第二人）',
  input: One,
  output: z.object({ policyId: z.uuid(), recordedAt: z.string() }),
})

export const withdrawStandardsEndpoint = endpoint({
  method: 'POST',
  path: '/api/counties/:county/standards/drafts/:policyId/withdraw',
  title: '撤回待发布的新标准',
  input: One.extend({ why: z.string().trim().min(1, '请写明撤回原因') }),
  output: z.object({ policyId: z.uuid() }),
})
