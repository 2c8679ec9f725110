import type { Actor } from '../../platform/access.ts'
import type { ClaimCause } from './claim.rules.ts'
import type { ClaimShown } from './claim-view.schema.ts'
import { seesWholeCounty } from './payable.rules.ts'

const CLOSED: Readonly<Record<ClaimCause, string>> = {
  arrears: '同月补发抵清',
  receipt: '已退回',
  offset: '已从其他款项抵扣',
  write_off: '已核销',
  return: '银行退回原款',
  run_cancelled: '产生它的核算已作废',
}

export function closedBecause(cause: ClaimCause | null): string | null {
  return cause === null ? null : CLOSED[cause]
}

interface Standing {
  status: 'open' | 'closed'
  decidedAt: string | null
  hasProposal: boolean
}

/** What the asker may do with a claim now; the commands ask the same again. */
export function mayOfClaim(
  { status, decidedAt, hasProposal }: Standing,
  actor: Actor,
  county: string,
): ClaimShown['may'] {
  const isOpen = status === 'open' && seesWholeCounty(actor, county)
  const mayDo = (permission: string) => isOpen && actor.permissions.has(permission)
  return {
    decide: mayDo('funds.claim.decide'),
    addReceipt: decidedAt !== null && mayDo('funds.receipt.add'),
    offset: mayDo('funds.claim.offset'),
    writeOff: !hasProposal && mayDo('funds.write_off.propose'),
  }
}
