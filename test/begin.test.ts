import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildHttp } from '../server/http.ts'
import { createAccount } from '../server/platform/account-changes.actions.ts'
import { getActor } from '../server/platform/access.ts'
import { execute } from '../server/platform/command.ts'
import { ROLES } from '../server/roles.ts'
import { routes } from '../server/routes.ts'
import { insertRoles } from '../server/platform/account.db.ts'
import { minben, useDatabase } from './cli.ts'
import { testDb, type TestDb } from './db.ts'

/** From an empty database to people who can work: the administrators, then an account, then the places. */

const COUNTY = '441882'
const NAMES = ['--system', '张三', '--security', '李四', '--audit', '王五']
let db: TestDb
let folder: string
const at = (name: string) => path.join(folder, name)

beforeAll(async () => {
  db = await testDb()
  await db.deps.database.app.transaction().execute((tx) => insertRoles(tx, ROLES))
  folder = mkdtempSync(path.join(tmpdir(), 'minben-begin-'))
  useDatabase(db)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
  await db.close()
})

const logins = async () => {
  const { rows } = await db.pool.query<{ login: string }>('select login from platform.account order by login')
  return rows.map(({ login }) => login)
}

describe('the first accounts', () => {
  test('are for three people, of a county', async () => {
    const twice = ['--system', '张三', '--security', '张三', '--audit', '王五']
    expect(await minben('account', 'begin', '--county', COUNTY, ...twice)).toMatchObject({
      ...{ code: 1, err: expect.stringContaining('platform.administrators_apart') },
    })
    expect((await minben('account', 'begin', '--county', '4418', ...NAMES)).code).toBe(2)
    expect(await logins()).toEqual([])
  })

  test('sign in with the passwords that are shown once, each as the administrator they are', async () => {
    const { code, out, err } = await minben('account', 'begin', '--county', COUNTY, ...NAMES, '--json')
    expect([code, err]).toEqual([0, ''])
    const { accounts } = JSON.parse(out) as {
      accounts: { login: string; fullName: string; password: string }[]
    }
    const http = await buildHttp(db.deps, { routes, isDemo: false })
    const signedIn = await Promise.all(
      accounts.map(async ({ login, password }) => {
        const body = { login, password }
        const answer = await http.inject({
          method: 'POST',
          url: '/api/session',
          headers: { 'x-minben': '1' },
          body,
        })
        const { fullName, roles, scope } = answer.json<{
          fullName: string
          roles: string[]
          scope: string[]
        }>()
        return [login, fullName, roles, scope]
      }),
    )
    await http.close()
    expect(signedIn).toEqual([
      ['admin.system', '张三', ['系统管理员'], [COUNTY]],
      ['admin.security', '李四', ['安全管理员'], [COUNTY]],
      ['admin.audit', '王五', ['审计管理员'], [COUNTY]],
    ])
    const { rows } = await db.pool.query<{ isDemo: boolean }>(
      'select is_demo as "isDemo" from platform.installation',
    )
    expect(rows).toEqual([{ isDemo: false }])
  })

  test('are made once', async () => {
    const before = await logins()
    expect(await minben('account', 'begin', '--county', COUNTY, ...NAMES)).toMatchObject({
      ...{ code: 1, out: '', err: expect.stringContaining('platform.accounts_exist') },
    })
    expect(await logins()).toEqual(before)
  })

  test('are not made in a demonstration', async () => {
    const other = await testDb()
    await other.pool.query('update platform.installation set is_demo = true')
    useDatabase(other)
    const { code, err } = await minben('account', 'begin', '--county', COUNTY, ...NAMES)
    useDatabase(db)
    await other.close()
    expect([code, err]).toEqual([1, expect.stringContaining('platform.is_demonstration')])
  })

  test('the only security administrator, who forgot the password, gets another at the server', async () => {
    const own = ['admin.security', '--as', 'admin.security']
    expect(await minben('account', 'password', ...own)).toMatchObject({
      ...{ code: 0, out: expect.stringMatching(/^admin\.security 的新密码：\S+\n/) },
    })
  })
})

describe('the areas of a county', () => {
  const listed = async () => {
    const { rows } = await db.pool.query<{ code: string; level: string; parent: string | null }>(
      'select code, level, parent from registry.area where superseded_at is null order by code',
    )
    return rows.map(({ code, level, parent }) => [code, level, parent])
  }
  beforeAll(async () => {
    const actor = await getActor(db.deps.database.app, 'admin.security')
    const input = {
      login: 'zhao',
      fullName: '赵六',
      roles: ['section_clerk'],
      scope: [COUNTY],
      level: 'county',
    }
    await execute(db.deps, createAccount, { actor, county: COUNTY, input })
  })

  test('are loaded from lines of code and name, and a second time nothing changes', async () => {
    writeFileSync(
      at('areas.csv'),
      '\uFEFF代码,名称\r\n00,全国\r\n44,广东省\r\n4418,清远市\r\n441882,连州市\r\n441882100,连州镇\r\n"441882100001","燕喜社区居委会"\r\n441882100200\t城西村\r\n\r\n',
    )
    expect(await minben('area', 'load', at('areas.csv'), '--as', 'zhao')).toMatchObject({
      ...{ code: 0, err: '', out: expect.stringContaining('录入区划 7 个') },
    })
    expect(await listed()).toEqual([
      ['00', 'nation', null],
      ['44', 'province', '00'],
      ['4418', 'city', '44'],
      ['441882', 'county', '4418'],
      ['441882100', 'township', '441882'],
      ['441882100001', 'community', '441882100'],
      ['441882100200', 'village', '441882100'],
    ])
    expect(await minben('area', 'load', at('areas.csv'), '--as', 'zhao')).toMatchObject({
      ...{ code: 0, out: expect.stringContaining('录入区划 0 个，原有未变 7 个') },
    })
  })

  test('are loaded from a file as in areas/', async () => {
    const file = path.resolve(import.meta.dirname, '../areas/441882.json')
    const { code, out } = await minben('area', 'load', file, '--as', 'zhao', '--json')
    expect([code, JSON.parse(out)]).toEqual([0, { recorded: 184, unchanged: 6 }])
  })

  test.each([
    ['a line that is none', 'x.csv', '441882,连州市\n44188,x\n', 'zhao', /第 2 行.+platform\.area_file/],
    ['a file that is none', 'x.json', '[{"code":1}]', 'zhao', /platform\.area_file/],
    ['another county', 'y.csv', '441883,别县\n', 'zhao', /registry\.area_not_own/],
    ['somebody who may not', 'z.csv', '441882,连州市\n', 'admin.system', /platform\.permission_missing/],
  ])('refused: %s', async (_, name, text, as, line) => {
    const before = await listed()
    writeFileSync(at(name), text)
    const { code, out, err } = await minben('area', 'load', at(name), '--as', as)
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(line)])
    expect(await listed()).toEqual(before)
  })
})

describe('a wrong place or setting', () => {
  const within = async (env: Record<string, string | undefined>, ...args: string[]) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    const done = await minben(...args)
    for (const name of Object.keys(env)) vi.stubEnv(name, undefined)
    useDatabase(db)
    return done
  }

  test.each([
    [['backup', 'status']],
    [['keys', 'export', '--out', '/nowhere', '--passphrase-file', '/nowhere']],
    [['migrate']],
    [['move', '--to', 'postgres://u:p@127.0.0.1:1/minben']],
    [['audit', 'verify']],
  ])('%j in a folder without a database makes none there', async (args) => {
    const empty = mkdtempSync(at('empty-'))
    if (args[0] === 'keys') writeFileSync(at('p'), '一个足够长的口令 2026\n')
    const given = args.map((arg) => (arg === '/nowhere' ? at('p') : arg))
    const env = { DATABASE_URL: undefined, MINBEN_VAR: empty, MINBEN_KEYS: undefined }
    const { code, out, err } = await within(env, ...given)
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('platform.nothing_installed')])
    expect(readdirSync(empty)).toEqual([])
  })

  test.each([
    [{ PORT: 'http' }, 'PORT 应为整数'],
    [{ MINBEN_BACKUP_HOUR: '25' }, 'MINBEN_BACKUP_HOUR 不能大于 23'],
    [{ MINBEN_DEMO: 'no' }, 'MINBEN_DEMO 只能是 0、1'],
    [{ MINBEN_METRICS_TOKEN_FILE: '/nowhere' }, 'MINBEN_METRICS_TOKEN_FILE 所指的文件 /nowhere 读不了'],
    [{ MINBEN_BACKUP_COPY: 's3://county/x' }, 'MINBEN_BACKUP_S3_ENDPOINT'],
  ])('%j is told by its name, in one line', async (env, text) => {
    const { code, out, err } = await within(env, 'keys', 'status')
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^设置有误：.+（platform\.settings_wrong）\n$/)
    expect(err).toContain(text)
  })

  test('serve beside keys without their data makes no empty office', async () => {
    const empty = mkdtempSync(at('empty-'))
    writeFileSync(at('keyring.json'), '{}')
    const env = { DATABASE_URL: undefined, MINBEN_VAR: empty, MINBEN_KEYS: at('keyring.json') }
    const { code, out, err } = await within(env, 'serve')
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('platform.data_missing')])
    expect(readdirSync(empty)).toEqual([])
  })

  test('a database that does not start: what to do, and what its server says', async () => {
    const broken = mkdtempSync(at('broken-'))
    mkdirSync(path.join(broken, 'pg'))
    writeFileSync(path.join(broken, 'pg', 'PG_VERSION'), '17\n')
    const env = { DATABASE_URL: undefined, MINBEN_VAR: broken, MINBEN_KEYS: undefined, MINBEN_BACKUP: 'off' }
    const { code, out, err } = await within(env, 'keys', 'status')
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^数据库（.+）没有启动，.+从备份恢复.+（platform\.database_not_started）\n/)
    expect(err).toContain('postgresql.conf')
  })

  test('a file that is not there: one line with its name', async () => {
    expect(await minben('policy', 'load', at('none.json'), '--as', 'zhao')).toEqual({
      ...{ code: 1, out: '', err: `找不到 ${at('none.json')}。请核对路径。（ENOENT）\n` },
    })
    expect(existsSync(at('none.json'))).toBe(false)
  })
})
