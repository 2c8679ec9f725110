import type { Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import { publishPolicy, withdrawPolicy } from './policy.actions.ts'
import { previewRoutes } from './preview.routes.ts'
import type { ProgramBook } from './programs.rules.ts'
import { readDrafts, readStandards, standardCommands } from './standard.actions.ts'
import { settingsShown } from './setting-view.rules.ts'
import { listSettingsEndpoint } from './setting.schema.ts'
import * as view from './standard.schema.ts'

export function standardsListed(programs: ProgramBook) {
  return query({
    event: 'benefits.policy.listed',
    permission: 'benefits.policy.read',
    run: (ctx: Ctx) => readStandards(ctx, programs),
    subject: (_, { standards, drafts }) => ({ standards: standards.length, drafts: drafts.length }),
  })
}

function draftsListed(programs: ProgramBook) {
  return query({
    event: 'benefits.policy.drafts_listed',
    permission: 'benefits.policy.read',
    run: async (ctx: Ctx) => ({ drafts: await readDrafts(ctx, programs) }),
    subject: (_, { drafts }) => ({ drafts: drafts.length }),
  })
}

function settingsListed(programs: ProgramBook) {
  return query({
    event: 'benefits.setting.listed',
    permission: 'benefits.policy.read',
    run: async (ctx: Ctx) => {
      const { today, standards } = await readStandards(ctx, programs)
      const { actor, county } = ctx
      const reason = actor.permissions.has('benefits.policy.load')
        ? actor.scope.includes(county)
          ? null
          : '设置由管辖全县的人员提出'
        : '您的岗位不能提出新设置'
      const may = { propose: reason === null, reason }
      return { today, settings: settingsShown(standards, programs), may }
    },
    subject: (_, { settings }) => ({ settings: settings.length }),
  })
}

export function standardRoutes(programs: ProgramBook): readonly Route[] {
  const { proposeStandards } = standardCommands(programs)
  return [
    queryRoute(view.listStandardsEndpoint, standardsListed(programs)),
    queryRoute(view.listDraftsEndpoint, draftsListed(programs)),
    queryRoute(listSettingsEndpoint, settingsListed(programs)),
    commandRoute(view.proposeStandardsEndpoint, proposeStandards),
    commandRoute(view.publishStandardsEndpoint, publishPolicy),
    commandRoute(view.withdrawStandardsEndpoint, withdrawPolicy),
    ...previewRoutes(programs),
  ]
}
