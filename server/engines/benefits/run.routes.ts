import type { Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import type { z } from 'zod'
import { listPeople } from '../registry/index.ts'
import { listBasis } from './policy.db.ts'
import type { ProgramBook } from './programs.rules.ts'
import { answerFinding, type runCommands } from './run.actions.ts'
import { runChangeRoutes } from './run-change.routes.ts'
import { findRun, listRuns } from './run.db.ts'
import { requireKnown } from './run-known.rules.ts'
import { listRunLines } from './run-lines.db.ts'
import type { runRequestCommands } from './run-request.actions.ts'
import { headOf, showRun, startable, type RunFunds } from './run-shown.actions.ts'
import * as step from './run-step.schema.ts'
import { lineShown, peopleOf } from './run-view.rules.ts'
import * as view from './run-view.schema.ts'

function listed(programs: ProgramBook) {
  return query({
    event: 'benefits.run.listed',
    permission: 'benefits.run.read',
    run: async (ctx: Ctx, { county, month }: { county: string; month?: string | undefined }) => {
      const { actor } = ctx
      const rows = await listRuns(ctx.tx, county)
      const isWhole = actor.scope.includes(county)
      return {
        runs: rows
          .filter((run) => month === undefined || run.month === month)
          .map((run) => headOf(run, programs))
          .reverse(),
        next: isWhole ? await startable(ctx, rows, programs) : [],
        may: { start: isWhole && actor.permissions.has('benefits.run.start') },
      }
    },
    subject: (_, { runs }) => ({ runs: runs.length }),
  })
}

function shown(programs: ProgramBook, funds: RunFunds) {
  return query({
    event: 'benefits.run.shown',
    permission: 'benefits.run.read',
    run: async (ctx: Ctx, { runNo }: { county: string; runNo: number }) =>
      showRun(ctx, requireKnown(await findRun(ctx.tx, ctx.county, runNo), runNo), { programs, funds }),
    subject: ({ runNo }) => ({ runNo }),
  })
}

export function linesShown(programs: ProgramBook) {
  return query({
    event: 'benefits.run.lines_shown',
    permission: 'benefits.run.read',
    run: async ({ tx }: Ctx, { county, runNo, month, after, limit }: LinesInput) => {
      const run = requireKnown(await findRun(tx, county, runNo), runNo)
      const page = {
        runNo,
        month: month ?? run.month,
        after: after === undefined ? undefined : lineMark(after),
      }
      const rows = await listRunLines(tx, county, { ...page, limit: limit + 1 })
      const lines = rows.slice(0, limit)
      const basis = await listBasis(
        tx,
        lines.flatMap(({ detail }) => detail.rates.map(({ id }) => id)),
      )
      const people = await listPeople(
        tx,
        county,
        lines.flatMap(({ detail }) => peopleOf(detail)),
      )
      const names = new Map(people.map(({ id, fullName }) => [id, fullName]))
      const last = lines.at(-1)
      return {
        month: page.month,
        lines: lines.map((line) => lineShown(line, { runMonth: run.month, programs, basis, names })),
        next: rows.length > limit && last ? `${last.awardId}.${last.seq}` : null,
      }
    },
    subject: ({ runNo }, { month, lines }) => ({
      runNo,
      month,
      lines: lines.length,
      first: lines[0]?.awardId ?? null,
    }),
  })
}

type LinesInput = z.output<typeof view.listRunLinesEndpoint.input>

function lineMark(text: string): { awardId: string; seq: number } {
  const [awardId = '', seq = ''] = text.split('.')
  return { awardId, seq: Number(seq) }
}

type Commands = ReturnType<typeof runCommands> & ReturnType<typeof runRequestCommands>

/** Every address of a month's computation; the composition says whether the money is enough. */
export function runRoutes(programs: ProgramBook, commands: Commands, funds: RunFunds): readonly Route[] {
  return [
    queryRoute(view.listRunsEndpoint, listed(programs)),
    queryRoute(view.getRunEndpoint, shown(programs, funds)),
    queryRoute(view.listRunLinesEndpoint, linesShown(programs)),
    ...runChangeRoutes(programs),
    commandRoute(step.startRunEndpoint, commands.beginRun),
    commandRoute(step.checkRunEndpoint, commands.checkRun),
    commandRoute(step.approveRunEndpoint, commands.approveRun),
    commandRoute(step.publishRunEndpoint, commands.askPublish),
    commandRoute(step.rejectRunEndpoint, commands.askReject),
    commandRoute(step.cancelRunEndpoint, commands.askCancel),
    commandRoute(step.answerFindingEndpoint, answerFinding),
  ]
}
