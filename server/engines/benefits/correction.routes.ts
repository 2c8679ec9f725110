import type { z } from 'zod'
import type { Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import { explainOpening } from './award.actions.ts'
import type { AwardCash } from './award-page.actions.ts'
import { decideCorrection, proposeCorrection, rejectCorrection } from './correction.actions.ts'
import { listCorrections } from './correction.db.ts'
import { correctionsShown, listCorrected, showCorrection } from './correction-shown.actions.ts'
import * as view from './correction-view.schema.ts'
import type { ProgramBook } from './programs.rules.ts'

const READ = 'benefits.run.read'

function listed(programs: ProgramBook) {
  return query({
    event: 'benefits.correction.listed',
    permission: READ,
    run: async (ctx: Ctx, { county }: { county: string }) => {
      const { actor } = ctx
      const rows = await listCorrections(ctx.tx, county)
      return {
        corrections: (await correctionsShown(ctx, programs, rows)).toReversed(),
        may: {
          propose: actor.permissions.has('benefits.correction.propose') && actor.scope.includes(county),
        },
      }
    },
    subject: (_, { corrections }) => ({ corrections: corrections.length }),
  })
}

function shown(programs: ProgramBook) {
  return query({
    event: 'benefits.correction.shown',
    permission: READ,
    run: (ctx: Ctx, { correctionId }: { county: string; correctionId: string }) =>
      showCorrection(ctx, programs, correctionId),
    subject: ({ correctionId }, { runs }) => ({ correctionId, runs: runs.map(({ runNo }) => runNo) }),
  })
}

function monthsListed(programs: ProgramBook, cash: AwardCash) {
  return query({
    event: 'benefits.correction.months_listed',
    permission: READ,
    run: (ctx: Ctx, input: z.output<typeof view.listCorrectedEndpoint.input>) =>
      listCorrected(ctx, { programs, cash }, input),
    subject: ({ correctionId, runNo }, { months }) => ({ correctionId, runNo, months: months.length }),
  })
}

/** `cash` is the cash ledger's, handed over by the composition. */
export function correctionRoutes(programs: ProgramBook, cash: AwardCash): readonly Route[] {
  return [
    queryRoute(view.listCorrectionsEndpoint, listed(programs)),
    queryRoute(view.getCorrectionEndpoint, shown(programs)),
    queryRoute(view.listCorrectedEndpoint, monthsListed(programs, cash)),
    commandRoute(view.proposeCorrectionEndpoint, proposeCorrection),
    commandRoute(view.decideCorrectionEndpoint, decideCorrection),
    commandRoute(view.rejectCorrectionEndpoint, rejectCorrection),
    commandRoute(view.explainOpeningEndpoint, explainOpening),
  ]
}
