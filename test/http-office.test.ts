import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildHttp } from '../server/http.ts'
import { insertRoles } from '../server/platform/account.db.ts'
import { seedCalendar } from '../server/platform/calendar.db.ts'
import { hashPassword } from '../server/platform/password.ts'
import { sealAll, sealsDirectory } from '../server/platform/sealer.ts'
import { SESSION } from '../server/platform/session.actions.ts'
import { ROLES } from '../server/roles.ts'
import { routes } from '../server/routes.ts'
import { asking, type Asking } from './asking.ts'
import { testDb, type TestDb } from './db.ts'
import { plantCounty, type PlantedCounty } from './scope-world.ts'

/** Figures, audit trail, accounts and calendar as the office asks for them. Twelve households at 384.00 in February. */

const COUNTY = '441882'
const TOWN = '441882100'

let db: TestDb
let http: FastifyInstance
let planted: PlantedCounty
let statistician: Asking
let auditor: Asking
let security: Asking
let system: Asking
/** With every permission of the three administrators, in the next county and in one town. */
let neighbour: Asking
let townsman: Asking

const permissionsOf = (...keys: string[]) =>
  ROLES.flatMap(({ key, permissions }) => (keys.includes(key) ? permissions : []))

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  await db.deps.database.app.transaction().execute(async (tx) => {
    await insertRoles(tx, ROLES)
    await seedCalendar(tx)
  })
  planted = await plantCounty(db, { county: COUNTY, month: '2020-02' })
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000 })
  const as = (login: string, permissions: readonly string[], scope = [COUNTY]) =>
    asking(db, http, COUNTY, { login, permissions, scope })
  statistician = await as('statistician', ['indicators.figure.read'])
  auditor = await as('auditor', permissionsOf('audit_admin'))
  security = await as('security', permissionsOf('security_admin'))
  system = await as('system', permissionsOf('system_admin'))
  const all = [...permissionsOf('audit_admin', 'security_admin', 'system_admin'), 'indicators.figure.read']
  neighbour = await as('neighbour', all, ['441881'])
  townsman = await as('townsman', all, [TOWN])
})
afterAll(async () => {
  await http.close()
  await db.close()
})

describe('figures', () => {
  const url = (indicator: string, rest: string) => `/figures/${encodeURIComponent(indicator)}/people?${rest}`

  test('of a month come with their definition, their cut, and whether they open a list', async () => {
    const { status, body } = await statistician.get('/figures?month=2020-02')
    const { figures, runs } = body as { figures: { indicator: string }[]; runs: unknown[] }

    expect(status).toBe(200)
    expect(runs).toEqual([
      { group: 'basic_assistance', no: 1, month: '2020-02', cut: expect.stringMatching(/^2020-02-/) },
    ])
    const figure = (name: string) => figures.find(({ indicator }) => indicator === name)
    expect(figure('农村低保人数')).toEqual({
      ...{ indicator: '农村低保人数', value: 12, unit: '人', hasList: true, breakdown: [] },
      ...{ definition: expect.stringContaining('知情时点') },
      period: undefined,
    })
    // 384.00 a person.
    expect(figure('农村低保月人均补差')).toMatchObject({
      ...{ value: 384, unit: '元', hasList: false, breakdown: [{ title: '到分', value: 384 }] },
    })
  })

  test('of a period count what its runs published, corrections included', async () => {
    const { body } = await statistician.get('/figures?from=2020-02&to=2020-03')

    // 12 × 384.00 in February; in March 6 × 384.00 for the month and −6 × 384.00 for February.
    expect((body as { figures: unknown[] }).figures).toContainEqual(
      expect.objectContaining({ indicator: '发放低保金', value: 12 * 384, hasList: false }),
    )
  })

  test('that are counts open the people they count, page by page, with names', async () => {
    const names: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const after: string = next === '' ? '' : `&after=${next}`
      const { body } = await statistician.get(url('农村低保人数', `month=2020-02&limit=5${after}`))
      const page = body as { rows: { people: { fullName: string }[]; fen: number }[]; next: string | null }
      names.push(...page.rows.flatMap(({ people }) => people.map(({ fullName }) => fullName)))
      for (const { fen } of page.rows) expect(fen).toBe(384_00)
      next = page.next
    }

    expect(names.toSorted()).toEqual(planted.people.map(({ name }) => name).toSorted())
  })

  test.each([
    ['a month without a published run has no figures', '/figures?month=2019-05', 200, undefined],
    ['neither month nor period', '/figures', 422, 'indicators.period_missing'],
    [
      'a period that ends before it begins',
      '/figures?from=2020-03&to=2020-02',
      422,
      'indicators.period_missing',
    ],
    ['an unknown figure', url('没有', 'month=2020-02'), 404, 'indicators.figure_unknown'],
    [
      'an amount has no list',
      url('发放低保金', 'from=2020-02&to=2020-03'),
      404,
      'indicators.figure_without_list',
    ],
    [
      'a stock figure of a period',
      url('农村低保户数', 'from=2020-02&to=2020-03'),
      422,
      'indicators.period_missing',
    ],
  ])('%s', async (_, path, status, code) => {
    const answer = await statistician.get(path)

    expect(answer).toMatchObject({ status, body: code ? { code } : { figures: [], runs: [] } })
  })

  test('are of the whole county: whoever has a part of it would read a wrong number', async () => {
    for (const asker of [townsman, neighbour])
      expect(await asker.get('/figures?month=2020-02')).toMatchObject({
        ...{ status: 403, body: { code: 'platform.outside_scope' } },
      })
  })
})

describe('the audit trail', () => {
  interface Page {
    rows: { id: string; at: string; event: string; outcome: string; who: { login: string } | null }[]
    next: string | null
  }
  const page = async (rest: string) => (await auditor.get(`/audit?${rest}`)).body as Page

  test('tells who did what, in plain Chinese, the newest first, and misses nothing between pages', async () => {
    const all: Page['rows'] = []
    let next: string | null = ''
    while (next !== null) {
      const part: Page = await page(`limit=7&to=2020-03-10${next === '' ? '' : `&after=${next}`}`)
      all.push(...part.rows)
      next = part.next
    }
    const { rows } = await db.pool.query<{ n: number }>(
      `select count(*)::int as n from platform.audit_row where county = $1 and at < '2020-03-11T00:00:00+08:00'`,
      [COUNTY],
    )

    // What was asked for these pages came after the end of that day or stands in it: never twice, never left out.
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(all.length).toBeGreaterThan(20)
    expect(rows[0]?.n).toBeGreaterThanOrEqual(all.length)
    // The database leaves out trailing zeros.
    const times = all.map(({ at }) => at.replace('Z', '').padEnd(26, '0'))
    expect(times).toEqual(times.toSorted().toReversed())
    expect(all.find(({ event }) => event === 'funds.batch.approved')).toMatchObject({
      ...{ title: '审批批次', outcome: 'done', outcomeTitle: '已办理', subject: { batchNo: 1 } },
      who: { login: 'checker_441882', fullName: 'checker_441882', roles: ['role_checker_441882'] },
    })
  })

  test('is filtered by day, person, event and outcome', async () => {
    await statistician.get('/figures')
    const failed = await page('outcome=failed&actor=statistician&event=indicators.figure.shown')
    const early = await page('to=2020-02-29&event=benefits.run.published')
    const late = await page('from=2020-03-01&event=benefits.run.published')

    expect(failed.rows[0]).toMatchObject({ code: 'indicators.period_missing', outcomeTitle: '没有办成' })
    expect([early.rows.length, late.rows.length]).toEqual([1, 1])
    expect(await auditor.get('/audit?actor=nobody.here')).toMatchObject({
      ...{ status: 404, body: { code: 'platform.account_unknown' } },
    })
    expect((await auditor.get('/audit/events')).body).toMatchObject({
      events: expect.arrayContaining([{ event: 'funds.batch.approved', title: '审批批次' }]),
    })
  })

  test('is for the audit administrator of the whole county alone', async () => {
    for (const asker of [townsman, neighbour])
      for (const path of ['/audit', '/audit/seals'])
        expect(await asker.get(path)).toMatchObject({ status: 403, body: { code: 'platform.outside_scope' } })
    for (const asker of [security, system])
      expect(await asker.get('/audit')).toMatchObject({
        ...{ status: 403, body: { code: 'platform.permission_missing' } },
      })
  })

  test('shows its seals, each joined to the one before, and what was cut off', async () => {
    await sealAll(db.deps)
    await auditor.get('/audit/events')
    await sealAll(db.deps)
    const whole = await auditor.get('/audit/seals')
    const older = await auditor.get('/audit/seals?before=2&limit=1')

    expect(whole.body).toMatchObject({
      seals: [
        { n: 2, isIntact: true },
        { n: 1, isIntact: true },
      ],
      ...{ next: null, end: { state: 'intact' } },
    })
    expect(older.body).toMatchObject({
      seals: [{ n: 1, isIntact: true }],
      next: null,
      end: { state: 'intact' },
    })

    await db.pool.query(
      `update platform.audit_seal set row_count = row_count + 1 where county = $1 and n = 2`,
      [COUNTY],
    )
    expect((await auditor.get('/audit/seals?limit=1')).body).toMatchObject({
      ...{ seals: [{ n: 2, isIntact: false }], next: 2 },
    })
    await db.pool.query(
      `update platform.audit_seal set row_count = row_count - 1 where county = $1 and n = 2`,
      [COUNTY],
    )
    const line = { kind: 'seal', county: COUNTY, n: 3, sealedAt: 'x', rowCount: 1, root: '0'.repeat(64) }
    mkdirSync(sealsDirectory(db.deps.varDir), { recursive: true })
    const log = path.join(sealsDirectory(db.deps.varDir), `${COUNTY}.log`)
    appendFileSync(log, `${JSON.stringify({ ...line, firstAt: 'x', lastAt: 'x', mac: '0'.repeat(64) })}\n`)
    expect((await auditor.get('/audit/seals')).body).toMatchObject({ end: { state: 'cut_off' } })
    writeFileSync(log, '')
    expect((await auditor.get('/audit/seals')).body).toMatchObject({ end: { state: 'intact' } })
  })
})

describe('accounts', () => {
  const clerk = {
    ...{ login: 'li.si', fullName: '李四', roles: ['town_clerk'] },
    ...{ scope: [TOWN], level: 'township' },
  }
  const shown = async (login: string) => {
    const { body } = await security.get(`/accounts?text=${login}`)
    return (body as { accounts: Record<string, unknown>[] }).accounts[0]
  }

  test('are made, listed with plain titles, and found by login or name', async () => {
    const made = await security.post('/accounts', clerk)

    expect([made.status, made.body]).toEqual([200, { login: 'li.si' }])
    expect((await security.get(`/accounts?text=${encodeURIComponent('李四')}`)).body).toEqual({
      accounts: [
        {
          ...{ login: 'li.si', fullName: '李四', roles: [{ key: 'town_clerk', title: '乡镇经办' }] },
          ...{ scope: [TOWN], level: 'township', isActive: true, hasPassword: false, passwordSetAt: null },
          ...{ lockedUntil: null, createdAt: expect.any(String), lastSeenAt: null },
        },
      ],
      next: null,
    })
    const first = await security.get('/accounts?limit=2')
    const { accounts, next } = first.body as { accounts: { login: string }[]; next: string }
    expect(next).toBe(accounts[1]?.login)
    const rest = (await security.get(`/accounts?after=${next}`)).body as { accounts: { login: string }[] }
    expect(rest.accounts.map(({ login }) => login)).toContain('townsman')
    // An account of another county is not of ours.
    expect([...accounts, ...rest.accounts].map(({ login }) => login)).not.toContain('neighbour')
  })

  test.each([
    ['a taken login', clerk, 409, 'platform.login_taken'],
    [
      'two administrators',
      { ...clerk, login: 'x1', roles: ['system_admin', 'audit_admin'] },
      409,
      'platform.administrators_apart',
    ],
    ['another county', { ...clerk, login: 'x2', scope: ['441881'] }, 403, 'platform.outside_scope'],
    ['no area', { ...clerk, login: 'x3', scope: [] }, 422, 'platform.input_invalid'],
    ['a role that is none', { ...clerk, login: 'x4', roles: ['king'] }, 422, 'platform.role_unknown'],
  ])('are not made with %s', async (_, account, status, code) => {
    expect(await security.post('/accounts', account)).toMatchObject({ status, body: { code } })
  })

  test('change roles and areas; nobody becomes two administrators, changes themselves, or a stranger', async () => {
    expect(
      (await security.post('/accounts/li.si/roles', { roles: ['town_clerk', 'town_chief'] })).status,
    ).toBe(200)
    expect(
      (await security.post('/accounts/li.si/scope', { scope: [`${TOWN}001`], level: 'village' })).status,
    ).toBe(200)
    expect(await shown('li.si')).toMatchObject({
      ...{ roles: [{ key: 'town_clerk' }, { key: 'town_chief' }], scope: [`${TOWN}001`], level: 'village' },
    })
    const refused = async (asker: Asking, login: string, roles: string[]) =>
      (await asker.post(`/accounts/${login}/roles`, { roles })).body
    expect(await refused(security, 'li.si', ['security_admin', 'audit_admin'])).toMatchObject({
      code: 'platform.administrators_apart',
    })
    expect(await refused(security, 'security', ['town_clerk'])).toMatchObject({
      code: 'platform.own_account',
    })
    expect(await refused(security, 'neighbour', ['town_clerk'])).toMatchObject({
      code: 'platform.account_unknown',
    })
    expect(await refused(townsman, 'li.si', ['town_clerk'])).toMatchObject({ code: 'platform.outside_scope' })
    expect(await refused(auditor, 'li.si', ['town_clerk'])).toMatchObject({
      code: 'platform.permission_missing',
    })
    const { rows } = await db.pool.query<{ subject: string }>(
      `select subject from platform.audit_row where event = 'platform.role.assigned' and outcome = 'done'`,
    )
    expect(rows).toEqual([{ subject: expect.stringMatching(/^\{"account":"[0-9a-f-]{36}"\}$/) }])
  })

  test('get a password that is shown once and stored nowhere; each request makes another', async () => {
    const key = randomUUID()
    const one = await security.post('/accounts/li.si/password', {}, key)
    const two = await security.post('/accounts/li.si/password', {}, key)
    const [first, second] = [one, two].map(({ body }) => (body as { password: string }).password)

    expect(first).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/)
    expect(first).not.toBe(second)
    for (const table of [
      'platform.idempotency_key',
      'platform.audit_row',
      'platform.account',
      'platform.session',
    ]) {
      const found = await db.pool.query(`select from ${table} t where t::text like '%' || $1 || '%'`, [
        second,
      ])
      expect([table, found.rows.length]).toEqual([table, 0])
    }
    const signIn = (password: string | undefined) =>
      http.inject({
        ...{ method: 'POST', url: '/api/session', headers: { 'x-minben': '1' } },
        payload: { login: 'li.si', password },
      })
    expect((await signIn(first)).statusCode).toBe(401)
    expect((await signIn(second)).statusCode).toBe(200)
  })

  test('are locked by guessing, unlocked, their sign-ins ended; out of use nobody signs in', async () => {
    const { body } = await security.post('/accounts/li.si/password')
    const { password } = body as { password: string }
    const signIn = async (typed: string) =>
      (
        await http.inject({
          ...{ method: 'POST', url: '/api/session', headers: { 'x-minben': '1' }, remoteAddress: '10.1.1.1' },
          payload: { login: 'li.si', password: typed },
        })
      ).statusCode
    for (let tries = 0; tries < SESSION.mostFailures; tries++) await signIn('wrong')
    expect(await signIn(password)).toBe(401)
    expect(await shown('li.si')).toMatchObject({ lockedUntil: expect.any(String) })
    expect((await security.post('/accounts/li.si/unlock')).status).toBe(200)
    expect(await signIn(password)).toBe(200)

    const sessions = (await security.get('/accounts/li.si/sessions')).body as { sessions: { id: string }[] }
    expect(sessions.sessions).toHaveLength(1)
    const revoke = `/accounts/li.si/sessions/${sessions.sessions[0]?.id}/revoke`
    expect((await security.post(revoke)).status).toBe(200)
    expect(await security.post(revoke)).toMatchObject({
      status: 404,
      body: { code: 'platform.session_unknown' },
    })

    expect((await security.post('/accounts/li.si/deactivate')).status).toBe(200)
    expect(await signIn(password)).toBe(401)
    expect(await shown('li.si')).toMatchObject({ isActive: false })
    expect((await security.post('/accounts/li.si/activate')).status).toBe(200)
    expect(await signIn(password)).toBe(200)
    expect(await security.post('/accounts/security/deactivate')).toMatchObject({
      ...{ status: 403, body: { code: 'platform.own_account' } },
    })
  })

  test('roles tell in plain Chinese what they may do', async () => {
    const { body } = await security.get('/roles')
    const { roles } = body as { roles: { key: string }[] }

    expect(roles.find(({ key }) => key === 'audit_admin')).toEqual({
      ...{
        key: 'audit_admin',
        title: '审计管理员',
        isAdministrator: true,
        needsSecondFactor: false,
        isOwn: false,
        holders: 0,
        version: 1,
      },
      ...{ changedBy: null, changedAt: null, may: { change: false, reason: '随系统安装的岗位不能更改' } },
      permissions: expect.arrayContaining([
        { permission: 'platform.audit.read', title: '查看操作记录和封印' },
      ]),
    })
  })
})

describe("one's own password", () => {
  const OLD = '山高水长-2020ab'
  let person: Asking
  let other: Asking

  beforeAll(async () => {
    person = await asking(db, http, COUNTY, { login: 'wang.wu', permissions: [] })
    other = await asking(db, http, COUNTY, person.actor)
    await db.pool.query(`update platform.account set password_hash = $2 where id = $1`, [
      person.actor.id,
      await hashPassword(OLD),
    ])
  })

  test('is changed by whoever knows it, to one that keeps the rules, and ends the other sign-ins', async () => {
    const change = (current: string, next: string) => person.post('/api/password', { current, next })

    expect(await change('wrong', 'Abcdefg-2026')).toMatchObject({
      ...{ status: 422, body: { code: 'platform.password_wrong' } },
    })
    expect(await change(OLD, 'abc')).toMatchObject({ status: 422, body: { code: 'platform.password_weak' } })
    expect(await change(OLD, 'Wang.Wu-2026')).toMatchObject({ body: { code: 'platform.password_weak' } })
    expect((await other.get('/api/session')).status).toBe(200)
    expect(await change(OLD, 'Abcdefg-2026')).toMatchObject({ status: 200, body: {} })
    expect((await other.get('/api/session')).status).toBe(401)
    expect((await person.get('/api/session')).status).toBe(200)
    expect(await change(OLD, 'Another-2026')).toMatchObject({ body: { code: 'platform.password_wrong' } })
    const { rows } = await db.pool.query(
      `select outcome, code from platform.audit_row where event = 'platform.password.changed' order by at, id`,
    )
    expect(rows).toEqual([
      { outcome: 'refused', code: 'platform.password_wrong' },
      { outcome: 'failed', code: 'platform.password_weak' },
      { outcome: 'failed', code: 'platform.password_weak' },
      { outcome: 'done', code: null },
      { outcome: 'refused', code: 'platform.password_wrong' },
    ])
  })

  test('is not guessed from a screen left open: after so many tries the right one is refused too', async () => {
    for (let tries = 0; tries < SESSION.mostFailures; tries++)
      await person.post('/api/password', { current: 'wrong', next: 'Abcdefg-2027' })

    expect(
      await person.post('/api/password', { current: 'Abcdefg-2026', next: 'Abcdefg-2027' }),
    ).toMatchObject({
      ...{ status: 422, body: { code: 'platform.password_wrong' } },
    })
  })
})

describe('the calendar', () => {
  test('shows what the yearly notice changes, and counts the working days', async () => {
    const { status, body } = await system.get('/calendar/2020')
    const { days, workingDays } = body as { days: { day: string }[]; workingDays: number[] }

    expect(status).toBe(200)
    expect(body).toMatchObject({ year: 2020, basis: expect.stringContaining('国办'), changes: [] })
    expect(days).toContainEqual({ day: '2020-10-01', kind: 'holiday', title: '放假' })
    // October 2020: off from the 1st to the 8th; then the 9th, three whole weeks of five, and Saturday the 10th: 1 + 15 + 1 = 17.
    expect(workingDays[9]).toBe(17)
    expect(await system.get('/calendar/2199')).toMatchObject({
      ...{ status: 404, body: { code: 'platform.calendar_year_unknown' } },
    })
  })

  test('is corrected day by day, with the notice, once', async () => {
    const key = randomUUID()
    const input = { kind: 'holiday', basis: '国办发明电〔2020〕99号' }
    const first = await system.post('/calendar/days/2020-11-02', input, key)
    const again = await system.post('/calendar/days/2020-11-02', input, key)
    const back = await system.post('/calendar/days/2020-11-03', { ...input, kind: 'plain' })

    expect([first.status, first.body]).toEqual([200, { day: '2020-11-02', isWorkingDay: false }])
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(back.body).toEqual({ day: '2020-11-03', isWorkingDay: true })
    const { body } = await system.get('/calendar/2020')
    expect((body as { changes: unknown[] }).changes).toEqual([
      {
        ...{ day: '2020-11-02', title: '放假', basis: input.basis },
        ...{ changedBy: 'system', recordedAt: expect.any(String) },
      },
      expect.objectContaining({ day: '2020-11-03', title: '恢复为平常的日子' }),
    ])
  })

  test.each([
    [
      'a weekday as a day made up for',
      '2020-11-04',
      { kind: 'makeup_workday', basis: '某通知' },
      422,
      'platform.input_invalid',
    ],
    [
      'a weekday as a day made up for, with its paper',
      '2020-11-04',
      { kind: 'makeup_workday', basis: '某某通知' },
      422,
      'platform.calendar_day_kind',
    ],
    [
      'a year that is not on file',
      '2199-01-01',
      { kind: 'holiday', basis: '某某通知' },
      409,
      'platform.calendar_missing',
    ],
  ])('refuses %s', async (_, day, input, status, code) => {
    expect(await system.post(`/calendar/days/${day}`, input)).toMatchObject({ status, body: { code } })
  })

  test('is changed by the system administrator of the whole county alone', async () => {
    const input = { kind: 'holiday', basis: '某某通知' }
    expect(await security.post('/calendar/days/2020-11-05', input)).toMatchObject({
      ...{ status: 403, body: { code: 'platform.permission_missing' } },
    })
    for (const asker of [townsman, neighbour])
      expect(await asker.post('/calendar/days/2020-11-05', input)).toMatchObject({
        ...{ status: 403, body: { code: 'platform.outside_scope' } },
      })
  })
})
