import { z } from 'zod'
import { requireWholeCounty } from './access.ts'
import {
  ADMINISTRATORS,
  CreateAccount,
  createAccounts,
  requireAreasWithin,
  requireRoles,
} from './account.actions.ts'
import { listRoleKeys } from './account.db.ts'
import {
  findAccountForUpdate,
  updateActive,
  updateRoles,
  updateScope,
  type AccountHead,
} from './account-view.db.ts'
import { command, type Command, type Ctx } from './command.ts'
import { forbidden, notFound } from './errors.ts'
import { clearFailedSignIns, endSession, endSessionsOf } from './session.db.ts'

/** What the security administrator of a county does to its accounts. Nobody changes their own. */

export const ofAccount = { login: z.string().min(1).max(40) }

export const createAccount = command({
  ...createAccounts,
  input: CreateAccount.extend({
    fullName: z.string().trim().min(1, '请填写姓名').max(60),
    scope: CreateAccount.shape.scope.min(1, '请选择管辖地区').max(200),
  }),
  run: async (ctx: Ctx, account) => {
    const { ids } = await createAccounts.run(ctx, { accounts: [account] })
    return { id: ids[0] ?? '', login: account.login }
  },
  subject: (_, { id }) => ({ account: id }),
})

interface Change<Input> {
  event: string
  permission: string
  input: z.ZodType<Input>
  change: (ctx: Ctx, account: AccountHead, input: Input) => Promise<void>
  /** On the server itself, where the only security administrator may have to help themselves. */
  isOwnAllowed?: boolean
  /** For the audit row, beside the account. */
  subjectOf?: (input: Input) => Record<string, unknown>
}

/** Throws `platform.account_unknown` for accounts of other counties too, `platform.own_account`. */
export function accountChange<Input extends { login: string }>({
  change,
  isOwnAllowed = false,
  subjectOf,
  ...definition
}: Change<Input>): Command<Input, { id: string; login: string }> {
  return command({
    ...definition,
    run: async (ctx: Ctx, input: Input) => {
      const account = await requireAccount(ctx, input.login)
      if (account.id === ctx.actor.id && !isOwnAllowed)
        throw forbidden('platform.own_account', '不能更改本人的账号，请由另一位安全管理员办理。')
      await change(ctx, account, input)
      return { id: account.id, login: input.login }
    },
    subject: (input, { id }) => ({ account: id, ...subjectOf?.(input) }),
  })
}

export async function requireAccount(ctx: Ctx, login: string): Promise<AccountHead> {
  requireWholeCounty(ctx.actor, ctx.county)
  const account = await findAccountForUpdate(ctx.tx, ctx.county, login)
  if (account) return account
  throw notFound(
    'platform.account_unknown',
    `${ctx.county} 没有名为“${login}”的账号，或它的地区不全在本县之内。请核对登录名。`,
  )
}

export const assignRoles = accountChange({
  event: 'platform.role.assigned',
  permission: 'platform.role.assign',
  input: z.object({ ...ofAccount, roles: z.array(z.string()).min(1, '请至少选择一个岗位').max(20) }),
  change: async ({ tx, county }, { id }, { roles }) => {
    requireRoles(roles, await listRoleKeys(tx, county))
    await updateRoles(tx, id, [...new Set(roles)])
  },
})

export const changeScope = accountChange({
  event: 'platform.account.scope_changed',
  permission: 'platform.role.assign',
  input: z.object({
    ...ofAccount,
    scope: CreateAccount.shape.scope.min(1, '请选择管辖地区').max(200),
    level: CreateAccount.shape.level,
  }),
  change: async (ctx, { id }, { scope, level }) => {
    requireAreasWithin(ctx, scope)
    await updateScope(ctx.tx, id, { scope: [...new Set(scope)], level })
  },
})

const MANAGE = 'platform.account.create'

export const deactivateAccount = accountChange({
  event: 'platform.account.deactivated',
  permission: MANAGE,
  input: z.object(ofAccount),
  change: async ({ tx }, { id }) => {
    await updateActive(tx, id, false)
    await endSessionsOf(tx, id, { by: 'revoked' })
  },
})

export const activateAccount = accountChange({
  event: 'platform.account.activated',
  permission: MANAGE,
  input: z.object(ofAccount),
  change: ({ tx }, { id }) => updateActive(tx, id, true),
})

export const unlockAccount = accountChange({
  event: 'platform.account.unlocked',
  permission: MANAGE,
  input: z.object(ofAccount),
  change: ({ tx }, { id }) => clearFailedSignIns(tx, id),
})

export const revokeAccountSession = accountChange({
  event: 'platform.account.session_revoked',
  permission: MANAGE,
  input: z.object({ ...ofAccount, sessionId: z.uuid() }),
  change: async ({ tx }, { id: accountId }, { sessionId }) => {
    if (await endSession(tx, { id: sessionId, accountId, by: 'revoked' })) return
    throw notFound('platform.session_unknown', '没有这个登录，可能已经结束。请刷新后再看。')
  },
})

export function isAdministrator(role: string): boolean {
  return ADMINISTRATORS.includes(role)
}
