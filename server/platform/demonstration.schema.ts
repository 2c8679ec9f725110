import { z } from 'zod'
import { endpoint } from './endpoint.schema.ts'

/** A demonstration that is not whole yet. */
export const DemonstrationLoading = z.object({
  /** failed = nothing is loaded any more until the next start. */
  state: z.enum(['loading', 'failed']),
  /** For people: what there is so far, or what to do about a failure. */
  text: z.string(),
  /** For people: how long it still takes; null = cannot be told yet. */
  remaining: z.string().nullable(),
  /** Of the whole work. */
  share: z.number().min(0).max(1),
  /** The last month that is run, paid and closed. */
  closedTo: z.string().nullable(),
})
export type DemonstrationLoading = z.infer<typeof DemonstrationLoading>

/** The sign-in page shows it too: nobody has to be signed in. */
export const demonstrationEndpoint = endpoint({
  method: 'GET',
  path: '/api/demonstration',
  title: '演示数据载入到哪里了',
  input: z.object({}),
  output: z.object({ loading: DemonstrationLoading.nullable() }),
})
