import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MOST_GUESSES } from '../server/limits.ts'
import { outsideWorld, type OutsideWorld } from './outside-world.ts'
import { COUNTY, NOON, signInWorld, type Browser, type SignInWorld } from './sign-in-world.ts'

/** Signing in by way of a real provider of identities. */

let outside: OutsideWorld
let world: SignInWorld

beforeAll(async () => {
  outside = await outsideWorld()
  world = await signInWorld({ outside: outside.provider })
  await world.person('admin', { roles: ['security_admin'] })
})
afterAll(async () => {
  await world.close()
  await outside.stop()
})
beforeEach(() => {
  world.clock.seconds = NOON
})

const bind = async (login: string, subject: string, as = 'admin', issuer = outside.provider.issuer) => {
  const { browser } = await world.signIn(as)
  return browser.ask('POST', `/api/counties/${COUNTY}/accounts/${login}/outside-identities`, {
    ...{ issuer, subject },
  })
}

/** To the provider and back; where the office sends the browser then. */
async function goThrough(browser: Browser, as: string): Promise<string> {
  const { url } = (await browser.ask('POST', '/api/session/outside', {})).body as { url: string }
  const back = await outside.signInThere(url, as)
  return (await browser.ask('GET', back)).location
}

test('a bound account is signed in, with a session like any other, and no token of the provider is kept', async () => {
  await world.person('bound', { password: false })
  expect((await bind('bound', '工号-li')).status).toBe(200)
  const browser = world.browser()

  expect((await browser.ask('GET', '/api/session/ways')).body).toEqual({
    outside: { title: '统一身份认证', issuer: outside.provider.issuer },
  })
  expect(await goThrough(browser, 'li')).toBe('/office/')
  expect([...browser.cookies.keys()]).toEqual(['minben_session'])
  expect((await browser.ask('GET', '/api/session')).body).toMatchObject({ login: 'bound' })
  expect(await world.audit('platform.session.opened')).toMatchObject({
    ...{ outcome: 'done', subject: { by: 'outside' } },
  })
})

test('an identity that nobody bound is refused with its row, and no account is made of it', async () => {
  const count = async () =>
    (await world.db.pool.query<{ count: number }>(`select count(*) from platform.account`)).rows[0]?.count
  const before = await count()
  const browser = world.browser()

  expect(await goThrough(browser, 'stranger')).toBe('/office/?outside=refused')
  expect(browser.cookies.size).toBe(0)
  expect(await count()).toBe(before)
  expect(await world.audit('platform.session.opened')).toMatchObject({
    ...{ outcome: 'refused', code: 'platform.sign_in_refused', subject: { by: 'outside' } },
  })
})

test.each([
  ['closed', `update platform.account set is_active = false where login = 'closed'`],
  [
    'locked',
    `update platform.account set locked_until = now() + interval '5 minutes' where login = 'locked'`,
  ],
])('a %s account is not opened from outside either', async (login, change) => {
  await world.person(login)
  await bind(login, `工号-${login}`)
  expect(await goThrough(world.browser(), login)).toBe('/office/')
  await world.db.pool.query(change)

  expect(await goThrough(world.browser(), login)).toBe('/office/?outside=refused')
})

test('a second factor is asked for as after a password', async () => {
  await world.person('guarded')
  const { secret } = await world.enrol('guarded')
  await bind('guarded', '工号-wang')
  world.clock.seconds += 300
  const browser = world.browser()

  expect(await goThrough(browser, 'wang')).toBe('/office/')
  expect(await browser.ask('GET', '/api/session')).toMatchObject({
    ...{ status: 200, body: { next: 'code' } },
  })
  expect((await browser.ask('POST', '/api/session/code', { code: world.code(secret) })).status).toBe(200)
})

describe('the way back', () => {
  beforeAll(async () => {
    await world.person('traveller')
    await bind('traveller', '工号-zhao')
  })
  const leave = async (browser: Browser) =>
    ((await browser.ask('POST', '/api/session/outside', {})).body as { url: string }).url

  test('asks the provider with PKCE, state and nonce', async () => {
    const { searchParams } = new URL(await leave(world.browser()))

    expect(Object.fromEntries(searchParams)).toMatchObject({
      ...{ response_type: 'code', code_challenge_method: 'S256', scope: 'openid profile' },
      ...{ state: expect.stringMatching(/.{20}/), nonce: expect.stringMatching(/.{20}/) },
    })
  })

  test('is good in the browser that left, once, and not in another', async () => {
    const [own, other] = [world.browser(), world.browser()]
    const back = await outside.signInThere(await leave(own), 'zhao')
    await leave(other)

    expect((await other.ask('GET', back)).location).toBe('/office/?outside=refused')
    const trip = own.cookies.get('minben_outside')
    expect((await own.ask('GET', back)).location).toBe('/office/')
    if (trip) own.cookies.set('minben_outside', trip)
    expect((await own.ask('GET', back)).location).toBe('/office/?outside=refused')
    expect(await world.audit('platform.session.opened')).toMatchObject({
      ...{ outcome: 'refused', code: 'platform.outside_answer_refused' },
    })
  })

  test('is refused with another state, another code, or without any', async () => {
    const browser = world.browser()
    const back = await outside.signInThere(await leave(browser), 'zhao')
    const kept = new Map(browser.cookies)
    for (const wrong of [
      back.replace(/state=[^&]+/, 'state=another'),
      back.replace(/code=[^&]+/, 'code=another'),
      back.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example'),
      back.replace(/\?.*/, ''),
    ]) {
      for (const [name, cookie] of kept) browser.cookies.set(name, cookie)
      expect(wrong).not.toBe(back)
      expect([wrong, (await browser.ask('GET', wrong)).location]).toEqual([wrong, '/office/?outside=refused'])
    }
  })

  test.each([
    [599, '/office/'],
    [600, '/office/?outside=refused'],
  ])('is open for ten minutes: after %i seconds one is sent to %s', async (seconds, location) => {
    const browser = world.browser()
    const back = await outside.signInThere(await leave(browser), 'zhao')
    world.clock.seconds += seconds

    expect((await browser.ask('GET', back)).location).toBe(location)
  })

  test('of somebody who turned back at the provider leads to the sign-in page', async () => {
    const browser = world.browser()
    const back = await outside.turnBackThere(await leave(browser))

    expect(back).toContain('error=access_denied')
    expect((await browser.ask('GET', back)).location).toBe('/office/?outside=refused')
  })
})

describe('binding', () => {
  beforeAll(async () => {
    for (const login of ['first', 'second']) await world.person(login)
    await world.person('neighbour', { roles: ['security_admin'], scope: ['441881'] })
  })

  test.each([
    ['an identity number', 'first', '441882195903121625', 'admin', 'platform.outside_identity_number'],
    ['their own account', 'admin', '工号-admin', 'admin', 'platform.own_account'],
    ['an account of another county', 'first', '工号-first', 'neighbour', 'platform.outside_scope'],
    ['without the right to', 'first', '工号-first', 'second', 'platform.permission_missing'],
  ])('is refused: %s', async (_, login, subject, as, code) => {
    expect((await bind(login, subject, as)).body).toMatchObject({ code })
  })

  test('is of one account at a time, is shown, and ends with its sign-ins when undone', async () => {
    await bind('first', '工号-qian')
    expect(await bind('second', '工号-qian')).toMatchObject({
      ...{ status: 409, body: { code: 'platform.outside_identity_taken' } },
    })
    const browser = world.browser()
    expect(await goThrough(browser, 'qian')).toBe('/office/')

    const { browser: admin } = await world.signIn('admin')
    const at = `/api/counties/${COUNTY}/accounts/first`
    const { outside: shown } = (await admin.ask('GET', `${at}/sign-in-ways`)).body as {
      outside: { id: string; subject: string; boundBy: string }[]
    }
    expect(shown).toMatchObject([{ subject: '工号-qian', boundBy: '测试人员' }])
    const unbind = (login: string) =>
      admin.ask(
        'POST',
        `/api/counties/${COUNTY}/accounts/${login}/outside-identities/${shown[0]?.id}/unbind`,
        {},
      )
    expect(await unbind('second')).toMatchObject({
      ...{ status: 404, body: { code: 'platform.outside_identity_unknown' } },
    })
    expect((await unbind('first')).status).toBe(200)
    expect((await browser.ask('GET', '/api/session')).status).toBe(401)
    expect(await goThrough(world.browser(), 'qian')).toBe('/office/?outside=refused')
  })

  test('to the same name at another provider opens nothing here', async () => {
    expect((await bind('second', '工号-sun', 'admin', 'https://other.example/')).status).toBe(200)

    expect(await goThrough(world.browser(), 'sun')).toBe('/office/?outside=refused')
  })
})

test('where no provider is configured there is no such way', async () => {
  const plain = await signInWorld()
  const browser = plain.browser()

  expect((await browser.ask('GET', '/api/session/ways')).body).toEqual({ outside: null })
  expect((await browser.ask('POST', '/api/session/outside', {})).status).toBe(404)
  await plain.close()
})

test('a provider that does not answer is said to be so, on the way there and on the way back', async () => {
  const gone = await outsideWorld()
  const cut = await signInWorld({ outside: gone.provider })
  const browser = cut.browser()
  const { url } = (await browser.ask('POST', '/api/session/outside', {})).body as { url: string }
  const back = await gone.signInThere(url, 'li')
  await gone.stop()

  expect((await browser.ask('GET', back)).location).toBe('/office/?outside=unreachable')
  expect(await cut.audit('platform.session.opened')).toMatchObject({
    ...{ outcome: 'refused', code: 'platform.outside_unreachable' },
  })
  const later = await outsideWorld()
  await later.stop()
  const shut = await signInWorld({ outside: later.provider })
  expect(await shut.browser().ask('POST', '/api/session/outside', {})).toMatchObject({
    ...{ status: 503, body: { code: 'platform.outside_unreachable' } },
  })
  await shut.close()
  await cut.close()
})

test('a gateway that answers for the provider is no answer; a provider that does not take our secret has said no', async () => {
  const goBack = async (there: OutsideWorld, meanwhile: () => void) => {
    const here = await signInWorld({ outside: there.provider })
    const browser = here.browser()
    const { url } = (await browser.ask('POST', '/api/session/outside', {})).body as { url: string }
    const back = await there.signInThere(url, 'li')
    meanwhile()
    const { location } = await browser.ask('GET', back)
    await here.close()
    await there.stop()
    return location
  }
  const broken = await outsideWorld()

  expect(await goBack(broken, broken.breakDown)).toBe('/office/?outside=unreachable')
  expect(await goBack(await outsideWorld({ secret: 'another' }), () => {})).toBe('/office/?outside=refused')
})

test('a stranger at the way back is heard so often in a minute, and leaves no row more', async () => {
  const strangers = world.browser()
  const rows = async () =>
    (await world.db.pool.query<{ count: number }>(`select count(*) from platform.audit_row`)).rows[0]
      ?.count ?? 0
  const before = Number(await rows())
  const answers: number[] = []
  for (let tries = 0; tries < MOST_GUESSES + 2; tries += 1)
    answers.push((await strangers.ask('GET', '/api/session/outside/return?state=x&code=y')).status)

  expect(answers.filter((status) => status === 302)).toHaveLength(MOST_GUESSES)
  expect(answers.slice(MOST_GUESSES)).toEqual([429, 429])
  expect(Number(await rows()) - before).toBe(MOST_GUESSES)
  const leaving: number[] = []
  for (let tries = 0; tries <= MOST_GUESSES; tries += 1)
    leaving.push((await strangers.ask('POST', '/api/session/outside', {})).status)
  expect(leaving.at(-1)).toBe(429)
})
