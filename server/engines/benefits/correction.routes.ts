import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import { explainOpening } from './award.actions.ts'
import { decideCorrection, proposeCorrection, rejectCorrection } from './correction.actions.ts'
import { listCorrections } from './correction.db.ts'
import * as view from './correction-view.schema.ts'

const listed = query({
  event: 'benefits.correction.listed',
  permission: 'benefits.run.read',
  run: async ({ tx, actor }: Ctx, { county }: { county: string }) => {
    const rows = await listCorrections(tx, county)
    const names = await listNames(
      tx,
      rows.flatMap(({ madeBy, checkedBy }) => [madeBy, ...(checkedBy === null ? [] : [checkedBy])]),
    )
    const mayDecide = actor.permissions.has('benefits.run.approve')
    return {
      corrections: rows.map(({ madeBy, checkedBy, ...row }) => ({
        ...row,
        madeBy: names.get(madeBy) ?? null,
        checkedBy: checkedBy === null ? null : (names.get(checkedBy) ?? null),
        may: { decide: mayDecide && row.status === 'proposed' && madeBy !== actor.id },
      })),
      may: {
        propose: actor.permissions.has('benefits.correction.propose') && actor.scope.includes(county),
      },
    }
  },
  subject: (_, { corrections }) => ({ corrections: corrections.length }),
})

export const correctionRoutes: readonly Route[] = [
  queryRoute(view.listCorrectionsEndpoint, listed),
  commandRoute(view.proposeCorrectionEndpoint, proposeCorrection),
  commandRoute(view.decideCorrectionEndpoint, decideCorrection),
  commandRoute(view.rejectCorrectionEndpoint, rejectCorrection),
  commandRoute(view.explainOpeningEndpoint, explainOpening),
]
