/**
 * `npx tsx scripts/sign-in-times.ts [rounds]`: how long a refused sign-in takes, by why it is refused, on a database of its own that is
 * thrown away. Nobody should learn from the time who has an account: the slowest kind takes at most a fifth more than the quickest.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { median } from '../server/bench/machine.ts'
import { installer } from '../server/platform/first-accounts.ts'
import { getActor } from '../server/platform/access.ts'
import { deactivateAccount, unlockAccount } from '../server/platform/account-changes.actions.ts'
import { createAccounts } from '../server/platform/account.actions.ts'
import { execute, type Deps } from '../server/platform/command.ts'
import { readConfig } from '../server/platform/config.ts'
import { markInstallation, openDeps } from '../server/platform/install.ts'
import { resetPassword } from '../server/platform/password.actions.ts'
import { insertSecondFactor, turnOnSecondFactor } from '../server/platform/second-factor.db.ts'
import { SESSION } from '../server/platform/session.actions.ts'
import { signIn } from '../server/platform/sign-in.actions.ts'
import { uuidv7 } from '../server/platform/uuid.ts'
import { ROLES } from '../server/roles.ts'

const COUNTY = '441882'
const KINDS = {
  nobody: 'an unknown name',
  plain: 'a wrong password',
  guarded: 'a wrong password, with a second factor',
  locked: 'a locked account',
  closed: 'a closed account, the right password',
}
type Kind = keyof typeof KINDS

const call = { actor: installer(COUNTY), county: COUNTY }

/** One account of each kind; gives the password of the closed one. */
async function openAccounts(deps: Deps): Promise<string> {
  const people = (['plain', 'guarded', 'locked', 'closed'] as const).map((login) => ({
    ...{ login, fullName: login, roles: ['town_clerk'], scope: [COUNTY], level: 'county' },
  }))
  await execute(deps, createAccounts, { ...call, input: { accounts: people } })
  for (const { login } of people) await resetPassword(deps, { ...call, login })
  const password = await resetPassword(deps, { ...call, login: 'closed' })
  await execute(deps, deactivateAccount, { ...call, input: { login: 'closed' } })
  await enrol(deps)
  for (let tries = 0; tries < SESSION.mostFailures; tries++) await refuse(deps, 'locked', 'wrong')
  return password
}

/** Nobody gets as far as its code. */
async function enrol(deps: Deps): Promise<void> {
  const { id: accountId } = await getActor(deps.database.app, 'guarded')
  const id = uuidv7()
  await deps.database.app.transaction().execute(async (tx) => {
    await insertSecondFactor(tx, { id, accountId, secretCipher: '' })
    await turnOnSecondFactor(tx, id)
  })
}

async function refuse(deps: Deps, login: string, password: string): Promise<number> {
  const from = performance.now()
  const isIn = await signIn(deps, { login, password, device: '' }).then(
    () => true,
    () => false,
  )
  if (isIn) throw new Error(`${login} was let in`)
  return performance.now() - from
}

async function measure(deps: Deps, rounds: number): Promise<Map<Kind, number[]>> {
  const closedPassword = await openAccounts(deps)
  const kinds = Object.keys(KINDS) as Kind[]
  const taken = new Map(kinds.map((kind): [Kind, number[]] => [kind, []]))
  for (let round = 0; round < rounds; round++) {
    // Each kind comes first as often as last, and wrong passwords are never counted up to a lock.
    for (const kind of kinds.map((_, index) => kinds[(index + round) % kinds.length] ?? 'nobody')) {
      taken.get(kind)?.push(await refuse(deps, kind, kind === 'closed' ? closedPassword : 'wrong'))
      if (kind !== 'nobody' && kind !== 'locked')
        await execute(deps, unlockAccount, { ...call, input: { login: kind } })
    }
  }
  return taken
}

const rounds = Number(process.argv[2] ?? 200)
const varDir = mkdtempSync(path.join(tmpdir(), 'minben-times-'))
const deps = await openDeps(readConfig({ MINBEN_VAR: varDir }), ROLES)
try {
  await markInstallation(deps.database.adminUrl, { isDemo: false })
  const taken = await measure(deps, rounds)
  const medians = [...taken].map(([kind, times]) => ({ kind, ms: median(times) }))
  for (const { kind, ms } of medians) console.log(`${ms.toFixed(2).padStart(8)} ms  ${KINDS[kind]}`)
  const all = medians.map(({ ms }) => ms)
  const more = (Math.max(...all) / Math.min(...all) - 1) * 100
  console.log(`median of ${rounds} each; the slowest kind takes ${more.toFixed(1)} % more than the quickest`)
  process.exitCode = more <= 20 ? 0 : 1
} finally {
  await deps.close()
  rmSync(varDir, { recursive: true, force: true })
}
