import type { z } from 'zod'
import type { getPersonEndpoint } from '../../../server/engines/registry/person-file.schema.ts'

export type PersonFile = z.infer<typeof getPersonEndpoint.output>
