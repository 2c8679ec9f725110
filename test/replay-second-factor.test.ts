import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NOON, PASSWORD, signInWorld, type SignInWorld } from './sign-in-world.ts'
import { changesBetween, digestOf } from './table-digest.ts'

/**
 * The addresses of one's own second factor keep no answer, since secrets and codes stand in it: asked again after an answer that was lost,
 * they do nothing twice, and what was lost opens nothing.
 */

let world: SignInWorld

beforeAll(async () => {
  world = await signInWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  world.clock.seconds = NOON
})

/** The code that turned it on is long past. */
async function enrolled(login: string) {
  await world.person(login)
  const own = await world.enrol(login)
  world.clock.seconds += 300
  return { ...own, proof: { password: PASSWORD, code: world.code(own.secret) } }
}

describe('asked again', () => {
  test('a secret is another one, in place of the one whose answer was lost', async () => {
    await world.person('again.start')
    const { browser } = await world.signIn('again.start')
    const before = await digestOf(world.db)
    const start = async () =>
      (
        (await browser.ask('POST', '/api/second-factor/start', { password: PASSWORD })).body as {
          secret: string
        }
      ).secret
    const [lost, seen] = [await start(), await start()]
    const confirm = (secret: string) =>
      browser.ask('POST', '/api/second-factor/confirm', { code: world.code(secret) })

    expect(changesBetween(before, await digestOf(world.db))).toEqual({ 'platform.second_factor': 1 })
    expect(await confirm(lost)).toMatchObject({ status: 422, body: { code: 'platform.code_wrong' } })
    expect((await confirm(seen)).status).toBe(200)
  })

  test('it is turned on once: no second set of recovery codes', async () => {
    await world.person('again.confirm')
    const { browser, secret } = await world.enrol('again.confirm')
    const before = await digestOf(world.db)

    expect(
      await browser.ask('POST', '/api/second-factor/confirm', { code: world.code(secret) }),
    ).toMatchObject({ status: 409, body: { code: 'platform.second_factor_not_started' } })
    expect(changesBetween(before, await digestOf(world.db))).toEqual({})
  })

  test('recovery codes are renewed once for one proof', async () => {
    const { browser, proof } = await enrolled('again.codes')
    const renew = () => browser.ask('POST', '/api/second-factor/recovery-codes', proof)
    expect((await renew()).status).toBe(200)
    const codes = async () => (await digestOf(world.db))['platform.recovery_code']
    const after = await codes()

    expect(await renew()).toMatchObject({ status: 422, body: { code: 'platform.proof_wrong' } })
    expect(await codes()).toEqual(after)
  })

  test('it is turned off once', async () => {
    const { browser, proof } = await enrolled('again.off')
    const off = () => browser.ask('POST', '/api/second-factor/off', proof)

    expect((await off()).status).toBe(200)
    expect(await off()).toMatchObject({ status: 422, body: { code: 'platform.proof_wrong' } })
    expect((await browser.ask('GET', '/api/second-factor')).body).toMatchObject({ turnedOnAt: null })
  })

  test('the second step of signing in opens one sign-in', async () => {
    const { secret } = await enrolled('again.in')
    const { browser } = await world.signIn('again.in')
    const half = browser.cookies.get('minben_half')?.value ?? ''
    const answer = () =>
      world.http.inject({
        ...{ method: 'POST', url: '/api/session/code', headers: { 'x-minben': '1' } },
        ...{ cookies: { minben_half: half }, payload: { code: world.code(secret) } },
      })
    const count = async () => (await world.db.pool.query('select from platform.session')).rows.length
    const before = await count()

    expect((await answer()).statusCode).toBe(200)
    expect((await answer()).json()).toMatchObject({ code: 'platform.half_session_over' })
    expect(await count()).toBe(before + 1)
  })
})
