import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'

/** Figures with what they count, and the list behind a count. */

const MonthText = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '请填写如 2026-03 的月份')

/** A month for stock figures, or a first and a last month for flow figures. */
const Period = {
  county: County,
  month: MonthText.optional(),
  from: MonthText.optional(),
  to: MonthText.optional(),
}

export const listFiguresEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/figures',
  title: '统计数字及其口径：某月时点数，或一段时间的发放数',
  input: z.object(Period),
  output: z.object({
    period: z.string(),
    /** What was published, as known at these cuts, is counted; none = there are no figures yet. */
    runs: z.array(z.object({ group: z.string(), no: z.number().int(), month: MonthText, cut: z.string() })),
    figures: z.array(
      z.object({
        indicator: z.string(),
        value: z.number(),
        unit: z.string(),
        definition: z.string(),
        breakdown: z.array(z.object({ title: z.string(), value: z.number() })),
        hasList: z.boolean(),
      }),
    ),
  }),
})

export const listCountedEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/figures/:indicator/people',
  title: '一个统计数字数到的人或户',
  input: z.object({
    ...Period,
    indicator: z.string().min(1).max(60),
    /** `next` of the page before. */
    after: z
      .string()
      .regex(/^[0-9a-f-]{36}(\.[0-9a-f-]{36})?$/, '翻页标记不对，请从第一页重新查看')
      .optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  output: z.object({
    period: z.string(),
    indicator: z.string(),
    rows: z.array(
      z.object({
        awardId: z.uuid().nullable(),
        people: z.array(z.object({ id: z.uuid(), fullName: z.string() })),
        town: z.string().nullable(),
        village: z.string().nullable(),
        /** Of the whole award: due for the month, or granted in the period. */
        fen: z.number().int().nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
})
