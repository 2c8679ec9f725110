import { createHash } from 'node:crypto'
import { createAccounts } from '../platform/account.actions.ts'
import { getActor, type Actor } from '../platform/access.ts'
import { advanceClock, civilDateOf, simulatedClock } from '../platform/clock.ts'
import { execute, read, type Command, type Ctx, type Deps } from '../platform/command.ts'
import type { PlainDate } from '../platform/dates.ts'
import { installer } from '../platform/first-accounts.ts'

/** Who acts in the demonstration: one person per post of the county, and a clerk and a chief in every town. */
export interface Office {
  county: string
  clerk: Actor
  checker: Actor
  chief: Actor
  fundsClerk: Actor
  fundsChief: Actor
  townClerk: (town: string) => Actor
  townChief: (town: string) => Actor
  /** Derived from what is done, so that loading twice acts once. */
  keyOf: (actor: Actor, deed: string, input: unknown) => string
  /** Runs a command as somebody, with this key. */
  does: <Input, Result>(actor: Actor, definition: Command<Input, Result>, input: unknown) => Promise<Result>
  reads: <Result>(actor: Actor, work: (ctx: Ctx) => Promise<Result>) => Promise<Result>
  /** Moves the simulated clock to a time of day in China. */
  goTo: (day: PlainDate, time?: string) => Promise<void>
  /** An earlier load that broke off had left this day behind: the clock never goes backwards. */
  wasLeft: (day: PlainDate) => boolean
}

const POSTS = [
  ['clerk', 'section_clerk', '县级经办（演示）'],
  ['checker', 'section_checker', '县级复核（演示）'],
  ['chief', 'section_chief', '分管领导（演示）'],
  ['funds.clerk', 'funds_clerk', '资金经办（演示）'],
  ['funds.chief', 'funds_chief', '资金负责人（演示）'],
  ['admin.system', 'system_admin', '系统管理员（演示）'],
  ['admin.security', 'security_admin', '安全管理员（演示）'],
  ['admin.audit', 'audit_admin', '审计管理员（演示）'],
] as const

export const DEMO_LOGINS: readonly string[] = POSTS.map(([login]) => login)

export async function openOffice(deps: Deps, county: string, towns: readonly string[]): Promise<Office> {
  const accounts = [
    ...POSTS.map(([login, role, fullName]) => ({
      login,
      fullName,
      roles: [role],
      scope: [county],
      level: 'county',
    })),
    ...towns.flatMap((town) => [
      {
        login: `town.${town}.clerk`,
        fullName: '乡镇经办（演示）',
        roles: ['town_clerk'],
        scope: [town],
        level: 'township',
      },
      {
        login: `town.${town}.chief`,
        fullName: '乡镇负责人（演示）',
        roles: ['town_chief'],
        scope: [town],
        level: 'township',
      },
    ]),
  ]
  const does: Office['does'] = (actor, definition, input) =>
    execute(deps, definition, { actor, county, input, idempotencyKey: keyOf(actor, definition.event, input) })
  await does(installer(county), createAccounts, { accounts })
  const db = deps.database.app
  const startedOn = civilDateOf(await simulatedClock.now(db))
  const actors = new Map<string, Actor>()
  for (const { login } of accounts) actors.set(login, await getActor(db, login))
  const actor = (login: string): Actor => {
    const found = actors.get(login)
    if (!found) throw new Error(`no demonstration account ${login}`)
    return found
  }
  return {
    county,
    clerk: actor('clerk'),
    checker: actor('checker'),
    chief: actor('chief'),
    fundsClerk: actor('funds.clerk'),
    fundsChief: actor('funds.chief'),
    townClerk: (town) => actor(`town.${town}.clerk`),
    townChief: (town) => actor(`town.${town}.chief`),
    keyOf,
    does,
    reads: (reader, work) => read(deps, { actor: reader, county }, work),
    goTo: (day, time = '09:00') => advanceClock(db, `${day}T${time}:00+08:00`),
    wasLeft: (day) => day < startedOn,
  }
}

function keyOf(actor: Actor, deed: string, input: unknown): string {
  return createHash('sha256').update(`${actor.login}\0${deed}\0`).update(JSON.stringify(input)).digest('hex')
}
