import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { CIPHER_COLUMNS } from '../server/cipher-columns.ts'
import { buildHttp } from '../server/http.ts'
import { setScope } from '../server/platform/access.ts'
import { openDraftsOf } from '../server/platform/draft.db.ts'
import { MOST_DRAFT_BYTES, type listDraftsEndpoint } from '../server/platform/draft.schema.ts'
import { sweep } from '../server/platform/sweep.ts'
import { sql } from '../server/platform/db.ts'
import { addKey } from '../server/platform/keys.ts'
import { rotateFields } from '../server/platform/rotation.ts'
import { routes } from '../server/routes.ts'
import { buildActor } from './actors.ts'
import { openSession } from './asking.ts'
import { testDb, type TestDb } from './db.ts'

/** What somebody has typed and not sent: kept for them alone, never written over in silence, gone once it was sent. */

const COUNTY = '441882'
const SECRET = '王秀英 家庭收入 1234 元'

type Drafts = z.output<typeof listDraftsEndpoint.output>['drafts']

let db: TestDb
let http: FastifyInstance
let clerk: Person
let colleague: Person
let made = 0

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000 })
  clerk = await person()
  colleague = await person()
})
afterAll(async () => {
  await http.close()
  await db.close()
})

type Person = Awaited<ReturnType<typeof person>>

/** With everything that an office's funds clerk may do here; `scope` may be a town. */
async function person(scope: readonly string[] = [COUNTY]) {
  const permissions = ['platform.draft.keep', 'funds.budget.create']
  const actor = await buildActor(db, { login: `typist_${++made}`, permissions, scope })
  const token = await openSession(db, actor.id)
  async function ask(method: 'GET' | 'POST', path: string, payload?: object, headers: object = {}) {
    const answer = await http.inject({
      ...{ method, url: path.startsWith('/api/') ? path : `/api/counties/${COUNTY}${path}` },
      headers: { 'x-minben': '1', ...headers },
      cookies: { minben_session: token },
      ...(payload ? { payload } : {}),
    })
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() }
  }
  return {
    actor,
    ask,
    drafts: async (form = 'hold.new', subject = '') =>
      (await ask('GET', `/drafts?form=${form}&subject=${subject}`)).body.drafts as Drafts,
  }
}

/** One open form of somebody. */
function writing(who: Person, { id = randomUUID(), form = 'hold.new', subject = '', base = 0 } = {}) {
  const writer = randomUUID()
  return {
    id,
    save: (version: number, content: string) =>
      who.ask('POST', `/drafts/${id}`, { form, subject, content, writer, version, base }),
  }
}

async function rowsOf(event: string, outcome = 'done'): Promise<string[]> {
  const { rows } = await db.pool.query<{ subject: string }>(
    'select subject from platform.audit_row where event = $1 and outcome = $2 order by id',
    [event, outcome],
  )
  return rows.map(({ subject }) => subject)
}

describe('a draft', () => {
  test('is found again by its form and what it is about, with the time of the server, the latest first', async () => {
    const [first, second] = [writing(clerk, { subject: 'a1' }), writing(clerk, { subject: 'a1' })]
    expect((await first.save(1, '{"why":"早"}')).body).toEqual({
      ...{ version: 1, savedAt: expect.stringMatching(/^\d{4}-/), isNew: true },
    })
    await second.save(1, '{"why":"晚"}')

    expect(await clerk.drafts('hold.new', 'a1')).toEqual([
      { id: second.id, content: '{"why":"晚"}', version: 1, savedAt: expect.any(String) },
      { id: first.id, content: '{"why":"早"}', version: 1, savedAt: expect.any(String) },
    ])
    expect(await clerk.drafts('hold.new', 'a2')).toEqual([])
    expect(await clerk.drafts('hold.lift', 'a1')).toEqual([])
  })

  test('is its account’s alone: another of the same office neither sees, writes nor removes it', async () => {
    const { id, save } = writing(clerk, { subject: 'own' })
    await save(1, SECRET)

    expect(await colleague.drafts('hold.new', 'own')).toEqual([])
    expect(await writing(colleague, { id, subject: 'own', base: 1 }).save(2, '别的')).toMatchObject({
      ...{ status: 409, body: { code: 'platform.draft_changed' } },
    })
    expect((await colleague.ask('POST', `/drafts/${id}/discard`, {})).status).toBe(200)
    expect(await clerk.drafts('hold.new', 'own')).toMatchObject([{ id, content: SECRET, version: 1 }])
  })

  test('stands in the list of what its account has not sent, by form and subject and without what it says', async () => {
    const writer = await person()
    const [hold, lift] = [
      writing(writer, { subject: 'b1' }),
      writing(writer, { form: 'hold.lift', subject: 'b2' }),
    ]
    await hold.save(1, SECRET)
    await lift.save(1, SECRET)
    const unsent = async (who: Person) => (await who.ask('GET', '/unsent-drafts')).body.drafts

    expect(await unsent(writer)).toEqual([
      { id: lift.id, form: 'hold.lift', subject: 'b2', savedAt: expect.any(String) },
      { id: hold.id, form: 'hold.new', subject: 'b1', savedAt: expect.any(String) },
    ])
    expect(await unsent(await person())).toEqual([])
    expect(await (await person(['441881'])).ask('GET', '/unsent-drafts')).toMatchObject({
      ...{ status: 403, body: { code: 'platform.outside_scope' } },
    })
    await writer.ask('POST', `/drafts/${lift.id}/discard`, {})
    expect(await unsent(writer)).toMatchObject([{ id: hold.id }])
  })

  test('is not reached with another county, without the permission, or signed out', async () => {
    const neighbour = await person(['441881'])
    expect(await neighbour.ask('GET', '/drafts?form=hold.new')).toMatchObject({
      ...{ status: 403, body: { code: 'platform.outside_scope' } },
    })
    const nobody = await buildActor(db, { login: 'shut_out', permissions: [], scope: [COUNTY] })
    const cookies = { minben_session: await openSession(db, nobody.id) }
    const url = `/api/counties/${COUNTY}/drafts?form=hold.new`
    expect((await http.inject({ method: 'GET', url, cookies })).json()).toMatchObject({
      code: 'platform.permission_missing',
    })
    expect((await http.inject({ method: 'GET', url })).statusCode).toBe(401)
  })

  test('is guarded by the database too: who does not say whose drafts, or says another’s, sees none', async () => {
    const { id, save } = writing(clerk, { subject: 'guard' })
    await save(1, SECRET)
    const seen = (open: string | undefined) =>
      db.deps.database.app.transaction().execute(async (tx) => {
        await setScope(tx, [COUNTY])
        if (open !== undefined) await openDraftsOf(tx, open)
        const { rows } = await sql`select from platform.draft where id = ${id}`.execute(tx)
        return rows.length
      })

    expect(await seen(undefined)).toBe(0)
    expect(await seen(colleague.actor.id)).toBe(0)
    expect(await seen(clerk.actor.id)).toBe(1)
  })

  test('stands in the table encrypted, and nowhere else', async () => {
    const { save } = writing(clerk, { subject: 'cipher' })
    await save(1, SECRET)
    await save(2, `${SECRET}！`)

    for (const table of ['platform.draft', 'platform.audit_row', 'platform.idempotency_key']) {
      const { rows } = await db.pool.query(
        `select from ${table} t where t::text like '%王秀英%' or t::text like '%家庭收入%'`,
      )
      expect([table, rows.length]).toEqual([table, 0])
    }
    const { rows } = await db.pool.query<{ cipher: string }>(
      `select content_cipher as cipher from platform.draft where subject = 'cipher'`,
    )
    expect(rows[0]?.cipher).toMatch(/^v1\.k1\./)
  })

  test('is reached by the change of keys, and read afterwards', async () => {
    const { save } = writing(clerk, { subject: 'rotate' })
    await save(1, SECRET)
    addKey(db.deps.keys)
    const { remaining, damaged } = await rotateFields(db.deps, { tables: CIPHER_COLUMNS })

    expect({ remaining, damaged }).toEqual({ remaining: 0, damaged: [] })
    const { rows } = await db.pool.query<{ cipher: string }>(
      `select content_cipher as cipher from platform.draft where subject = 'rotate'`,
    )
    expect(rows[0]?.cipher).toMatch(/^v1\.k2\./)
    expect(await clerk.drafts('hold.new', 'rotate')).toMatchObject([{ content: SECRET }])
  })

  test('as long as the longest form is kept; longer ones are refused, and say so', async () => {
    const { save } = writing(clerk, { subject: 'long' })
    expect((await save(1, '字'.repeat(MOST_DRAFT_BYTES / 3))).status).toBe(200)
    expect(await save(2, '字'.repeat(MOST_DRAFT_BYTES / 3 + 1))).toMatchObject({
      ...{ status: 422, body: { code: 'platform.draft_too_large' } },
    })
    expect(await clerk.drafts('hold.new', 'long')).toMatchObject([{ version: 1 }])
  })

  test('is removed when nobody came back to it for so many days', async () => {
    const { id, save } = writing(clerk, { subject: 'old' })
    await save(1, '旧')
    const age = (days: number) =>
      db.pool.query(
        `update platform.draft set updated_at = now() - make_interval(days => $2) where id = $1`,
        [...[id, days]],
      )
    await age(29)
    expect(await sweep(db.deps, { draftDays: 30 })).toEqual({ drafts: 0, keys: 0 })
    await age(31)
    expect(await sweep(db.deps, { draftDays: 30 })).toEqual({ drafts: 1, keys: 0 })
    expect(await clerk.drafts('hold.new', 'old')).toEqual([])
  })
})

describe('two windows', () => {
  test('a form’s own texts may arrive in any order: the later one stays', async () => {
    const { save } = writing(clerk, { subject: 'order' })
    await save(2, '后')
    expect((await save(1, '先')).body).toMatchObject({ version: 2, isNew: false })
    await save(5, '最后')

    expect(await clerk.drafts('hold.new', 'order')).toMatchObject([{ content: '最后', version: 5 }])
  })

  test('a later text whose answer was lost is answered again, and kept once', async () => {
    const { id, save } = writing(clerk, { subject: 'lost' })
    await save(1, '一')
    const [writer, key] = [randomUUID(), randomUUID()]
    const later = { form: 'hold.new', subject: 'lost', content: '二', writer, version: 2, base: 1 }
    const send = () => clerk.ask('POST', `/drafts/${id}`, later, { 'idempotency-key': key })
    const lost = await send()

    expect(lost).toMatchObject({ status: 200, body: { version: 2, isNew: false } })
    expect(await send()).toEqual(lost)
    expect(await clerk.drafts('hold.new', 'lost')).toMatchObject([{ content: '二', version: 2 }])
  })

  test('the first two texts at the same moment make one draft', async () => {
    const { save } = writing(clerk, { subject: 'race' })
    const answers = await Promise.all([save(1, '一'), save(2, '二'), save(3, '三')])

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await clerk.drafts('hold.new', 'race')).toMatchObject([{ content: '三', version: 3 }])
  })

  test('taken over by another window, the first one is refused with the version on file and loses nothing', async () => {
    const here = writing(clerk, { subject: 'two' })
    await here.save(1, '这里')
    const there = writing(clerk, { id: here.id, subject: 'two', base: 1 })
    expect((await there.save(2, '那里')).status).toBe(200)

    expect(await here.save(2, '这里再写')).toMatchObject({
      ...{ status: 409, body: { code: 'platform.draft_changed', details: { version: 2 } } },
    })
    const stale = writing(clerk, { id: here.id, subject: 'two', base: 1 })
    expect(await stale.save(2, '又一处')).toMatchObject({ status: 409 })
    const fork = writing(clerk, { subject: 'two' })
    await fork.save(1, '这里再写')
    expect((await clerk.drafts('hold.new', 'two')).map(({ content }) => content)).toEqual([
      ...['这里再写', '那里'],
    ])
  })

  test('given up in one window while the other still writes: what is written is kept', async () => {
    const { id, save } = writing(clerk, { subject: 'up' })
    await save(1, '一')
    await clerk.ask('POST', `/drafts/${id}/discard`, {})
    expect(await clerk.drafts('hold.new', 'up')).toEqual([])
    expect((await save(2, '二')).body).toMatchObject({ isNew: true })
    expect(await clerk.drafts('hold.new', 'up')).toMatchObject([{ content: '二' }])
  })
})

describe('sending', () => {
  const budget = (source: string) => ({
    ...{ fiscalYear: 2020, source, program: 'subsistence_allowance' },
    ...{ amountFen: 100_00, basis: '县财社〔2020〕1号' },
  })
  const send = (source: string, draftId: string, key = randomUUID()) =>
    clerk.ask('POST', '/budgets', budget(source), { 'idempotency-key': key, 'x-minben-draft': draftId })

  test('takes the draft away with what was sent; refused it stays', async () => {
    const { id, save } = writing(clerk, { form: 'budget.new' })
    await save(1, '{"source":"县级"}')
    expect((await send('县级', id)).status).toBe(200)
    expect(await clerk.drafts('budget.new')).toEqual([])

    const again = writing(clerk, { form: 'budget.new' })
    await again.save(1, '{"source":"县级"}')
    expect(await send('县级', again.id)).toMatchObject({ status: 409 })
    expect(await clerk.drafts('budget.new')).toMatchObject([{ id: again.id }])
  })

  test('does not take away another’s, and is not stopped by an id that is none', async () => {
    const { id, save } = writing(colleague, { form: 'budget.new' })
    await save(1, '同事的')
    expect((await send('省级', id)).status).toBe(200)
    expect(await colleague.drafts('budget.new')).toMatchObject([{ content: '同事的' }])
    expect((await send('中央补助', 'x')).status).toBe(200)
  })
})

describe('on record', () => {
  test('the first save, the looking and the giving up leave rows with ids; saves in between do not, refused ones do', async () => {
    const before = (await rowsOf('platform.draft.begun')).length
    const { id, save } = writing(clerk, { subject: 'rows' })
    for (const version of [1, 2, 3, 4]) await save(version, SECRET)
    await clerk.drafts('hold.new', 'rows')
    await clerk.ask('POST', `/drafts/${id}/discard`, {})

    expect((await rowsOf('platform.draft.begun')).slice(before)).toEqual([
      JSON.stringify({ draft: id, form: 'hold.new' }),
    ])
    expect((await rowsOf('platform.draft.listed')).at(-1)).toBe(
      JSON.stringify({ form: 'hold.new', drafts: 1 }),
    )
    expect((await rowsOf('platform.draft.discarded')).at(-1)).toBe(JSON.stringify({ draft: id, saves: 4 }))
    const refused = (await rowsOf('platform.draft.begun', 'failed')).length
    await save(5, '长'.repeat(MOST_DRAFT_BYTES))
    expect((await rowsOf('platform.draft.begun', 'failed')).length).toBe(refused + 1)
  })

  test('nobody fills the disk: at two hundred there is an end', async () => {
    const hoarder = await person()
    await db.pool.query(
      `insert into platform.draft (county, id, account_id, form, subject, content_cipher, writer, version)
       select $1, gen_random_uuid(), $2, 'hold.new', n::text, 'x', gen_random_uuid(), 1 from generate_series(1, 200) n`,
      [COUNTY, hoarder.actor.id],
    )
    expect(await writing(hoarder, { subject: 'more' }).save(1, '再来')).toMatchObject({
      ...{ status: 409, body: { code: 'platform.draft_too_many' } },
    })
  })
})

test('the key for this computer is the account’s own, the same at every sign-in', async () => {
  const keyOf = async (who: Person) => String((await who.ask('GET', '/api/session')).body.draftKey)

  expect(await keyOf(clerk)).toMatch(/^[A-Za-z0-9+/]{43}=$/)
  expect(await keyOf(clerk)).toBe(await keyOf(clerk))
  expect(await keyOf(clerk)).not.toBe(await keyOf(colleague))
})
