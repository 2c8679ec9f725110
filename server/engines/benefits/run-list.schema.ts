import { z } from 'zod'
import { endpoint } from '../../platform/endpoint.schema.ts'

/** County, six digits. */
export const County = z.string().regex(/^\d{6}$/, '地区代码为六位数字')
export const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '月份应为 YYYY-MM')

export const RunSummaryRow = z.object({
  no: z.number().int(),
  group: z.string(),
  month: Month,
  status: z.enum(['computing', 'computed', 'checked', 'approved', 'published', 'rejected', 'cancelled']),
  isFull: z.boolean(),
  /** What was known at this instant was counted. */
  cut: z.string(),
  publishedAt: z.string().nullable(),
  lines: z.number().int().nullable(),
  totalFen: z.number().int().nullable(),
})
export type RunSummaryRow = z.infer<typeof RunSummaryRow>

export const listRunsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/runs',
  title: '月度核算',
  input: z.object({ county: County, month: Month.optional() }),
  output: z.object({ runs: z.array(RunSummaryRow) }),
})
