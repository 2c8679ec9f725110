import { afterAll, beforeAll, expect, test } from 'vitest'
import { SESSION } from '../server/platform/session.actions.ts'
import { NOON, PASSWORD, signInWorld, type SignInWorld } from './sign-in-world.ts'

/** Nobody learns at the door who has an account: the same answer after the same work. `scripts/sign-in-times.ts` measures the time. */

let world: SignInWorld
let statements: string[] = []

beforeAll(async () => {
  world = await signInWorld()
  for (const login of ['plain', 'locked', 'closed', 'guarded']) await world.person(login)
  await world.person('outside.only', { password: false })
  await world.enrol('guarded')
  world.clock.seconds = NOON + 300
  await world.db.pool.query(`update platform.account set is_active = false where login = 'closed'`)
  for (let tries = 0; tries < SESSION.mostFailures; tries++) await world.signIn('locked', 'wrong')
  const pool = world.db.deps.database.pools.minben_app
  pool.on('connect', watch)
  const open = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()))
  for (const client of open) {
    watch(client)
    client.release()
  }
})
afterAll(() => world.close())

const watched = new WeakSet<object>()

/** Every statement that the server sends, without its values. */
function watch(client: object): void {
  if (watched.has(client)) return
  watched.add(client)
  const asked = client as { query: (...given: unknown[]) => unknown }
  const { query } = asked
  asked.query = (...given) => {
    const [first] = given
    const text = typeof first === 'string' ? first : ((first as { text?: string } | undefined)?.text ?? '')
    statements.push(text.replace(/'\d{6}'/g, `'county'`))
    return query.apply(client, given)
  }
}

async function refused(login: string, password: string) {
  statements = []
  const before = world.compared.count
  const { status, body, browser } = await world.signIn(login, password)
  const { requestId: _, ...told } = body as { requestId: string }
  return {
    ...{ status, told, cookies: browser.cookies.size, compared: world.compared.count - before },
    statements: statements.map((text) => text.trim().split(/\s+/).slice(0, 4).join(' ')),
  }
}

test('an unknown name, a wrong password, a locked and a closed account, one with a second factor, one without a password', async () => {
  const unknown = await refused('nobody', 'wrong')
  expect(unknown).toMatchObject({
    ...{ status: 401, told: { code: 'platform.sign_in_refused' }, cookies: 0, compared: 1 },
  })
  expect(unknown.statements.length).toBeGreaterThan(5)
  for (const [login, password] of [
    ['plain', 'wrong'],
    ['locked', 'wrong'],
    ['locked', PASSWORD],
    ['closed', 'wrong'],
    ['closed', PASSWORD],
    ['guarded', 'wrong'],
    ['outside.only', 'wrong'],
  ] as const)
    expect([login, await refused(login, password)]).toEqual([login, unknown])
})

test('the counting of the work sees a difference', async () => {
  const unknown = await refused('nobody', 'wrong')
  const { browser } = await world.signIn('plain')
  expect(browser.cookies.size).toBe(1)

  expect((await refused('plain', PASSWORD)).statements).not.toEqual(unknown.statements)
})
