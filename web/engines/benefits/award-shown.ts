import type { z } from 'zod'
import type { getAwardEndpoint } from '../../../server/engines/benefits/award-view.schema.ts'

export type AwardShown = z.infer<typeof getAwardEndpoint.output>
