import type { Month } from '../../platform/dates.ts'
import { conflict } from '../../platform/errors.ts'
import { formatYuan, type Fen } from '../../platform/money.ts'
import { monthKey, type AwardMonth } from './payable.rules.ts'

/** What closed a claim. */
export type ClaimCause = 'arrears' | 'receipt' | 'offset' | 'write_off' | 'return' | 'run_cancelled'

export interface OpenClaim extends AwardMonth {
  id: string
  openFen: Fen
}

export interface ClaimChanges {
  opened: (AwardMonth & { fen: Fen })[]
  changed: { id: string; fen: Fen; grown: Fen }[]
  closed: string[]
}

/** Negative payable = exactly one open claim of that amount; anything else = none. */
export function claimChanges(
  payables: ReadonlyMap<string, Fen>,
  months: readonly AwardMonth[],
  claims: readonly OpenClaim[],
): ClaimChanges {
  const openByMonth = new Map(claims.map((claim) => [monthKey(claim), claim]))
  const changes: ClaimChanges = { opened: [], changed: [], closed: [] }
  for (const [key, { awardId, forMonth }] of new Map(months.map((month) => [monthKey(month), month]))) {
    const owed = Math.max(0, -(payables.get(key) ?? 0))
    const claim = openByMonth.get(key)
    if (claim && owed === 0) changes.closed.push(claim.id)
    else if (claim && owed !== claim.openFen) {
      changes.changed.push({ id: claim.id, fen: owed, grown: Math.max(0, owed - claim.openFen) })
    } else if (!claim && owed > 0) changes.opened.push({ awardId, forMonth, fen: owed })
  }
  return changes
}

export interface ReplacementPair {
  claimId: string
  fromAward: string
  forMonth: Month
  toAward: string
  openFen: Fen
}

/** A claim is laid on the payable of the replacing awards of the same month, in the order of the pairs. */
export function replacementOffsets(
  pairs: readonly ReplacementPair[],
  payables: ReadonlyMap<string, Fen>,
): (ReplacementPair & { fen: Fen })[] {
  const open = new Map<string, Fen>()
  const left = new Map<string, Fen>()
  return pairs.flatMap((pair) => {
    const target = monthKey({ awardId: pair.toAward, forMonth: pair.forMonth })
    const owed = open.get(pair.claimId) ?? pair.openFen
    const due = left.get(target) ?? Math.max(0, payables.get(target) ?? 0)
    const fen = Math.min(owed, due)
    if (fen === 0) return []
    open.set(pair.claimId, owed - fen)
    left.set(target, due - fen)
    return [{ ...pair, fen }]
  })
}

/** Throws `funds.more_than_claim`. */
export function requireWithinClaim(fen: Fen, openFen: Fen): void {
  if (fen <= openFen) return
  throw conflict(
    'funds.more_than_claim',
    `金额 ${formatYuan(fen)} 元超过应追回余额 ${formatYuan(openFen)} 元，本次未登记。请核对金额；多退的款项请退还本人。`,
    { fen, openFen },
  )
}
