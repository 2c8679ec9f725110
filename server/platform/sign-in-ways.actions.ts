import { z } from 'zod'
import { requireWholeCounty } from './access.ts'
import { accountChange, ofAccount } from './account-changes.actions.ts'
import { requireRoles } from './account.actions.ts'
import { listRoleKeys } from './account.db.ts'
import { command, type Ctx } from './command.ts'
import { constraintOf } from './db.ts'
import { conflict, forbidden, invalid, notFound } from './errors.ts'
import { deleteOutsideIdentity, insertOutsideIdentity } from './outside.db.ts'
import { listRolesOf } from './role.db.ts'
import {
  deleteSecondFactor,
  deleteSecondFactorRule,
  insertSecondFactorRule,
  updateNeedsSecondFactor,
} from './second-factor.db.ts'
import { endSessionsOf } from './session.db.ts'
import { uuidv7 } from './uuid.ts'

/** How accounts of a county sign in, ruled by its security administrator, who never sees a secret. Nobody rules their own account, or lifts what is asked of a role they hold. */

const MANAGE = 'platform.sign_in.manage'

const reset: Parameters<typeof accountChange<{ login: string }>>[0] = {
  event: 'platform.second_factor.reset',
  permission: MANAGE,
  input: z.object(ofAccount),
  change: async ({ tx }, { id }) => {
    if (!(await deleteSecondFactor(tx, id)))
      throw conflict('platform.second_factor_off', '这个账号没有开启动态验证码，不用重置。请刷新后再看。')
    await endSessionsOf(tx, id, { by: 'revoked' })
  },
}

export const resetSecondFactor = accountChange(reset)

/** For the command line, never for a route. */
export const resetSecondFactorAtServer = accountChange({ ...reset, isOwnAllowed: true })

export const ruleAccount = accountChange({
  event: 'platform.second_factor.account_ruled',
  permission: MANAGE,
  input: z.object({ ...ofAccount, isRequired: z.boolean() }),
  change: ({ tx }, { id }, { isRequired }) => updateNeedsSecondFactor(tx, id, isRequired),
  subjectOf: ({ isRequired }) => ({ isRequired }),
})

export const ruleRole = command({
  event: 'platform.second_factor.role_ruled',
  permission: MANAGE,
  input: z.object({ role: z.string().min(1).max(60), isRequired: z.boolean() }),
  run: async ({ tx, actor, county, clock }: Ctx, { role, isRequired }) => {
    requireWholeCounty(actor, county)
    requireRoles([role], await listRoleKeys(tx, county))
    if (!isRequired && (await listRolesOf(tx, actor.id)).includes(role))
      throw forbidden('platform.own_role', '不能取消对本人岗位的要求，请由另一位安全管理员办理。')
    if (isRequired)
      await insertSecondFactorRule(tx, { county, role, setBy: actor.id, setAt: await clock.stamp(tx) })
    else await deleteSecondFactorRule(tx, county, role)
    return { role }
  },
  subject: ({ role, isRequired }) => ({ role, isRequired }),
})

export const bindOutside = accountChange({
  event: 'platform.outside_identity.bound',
  permission: MANAGE,
  input: z.object({
    ...ofAccount,
    issuer: z.url('没有设置身份提供方').max(200),
    subject: z.string().trim().min(1, '请填写外部身份').max(200),
  }),
  change: async ({ tx, actor, clock }, { id: accountId }, { issuer, subject }) => {
    if (/^\d{17}[\dXx]$/.test(subject)) {
      throw invalid(
        'platform.outside_identity_number',
        '外部身份不能是身份证号码。请改用提供方的用户标识或工号；只给得出身份证号码的，请系统管理员换一个 claim。',
      )
    }
    const bound = { boundBy: actor.id, boundAt: await clock.stamp(tx) }
    await insertOutsideIdentity(tx, { id: uuidv7(), issuer, subject, accountId, ...bound }).catch(taken)
  },
})

function taken(error: unknown): never {
  if (constraintOf(error) !== 'outside_identity_unique') throw error
  throw conflict(
    'platform.outside_identity_taken',
    '这个外部身份已经绑定了账号。请核对；要换到另一个账号，先解除原来的。',
  )
}

export const unbindOutside = accountChange({
  event: 'platform.outside_identity.unbound',
  permission: MANAGE,
  input: z.object({ ...ofAccount, identityId: z.uuid() }),
  change: async ({ tx }, { id }, { identityId }) => {
    if (!(await deleteOutsideIdentity(tx, identityId, id)))
      throw notFound('platform.outside_identity_unknown', '没有这个外部身份，可能已经解除。请刷新后再看。')
    await endSessionsOf(tx, id, { by: 'revoked' })
  },
  subjectOf: ({ identityId }) => ({ identity: identityId }),
})
