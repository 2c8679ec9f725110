import { z } from 'zod'

const MONTH_OR_DAY = /^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$/
const AREA = /^(00|\d{2}|\d{4}|\d{6})$/

const When = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]),
)

const Dated = z.object({
  from: z.string().regex(MONTH_OR_DAY, '应为 YYYY-MM 或 YYYY-MM-DD'),
  to: z.string().regex(MONTH_OR_DAY, '应为 YYYY-MM 或 YYYY-MM-DD').nullish(),
  basis: z.string().min(1, '每一项都要写依据编号'),
})

export const PolicyRate = Dated.extend({
  program: z.string(),
  item: z.string(),
  when: When.default({}),
  yuan: z.string().optional(),
  percent: z.string().optional(),
  factor: z.string().optional(),
  of: z.string().optional(),
  round: z.enum(['fen', 'up_yuan']).optional(),
  per: z.enum([
    'person_month',
    'household_month',
    'person_year',
    'person_half_year',
    'bed_month',
    'once',
    'event',
  ]),
  payMonths: z.array(z.number().int().min(1).max(12)).optional(),
})
export type PolicyRate = z.infer<typeof PolicyRate>

export const PolicySetting = Dated.extend({
  program: z.string(),
  key: z.string(),
  value: z.unknown(),
})
export type PolicySetting = z.infer<typeof PolicySetting>

export const PolicyExclusion = Dated.extend({
  a: z.string(),
  b: z.string(),
  scope: z.literal('person'),
  rule: z.enum(['exclude', 'higher', 'top_up']),
})
export type PolicyExclusion = z.infer<typeof PolicyExclusion>

/** A county as data: `policies/<area>-<slug>.json`. */
export const PolicyFile = z.object({
  format: z.literal('minben-policy/1'),
  area: z.string().regex(AREA, '地区代码应为 00、2 位、4 位或 6 位'),
  title: z.string().min(1),
  basis: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      number: z.string().optional(),
      issuedOn: z.string().optional(),
      clause: z.string().optional(),
    }),
  ),
  recordedOn: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  rates: z.array(PolicyRate).default([]),
  settings: z.array(PolicySetting).default([]),
  exclusions: z.array(PolicyExclusion).default([]),
})
export type PolicyFile = z.infer<typeof PolicyFile>

export const LoadPolicy = z.object({ text: z.string().min(2) })
export type LoadPolicy = z.infer<typeof LoadPolicy>

export const PublishPolicy = z.object({ policyId: z.uuid() })
export type PublishPolicy = z.infer<typeof PublishPolicy>

export const WithdrawPolicy = PublishPolicy.extend({ why: z.string().trim().min(1, '请写明撤回原因') })
