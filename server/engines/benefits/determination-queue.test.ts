import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { buildActor } from '../../../test/actors.ts'
import {
  benefitsWorld,
  COUNTY,
  people,
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
import type { getInboxEndpoint } from '../../platform/inbox.schema.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import type { getDeterminationEndpoint, listDeterminationsEndpoint } from './determination-view.schema.ts'

type Queue = z.output<typeof listDeterminationsEndpoint.output>
type One = z.output<typeof getDeterminationEndpoint.output>
type Inbox = z.output<typeof getInboxEndpoint.output>

const OTHER = { town: '441882101', village: '441882101001' }
const url = (rest = '') => `/api/counties/${COUNTY}/determinations${rest}`

let db: TestDb
let world: BenefitsWorld
let office: OfficeHttp
let maker: Actor
let colleague: Actor
let checker: Actor
let chief: Actor
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
  chief = await person('chief', CHECK, { scope: [TOWN], level: 'township' })
  otherTown = await person('other', CHECK, { scope: [OTHER.town], level: 'township' })
  neighbour = await person('neighbour', [...MAKE, ...CHECK], { scope: ['441881'] })
  await world.law(standards())
})
afterAll(async () => {
  await office.close()
  await db.close()
})

const content = (persons: string[], incomeFen = 0) => subsistence({ persons, incomeFen })

/** A family with an award that nobody has decided about. */
async function family(count = 1) {
  const place = { town: TOWN, village: VILLAGE }
  const persons = await plantPeople(db, count, { county: COUNTY, ...place })
  return { persons, awardId: await world.award('subsistence_allowance') }
}

const proposal = (awardId: string, rest: object) => ({
  determinations: [
    {
      ...{ awardId, kind: 'initial', outcome: 'grant', from: '2020-01', to: null },
      ...{ cause: '新申请', clause: '第九条', content: null, ...rest },
    },
  ],
})
const propose = (who: Actor, awardId: string, rest: object, key?: string | null) =>
  office.post<{ ids: string[] }>(who, url(), proposal(awardId, rest), key)
const queue = async (who: Actor, rest = '') => (await office.get<Queue>(who, url(rest))).body
const one = async (who: Actor, id: string) => (await office.get<One>(who, url(`/${id}`))).body
const answer = (who: Actor, path: string, payload: object, key?: string | null) =>
  office.post(who, url(path), payload, key)

describe('what waits for a check', () => {
  test('shows whom it is about, what it gives, who asked for it, and who may check it', async () => {
    const { persons, awardId } = await family(2)
    const { body } = await propose(maker, awardId, { content: content(persons, 200_00) })
    const [id = ''] = body.ids
    const { count, determinations } = await queue(checker)

    expect(count).toBe(1)
    expect(determinations).toMatchObject([
      {
        ...{ id, awardId, programTitle: '最低生活保障', kindTitle: '新批', from: '2020-01', to: null },
        people: persons.map((person) => ({ id: person, fullName: '某人' })),
        // 484 × 2 − 200; nothing is given yet.
        ...{ wouldFen: 768_00, nowFen: 0, cause: '新申请', clause: '第九条', madeBy: 'clerk_one' },
        ...{ town: TOWN, townName: '某地', may: { check: true, refuse: true, undo: false, withdraw: false } },
        mayNot: null,
      },
    ])
    expect((await queue(maker)).determinations[0]).toMatchObject({
      may: { check: false, refuse: false, undo: false, withdraw: true },
      mayNot: '您是提出人，要由另一位同事复核。',
    })
    expect((await queue(chief)).determinations[0]).toMatchObject({
      may: { check: false, refuse: true },
      mayNot: '超出乡镇（街道）权限，要由县级复核。',
    })
    const shown = await one(checker, id)
    expect(shown.wouldSentence).toContain('484.00')
    expect(shown).toMatchObject({ nowSentence: null, others: [], content: { covered: persons } })
  })

  test('is in reach of its town only', async () => {
    const [waiting] = (await queue(checker)).determinations

    expect(await queue(otherTown)).toEqual({ count: 0, determinations: [], next: null })
    expect(await office.get(otherTown, url(`/${waiting?.id}`))).toMatchObject({
      status: 404,
      body: { code: 'benefits.determination_unknown' },
    })
    expect(await office.get(neighbour, url())).toMatchObject({ status: 403 })
    expect((await queue(checker, `?town=${OTHER.town}`)).count).toBe(0)
    expect((await queue(checker, `?town=${TOWN}&program=subsistence_allowance`)).count).toBe(1)
    expect((await queue(checker, '?program=temporary_assistance')).count).toBe(0)
  })

  test('is paged, the oldest first', async () => {
    const { persons, awardId } = await family()
    await propose(maker, awardId, { content: content(persons) })
    const first = await queue(checker, '?limit=1')
    const second = await queue(checker, `?limit=1&after=${first.next}`)

    expect([first.count, second.count, second.next]).toEqual([2, 2, null])
    const [older, newer] = [first.determinations[0]?.madeAt ?? '', second.determinations[0]?.madeAt ?? '']
    expect(older < newer).toBe(true)
    expect(second.determinations[0]?.awardId).toBe(awardId)
  })
})

describe('two clerks at one award', () => {
  test('the second is told who was first, and how long ago; other months are free', async () => {
    const { persons, awardId } = await family()
    const first = await propose(maker, awardId, { content: content(persons), to: '2020-07' })
    const [id = ''] = first.body.ids
    await world.at('2019-12-10T01:02:30Z')
    const second = await propose(colleague, awardId, { content: content(persons, 50_00), from: '2020-03' })

    expect(second).toMatchObject({
      status: 409,
      body: { code: 'benefits.determination_waiting', details: { determinationId: id, awardId } },
    })
    expect(JSON.stringify(second.body)).toContain('clerk_one 2 分钟前')
    const later = { kind: 'change', from: '2020-07', content: content(persons) }
    expect((await propose(colleague, awardId, later)).status).toBe(200)
  })

  test('at the same moment one of them is first', async () => {
    const { persons, awardId } = await family()
    const both = await Promise.all(
      [maker, colleague].map((who) => propose(who, awardId, { content: content(persons) })),
    )

    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  test('a repeated request proposes once', async () => {
    const { persons, awardId } = await family()
    const ask = () => propose(maker, awardId, { content: content(persons) }, 'same-key')
    const [first, again] = [await ask(), await ask()]

    expect(first.status).toBe(200)
    expect(again).toEqual(first)
    expect(await propose(maker, awardId, { content: content(persons) }, null)).toMatchObject({
      status: 422,
      body: { code: 'platform.idempotency_key_missing' },
    })
  })
})

describe('an answer', () => {
  test('no: with its reason, which stays to be read; then it may be proposed anew', async () => {
    const { persons, awardId } = await family()
    const [id = ''] = (await propose(maker, awardId, { content: content(persons) })).body.ids

    expect(await answer(maker, `/${id}/refuse`, { why: '材料不全' })).toMatchObject({
      body: { code: 'platform.permission_missing' },
    })
    expect((await answer(checker, `/${id}/refuse`, { why: '材料不全' }, 'no')).status).toBe(200)
    expect((await answer(checker, `/${id}/refuse`, { why: '材料不全' }, 'no')).status).toBe(200)
    const refused = (await queue(maker, '?status=refused')).determinations.find((each) => each.id === id)
    expect(refused).toMatchObject({ refusedWhy: '材料不全', answeredBy: 'second', status: 'refused' })
    expect((await propose(maker, awardId, { content: content(persons) })).status).toBe(200)
  })

  test('taken back by whoever proposed it, by nobody else, and not twice', async () => {
    const { persons, awardId } = await family()
    const [id = ''] = (await propose(maker, awardId, { content: content(persons) })).body.ids
    const withdraw = (who: Actor) => answer(who, `/${id}/withdraw`, { why: '填错' })

    expect(await withdraw(colleague)).toMatchObject({ status: 403, body: { code: 'benefits.not_the_maker' } })
    expect((await withdraw(maker)).status).toBe(200)
    expect(await withdraw(maker)).toMatchObject({
      status: 409,
      body: { code: 'benefits.determination_state' },
    })
    expect((await one(checker, id)).determination).toMatchObject({
      ...{ refusedWhy: '提出人撤回：填错', answeredBy: null, mayNot: null },
      may: { check: false, refuse: false, undo: false, withdraw: false },
    })
  })

  test('yes: it takes effect once, by another; undone, it says why', async () => {
    const { persons, awardId } = await family()
    const [id = ''] = (await propose(colleague, awardId, { content: content(persons) })).body.ids
    const check = (who: Actor, key?: string) =>
      answer(who, '/check', { ids: [id], versions: { [id]: 1 } }, key)

    expect(await check(colleague)).toMatchObject({ status: 403, body: { code: 'benefits.maker_is_checker' } })
    expect(await check(chief)).toMatchObject({ status: 403, body: { code: 'benefits.level_too_low' } })
    expect(await check(otherTown)).toMatchObject({ status: 404 })
    expect((await check(checker, 'yes')).body).toMatchObject({ effective: 1 })
    expect((await check(checker, 'yes')).status).toBe(200)
    expect(await check(checker)).toMatchObject({
      status: 409,
      body: { code: 'benefits.determination_state' },
    })
    expect((await one(checker, id)).determination).toMatchObject({
      ...{ status: 'effective', answeredBy: 'second', nowFen: 484_00 },
      may: { check: false, refuse: false, undo: true, withdraw: false },
    })
    expect(await answer(checker, `/${id}/undo`, { why: '重复认定', clause: '' })).toMatchObject({
      status: 422,
    })
    expect((await answer(checker, `/${id}/undo`, { why: '重复认定', clause: '第三十二条' })).status).toBe(200)
    expect((await one(maker, id)).determination).toMatchObject({
      ...{ status: 'undone', undoneBy: 'second', undoneWhy: '重复认定（第三十二条）', nowFen: 0 },
    })
  })

  test('a change stands beside what is given now, and what was decided before', async () => {
    const { persons, awardId } = await family()
    const before = await world.decide(awardId, { from: '2020-01', content: content(persons) })
    const change = { kind: 'change', from: '2020-04', content: content(persons, 100_00), cause: '收入增加' }
    const [id = ''] = (await propose(maker, awardId, change)).body.ids
    const shown = await one(checker, id)
    const [, ended = ''] = [id, (await propose(maker, awardId, { kind: 'end', outcome: 'end', to: '2020-03', from: '2020-02' })).body.ids[0]] // prettier-ignore

    expect(shown.determination).toMatchObject({ wouldFen: 384_00, nowFen: 484_00 })
    expect(shown.nowSentence).toContain('484.00')
    expect(shown.others.map((other) => other.id)).toEqual([before])
    expect((await one(checker, ended)).determination).toMatchObject({
      wouldFen: 0,
      nowFen: 484_00,
      kindTitle: '终止',
    })
    expect((await one(checker, ended)).determination.people).toHaveLength(1)
  })
})

describe('the desk', () => {
  const inbox = async (who: Actor) => (await office.get<Inbox>(who, `/api/counties/${COUNTY}/inbox`)).body

  test('shows what waits for its reader: not one’s own, not what another level decides', async () => {
    const waiting = (await queue(checker)).count
    const [group] = (await inbox(checker)).groups

    expect(group).toMatchObject({ kind: 'determination_check', count: waiting })
    expect(group?.items).toHaveLength(5)
    expect(group?.items[0]).toMatchObject({
      ...{ title: '最低生活保障 · 新批', who: '某人、某人　某地', why: 'clerk_one提出，要由另一人复核' },
      target: { determinationId: expect.any(String) },
    })
    const own = (await queue(checker)).determinations.filter(({ madeBy }) => madeBy === 'clerk_two').length
    expect((await inbox(colleague)).count).toBe(waiting - own)
    for (const nobody of [maker, chief, otherTown])
      expect(await inbox(nobody)).toEqual({ count: 0, groups: [] })
    expect(await office.get(neighbour, `/api/counties/${COUNTY}/inbox`)).toMatchObject({ status: 403 })
  })

  test('gathers runs, standards, lists and corrections by what the reader may do', async () => {
    const person = (login: string, ...permissions: string[]) =>
      buildActor(db, { login, permissions: ['platform.inbox.read', ...permissions], scope: [COUNTY] })
    const everything = await person(
      'everything',
      ...['benefits.run.check', 'benefits.run.approve', 'benefits.run.publish', 'benefits.policy.publish'],
      'benefits.takeover.sign',
    )
    await office.post(
      await person('planner', 'benefits.policy.load'),
      `/api/counties/${COUNTY}/standards/drafts`,
      {
        ...{ title: '提标', document: { title: '通知' } },
        rates: [
          {
            ...{ program: 'subsistence_allowance', item: 'standard', when: { residence: 'rural' } },
            ...{ value: { kind: 'amount', fen: 580_00 }, from: '2020-06' },
          },
        ],
      },
    )
    const holder = { holderKind: 'household', holderId: randomUUID(), town: TOWN, village: VILLAGE }
    const settled = { ledgerOpensMonth: '2019-12', lastPaidMonth: '2019-11', lastPaidFen: 484_00 }
    await world.does(world.maker, world.commands.proposeTakeover, {
      awards: [{ id: uuidv7(), program: 'subsistence_allowance', ...holder, ...settled }],
    })
    const awardId = await world.award('subsistence_allowance')
    await world.decide(awardId, { from: '2020-01', content: content(people(1)) })
    await world.at('2020-01-10T01:00:00Z')
    const { runNo } = await world.compute('2020-01')
    const kinds = async () => (await inbox(everything)).groups.map(({ kind, count }) => [kind, count])

    expect(await kinds()).toEqual([['run_check', 1], ['standard_publish', 1], ['takeover_sign', 1]]) // prettier-ignore
    await world.does(world.checker, world.commands.checkRun, { runNo })
    expect((await kinds())[0]).toEqual(['run_approve', 1])
    await world.does(world.approver, world.commands.approveRun, { runNo })
    const [publish] = (await inbox(everything)).groups
    expect(publish).toMatchObject({
      kind: 'run_publish',
      items: [{ title: `2020-01 第 ${runNo} 次核算`, target: { runNo: String(runNo) } }],
    })
  })
})
