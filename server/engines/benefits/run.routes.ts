import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { notFound } from '../../platform/errors.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import type { z } from 'zod'
import { listPeople } from '../registry/index.ts'
import { listBasis } from './policy.db.ts'
import type { ProgramBook } from './programs.rules.ts'
import { titleOf, type runCommands } from './run.actions.ts'
import { findRun, listOpenBlockers, listRuns, type RunRow } from './run.db.ts'
import { listRunLines } from './run-lines.db.ts'
import { totalOf } from './run-summary.rules.ts'
import { mayApprove, mayCheck } from './run-duties.rules.ts'
import { lineShown, peopleOf } from './run-view.rules.ts'
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
      const comparison = run.comparison ?? {}
      const mayDo = (step: string) => actor.permissions.has(`benefits.run.${step}`)
      return {
        run: headOf(run),
        people: {
          startedBy: nameOf(run.startedBy),
          checkedBy: nameOf(run.checkedBy),
          approvedBy: nameOf(run.approvedBy),
        },
        programs: Object.entries(comparison).map(([key, part]) => ({
          key,
          title: programs.get(key)?.title ?? key,
          comparison: part,
        })),
        total: totalOf(comparison),
        blockers: blockers.map(({ no, kind, awardId, forMonth }) => ({
          ...{ no, kind, title: titleOf(kind), awardId, forMonth },
        })),
        may: {
          check: run.status === 'computed' && mayDo('check') && mayCheck(run, actor.id),
          approve:
            run.status === 'checked' &&
            blockers.length === 0 &&
            mayDo('approve') &&
            mayApprove(run, actor.id),
        },
      }
    },
    subject: ({ runNo }) => ({ runNo }),
  })
}

function linesShown(programs: ProgramBook) {
  return query({
    event: 'benefits.run.lines_shown',
    permission: 'benefits.run.read',
    run: async ({ tx }: Ctx, { county, runNo, month, after, limit }: LinesInput) => {
      const run = await findRun(tx, county, runNo)
      if (!run) throw notFound('benefits.run_unknown', `没有第 ${runNo} 次核算。请从核算列表进入。`)
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

export function runRoutes(programs: ProgramBook, commands: ReturnType<typeof runCommands>): readonly Route[] {
  return [
    queryRoute(view.listRunsEndpoint, listed),
    queryRoute(view.getRunEndpoint, shown(programs)),
    queryRoute(view.listRunLinesEndpoint, linesShown(programs)),
    commandRoute(view.checkRunEndpoint, commands.checkRun),
    commandRoute(view.approveRunEndpoint, commands.approveRun),
  ]
}
