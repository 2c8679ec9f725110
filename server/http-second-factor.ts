import type { FastifyInstance, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { requireSignedIn } from './http-asker.ts'
import { mountEndpoint } from './http-endpoint.ts'
import type { Deps } from './platform/command.ts'
import {
  confirmSecondFactor,
  renewRecoveryCodes,
  startSecondFactor,
  turnOffSecondFactor,
} from './platform/second-factor.actions.ts'
import { getSecondFactorState } from './platform/second-factor.db.ts'
import * as contract from './platform/second-factor.schema.ts'
import type { SignInTools } from './platform/sign-in-tools.ts'

/** One's own second factor; whoever must have one may reach this, and nothing with a permission, before it is turned on. */
export function mountSecondFactor(
  api: FastifyInstance,
  deps: Deps,
  { guesses, tools }: { guesses: RouteShorthandOptions['config'] & object; tools: SignInTools },
): void {
  const asker = (request: FastifyRequest) => requireSignedIn(deps, request)

  mountEndpoint(api, contract.getSecondFactorEndpoint, {
    answer: async (_, request) => {
      const { actor } = await asker(request)
      return getSecondFactorState(deps.database.app, actor.id)
    },
  })
  mountEndpoint(api, contract.startSecondFactorEndpoint, {
    config: guesses,
    answer: async ({ password }, request) =>
      startSecondFactor(deps, await asker(request), { password, tools }),
  })
  mountEndpoint(api, contract.confirmSecondFactorEndpoint, {
    config: guesses,
    answer: async ({ code }, request) => ({
      recoveryCodes: await confirmSecondFactor(deps, await asker(request), { code, tools }),
    }),
  })
  mountEndpoint(api, contract.renewRecoveryCodesEndpoint, {
    config: guesses,
    answer: async (proof, request) => ({
      recoveryCodes: await renewRecoveryCodes(deps, await asker(request), { ...proof, tools }),
    }),
  })
  mountEndpoint(api, contract.turnOffSecondFactorEndpoint, {
    config: guesses,
    answer: async (proof, request) => {
      await turnOffSecondFactor(deps, await asker(request), { ...proof, tools })
      return {}
    },
  })
}
