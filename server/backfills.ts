/** Every change of old rows that goes on beside the office, in the order in which they are done. */
import { phoneTails } from './engines/registry/index.ts'
import type { Backfill } from './platform/backfill.ts'

export const backfills: readonly Backfill[] = [phoneTails]
