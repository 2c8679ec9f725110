import { z } from 'zod'
import { requireWholeCounty, type Actor } from './access.ts'
import { command, execute, type Ctx, type Deps } from './command.ts'
import { invalid, notFound } from './errors.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { passwordProblem } from './password.rules.ts'
import { readableSecret } from './readable.ts'
import { countyOfSignIns, recorded, SESSION, type SignedIn } from './session.actions.ts'
import {
  endSessionsOf,
  findCredentials,
  holdAccount,
  recordFailedSignIn,
  updateOwnPassword,
  updatePassword,
} from './session.db.ts'

/** The hash comes in ready: no transaction waits for it. */
const storePassword = command({
  event: 'platform.password.reset',
  permission: 'platform.account.create',
  input: z.object({ login: z.string().min(1), hash: z.string().min(1) }),
  run: async (ctx: Ctx, { login, hash }) => {
    requireWholeCounty(ctx.actor, ctx.county)
    const accountId = await updatePassword(ctx.tx, { county: ctx.county, login, hash })
    if (accountId === undefined)
      throw notFound('platform.account_unknown', `${ctx.county} 没有名为“${login}”的在用账号。请核对登录名。`)
    await endSessionsOf(ctx.tx, accountId)
    return { accountId }
  },
  subject: (_, { accountId }) => ({ account: accountId }),
})

/**
 * Gives an account a new random password, ends its sessions and its lock. The password is returned to be shown once; only its hash is
 * kept. Throws `platform.account_unknown`.
 */
export async function resetPassword(
  deps: Deps,
  { login, ...call }: { actor: Actor; county: string; requestId?: string; login: string },
): Promise<string> {
  const password = readableSecret(4)
  const hash = await hashPassword(password)
  await execute(deps, storePassword, { ...call, input: { login, hash } })
  return password
}

/**
 * One's own password, by knowing the present one; ends one's other sign-ins. A wrong present password counts like one at signing in, so
 * that a screen left open is no place to guess. Throws `platform.password_wrong`, `platform.password_weak`.
 */
export async function changeOwnPassword(
  deps: Deps,
  { actor, sessionId }: SignedIn,
  { current, next }: { current: string; next: string },
): Promise<void> {
  const credentials = await findCredentials(deps.database.app, actor.login)
  const matches = await verifyPassword(credentials?.passwordHash ?? undefined, current)
  const problem = matches ? passwordProblem(next, { login: actor.login, current }) : undefined
  const hash = matches && problem === undefined ? await hashPassword(next) : undefined
  const deed = { event: 'platform.password.changed', actorId: actor.id } as const
  let isRight = false
  const { outcome } = await recorded(deps, countyOfSignIns(actor), async (tx) => {
    const { isLocked, passwordHash } = await holdAccount(tx, actor.id)
    isRight = matches && !isLocked && passwordHash === credentials?.passwordHash
    if (!isRight) {
      if (!isLocked) await recordFailedSignIn(tx, { accountId: actor.id, ...SESSION })
      return { ...deed, outcome: 'refused', code: 'platform.password_wrong' }
    }
    if (hash === undefined) return { ...deed, outcome: 'failed', code: 'platform.password_weak' }
    await updateOwnPassword(tx, actor.id, hash)
    await endSessionsOf(tx, actor.id, { but: sessionId })
    return { ...deed, outcome: 'done' }
  })
  if (outcome === 'done') return
  if (isRight) throw invalid('platform.password_weak', problem ?? '')
  throw invalid(
    'platform.password_wrong',
    `当前密码不对，或账号暂时停用，密码没有改。连续错 ${SESSION.mostFailures} 次会停用 ${SESSION.lockMinutes} 分钟；忘记密码请找安全管理员。`,
  )
}
