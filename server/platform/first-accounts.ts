/** A new installation has nobody who could create accounts: whoever installs it makes the three administrators, once. */
import type { Actor } from './access.ts'
import { createAccounts } from './account.actions.ts'
import { findInstallation, hasAccountsIn } from './account.db.ts'
import { execute, type Deps } from './command.ts'
import { conflict } from './errors.ts'
import { markInstallation } from './install.ts'
import { resetPassword } from './password.actions.ts'

/** The installer's own voice: it may begin a demonstration, create accounts and give them passwords, and nothing else. */
export function installer(county: string): Actor {
  return {
    id: '00000000-0000-7000-8000-000000000001',
    login: 'installer',
    permissions: new Set(['platform.account.create', 'platform.demonstration.load']),
    scope: [county],
    level: 'county',
  }
}

export interface FirstNames {
  system: string
  security: string
  audit: string
}

export interface FirstAccount {
  login: string
  fullName: string
  password: string
}

/**
 * Throws `platform.is_demonstration`, `platform.administrators_apart` (one name twice), `platform.accounts_exist`.
 */
export async function openAdministrators(
  deps: Deps,
  { county, names }: { county: string; names: FirstNames },
): Promise<FirstAccount[]> {
  await requireNobody(deps, county)
  if (new Set(Object.values(names)).size < 3)
    throw conflict('platform.administrators_apart', '三个管理员要由三个人担任，姓名不能相同。没有建账号。')
  const accounts = [
    { login: 'admin.system', fullName: names.system, roles: ['system_admin'] },
    { login: 'admin.security', fullName: names.security, roles: ['security_admin'] },
    { login: 'admin.audit', fullName: names.audit, roles: ['audit_admin'] },
  ].map((account) => ({ ...account, scope: [county], level: 'county' }))
  const actor = installer(county)
  await markInstallation(deps.database.adminUrl, { isDemo: false })
  await execute(deps, createAccounts, { actor, county, input: { accounts } })
  const made: FirstAccount[] = []
  for (const { login, fullName } of accounts)
    made.push({ login, fullName, password: await resetPassword(deps, { actor, county, login }) })
  return made
}

async function requireNobody({ database }: Deps, county: string): Promise<void> {
  if ((await findInstallation(database.app))?.isDemo)
    throw conflict(
      'platform.is_demonstration',
      '这是演示库，账号已经有了，不能转为正式使用。正式库请另设一个数据目录（MINBEN_VAR）并设 MINBEN_DEMO=0。',
    )
  if (!(await hasAccountsIn(database.app, county))) return
  throw conflict(
    'platform.accounts_exist',
    `${county} 已经有账号了，没有再建。其余账号由安全管理员在办公端建；安全管理员忘了密码，执行 minben account password 登录名 --as 同一登录名。`,
  )
}
