import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildHttp } from '../server/http.ts'
import { insertRoles } from '../server/platform/account.db.ts'
import { seedCalendar } from '../server/platform/calendar.db.ts'
import { SESSION } from '../server/platform/session.actions.ts'
import { ROLES } from '../server/roles.ts'
import { routes } from '../server/routes.ts'
import { asking, type Asking } from './asking.ts'
import { buildActor } from './actors.ts'
import { testDb, type TestDb } from './db.ts'

/** Settings and configuration, roles that a county makes for itself, a year of the calendar as somebody enters it. */

const COUNTY = '441882'
let db: TestDb
let http: FastifyInstance
let security: Asking
let system: Asking
let clerk: Asking
let checker: Asking
let townsman: Asking
let neighbour: Asking

const permissionsOf = (...keys: string[]) =>
  ROLES.flatMap(({ key, permissions }) => (keys.includes(key) ? permissions : []))

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-03-10T08:00:00+08:00' } })
  await db.deps.database.app.transaction().execute(async (tx) => {
    await insertRoles(tx, ROLES)
    await seedCalendar(tx)
  })
  await db.pool.query(`delete from platform.calendar_day where day >= '2021-01-01'`)
  await db.pool.query('delete from platform.calendar_year where year >= 2021')
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000 })
  const as = (login: string, permissions: readonly string[], scope = [COUNTY]) =>
    asking(db, http, COUNTY, { login, permissions, scope })
  security = await as('security', permissionsOf('security_admin'))
  system = await as('system', permissionsOf('system_admin'))
  clerk = await as('clerk', permissionsOf('section_clerk'))
  checker = await as('checker', permissionsOf('section_checker'))
  const administrators = permissionsOf('security_admin', 'system_admin')
  townsman = await as(
    'townsman',
    [...administrators, 'benefits.policy.read', 'benefits.policy.load'],
    ['441882100'],
  )
  neighbour = await as('neighbour', administrators, ['441881'])
  // What is planted for these people is no role that comes with the product.
  await db.pool.query(`update platform.role set county = '441800' where key like 'role\\_%'`)
})
afterAll(async () => {
  await http.close()
  await db.close()
})

describe('settings', () => {
  interface Settings {
    settings: { program: string; key: string; now: object | null; history: object[] }[]
    may: object
  }
  const settingOf = async (who: Asking, key: string) => {
    const { body } = await who.get('/settings')
    return (body as Settings).settings.find((each) => each.key === key)
  }
  const draft = (value: unknown, more: object = {}) => ({
    ...{ title: '临时救助乡镇审批限额', document: { title: '民政局办公会议纪要' }, ...more },
    settings: [{ program: 'temporary_assistance', key: 'township_limit_yuan', value, from: '2020-01-01' }],
  })

  test('are listed also where nothing is set, with what then holds', async () => {
    expect(await settingOf(clerk, 'township_limit_yuan')).toEqual({
      ...{ program: 'temporary_assistance', programTitle: '临时救助', key: 'township_limit_yuan' },
      ...{ title: '乡镇审批限额（元）', kind: 'yuan', choices: [], unset: '没有限额，乡镇不能审批' },
      ...{ now: null, history: [] },
    })
  })

  test('are set by one person and another: since when, by which document, by whom; a local one says so', async () => {
    const proposed = await clerk.post('/standards/drafts', draft('1500.00'))
    expect(proposed.status).toBe(200)
    expect(await settingOf(clerk, 'township_limit_yuan')).toMatchObject({ now: null })
    const { policyId } = proposed.body as { policyId: string }
    expect((await checker.post(`/standards/drafts/${policyId}/publish`)).status).toBe(200)

    expect(await settingOf(clerk, 'township_limit_yuan')).toMatchObject({
      now: {
        ...{ text: '1500.00', from: '2020-01-01', basis: '民政局办公会议纪要', areaLevel: 'county' },
        ...{ isLocal: true, proposedBy: 'clerk', publishedBy: 'checker' },
      },
      history: [{ text: '1500.00', from: '2020-01-01', to: null }],
    })
    const numbered = { document: { title: '连州市临时救助办法', number: '连府〔2020〕8号' } }
    const later = await clerk.post('/standards/drafts', draft('2000.00', numbered))
    const { policyId: second } = later.body as { policyId: string }
    await checker.post(`/standards/drafts/${second}/publish`)
    expect(await settingOf(clerk, 'township_limit_yuan')).toMatchObject({
      now: { text: '2000.00', isLocal: false },
    })
  })

  test.each([
    ['an amount that is none', 'township_limit_yuan', 'temporary_assistance', 'abc'],
    ['an amount of three decimals', 'township_limit_yuan', 'temporary_assistance', '1.005'],
    ['a choice that is none', 'rounding', 'subsistence_allowance', 'up'],
    ['a property of every object', 'rounding', 'subsistence_allowance', 'constructor'],
  ])('refuses %s', async (_, key, program, value) => {
    const body = { ...draft(value), settings: [{ program, key, value, from: '2020-01-01' }] }

    expect(await clerk.post('/standards/drafts', body)).toMatchObject({
      ...{ status: 422, body: { code: 'benefits.setting_value' } },
    })
  })

  test('that are loaded from a policy file say so to whoever types one', async () => {
    const setting = {
      program: 'subsistence_allowance',
      key: 'supplement_by_age',
      value: '70',
      from: '2020-01-01',
    }
    const answer = await clerk.post('/standards/drafts', { ...draft('70'), settings: [setting] })

    expect(answer).toMatchObject({ status: 422, body: { code: 'benefits.setting_value' } })
    expect((answer.body as { detail: string }).detail).toContain('请用政策文件导入')
  })

  test('tell a reader why they cannot propose', async () => {
    expect((await checker.get('/settings')).body).toMatchObject({
      may: { propose: false, reason: '您的岗位不能提出新设置' },
    })
    expect((await townsman.get('/settings')).body).toMatchObject({
      may: { propose: false, reason: '设置由管辖全县的人员提出' },
    })
    expect(await neighbour.get('/settings')).toMatchObject({ status: 403 })
  })

  test('configuration tells what is so, on what ground, and how it is changed', async () => {
    const { status, body } = await system.get('/configuration')
    const { items } = body as { items: { title: string; text: string; how: string }[] }

    expect(status).toBe(200)
    expect(items).toContainEqual({
      ...{ group: '登录', title: '一次登录最长', text: `${SESSION.hours} 小时`, since: null },
      ...{ basis: 'GB/T 22239—2019 第三级 8.1.4.1', how: '随版本固定，不能在系统内更改' },
    })
    expect(items).toContainEqual(expect.objectContaining({ title: '用途', text: '演示，人员均为虚构' }))
    expect(items).toContainEqual(expect.objectContaining({ title: '工作日历', text: '2019—2020 年' }))
    expect((await clerk.get('/configuration')).status).toBe(403)
  })
})

describe('a role that the county makes', () => {
  interface Role {
    key: string
    title: string
    version: number
    isOwn: boolean
    holders: number
    permissions: { permission: string }[]
    may: { change: boolean; reason: string | null }
  }
  const rolesOf = async (who: Asking) => ((await who.get('/roles')).body as { roles: Role[] }).roles
  const roleOf = async (title: string) => (await rolesOf(security)).find((role) => role.title === title)
  let made = 0

  async function ownRole(permissions: readonly string[]): Promise<{ key: string; title: string }> {
    const title = `窗口受理${++made}`
    const { status, body } = await security.post('/roles', { title, permissions })
    expect(status).toBe(200)
    return { key: (body as { key: string }).key, title }
  }

  async function holder(login: string, role: string): Promise<Asking> {
    const actor = await buildActor(db, { login, permissions: [], scope: [COUNTY] })
    const asked = await asking(db, http, COUNTY, actor)
    expect((await security.post(`/accounts/${login}/roles`, { roles: [role] })).status).toBe(200)
    return asked
  }

  test('counts at once for who holds it, also for sign-ins that are open; taken away it is gone at once', async () => {
    const { key, title } = await ownRole(['funds.hold.read'])
    const window = await holder('window', key)
    expect((await window.get('/holds')).status).toBe(200)
    expect((await window.get('/budgets?year=2020')).status).toBe(403)

    const change = { title, permissions: ['funds.ledger.read'], version: 1 }
    expect(await security.post(`/roles/${key}`, change)).toMatchObject({ body: { key, version: 2 } })
    expect((await window.get('/holds')).status).toBe(403)
    expect((await window.get('/budgets?year=2020')).status).toBe(200)
    expect(await roleOf(title)).toMatchObject({
      ...{ isOwn: true, version: 2, holders: 1, may: { change: true, reason: null } },
      permissions: [{ permission: 'funds.ledger.read', title: '查看批次、预算、应追回款' }],
    })
    const { rows } = await db.pool.query<{ subject: string }>(
      `select subject from platform.audit_row where event = 'platform.role.changed' and outcome = 'done' order by id desc limit 1`,
    )
    expect(JSON.parse(rows[0]?.subject ?? '')).toEqual({
      ...{ role: key, added: ['funds.ledger.read'], removed: ['funds.hold.read'] },
    })
  })

  test('is not overwritten by who saw it before somebody else changed it', async () => {
    const { key, title } = await ownRole(['funds.hold.read'])
    const body = { title, permissions: ['funds.ledger.read'], version: 1 }
    await security.post(`/roles/${key}`, body)

    expect(await security.post(`/roles/${key}`, { ...body, permissions: ['funds.hold.read'] })).toMatchObject(
      {
        ...{ status: 409, body: { code: 'platform.role_changed' } },
      },
    )
  })

  test.each([
    [
      'what an administrator alone may do',
      ['platform.account.create'],
      403,
      'platform.role_administrator_permission',
    ],
    ['a permission that there is not', ['platform.nothing.do'], 422, 'platform.permission_unknown'],
    ['a property of every object', ['constructor'], 422, 'platform.permission_unknown'],
    ['nothing', [], 422, 'platform.input_invalid'],
  ])('never holds %s', async (_, permissions, status, code) => {
    const title = `不该有的岗位${++made}`

    expect(await security.post('/roles', { title, permissions })).toMatchObject({ status, body: { code } })
    const { key, title: own } = await ownRole(['funds.hold.read'])
    expect(await security.post(`/roles/${key}`, { title: own, permissions, version: 1 })).toMatchObject({
      ...{ status, body: { code } },
    })
  })

  test('may hold what administrators share with everybody', async () => {
    const { key } = await ownRole(['platform.draft.keep', 'platform.release.make', 'platform.release.long'])
    const { permissions } = (await security.get('/roles')).body as {
      permissions: { permission: string; isReserved: boolean }[]
    }

    expect(key).toMatch(/^own_441882_/)
    const reserved = permissions.flatMap(({ permission, isReserved }) => (isReserved ? [permission] : []))
    expect(reserved).toContain('platform.sign_in.manage')
    expect(reserved).not.toContain('platform.draft.keep')
  })

  test('of two that are given one name at the same moment one is made', async () => {
    const body = { title: `同名岗位${++made}`, permissions: ['funds.hold.read'] }
    const both = await Promise.all([security.post('/roles', body), security.post('/roles', body)])

    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'platform.role_title_taken',
    })
  })

  test('has a name of its own', async () => {
    const { title } = await ownRole(['funds.hold.read'])

    for (const taken of [title, '安全管理员'])
      expect(await security.post('/roles', { title: taken, permissions: ['funds.hold.read'] })).toMatchObject(
        {
          ...{ status: 409, body: { code: 'platform.role_title_taken' } },
        },
      )
  })

  test('is changed by nobody who holds it; those that are installed by nobody', async () => {
    const { key, title } = await ownRole(['funds.hold.read'])
    await db.pool.query(
      `update platform.account set roles = array_append(roles, $1) where login = 'security'`,
      [key],
    )
    const body = { title, permissions: ['funds.ledger.read'], version: 1 }
    expect(await security.post(`/roles/${key}`, body)).toMatchObject({
      ...{ status: 403, body: { code: 'platform.own_role' } },
    })
    expect((await roleOf(title))?.may).toEqual({ change: false, reason: '不能更改本人担任的岗位' })
    await db.pool.query(
      `update platform.account set roles = array_remove(roles, $1) where login = 'security'`,
      [key],
    )
    expect(await security.post('/roles/security_admin', body)).toMatchObject({
      ...{ status: 403, body: { code: 'platform.role_installed' } },
    })
    expect((await roleOf('安全管理员'))?.may.change).toBe(false)
    expect(await security.post('/accounts/security/roles', { roles: [key] })).toMatchObject({
      ...{ status: 403, body: { code: 'platform.own_account' } },
    })
  })

  test('belongs to its county alone', async () => {
    const { key, title } = await ownRole(['funds.hold.read'])
    const there = await asking(db, http, '441881', neighbour.actor)

    expect((await rolesOf(there)).map((role) => role.title)).not.toContain(title)
    const body = { title, permissions: ['funds.ledger.read'], version: 1 }
    expect(await there.post(`/roles/${key}`, body)).toMatchObject({
      ...{ status: 404, body: { code: 'platform.role_unknown' } },
    })
    const login = 'over.there'
    const made = await there.post('/accounts', {
      ...{ login, fullName: '测试人员', level: 'county', scope: ['441881'], roles: [key] },
    })
    expect(made).toMatchObject({ status: 422, body: { code: 'platform.role_unknown' } })
    const { rows } = await db.pool.query('select from platform.account where login = $1', [login])
    expect(rows).toEqual([])
    expect(
      await townsman.post('/roles', { title: '镇里的岗位', permissions: ['funds.hold.read'] }),
    ).toMatchObject({
      ...{ status: 403, body: { code: 'platform.outside_scope' } },
    })
  })
})

describe('a year of the calendar', () => {
  /** 国办发明电〔2020〕27号. */
  const YEAR = {
    year: 2021,
    number: '国办发明电〔2020〕27号',
    holidays: [
      ...['2021-01-01', '2021-01-02', '2021-01-03'],
      ...['2021-02-11', '2021-02-12', '2021-02-13', '2021-02-14', '2021-02-15', '2021-02-16', '2021-02-17'],
      ...['2021-04-03', '2021-04-04', '2021-04-05'],
      ...['2021-05-01', '2021-05-02', '2021-05-03', '2021-05-04', '2021-05-05'],
      ...['2021-06-12', '2021-06-13', '2021-06-14', '2021-09-19', '2021-09-20', '2021-09-21'],
      ...['2021-10-01', '2021-10-02', '2021-10-03', '2021-10-04', '2021-10-05', '2021-10-06', '2021-10-07'],
    ],
    makeupWorkdays: [
      ...['2021-02-07', '2021-02-20', '2021-04-25', '2021-05-08', '2021-09-18'],
      ...['2021-09-26', '2021-10-09'],
    ],
  }
  const undo = (year: number, who = system) => who.post(`/calendar/years/${year}/undo`, { why: '文号抄错' })

  test('the day it is in the system is told, not the day of the machine', async () => {
    expect((await system.get('/calendar')).body).toMatchObject({
      today: '2020-03-10',
      years: [
        { year: 2019, enteredBy: null, may: { undo: false } },
        { year: 2020, enteredBy: null, may: { undo: false } },
      ],
    })
  })

  test('is entered from the notice, counts from then on, and may be taken back before it begins', async () => {
    const entered = await system.post('/calendar/years', YEAR)

    // January: 21 weekdays − Friday 1st = 20. February: 20 − five weekdays of 11th–17th + Sunday 7th + Saturday 20th = 17.
    expect(entered).toMatchObject({
      status: 200,
      body: {
        ...{ year: 2021, basis: '国办发明电〔2020〕27号《国务院办公厅关于2021年部分节假日安排的通知》' },
        workingDays: [20, 17, 23, 22, 19, 21, 22, 22, 22, 17, 22, 23],
      },
    })
    expect((await system.get('/calendar/2021')).body).toMatchObject({
      ...{ year: 2021, workingDays: [20, 17, 23, 22, 19, 21, 22, 22, 22, 17, 22, 23] },
    })
    expect((await system.get('/calendar')).body).toMatchObject({
      years: [{}, {}, { year: 2021, enteredBy: 'system', may: { undo: true, reason: null } }],
    })
    expect(await system.post('/calendar/years', YEAR)).toMatchObject({
      ...{ status: 409, body: { code: 'platform.calendar_year_known' } },
    })
    expect(await undo(2021)).toMatchObject({ status: 200, body: { year: 2021 } })
    expect(await system.get('/calendar/2021')).toMatchObject({ status: 404 })
    const { rows } = await db.pool.query(
      `select undone_why from platform.calendar_entry where year = 2021 and undone_by is not null`,
    )
    expect(rows).toEqual([{ undone_why: '文号抄错' }])
    expect(await system.post('/calendar/years', YEAR)).toMatchObject({ status: 200 })
  })

  test('that came with the product, or that has begun, stays', async () => {
    expect(await undo(2020)).toMatchObject({ status: 409, body: { code: 'platform.calendar_year_kept' } })
    await db.pool.query(
      `insert into platform.calendar_entry (id, year, basis, holidays, makeup_workdays, entered_by, entered_at)
       values (gen_random_uuid(), 2020, '测试', '{}', '{}', gen_random_uuid(), now())`,
    )
    expect(await undo(2020)).toMatchObject({
      ...{
        status: 409,
        body: { code: 'platform.calendar_year_kept', detail: expect.stringContaining('已经开始') },
      },
    })
    expect(await undo(2099)).toMatchObject({ status: 404, body: { code: 'platform.calendar_year_unknown' } })
  })

  test.each([
    ['no number of a notice', { number: '国办通知' }, 'platform.input_invalid'],
    [
      'a day of another year',
      { holidays: YEAR.holidays.map((day) => day.replace('2021', '2022')) },
      'platform.calendar_format',
    ],
    ['a makeup day that is a weekday', { makeupWorkdays: ['2022-02-08'] }, 'platform.calendar_format'],
    ['a day both off and worked', { makeupWorkdays: ['2022-01-01'] }, 'platform.calendar_format'],
    ['hardly a holiday', { holidays: ['2022-01-01'] }, 'platform.input_invalid'],
  ])('is not entered with %s', async (_, wrong, code) => {
    const next = { ...YEAR, year: 2022, holidays: YEAR.holidays.map((day) => day.replace('2021', '2022')) }
    const body = { ...next, makeupWorkdays: [], ...wrong, ...('holidays' in wrong ? { year: 2023 } : {}) }

    expect(await system.post('/calendar/years', body)).toMatchObject({ status: 422, body: { code } })
  })

  test('is entered by the system administrator of a whole county alone', async () => {
    expect(await townsman.post('/calendar/years', { ...YEAR, year: 2024 })).toMatchObject({ status: 403 })
    expect(await security.post('/calendar/years', YEAR)).toMatchObject({ status: 403 })
    expect(await undo(2021, townsman)).toMatchObject({ status: 403 })
  })
})
