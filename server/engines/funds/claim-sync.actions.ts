import type { Instant } from '../../platform/dates.ts'
import type { Tx } from '../../platform/db.ts'
import { closeClaims, insertClaims, listOpenClaims, updateClaims } from './claim.db.ts'
import { claimChanges, type ClaimCause } from './claim.rules.ts'
import { payablesOf } from './payable.db.ts'
import type { AwardMonth } from './payable.rules.ts'

export interface ClaimSync {
  county: string
  /** Award-months whose payable may have changed. */
  months: readonly AwardMonth[]
  at: Instant
  /** What is said of a claim that this closes. */
  cause: ClaimCause
}

/** Called after every change of what is payable, under `lockCash`: negative payable = exactly one open claim. */
export async function syncClaims(tx: Tx, { county, months, at, cause }: ClaimSync): Promise<void> {
  if (months.length === 0) return
  const payables = await payablesOf(tx, county, months)
  const changes = claimChanges(payables, months, await listOpenClaims(tx, county, months))
  await insertClaims(tx, { county, at }, changes.opened)
  await updateClaims(tx, county, changes.changed)
  await closeClaims(tx, { county, at, cause }, changes.closed)
}
