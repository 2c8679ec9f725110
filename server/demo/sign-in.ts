import type { Deps } from '../platform/command.ts'
import { installer } from '../platform/first-accounts.ts'
import { resetPassword } from '../platform/password.actions.ts'
import { listWithPassword } from '../platform/session.db.ts'
import { DEMO_LOGINS } from './office.ts'

/**
 * Passwords for one account per post, random for this installation and given out once: an account that has one already keeps it.
 * Pairs of login and password.
 */
export async function openSignIns(deps: Deps, county: string, town: string): Promise<[string, string][]> {
  const logins = [...DEMO_LOGINS, `town.${town}.clerk`, `town.${town}.chief`]
  const known = new Set(await listWithPassword(deps.database.app, logins))
  const made: [string, string][] = []
  for (const login of logins.filter((each) => !known.has(each)))
    made.push([login, await resetPassword(deps, { actor: installer(county), county, login })])
  return made
}
