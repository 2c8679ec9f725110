import type { Actor } from '../../platform/access.ts'
import type { Month } from '../../platform/dates.ts'
import { forbidden } from '../../platform/errors.ts'

export interface AwardMonth {
  awardId: string
  forMonth: Month
}

/** One text for an award and month, for maps and sets. */
export function monthKey({ awardId, forMonth }: AwardMonth): string {
  return `${awardId} ${forMonth}`
}

/** Whoever sees one town only would compute what is payable without the county's runs and receipts, and be wrong. */
export function seesWholeCounty(actor: Actor, county: string): boolean {
  return actor.scope.includes(county)
}

/** Throws `funds.whole_county_needed`. */
export function requireWholeCounty(actor: Actor, county: string): void {
  if (seesWholeCounty(actor, county)) return
  throw forbidden(
    'funds.whole_county_needed',
    '资金发放和追回由县级办理，您的账号只管辖部分乡镇。请交县级资金岗位操作。',
  )
}
