import type { z } from 'zod'
import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import { maskNumbersIn } from '../../platform/masking.ts'
import type { ProgramBook } from '../benefits/index.ts'
import { awardNames } from './award-names.actions.ts'
import { addReceipt, answerWriteOff, decideClaim, offsetClaim, proposeWriteOff } from './claim.actions.ts'
import { listClaimPage, listProposedWriteOffs, type ProposedWriteOff } from './claim-view.db.ts'
import { closedBecause, mayOfClaim } from './claim-view.rules.ts'
import * as view from './claim-view.schema.ts'
import { seesWholeCounty } from './payable.rules.ts'

export function claimsListed(programs: ProgramBook) {
  return query({
    event: 'funds.claim.listed',
    permission: 'funds.ledger.read',
    run: async (ctx: Ctx, { county, limit, ...filter }: z.output<typeof view.listClaimsEndpoint.input>) => {
      const rows = await listClaimPage(ctx.tx, county, { ...filter, limit: limit + 1 })
      const claims = rows.slice(0, limit)
      const nameOf = await awardNames(ctx, claims, programs)
      const proposed = await listProposedWriteOffs(
        ctx.tx,
        county,
        claims.map(({ id }) => id),
      )
      const writeOffs = new Map(proposed.map((writeOff) => [writeOff.claimId, writeOff]))
      const deciders = [...claims, ...proposed].flatMap(({ decidedBy }) => decidedBy ?? [])
      const people = await listNames(ctx.tx, deciders)
      const personOf = (id: string | null) => (id === null ? null : (people.get(id) ?? null))
      return {
        claims: claims.map(({ closedBy, ...claim }) => {
          const writeOff = writeOffs.get(claim.id)
          return {
            ...claim,
            ...nameOf(claim),
            decision: claim.decision === null ? null : maskNumbersIn(claim.decision),
            decidedBy: personOf(claim.decidedBy),
            closedBecause: closedBecause(closedBy),
            writeOff: writeOff ? writeOffShown(ctx, writeOff, personOf(writeOff.decidedBy)) : null,
            may: mayOfClaim({ ...claim, hasProposal: writeOff !== undefined }, ctx.actor, county),
          }
        }),
        next: rows.length > limit ? (claims.at(-1)?.id ?? null) : null,
      }
    },
    subject: (_, { claims }) => ({ claims: claims.length, first: claims[0]?.id ?? null }),
  })
}

function writeOffShown(
  { actor, county }: Ctx,
  { id, fen, clause, decidedBy }: ProposedWriteOff,
  proposedBy: string | null,
) {
  const mayAnswer =
    actor.permissions.has('funds.write_off.answer') &&
    decidedBy !== actor.id &&
    seesWholeCounty(actor, county)
  return { id, fen, clause, proposedBy, mayAnswer }
}

export function claimRoutes(programs: ProgramBook): readonly Route[] {
  return [
    queryRoute(view.listClaimsEndpoint, claimsListed(programs)),
    commandRoute(view.decideClaimEndpoint, decideClaim),
    commandRoute(view.addReceiptEndpoint, addReceipt),
    commandRoute(view.offsetClaimEndpoint, offsetClaim),
    commandRoute(view.proposeWriteOffEndpoint, proposeWriteOff),
    commandRoute(view.answerWriteOffEndpoint, answerWriteOff),
  ]
}
