import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { loadInBackground, type LoadOrder } from '../server/demo/background.ts'
import { openDemo } from '../server/demo/load.ts'
import { lately, remainingText, secondsLeft, type Passed } from '../server/demo/pace.ts'
import { beginScenario, loadBegun, openingOf, type Chosen } from '../server/demo/scenario.ts'
import { buildHttp } from '../server/http.ts'
import { findInstallation, insertRoles } from '../server/platform/account.db.ts'
import type { DemonstrationLoading } from '../server/platform/demonstration.schema.ts'
import { roleSecrets } from '../server/platform/migrate.ts'
import { hashPassword } from '../server/platform/password.ts'
import { USUAL_LIMITS } from '../server/platform/readiness.ts'
import { ROLES } from '../server/roles.ts'
import { routes } from '../server/routes.ts'
import { asking, type Asking } from './asking.ts'
import { testDb, type TestDb } from './db.ts'

const COUNTY = '441882'

describe('what the office says and does while a demonstration loads', () => {
  const LOADING: DemonstrationLoading = {
    ...{ state: 'loading', text: '正在载入：已关到 5 月', remaining: '约 40 秒' },
    ...{ share: 0.5, closedTo: '2020-05' },
  }
  let loading: DemonstrationLoading | null
  let db: TestDb
  let http: FastifyInstance
  let clerk: Asking

  beforeAll(async () => {
    db = await testDb({ demo: { startsAt: '2020-06-01T08:00:00+08:00' } })
    // However little room the disk of this machine has.
    const limits = { ...USUAL_LIMITS, diskLowMib: 0, diskNoteMib: 0 }
    http = await buildHttp({ ...db.deps, limits }, { routes, isDemo: true, demonstration: () => loading })
    const permissions = ['benefits.run.start', 'benefits.run.read', 'registry.person.search']
    clerk = await asking(db, http, COUNTY, { login: 'clerk', permissions })
  })
  afterAll(async () => {
    await http.close()
    await db.close()
  })

  const start = () => clerk.post('/runs', { group: 'basic_assistance', month: '2020-06' })
  const asked = async (url: string) => {
    const answer = await http.inject({ url })
    return [answer.statusCode, answer.json<unknown>()]
  }

  test('anybody may ask how far it is, also before signing in; where nothing is loaded the answer is null', async () => {
    loading = LOADING
    expect(await asked('/api/demonstration')).toEqual([200, { loading: LOADING }])
    loading = null
    expect(await asked('/api/demonstration')).toEqual([200, { loading: null }])
    const real = await buildHttp(db.deps, { routes, isDemo: false })
    expect((await real.inject({ url: '/api/demonstration' })).json()).toEqual({ loading: null })
    await real.close()
  })

  test('/readyz is ready as soon as it answers, and notes what is not there yet', async () => {
    loading = LOADING
    const note = { code: 'platform.demonstration_loading', text: LOADING.text }
    expect(await asked('/readyz')).toEqual([200, { status: 'ready', reasons: [], notes: [note] }])
    loading = null
    expect(await asked('/readyz')).toEqual([200, { status: 'ready', reasons: [], notes: [] }])
  })

  test('reading goes on, changing waits: refused with its code, its row in the trail, and no run', async () => {
    loading = LOADING
    expect((await clerk.get('/runs')).status).toBe(200)
    expect((await clerk.post('/people/search', { text: '王秀英' })).status).toBe(200)
    expect(await start()).toMatchObject({ status: 409, body: { code: 'platform.demo_loading' } })
    const { rows } = await db.pool.query(
      `select outcome, subject::json ->> 'address' as address from platform.audit_row where code = 'platform.demo_loading'`,
    )
    expect(rows).toEqual([{ outcome: 'failed', address: 'POST /api/counties/:county/runs' }])
    expect((await db.pool.query('select from benefits.run')).rowCount).toBe(0)
  })

  test('after a load that failed it stays so, and says what to do; when all is there changes are taken', async () => {
    loading = { ...LOADING, state: 'failed', text: '没有载完。请重新启动。', remaining: null }
    expect(await start()).toMatchObject({
      status: 409,
      body: { detail: '本次没有办。没有载完。请重新启动。' },
    })
    loading = null
    expect((await start()).status).not.toBe(409)
  })

  test('whoever signs in does not wait for a long command that holds the clock of the demonstration', async () => {
    loading = LOADING
    await db.pool.query('update platform.account set password_hash = $1 where login = $2', [
      await hashPassword('山高水长-2020'),
      'clerk',
    ])
    const command = await db.pool.connect()
    await command.query('begin')
    await command.query('update platform.simulated_clock set now = now')
    const entered = await http.inject({
      ...{ method: 'POST', url: '/api/session', headers: { 'x-minben': '1' } },
      payload: { login: 'clerk', password: '山高水长-2020' },
    })
    expect(entered.statusCode).toBe(200)
    expect((await clerk.get('/runs')).status).toBe(200)
    await command.query('rollback')
    command.release()
  })
})

describe('a load in the background', () => {
  const chosen: Chosen = { scenario: 'small', plants: true, months: 1 }
  const made: TestDb[] = []
  afterAll(() => Promise.all(made.map((db) => db.close())))

  /** A begun demonstration, and what the loader has to know of it. */
  async function begun(): Promise<{ db: TestDb; order: LoadOrder }> {
    const db = await testDb({ demo: { startsAt: '2019-12-20T08:00:00+08:00' } })
    made.push(db)
    await db.deps.database.app.transaction().execute((tx) => insertRoles(tx, ROLES))
    const { varDir, database } = db.deps
    writeFileSync(path.join(varDir, 'roles.json'), JSON.stringify(roleSecrets(inject('clusterVar'))))
    await openDemo(await beginScenario(db.deps, chosen), openingOf(chosen))
    const { adminUrl } = database
    return { db, order: { adminUrl, varDir, keyFile: path.join(varDir, 'keyring.json'), chosen } }
  }

  /** How many rows every table has, and the trail of every event. */
  async function counted({ pool }: TestDb): Promise<Record<string, number>> {
    const { rows: tables } = await pool.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema$|graphile_worker$)'`,
    )
    const { rows } = await pool.query<{ name: string; rows: number }>(
      [
        ...tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from ${name}`),
        `select event || ' ' || outcome, count(*)::int from platform.audit_row group by 1`,
      ].join(' union all '),
    )
    return Object.fromEntries(rows.map(({ name, rows: count }) => [name, count]))
  }

  test('killed while a month is paid, then started again: it goes on, and nothing is there twice', async () => {
    const [whole, broken] = [await begun(), await begun()]
    const place = { ...whole.db.deps, adminUrl: whole.order.adminUrl }
    const paid = await loadBegun(place, chosen, () => {})
    const struck = await new Promise<ReturnType<typeof loadInBackground>>((resolve) => {
      const load = loadInBackground(broken.order, ({ step }) => {
        if (step.startsWith('2020-01 发放 低保')) resolve(load)
      })
    })
    await struck.stop()
    expect(await struck.ended).toBeUndefined()
    expect(struck.loading()).toMatchObject({ state: 'loading', closedTo: null })
    expect((await findInstallation(broken.db.deps.database.app))?.loadedAt).toBeNull()

    const second = loadInBackground(broken.order)
    expect(await second.ended).toEqual({ paid })
    expect(second.loading()).toBeNull()
    expect((await findInstallation(broken.db.deps.database.app))?.loadedAt).not.toBeNull()
    expect(await counted(broken.db)).toEqual(await counted(whole.db))
  })

  test('one that fails says so and keeps the reason off the pages; another demonstration is not mixed in', async () => {
    const { db, order } = await begun()
    const keyFile = path.join(mkdtempSync(path.join(tmpdir(), 'minben-none-')), 'keyring.json')
    const load = loadInBackground({ ...order, keyFile })
    expect(await load.ended).toMatchObject({ problem: expect.stringContaining('platform.keys_missing') })
    expect(load.loading()).toMatchObject({ state: 'failed', text: expect.stringContaining('没有载完') })
    expect(load.loading()?.text).not.toContain(keyFile)
    await expect(beginScenario(db.deps, { ...chosen, plants: false })).rejects.toMatchObject({
      code: 'platform.demo_incomplete',
    })
  })
})

describe('how long it still takes', () => {
  const passed = (...shares: number[]): Passed[] =>
    shares.map((share, index) => ({ share, atMs: index * 5_000 }))

  test('goes by the pace: 10 % in 5 s, 30 % left = 15 s, 2 s of them gone', () => {
    expect(secondsLeft(passed(0.6, 0.7), 7_000)).toBeCloseTo(13)
    expect(secondsLeft(passed(0.6), 7_000)).toBeUndefined()
    expect(secondsLeft(passed(0.6, 0.6), 7_000)).toBeUndefined()
  })

  test('only of the last half minute, so that what an earlier load had done does not count', () => {
    expect(lately(passed(0, 0.5, 0.51, 0.52), 40_000)).toEqual(passed(0, 0.5, 0.51, 0.52).slice(2))
    expect(lately(passed(0, 0.1), 6_000)).toEqual(passed(0, 0.1))
  })

  test.each([
    [3, '不到 10 秒'],
    [10.1, '约 20 秒'],
    [90, '约 90 秒'],
    [91, '约 2 分钟'],
    [170, '约 3 分钟'],
  ])('%s s = %s', (seconds, text) => {
    expect(remainingText(seconds)).toBe(text)
  })
})
