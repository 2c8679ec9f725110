import { z } from 'zod'
import { County, endpoint } from '../../platform/endpoint.schema.ts'
import { DatedValue } from './standard.schema.ts'

const DayText = z.iso.date()

const Setting = z.object({
  program: z.string(),
  programTitle: z.string(),
  key: z.string(),
  title: z.string(),
  /** How a new value is written; a `file` is brought by a policy file. */
  kind: z.enum(['yuan', 'choice', 'file']),
  choices: z.array(z.object({ value: z.string(), title: z.string() })),
  /** What holds while nothing is set. */
  unset: z.string(),
  /** In force today; null = nothing is set. */
  now: z
    .object({
      text: z.string(),
      from: DayText,
      basis: z.string(),
      areaLevel: z.enum(['nation', 'province', 'city', 'county']),
      /** The county's own, without the number of a document. */
      isLocal: z.boolean(),
      proposedBy: z.string().nullable(),
      publishedBy: z.string().nullable(),
      recordedAt: z.string().nullable(),
    })
    .nullable(),
  /** The latest first. */
  history: z.array(DatedValue),
})
export type Setting = z.infer<typeof Setting>

export const listSettingsEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/settings',
  title: '各项目的设置：现行值、依据、由谁设定、历次变化',
  input: z.object({ county: County }),
  output: z.object({
    today: DayText,
    settings: z.array(Setting),
    may: z.object({ propose: z.boolean(), reason: z.string().nullable() }),
  }),
})
