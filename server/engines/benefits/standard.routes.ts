import type { Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import { publishPolicy, withdrawPolicy } from './policy.actions.ts'
import { previewRoutes } from './preview.routes.ts'
import type { ProgramBook } from './programs.rules.ts'
import { readDrafts, readStandards, standardCommands } from './standard.actions.ts'
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

export function standardRoutes(programs: ProgramBook): readonly Route[] {
  const { proposeStandards } = standardCommands(programs)
  return [
    queryRoute(view.listStandardsEndpoint, standardsListed(programs)),
    queryRoute(view.listDraftsEndpoint, draftsListed(programs)),
    commandRoute(view.proposeStandardsEndpoint, proposeStandards),
    commandRoute(view.publishStandardsEndpoint, publishPolicy),
    commandRoute(view.withdrawStandardsEndpoint, withdrawPolicy),
    ...previewRoutes(programs),
  ]
}
