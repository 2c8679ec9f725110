import type { z } from 'zod'
import { requireWholeCounty } from './access.ts'
import {
  activateAccount,
  assignRoles,
  changeScope,
  createAccount,
  deactivateAccount,
  requireAccount,
  revokeAccountSession,
  unlockAccount,
} from './account-changes.actions.ts'
import { listAccountPage } from './account-view.db.ts'
import { listRoles } from './role.db.ts'
import { roleRoutes } from './role.routes.ts'
import * as view from './account-view.schema.ts'
import type { Ctx } from './command.ts'
import { resetPassword } from './password.actions.ts'
import { query } from './query.ts'
import { commandRoute, queryRoute, workRoute, type Route } from './route.ts'
import { SESSION } from './session.actions.ts'
import { listOpenSessions } from './session.db.ts'

const READ = 'platform.account.read'

const listed = query({
  event: 'platform.account.listed',
  permission: READ,
  run: async ({ tx, actor, county }: Ctx, input: z.output<typeof view.listAccountsEndpoint.input>) => {
    requireWholeCounty(actor, county)
    const { text, role, active, after, limit } = input
    const isActive = active === undefined ? undefined : active === 'true'
    const wanted = { text: text || undefined, role, isActive, after, limit: limit + 1 }
    const rows = await listAccountPage(tx, county, wanted)
    const titles = new Map((await listRoles(tx, county)).map(({ key, title }) => [key, title]))
    const accounts = rows.slice(0, limit)
    return {
      accounts: accounts.map((account) => ({
        ...account,
        roles: account.roles.map((key) => ({ key, title: titles.get(key) ?? key })),
      })),
      next: rows.length > limit ? (accounts.at(-1)?.login ?? null) : null,
    }
  },
  subject: (_, { accounts }) => ({ accounts: accounts.length }),
})

const sessionsListed = query({
  event: 'platform.account.sessions_listed',
  permission: READ,
  run: async (ctx: Ctx, { login }: { county: string; login: string }) => {
    const { id } = await requireAccount(ctx, login)
    return { id, sessions: await listOpenSessions(ctx.tx, id, SESSION.idleMinutes) }
  },
  subject: (_, { id, sessions }) => ({ account: id, sessions: sessions.length }),
})

/** `permissionTitles` tells in Chinese what a permission lets a person do. */
export function accountRoutes(permissionTitles: Readonly<Record<string, string>>): readonly Route[] {
  return [
    queryRoute(view.listAccountsEndpoint, listed),
    queryRoute(view.listAccountSessionsEndpoint, sessionsListed),
    ...roleRoutes(permissionTitles),
    commandRoute(view.createAccountEndpoint, createAccount),
    commandRoute(view.assignRolesEndpoint, assignRoles),
    commandRoute(view.changeScopeEndpoint, changeScope),
    commandRoute(view.deactivateAccountEndpoint, deactivateAccount),
    commandRoute(view.activateAccountEndpoint, activateAccount),
    commandRoute(view.unlockAccountEndpoint, unlockAccount),
    commandRoute(view.revokeAccountSessionEndpoint, revokeAccountSession),
    // No key: the password is never stored to answer again, and another request makes another one.
    workRoute(view.resetPasswordEndpoint, 'platform.account.create', async (deps, call, { login }) => {
      const { actor, county, requestId } = call
      return { login, password: await resetPassword(deps, { actor, county, requestId, login }) }
    }),
  ]
}
