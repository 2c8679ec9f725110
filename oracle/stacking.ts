/** Who may hold what together (rulebook §1.10): of the four programmes only 低保 and 特困 exclude each other. */
import type { Month } from './calendar.ts'
import { entitlement } from './entitlement.ts'
import type { OracleHistory } from './types.ts'

export interface HeldTogether {
  personId: string
  subsistenceAwardId: string
  extremePovertyAwardId: string
}

/** Every person who is paid both in one month, as known at a cut; each pair of awards once. */
export function heldTogether(history: OracleHistory, month: Month, asKnownAt: number): HeldTogether[] {
  const found: HeldTogether[] = []
  for (const left of history.awards) {
    if (left.program !== 'subsistence_allowance') continue
    for (const right of history.awards) {
      if (right.program !== 'extreme_poverty_support' && right.program !== 'extreme_poverty_care') continue
      for (const share of entitlement(history, left.id, month, asKnownAt).shares) {
        for (const other of entitlement(history, right.id, month, asKnownAt).shares) {
          if (share.personId !== other.personId || share.fen === 0 || other.fen === 0) continue
          found.push({
            personId: share.personId,
            subsistenceAwardId: left.id,
            extremePovertyAwardId: right.id,
          })
        }
      }
    }
  }
  return found
}
