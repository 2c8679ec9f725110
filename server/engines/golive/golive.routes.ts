import type { z } from 'zod'
import { requireWholeCounty } from '../../platform/access.ts'
import type { Ctx } from '../../platform/command.ts'
import { invalid } from '../../platform/errors.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import type { ProgramBook } from '../benefits/index.ts'
import type { SafekeepingLook } from './check-item.actions.ts'
import type { compareCommands } from './compare.actions.ts'
import { findProject, listProjects, type ProjectRow } from './project.db.ts'
import { unknownProject, type projectCommands } from './project.actions.ts'
import { PREPARE } from './project.rules.ts'
import { groupsOf, linesShown, projectsShown, qualityShown, showProject } from './golive-view.actions.ts'
import * as view from './golive-view.schema.ts'
import { countChecks, listCheck } from './quality.actions.ts'
import { CHECKS } from './quality.rules.ts'

const READ = 'golive.project.read'

async function projectOf(ctx: Ctx, projectId: string): Promise<ProjectRow> {
  const project = await findProject(ctx.tx, ctx.county, projectId)
  if (project) return project
  throw unknownProject()
}

function listed(programs: ProgramBook) {
  return query({
    event: 'golive.project.listed',
    permission: READ,
    run: async (ctx: Ctx) => {
      requireWholeCounty(ctx.actor, ctx.county)
      const rows = await listProjects(ctx.tx, ctx.county)
      const isBusy = rows.some(({ status }) => ['preparing', 'parallel', 'signed'].includes(status))
      return {
        projects: await projectsShown(ctx, programs, rows),
        groups: groupsOf(programs),
        may: { start: !isBusy && ctx.actor.permissions.has(PREPARE) },
      }
    },
    subject: (_, { projects }) => ({ projects: projects.length }),
  })
}

interface One {
  county: string
  projectId: string
}

function shown(programs: ProgramBook, look: SafekeepingLook) {
  return query({
    event: 'golive.project.shown',
    permission: READ,
    run: async (ctx: Ctx, { projectId }: One) => {
      requireWholeCounty(ctx.actor, ctx.county)
      return showProject(ctx, { programs, look }, await projectOf(ctx, projectId))
    },
    subject: ({ projectId }) => ({ projectId }),
  })
}

const counted = query({
  event: 'golive.quality.counted',
  permission: READ,
  isLong: true,
  run: async (ctx: Ctx, { projectId }: One) => {
    requireWholeCounty(ctx.actor, ctx.county)
    return { checks: await countChecks(ctx, await projectOf(ctx, projectId)) }
  },
  subject: ({ projectId }) => ({ projectId }),
})

export function qualityListed(programs: ProgramBook) {
  return query({
    event: 'golive.quality.listed',
    permission: READ,
    run: async (ctx: Ctx, input: z.output<typeof view.listGoLiveQualityEndpoint.input>) => {
      const { projectId, check: key, after, limit } = input
      requireWholeCounty(ctx.actor, ctx.county)
      const project = await projectOf(ctx, projectId)
      const check = CHECKS.find((each) => each.key === key)
      if (!check)
        throw invalid('golive.check_unknown', '没有这一类数据质量问题。请从上线工作台的质量报告进入。')
      const rows = await listCheck(ctx, project, { key, after, limit: limit + 1 })
      const page = rows.slice(0, limit)
      return {
        check,
        rows: await qualityShown(ctx, programs, { key, rows: page }),
        next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
      }
    },
    subject: ({ projectId, check }, { rows }) => ({ projectId, check, rows: rows.length }),
  })
}

export function linesListed(programs: ProgramBook) {
  return query({
    event: 'golive.lines.listed',
    permission: READ,
    run: async (ctx: Ctx, input: z.output<typeof view.listGoLiveLinesEndpoint.input>) => {
      requireWholeCounty(ctx.actor, ctx.county)
      await projectOf(ctx, input.projectId)
      return linesShown(ctx, programs, input)
    },
    subject: ({ projectId, state, reason }, { lines }) => ({
      ...{ projectId, state: state ?? null, reason: reason ?? null, lines: lines.length },
    }),
  })
}

export type GoLiveCommands = ReturnType<typeof projectCommands> & ReturnType<typeof compareCommands>

/** Every address of the go-live desk. */
export function goliveRoutes(
  programs: ProgramBook,
  commands: GoLiveCommands,
  look: SafekeepingLook,
): readonly Route[] {
  return [
    queryRoute(view.listGoLivesEndpoint, listed(programs)),
    queryRoute(view.getGoLiveEndpoint, shown(programs, look)),
    queryRoute(view.countGoLiveQualityEndpoint, counted),
    queryRoute(view.listGoLiveQualityEndpoint, qualityListed(programs)),
    queryRoute(view.listGoLiveLinesEndpoint, linesListed(programs)),
    commandRoute(view.startGoLiveEndpoint, commands.startProject),
    commandRoute(view.giveUpGoLiveEndpoint, commands.giveUpProject),
    commandRoute(view.compareGoLiveEndpoint, commands.compareLines),
    commandRoute(view.explainGoLiveEndpoint, commands.explainLines),
    commandRoute(view.tickGoLiveEndpoint, commands.tickItem),
    commandRoute(view.signGoLiveEndpoint, commands.signProject),
    commandRoute(view.unsignGoLiveEndpoint, commands.unsignProject),
    commandRoute(view.openGoLiveEndpoint, commands.openProject),
  ]
}
