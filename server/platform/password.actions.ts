import { randomInt } from 'node:crypto'
import { z } from 'zod'
import type { Actor } from './access.ts'
import { command, execute, type Ctx, type Deps } from './command.ts'
import { notFound } from './errors.ts'
import { hashPassword } from './password.ts'
import { endSessionsOf, updatePassword } from './session.db.ts'

/** The hash comes in ready: no transaction waits for it. */
const storePassword = command({
  event: 'platform.password.reset',
  permission: 'platform.account.create',
  input: z.object({ login: z.string().min(1), hash: z.string().min(1) }),
  run: async (ctx: Ctx, { login, hash }) => {
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
  { actor, county, login }: { actor: Actor; county: string; login: string },
): Promise<string> {
  const password = readablePassword()
  const hash = await hashPassword(password)
  await execute(deps, storePassword, { actor, county, input: { login, hash } })
  return password
}

/** Without letters and digits that look alike on paper. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Four groups of four, about 79 bits: to be read aloud and typed once. */
function readablePassword(): string {
  const letter = () => LETTERS[randomInt(LETTERS.length)] ?? ''
  return Array.from({ length: 4 }, () => Array.from({ length: 4 }, letter).join('')).join('-')
}
