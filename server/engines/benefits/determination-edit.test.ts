import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { buildActor } from '../../../test/actors.ts'
import {
  benefitsWorld,
  COUNTY,
  standards,
  subsistence,
  TOWN,
  VILLAGE,
  type BenefitsWorld,
} from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { officeHttp, type OfficeHttp } from '../../../test/office-http.ts'
import { plantAreas, plantPeople } from '../../../test/people.ts'
import type { Actor } from '../../platform/access.ts'
import type { getDeterminationEndpoint, listDeterminationsEndpoint } from './determination-view.schema.ts'

/** A proposal is edited until it is checked: nobody writes over what a colleague wrote, and no editor checks. */

type One = z.output<typeof getDeterminationEndpoint.output>
type Queue = z.output<typeof listDeterminationsEndpoint.output>

const OTHER = { town: '441882101', village: '441882101001' }
const url = (rest = '') => `/api/counties/${COUNTY}/determinations${rest}`

let db: TestDb
let world: BenefitsWorld
let office: OfficeHttp
let maker: Actor
let colleague: Actor
let checker: Actor
let otherTown: Actor
let neighbour: Actor

const READ = ['benefits.determination.read', 'platform.inbox.read']
const MAKE = [...READ, 'benefits.determination.propose']
const CHECK = [...READ, 'benefits.determination.check']

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-10T01:00:00Z' } })
  world = await benefitsWorld(db)
  await plantAreas(db, [OTHER.village])
  office = await officeHttp(db)
  const person = (
    login: string,
    permissions: readonly string[],
    rest: Partial<Pick<Actor, 'scope' | 'level'>> = {},
  ) => buildActor(db, { login, permissions, scope: [COUNTY], ...rest })
  maker = await person('clerk_one', MAKE)
  colleague = await person('clerk_two', [...MAKE, 'benefits.determination.check'])
  checker = await person('second', CHECK)
  otherTown = await person('other', MAKE, { scope: [OTHER.town], level: 'township' })
  neighbour = await person('neighbour', MAKE, { scope: ['441881'] })
  await world.law(standards())
})
afterAll(async () => {
  await office.close()
  await db.close()
})

interface Proposed {
  id: string
  awardId: string
  said: (incomeFen: number, rest?: object) => object
}

/** Someone's first determination, waiting. */
async function proposed(): Promise<Proposed> {
  const persons = await plantPeople(db, 1, { county: COUNTY, town: TOWN, village: VILLAGE })
  const awardId = await world.award('subsistence_allowance')
  const said = (incomeFen: number, rest: object = {}) => ({
    ...{ kind: 'initial', outcome: 'grant', from: '2020-01', to: null },
    ...{ cause: '新申请', clause: '第九条', content: subsistence({ persons, incomeFen }), ...rest },
  })
  const { body } = await office.post<{ ids: string[] }>(maker, url(), {
    determinations: [{ awardId, ...said(0) }],
  })
  return { id: body.ids[0] ?? '', awardId, said }
}

const edit = (who: Actor, id: string, payload: object, key?: string | null) =>
  office.post(who, url(`/${id}/edit`), payload, key)
const one = async (who: Actor, id: string) => (await office.get<One>(who, url(`/${id}`))).body

describe('a proposal that waits', () => {
  test('is edited by its maker: another version, the earlier one kept, on record, the money as it says now', async () => {
    const { id, said } = await proposed()
    const answer = await edit(maker, id, { version: 1, ...said(100_00, { cause: '补了收入' }) })

    expect([answer.status, answer.body]).toEqual([200, { id, version: 2 }])
    const shown = await one(checker, id)
    expect(shown.determination).toMatchObject({
      // 484 − 100.
      ...{ version: 2, wouldFen: 384_00, cause: '补了收入', madeBy: 'clerk_one', editedBy: 'clerk_one' },
      editedAt: expect.any(String),
    })
    const { rows } = await db.pool.query(
      `select version, cause, made_by as "madeBy", content -> 'income' as income
         from benefits.determination_earlier where determination_id = $1`,
      [id],
    )
    expect(rows).toEqual([{ version: 1, cause: '新申请', madeBy: maker.id, income: [] }])
    const audit = await db.pool.query(
      `select subject from platform.audit_row where event = 'benefits.determination.edited' and outcome = 'done' order by id desc limit 1`,
    )
    expect(audit.rows).toEqual([{ subject: JSON.stringify({ determinationId: id, version: 2 }) }])
  })

  test('edited by two from the same version: the second is told who was first and which version there is; nothing is written over', async () => {
    const { id, said } = await proposed()
    expect((await edit(colleague, id, { version: 1, ...said(50_00) })).status).toBe(200)
    const second = await edit(maker, id, { version: 1, ...said(60_00) })

    expect(second).toMatchObject({
      status: 409,
      body: {
        ...{ code: 'benefits.determination_changed', details: { determinationId: id, version: 2 } },
        detail: expect.stringContaining('clerk_two'),
      },
    })
    expect((await one(maker, id)).determination).toMatchObject({ version: 2, wouldFen: 434_00 })
    expect((await edit(maker, id, { version: 2, ...said(60_00) })).body).toEqual({ id, version: 3 })
    expect((await one(maker, id)).determination.wouldFen).toBe(424_00)
  })

  test('two at the same moment: one is in, the other is told', async () => {
    const { id, said } = await proposed()
    const both = await Promise.all([
      edit(maker, id, { version: 1, ...said(10_00) }),
      edit(colleague, id, { version: 1, ...said(20_00) }),
    ])

    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect((await one(maker, id)).determination.version).toBe(2)
  })

  test('the same request again is one edit; without a key there is none', async () => {
    const { id, said } = await proposed()
    const key = randomUUID()
    const payload = { version: 1, ...said(30_00) }
    const [first, again] = [await edit(maker, id, payload, key), await edit(maker, id, payload, key)]

    expect([first.body, again.body]).toEqual([
      { id, version: 2 },
      { id, version: 2 },
    ])
    expect((await edit(maker, id, { ...payload, version: 2 }, null)).body).toMatchObject({
      code: 'platform.idempotency_key_missing',
    })
  })

  test('keeps the rules of a proposal: its form, its content, and the months of another that waits', async () => {
    const { id, awardId, said } = await proposed()
    expect((await edit(maker, id, { version: 1, ...said(0, { to: '2019-12' }) })).body).toMatchObject({
      code: 'benefits.determination_range',
    })
    expect((await edit(maker, id, { version: 1, ...said(0, { content: {} }) })).body).toMatchObject({
      code: 'benefits.content_invalid',
    })
    expect(
      (await edit(maker, id, { version: 1, ...said(0, { from: '2020-01', to: '2020-06' }) })).status,
    ).toBe(200)
    const other = await office.post(maker, url(), {
      determinations: [{ awardId, ...said(0, { kind: 'change', from: '2020-06' }) }],
    })
    expect(other.status).toBe(200)
    expect((await edit(maker, id, { version: 2, ...said(0) })).body).toMatchObject({
      ...{ code: 'benefits.determination_waiting', details: { version: 1 } },
    })
  })

  test('is out of reach of another town and another county, and of who may only check', async () => {
    const { id, said } = await proposed()
    const payload = { version: 1, ...said(10_00) }

    expect((await edit(otherTown, id, payload)).body).toMatchObject({
      code: 'benefits.determination_unknown',
    })
    expect((await edit(neighbour, id, payload)).body).toMatchObject({ code: 'platform.outside_scope' })
    expect((await edit(checker, id, payload)).body).toMatchObject({ code: 'platform.permission_missing' })
    expect((await one(maker, id)).determination.version).toBe(1)
  })
})

describe('checking', () => {
  const check = (who: Actor, id: string, version = 1) =>
    office.post(who, url('/check'), { ids: [id], versions: { [id]: version } })

  test('is not for an editor, who is one of its makers; the desk does not offer it', async () => {
    const { id, said } = await proposed()
    expect((await one(colleague, id)).determination.may).toMatchObject({ check: true, edit: true })
    await edit(colleague, id, { version: 1, ...said(40_00) })

    expect((await one(colleague, id)).determination).toMatchObject({
      may: { check: false, refuse: false, undo: false, withdraw: false, edit: true },
      mayNot: '您修改过这份认定，要由另一位同事复核。',
    })
    expect((await check(colleague, id, 2)).body).toMatchObject({ code: 'benefits.maker_is_checker' })
    expect((await office.post(colleague, url(`/${id}/refuse`), { why: '不对' })).body).toMatchObject({
      code: 'benefits.maker_is_checker',
    })
    const inbox = await office.get<{ groups: { count: number }[] }>(
      colleague,
      `/api/counties/${COUNTY}/inbox`,
    )
    const waiting = (await office.get<Queue>(colleague, url())).body.determinations
    const offered = waiting.filter(({ may }) => may.check).length
    expect(inbox.body.groups.reduce((sum, { count }) => sum + count, 0)).toBe(offered)
    await expect(
      db.pool.query(
        `update benefits.determination set status = 'effective', checked_by = $2, recorded_at = now() where id = $1`,
        [id, colleague.id],
      ),
    ).rejects.toMatchObject({ constraint: 'determination_editor_apart' })
    expect((await check(checker, id, 2)).status).toBe(200)
  })

  test('signs what was read: edited meanwhile, it is read again first', async () => {
    const { id, said } = await proposed()
    await edit(maker, id, { version: 1, ...said(40_00) })

    expect(await check(checker, id, 1)).toMatchObject({
      ...{ status: 409, body: { code: 'benefits.determination_changed', details: { version: 2 } } },
    })
    expect(await office.post(checker, url('/check'), { ids: [id], versions: {} })).toMatchObject({
      ...{ status: 409, body: { code: 'benefits.determination_changed' } },
    })
    expect(await office.post(checker, url('/check'), { ids: [id] })).toMatchObject({
      ...{ status: 422, body: { code: 'platform.input_invalid' } },
    })
    expect((await one(checker, id)).determination.status).toBe('proposed')
    expect((await check(checker, id, 2)).status).toBe(200)
    expect((await edit(maker, id, { version: 2, ...said(50_00) })).body).toMatchObject({
      code: 'benefits.determination_state',
    })
    expect((await one(maker, id)).determination.may.edit).toBe(false)
  })
})
