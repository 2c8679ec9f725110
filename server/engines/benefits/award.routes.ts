import type { Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { queryRoute, type Route } from '../../platform/route.ts'
import { MONEY_PERMISSION } from '../registry/index.ts'
import { readAward, type AwardCash, type AwardInput } from './award-page.actions.ts'
import { getAwardEndpoint } from './award-view.schema.ts'
import type { ProgramBook } from './programs.rules.ts'

export type { AwardCash }

function awardShown(programs: ProgramBook, cash: AwardCash) {
  return query({
    event: 'benefits.award.shown',
    permission: MONEY_PERMISSION,
    run: (ctx: Ctx, input: AwardInput) => readAward(ctx, { programs, cash }, input),
    subject: ({ awardId }, { people }) => ({ awardId, personIds: people.map(({ id }) => id).slice(0, 20) }),
  })
}

/** `cash` is the cash ledger's, handed over by the composition. */
export function awardRoutes(programs: ProgramBook, cash: AwardCash): readonly Route[] {
  return [queryRoute(getAwardEndpoint, awardShown(programs, cash))]
}
