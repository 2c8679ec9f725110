import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { verifyPassword } from '../server/platform/password.ts'
import { NOON, PASSWORD, signInWorld, type SignInWorld } from './sign-in-world.ts'

/** Comparing a password takes long enough for the account to be changed: what counts is how it stands when it is held. */

let world: SignInWorld
let meanwhile: () => Promise<unknown>
let clock = NOON

beforeAll(async () => {
  world = await signInWorld({
    tools: {
      verify: async (stored, typed) => {
        const isRight = await verifyPassword(stored, typed)
        await meanwhile()
        return isRight
      },
      seconds: async () => {
        await meanwhile()
        return clock
      },
    },
  })
})
beforeEach(() => {
  meanwhile = () => Promise.resolve()
  clock = NOON
})
afterAll(() => world.close())

function change(login: string, column: string): void {
  meanwhile = () => world.db.pool.query(`update platform.account set ${column} where login = $1`, [login])
}

test('a password that was changed, and an account that was closed, let nobody in', async () => {
  await world.person('changed')
  await world.person('closed')
  change('changed', `password_hash = 'another'`)
  const changed = await world.signIn('changed')
  change('closed', 'is_active = false')
  const closed = await world.signIn('closed')

  for (const { status, body } of [changed, closed])
    expect([status, body]).toMatchObject([401, { code: 'platform.sign_in_refused' }])
})

test('a second factor that was turned on is asked for', async () => {
  await world.person('enrolled')
  meanwhile = () =>
    world.db.pool.query(
      `insert into platform.second_factor (id, account_id, secret_cipher, turned_on_at)
       select gen_random_uuid(), id, '', now() from platform.account where login = 'enrolled'`,
    )

  expect((await world.signIn('enrolled')).body).toEqual({ next: 'code' })
})

test('a password that was changed proves nothing at an open screen', async () => {
  await world.person('open')
  const { browser } = await world.signIn('open')
  change('open', `password_hash = 'another'`)

  expect(await browser.ask('POST', '/api/second-factor/start', { password: PASSWORD })).toMatchObject({
    ...{ status: 422, body: { code: 'platform.password_wrong' } },
  })
})

test('half a session that was ended uses up no recovery code', async () => {
  await world.person('half')
  const { recoveryCodes, browser: owner } = await world.enrol('half')
  clock = NOON + 60
  const { browser } = await world.signIn('half')
  meanwhile = () => world.db.pool.query('update platform.half_session set ended_at = now()')
  const [code] = recoveryCodes

  expect(await browser.ask('POST', '/api/session/code', { code })).toMatchObject({
    ...{ status: 401, body: { code: 'platform.half_session_over' } },
  })
  expect((await owner.ask('GET', '/api/second-factor')).body).toMatchObject({ codesLeft: 10 })
})
