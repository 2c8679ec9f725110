import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { notFound } from '../../platform/errors.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import type { ProgramBook } from './programs.rules.ts'
import { titleOf, type runCommands } from './run.actions.ts'
import { findRun, listOpenBlockers, listRuns, type RunRow } from './run.db.ts'
import { comparisonOf, mayStep, totalOf } from './run-view.rules.ts'
import * as view from './run-view.schema.ts'

const listed = query({
  event: 'benefits.run.listed',
  permission: 'benefits.run.read',
  run: async ({ tx }: Ctx, { county, month }: { county: string; month?: string | undefined }) => {
    const rows = await listRuns(tx, county, month === undefined ? {} : { month })
    return { runs: rows.map(headOf).reverse() }
  },
  subject: (_, { runs }) => ({ runs: runs.length }),
})

function headOf({ no, programGroup, ...run }: RunRow): view.RunHead {
  const { month, status, isFull, cut, publishedAt, lines, totalFen } = run
  return { no, group: programGroup, month, status, isFull, cut, publishedAt, lines, totalFen }
}

function shown(programs: ProgramBook) {
  return query({
    event: 'benefits.run.shown',
    permission: 'benefits.run.read',
    run: async ({ tx, actor }: Ctx, { county, runNo }: { county: string; runNo: number }) => {
      const run = await findRun(tx, county, runNo)
      if (!run) throw notFound('benefits.run_unknown', `没有第 ${runNo} 次核算。请从核算列表进入。`)
      const blockers = await listOpenBlockers(tx, county, runNo)
      const names = await listNames(
        tx,
        [run.startedBy, run.checkedBy, run.approvedBy].flatMap((id) => id ?? []),
      )
      const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null))
      const parts = Object.entries(run.comparison ?? {}).map(([key, part]) => ({
        key,
        title: programs.get(key)?.title ?? key,
        comparison: comparisonOf(part),
      }))
      return {
        run: headOf(run),
        people: {
          startedBy: nameOf(run.startedBy),
          checkedBy: nameOf(run.checkedBy),
          approvedBy: nameOf(run.approvedBy),
        },
        programs: parts,
        total: totalOf(parts.map(({ comparison }) => comparison)),
        blockers: blockers.map(({ no, kind, awardId, forMonth }) => ({
          ...{ no, kind, title: titleOf(kind), awardId, forMonth },
        })),
        may: mayStep(run, actor, blockers.length > 0),
      }
    },
    subject: ({ runNo }) => ({ runNo }),
  })
}

export function runRoutes(programs: ProgramBook, commands: ReturnType<typeof runCommands>): readonly Route[] {
  return [
    queryRoute(view.listRunsEndpoint, listed),
    queryRoute(view.getRunEndpoint, shown(programs)),
    commandRoute(view.checkRunEndpoint, commands.checkRun),
    commandRoute(view.approveRunEndpoint, commands.approveRun),
  ]
}
