import { requireAccount } from './account-changes.actions.ts'
import type { Ctx } from './command.ts'
import { listOutsideIdentities } from './outside.db.ts'
import { query } from './query.ts'
import { commandRoute, queryRoute, type Route } from './route.ts'
import { getSecondFactorState } from './second-factor.db.ts'
import {
  bindOutside,
  resetSecondFactor,
  ruleAccount,
  ruleRole,
  unbindOutside,
} from './sign-in-ways.actions.ts'
import * as view from './sign-in-ways.schema.ts'

const shown = query({
  event: 'platform.account.sign_in_ways_shown',
  permission: 'platform.account.read',
  run: async (ctx: Ctx, { login }: { county: string; login: string }) => {
    const { id } = await requireAccount(ctx, login)
    return {
      id,
      secondFactor: await getSecondFactorState(ctx.tx, id),
      outside: await listOutsideIdentities(ctx.tx, id),
    }
  },
  subject: (_, { id }) => ({ account: id }),
})

export const signInWayRoutes: readonly Route[] = [
  queryRoute(view.showSignInWaysEndpoint, shown),
  commandRoute(view.resetSecondFactorEndpoint, resetSecondFactor),
  commandRoute(view.ruleAccountEndpoint, ruleAccount),
  commandRoute(view.ruleRoleEndpoint, ruleRole),
  commandRoute(view.bindOutsideEndpoint, bindOutside),
  commandRoute(view.unbindOutsideEndpoint, unbindOutside),
]
