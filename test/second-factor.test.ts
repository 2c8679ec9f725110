import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SESSION } from '../server/platform/session.actions.ts'
import { COUNTY, NOON, PASSWORD, signInWorld, type SignInWorld } from './sign-in-world.ts'

/** The second factor: turned on by its owner, asked for after the password, ruled by the security administrator. */

let world: SignInWorld

beforeAll(async () => {
  world = await signInWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  world.clock.seconds = NOON
})

/** Whatever the test before it used up is long past. */
const later = (steps = 10) => {
  world.clock.seconds += 30 * steps
}

describe('turning it on', () => {
  test('takes a code of the secret, gives ten codes once, and nothing of it stands readable in the database', async () => {
    await world.person('on.one')
    const { browser } = await world.signIn('on.one')
    const started = await browser.ask('POST', '/api/second-factor/start', { password: PASSWORD })
    const { secret, uri } = started.body as { secret: string; uri: string }

    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(new URL(uri).searchParams.get('secret')).toBe(secret)
    expect(await browser.ask('POST', '/api/second-factor/confirm', { code: '0000000' })).toMatchObject({
      ...{ status: 422, body: { code: 'platform.code_wrong' } },
    })
    // Not turned on: the password alone is enough.
    expect((await world.signIn('on.one')).body).toMatchObject({ login: 'on.one' })

    const code = world.code(secret)
    const confirmed = await browser.ask('POST', '/api/second-factor/confirm', {
      code: `${code.slice(0, 3)} ${code.slice(3)}`,
    })
    const { recoveryCodes } = confirmed.body as { recoveryCodes: string[] }
    expect(new Set(recoveryCodes).size).toBe(10)
    for (const each of recoveryCodes) expect(each).toMatch(/^([a-z2-9]{4}-){2}[a-z2-9]{4}$/)
    expect((await browser.ask('GET', '/api/second-factor')).body).toEqual({
      ...{ turnedOnAt: expect.any(String), isRequired: false, hasPassword: true, codesLeft: 10 },
    })
    for (const table of ['second_factor', 'recovery_code', 'half_session', 'audit_row', 'account']) {
      for (const hidden of [secret, recoveryCodes[0], recoveryCodes[0]?.replaceAll('-', '')]) {
        const { rows } = await world.db.pool.query(
          `select from platform.${table} t where position($1 in t::text) > 0`,
          [hidden],
        )
        expect([table, rows.length]).toEqual([table, 0])
      }
    }
    expect(await world.audit('platform.second_factor.turned_on')).toMatchObject({ outcome: 'done' })
    expect(await browser.ask('POST', '/api/second-factor/start', { password: PASSWORD })).toMatchObject({
      ...{ status: 409, body: { code: 'platform.second_factor_on' } },
    })
  })

  test('needs a secret first, and the last one asked for', async () => {
    await world.person('on.two')
    const { browser } = await world.signIn('on.two')
    const confirm = (code: string) => browser.ask('POST', '/api/second-factor/confirm', { code })
    expect(await confirm('123456')).toMatchObject({
      ...{ status: 409, body: { code: 'platform.second_factor_not_started' } },
    })
    const start = async () =>
      (
        (await browser.ask('POST', '/api/second-factor/start', { password: PASSWORD })).body as {
          secret: string
        }
      ).secret
    const [first, second] = [await start(), await start()]

    expect(await confirm(world.code(first))).toMatchObject({ body: { code: 'platform.code_wrong' } })
    expect((await confirm(world.code(second))).status).toBe(200)
  })
})

describe('setting it up', () => {
  test('takes the password, counted like one at the door', async () => {
    await world.person('set.guess')
    const { browser } = await world.signIn('set.guess')
    const start = (password?: string) =>
      browser.ask('POST', '/api/second-factor/start', password === undefined ? {} : { password })
    for (const password of [undefined, 'wrong', 'wrong', 'wrong'])
      expect(await start(password)).toMatchObject({ status: 422, body: { code: 'platform.password_wrong' } })
    expect((await start(PASSWORD)).status).toBe(200)
    await start('wrong')

    expect((await start(PASSWORD)).body).toMatchObject({ code: 'platform.password_wrong' })
    expect((await world.signIn('set.guess')).status).toBe(401)
  })

  test('ends the other sign-ins, which had none', async () => {
    await world.person('set.other')
    const before = await world.signIn('set.other')
    const { browser } = await world.enrol('set.other')

    expect((await before.browser.ask('GET', '/api/session')).status).toBe(401)
    expect((await browser.ask('GET', '/api/session')).status).toBe(200)
  })

  test('and proving it, asks no password of whoever has none and comes from outside', async () => {
    await world.person('set.outside')
    const { browser } = await world.signIn('set.outside')
    await world.db.pool.query(`update platform.account set password_hash = null where login = 'set.outside'`)
    expect((await browser.ask('GET', '/api/second-factor')).body).toMatchObject({ hasPassword: false })
    const started = await browser.ask('POST', '/api/second-factor/start', {})
    const { secret } = started.body as { secret: string }
    await browser.ask('POST', '/api/second-factor/confirm', { code: world.code(secret) })
    later()
    const off = (code: string) => browser.ask('POST', '/api/second-factor/off', { code })

    expect(await off('0000000')).toMatchObject({ body: { code: 'platform.proof_wrong' } })
    expect((await off(world.code(secret))).status).toBe(200)
  })
})

describe('signing in with it', () => {
  const answer = async (login: string, code: string) => {
    const { browser } = await world.signIn(login)
    return { ...(await browser.ask('POST', '/api/session/code', { code })), browser }
  }

  test('takes two steps; between them nothing is open but the code, also after a reload', async () => {
    await world.person('in.one')
    const { secret } = await world.enrol('in.one')
    later()
    const { status, body, browser } = await world.signIn('in.one')

    expect([status, body]).toEqual([200, { next: 'code' }])
    expect([...browser.cookies.keys()]).toEqual(['minben_half'])
    expect(await world.audit('platform.session.half_opened')).toMatchObject({ outcome: 'done' })
    expect(await browser.ask('GET', '/api/session')).toMatchObject({
      ...{ status: 200, body: { next: 'code' } },
    })
    const half = browser.cookies.get('minben_half')?.value ?? ''
    for (const url of ['/api/sessions', '/api/second-factor', `/api/counties/${COUNTY}/runs`]) {
      const asked = await world.http.inject({ url, cookies: { minben_half: half, minben_session: half } })
      expect([url, asked.statusCode]).toEqual([url, 401])
    }

    const done = await browser.ask('POST', '/api/session/code', { code: world.code(secret) })
    expect([done.status, done.body]).toMatchObject([200, { login: 'in.one' }])
    expect([...browser.cookies.keys()]).toEqual(['minben_session'])
    expect((await browser.ask('GET', '/api/session')).status).toBe(200)
    expect(await world.audit('platform.session.opened')).toMatchObject({
      ...{ outcome: 'done', subject: { by: 'authenticator' } },
    })
    // Half a session is used once.
    later()
    const again = await world.http.inject({
      ...{ method: 'POST', url: '/api/session/code', headers: { 'x-minben': '1' } },
      ...{ cookies: { minben_half: half }, payload: { code: world.code(secret) } },
    })
    expect([again.statusCode, again.json()]).toMatchObject([401, { code: 'platform.half_session_over' }])
  })

  // NOON is the 15th second of its step: a step before begins 15 seconds ago.
  test.each([
    [-46, 401],
    [-45, 200],
    [0, 200],
    [44, 200],
    [45, 401],
  ])('the code of the telephone whose clock is off by %i seconds gives %i', async (offset, status) => {
    const login = `off.by${offset}`
    await world.person(login)
    const { secret } = await world.enrol(login)
    later()

    expect((await answer(login, world.code(secret, offset))).status).toBe(status)
  })

  test('a step that was used is never accepted again, nor one before it; the next one is', async () => {
    await world.person('in.used')
    const { secret } = await world.enrol('in.used')
    // The code that turned it on.
    expect((await answer('in.used', world.code(secret))).status).toBe(401)
    later()
    const code = world.code(secret)
    expect((await answer('in.used', code)).status).toBe(200)
    expect((await answer('in.used', code)).status).toBe(401)
    expect((await answer('in.used', world.code(secret, -30))).status).toBe(401)
    expect(await world.audit('platform.session.opened')).toMatchObject({
      ...{ outcome: 'refused', code: 'platform.code_refused' },
    })
    expect((await answer('in.used', world.code(secret, 30))).status).toBe(200)
  })

  test('of two answers with one code at the same moment one is let in', async () => {
    await world.person('in.twice')
    const { secret } = await world.enrol('in.twice')
    later()
    const code = world.code(secret)
    const both = await Promise.all([answer('in.twice', code), answer('in.twice', code)])

    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 401])
  })

  test('a recovery code works once, however it is typed', async () => {
    await world.person('in.recovery')
    const { recoveryCodes, browser } = await world.enrol('in.recovery')
    const [first = '', second = ''] = recoveryCodes

    expect((await answer('in.recovery', first)).status).toBe(200)
    expect((await answer('in.recovery', first)).status).toBe(401)
    expect((await answer('in.recovery', second.toUpperCase().replaceAll('-', ' '))).status).toBe(200)
    expect((await browser.ask('GET', '/api/second-factor')).body).toMatchObject({ codesLeft: 8 })
  })

  test('half a session ends after its minutes, and with a new password', async () => {
    await world.person('in.late')
    const { secret } = await world.enrol('in.late')
    later()
    const { browser } = await world.signIn('in.late')
    const age = (minutes: number) =>
      world.db.pool.query(`update platform.half_session set ends_at = ends_at - make_interval(mins => $1)`, [
        minutes,
      ])
    await age(SESSION.halfMinutes - 1)
    expect(await browser.ask('POST', '/api/session/code', { code: '0000000' })).toMatchObject({
      ...{ status: 401, body: { code: 'platform.code_refused' } },
    })
    await age(1)
    expect(await browser.ask('POST', '/api/session/code', { code: world.code(secret) })).toMatchObject({
      ...{ status: 401, body: { code: 'platform.half_session_over' } },
    })

    const owner = await answer('in.late', world.code(secret))
    expect(owner.status).toBe(200)
    const thief = await world.signIn('in.late')
    const changed = await owner.browser.ask('POST', '/api/password', {
      ...{ current: PASSWORD, next: 'Another-2026-word' },
    })
    expect(changed.status).toBe(200)
    later()
    expect(await thief.browser.ask('POST', '/api/session/code', { code: world.code(secret) })).toMatchObject({
      body: { code: 'platform.half_session_over' },
    })
  })

  test('wrong codes and wrong passwords count together; the right password in between clears nothing', async () => {
    await world.person('in.locked')
    const { secret } = await world.enrol('in.locked')
    later()
    await world.signIn('in.locked', 'wrong')
    for (let tries = 2; tries < SESSION.mostFailures; tries++)
      expect((await answer('in.locked', '0000000')).status).toBe(401)
    const { browser } = await world.signIn('in.locked')
    expect(browser.cookies.has('minben_half')).toBe(true)
    // The fifth; from here the right code, and the right password, are refused.
    await browser.ask('POST', '/api/session/code', { code: '0000000' })
    expect(await browser.ask('POST', '/api/session/code', { code: world.code(secret) })).toMatchObject({
      ...{ status: 401, body: { code: 'platform.code_refused' } },
    })
    expect((await world.signIn('in.locked')).body).toMatchObject({ code: 'platform.sign_in_refused' })

    await world.db.pool.query(
      `update platform.account set locked_until = locked_until - make_interval(mins => $1) where login = 'in.locked'`,
      [SESSION.lockMinutes],
    )
    expect((await answer('in.locked', world.code(secret))).status).toBe(200)
  })

  test('both steps done, the counting starts anew', async () => {
    await world.person('in.anew')
    const { secret } = await world.enrol('in.anew')
    for (let round = 0; round < 2; round++) {
      later()
      for (let tries = 1; tries < SESSION.mostFailures; tries++) await answer('in.anew', '0000000')
      expect((await answer('in.anew', world.code(secret))).status).toBe(200)
    }
  })
})

describe('its owner', () => {
  test('turns it off with password and code, or gets new recovery codes in place of the old', async () => {
    await world.person('off.one')
    const { secret, recoveryCodes, browser } = await world.enrol('off.one')
    later()
    const renew = (password: string, code: string) =>
      browser.ask('POST', '/api/second-factor/recovery-codes', { password, code })
    expect(await renew('wrong', world.code(secret))).toMatchObject({
      ...{ status: 422, body: { code: 'platform.proof_wrong' } },
    })
    const renewed = await renew(PASSWORD, world.code(secret))
    const [fresh = ''] = (renewed.body as { recoveryCodes: string[] }).recoveryCodes
    const off = (code: string) => browser.ask('POST', '/api/second-factor/off', { password: PASSWORD, code })
    expect(await off(recoveryCodes[0] ?? '')).toMatchObject({ body: { code: 'platform.proof_wrong' } })
    expect(await world.audit('platform.second_factor.turned_off')).toMatchObject({ outcome: 'refused' })

    expect((await off(fresh)).status).toBe(200)
    expect((await world.signIn('off.one')).body).toMatchObject({ login: 'off.one' })
    expect((await browser.ask('GET', '/api/second-factor')).body).toMatchObject({
      ...{ turnedOnAt: null, codesLeft: 0 },
    })
  })

  test('guessing at an open screen locks the account like guessing at the door', async () => {
    await world.person('off.guess')
    const { secret, browser } = await world.enrol('off.guess')
    later()
    const off = (code: string) => browser.ask('POST', '/api/second-factor/off', { password: PASSWORD, code })
    for (let tries = 0; tries < SESSION.mostFailures; tries++) await off('0000000')

    expect(await off(world.code(secret))).toMatchObject({ body: { code: 'platform.proof_wrong' } })
    expect((await world.signIn('off.guess')).status).toBe(401)
  })
})

describe('the security administrator', () => {
  const url = (login: string, rest: string) => `/api/counties/${COUNTY}/accounts/${login}/${rest}`

  beforeAll(async () => {
    await world.person('admin', { roles: ['security_admin'] })
    await world.person('neighbour', { roles: ['security_admin'], scope: ['441881'] })
    await world.person('auditor', { roles: ['audit_admin'] })
  })
  const as = async (login: string) => (await world.signIn(login)).browser

  test('resets another account: the sign-ins end, the password alone opens it again, and no secret is seen', async () => {
    await world.person('lost')
    const { secret, browser: owner } = await world.enrol('lost')
    const admin = await as('admin')
    const shown = await admin.ask('GET', url('lost', 'sign-in-ways'))
    expect(shown.body).toEqual({
      secondFactor: {
        ...{ turnedOnAt: expect.any(String), isRequired: false, isRequiredOfAccount: false, codesLeft: 10 },
      },
      outside: [],
    })
    expect(JSON.stringify(shown.body)).not.toContain(secret)

    const reset = () => admin.ask('POST', url('lost', 'second-factor/reset'), {})
    expect((await reset()).status).toBe(200)
    expect((await owner.ask('GET', '/api/session')).status).toBe(401)
    expect((await world.signIn('lost')).body).toMatchObject({ login: 'lost' })
    expect(await reset()).toMatchObject({ status: 409, body: { code: 'platform.second_factor_off' } })
    const { rows } = await world.db.pool.query<{ subject: string }>(
      `select subject from platform.audit_row where event = 'platform.second_factor.reset' and outcome = 'done'`,
    )
    expect(rows).toEqual([{ subject: expect.stringMatching(/^\{"account":"[0-9a-f-]{36}"\}$/) }])
  })

  test.each([
    ['of another county', 'neighbour', 'platform.outside_scope'],
    ['who is no security administrator', 'auditor', 'platform.permission_missing'],
  ])('one %s resets and rules nothing', async (_, login, code) => {
    const other = await as(login)
    for (const [at, body] of [
      [url('lost', 'second-factor/reset'), {}],
      [url('lost', 'second-factor/rule'), { isRequired: true }],
      [`/api/counties/${COUNTY}/roles/section_clerk/second-factor`, { isRequired: true }],
    ] as const)
      expect(await other.ask('POST', at, body)).toMatchObject({ status: 403, body: { code } })
  })

  test('does not rule their own account', async () => {
    const admin = await as('admin')

    expect(await admin.ask('POST', url('admin', 'second-factor/rule'), { isRequired: true })).toMatchObject({
      ...{ status: 403, body: { code: 'platform.own_account' } },
    })
  })

  test('requires it of an account: until it is on there is nothing else to do, and then it stays on', async () => {
    await world.person('must')
    const admin = await as('admin')
    const before = await as('must')
    expect((await before.ask('GET', `/api/counties/${COUNTY}/runs`)).status).toBe(200)
    await admin.ask('POST', url('must', 'second-factor/rule'), { isRequired: true })

    expect(await before.ask('GET', `/api/counties/${COUNTY}/runs`)).toMatchObject({
      ...{ status: 403, body: { code: 'platform.second_factor_needed' } },
    })
    expect(await world.audit('benefits.run.listed')).toMatchObject({ outcome: 'refused' })
    expect((await before.ask('GET', '/api/session')).body).toMatchObject({
      ...{ needsSecondFactor: true, permissions: [] },
    })
    const { secret, browser } = await world.enrol('must')
    expect((await browser.ask('GET', `/api/counties/${COUNTY}/runs`)).status).toBe(200)
    later()
    const off = await browser.ask('POST', '/api/second-factor/off', {
      ...{ password: PASSWORD, code: world.code(secret) },
    })
    expect(off).toMatchObject({ status: 409, body: { code: 'platform.second_factor_required' } })

    await admin.ask('POST', url('must', 'second-factor/rule'), { isRequired: false })
    later()
    const allowed = await browser.ask('POST', '/api/second-factor/off', {
      ...{ password: PASSWORD, code: world.code(secret) },
    })
    expect(allowed.status).toBe(200)
  })

  test('asks it of a role of their own, and lifts it from none', async () => {
    const admin = await as('admin')
    const rule = (isRequired: boolean) =>
      admin.ask('POST', `/api/counties/${COUNTY}/roles/security_admin/second-factor`, { isRequired })

    expect(await rule(false)).toMatchObject({ status: 403, body: { code: 'platform.own_role' } })
  })

  test('requires it of a role, in their own county alone', async () => {
    await world.person('funds.one', { roles: ['funds_clerk'] })
    await world.person('funds.next', { roles: ['funds_clerk'], scope: ['441881'] })
    const admin = await as('admin')
    const rule = (isRequired: boolean, role = 'funds_clerk') =>
      admin.ask('POST', `/api/counties/${COUNTY}/roles/${role}/second-factor`, { isRequired })
    expect(await rule(true, 'king')).toMatchObject({ status: 422, body: { code: 'platform.role_unknown' } })
    expect((await rule(true)).status).toBe(200)
    expect((await rule(true)).status).toBe(200)

    expect((await world.signIn('funds.one')).body).toMatchObject({ needsSecondFactor: true, permissions: [] })
    expect((await world.signIn('funds.next')).body).toMatchObject({ needsSecondFactor: false })
    expect((await world.signIn('must')).body).toMatchObject({ needsSecondFactor: false })
    const { roles } = (await admin.ask('GET', `/api/counties/${COUNTY}/roles`)).body as {
      roles: { key: string; needsSecondFactor: boolean }[]
    }
    expect(roles.filter(({ needsSecondFactor }) => needsSecondFactor).map(({ key }) => key)).toEqual([
      'funds_clerk',
    ])
    await rule(false)
    expect((await world.signIn('funds.one')).body).toMatchObject({ needsSecondFactor: false })
    expect(await world.audit('platform.second_factor.role_ruled')).toMatchObject({
      ...{ outcome: 'done', subject: { role: 'funds_clerk', isRequired: false } },
    })
  })
})
