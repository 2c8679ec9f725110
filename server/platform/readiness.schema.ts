import { z } from 'zod'
import { County, endpoint } from './endpoint.schema.ts'

const Finding = z.object({
  /** A contract: whoever watches the service switches on it. */
  code: z.string(),
  /** For people: what is so, and what to do. */
  text: z.string(),
})

export const Readiness = z.object({
  status: z.enum(['ready', 'not_ready']),
  /** What keeps it from being ready. */
  reasons: z.array(Finding),
  /** What somebody should see to; it works all the same. */
  notes: z.array(Finding),
})
export type Readiness = z.infer<typeof Readiness>

export const getReadinessEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/readiness',
  title: '本系统的运行状况：是否正常，哪些要处理',
  input: z.object({ county: County }),
  output: Readiness,
})
