import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { buildActor } from '../../../test/actors.ts'
import { benefitsWorld, COUNTY, standards, TOWN, type BenefitsWorld } from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { officeHttp, type OfficeHttp } from '../../../test/office-http.ts'
import type { Actor } from '../../platform/access.ts'
import type { listStandardsEndpoint } from './standard.schema.ts'

type Standards = z.output<typeof listStandardsEndpoint.output>

const url = (rest = '') => `/api/counties/${COUNTY}/standards${rest}`
const ALL = ['load', 'publish', 'preview', 'read', 'withdraw'].map((verb) => `benefits.policy.${verb}`)

let db: TestDb
let world: BenefitsWorld
let office: OfficeHttp
let planner: Actor
let publisher: Actor
let clerk: Actor
let neighbour: Actor

const raise = (from: string, more: object = {}) => ({
  title: '提高农村低保标准',
  document: { title: '提标通知', number: '测〔2020〕9号', issuedOn: '2020-03-01' },
  rates: [
    {
      ...{ program: 'subsistence_allowance', item: 'standard', when: { residence: 'rural' } },
      ...{ value: { kind: 'amount', fen: 580_00 }, from, clause: '第三条', ...more },
    },
  ],
})

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-03-10T01:00:00Z' } })
  world = await benefitsWorld(db)
  office = await officeHttp(db)
  const person = (login: string, scope: string, permissions: readonly string[] = ALL) =>
    buildActor(db, { login, permissions, scope: [scope] })
  planner = await person('planner', COUNTY)
  publisher = await person('publisher', COUNTY)
  clerk = await person('clerk', TOWN)
  neighbour = await person('neighbour', '441881')
  const factor = { factor: '1.6', of: 'subsistence_allowance.standard', when: { residence: 'rural' } }
  const base = {
    program: 'extreme_poverty_support',
    item: 'base',
    per: 'person_month',
    from: '2019-01',
    basis: 'b1',
  }
  const limit = { program: 'temporary_assistance', key: 'township_limit_yuan', value: '1500.00', from: '2019-10-01', basis: 'b1' } // prettier-ignore
  await world.law(standards({ rates: [{ ...base, ...factor }], settings: [limit] }))
})
afterAll(async () => {
  await office.close()
  await db.close()
})

const propose = (draft: object, who = planner, key?: string | null) =>
  office.post<{ policyId: string }>(who, url('/drafts'), draft, key)
const read = async (who = planner) => (await office.get<Standards>(who, url())).body
const draftsOf = async (who: Actor) => (await read(who)).drafts

describe('standards', () => {
  test('stand with title, unit, today’s value, its day and its basis; factors are worked out', async () => {
    const { today, standards: list } = await read(clerk)

    expect(today).toBe('2020-03-10')
    expect(list.map(({ title, unit, now }) => [title, unit, now?.text, now?.fen, now?.from])).toEqual([
      ['农村基本生活标准', '倍', '低保标准的 1.6 倍', 774_40, '2019-01-01'],
      ['农村低保标准', '元/人·月', '484.00', 484_00, '2019-01-01'],
      ['城镇低保标准', '元/人·月', '702.00', 702_00, '2019-01-01'],
      ['乡镇审批限额（元）', '', '1500.00', null, '2019-10-01'],
    ])
    expect(list[0]?.now?.basis).toBe('测试文件（测〔2020〕1号）')
    expect(list[0]).toMatchObject({
      areaLevel: 'county',
      programTitle: '特困人员救助供养',
      isOverridden: false,
    })
  })

  test('are not for another county', async () => {
    expect(await office.get(neighbour, url())).toMatchObject({
      status: 403,
      body: { code: 'platform.outside_scope' },
    })
  })
})

describe('new standards', () => {
  test('wait with what they change, and are published once by another person', async () => {
    const { status, body } = await propose(raise('2020-01'), planner, 'raise-a')
    const again = await propose(raise('2020-01'), planner, 'raise-a')
    const { policyId } = body
    const publish = (who: Actor, key?: string | null) =>
      office.post(who, url(`/drafts/${policyId}/publish`), {}, key)

    expect([status, again.status]).toEqual([200, 200])
    expect(again.body).toEqual(body)
    expect(await draftsOf(publisher)).toMatchObject([
      {
        ...{ id: policyId, title: '提高农村低保标准', madeBy: 'planner' },
        items: [
          {
            ...{ title: '农村低保标准', unit: '元/人·月', from: '2020-01-01', to: null },
            ...{ nowText: '484.00', newText: '580.00', basis: '提标通知（测〔2020〕9号）第三条' },
          },
        ],
        may: { publish: true, withdraw: true },
      },
    ])
    expect((await draftsOf(planner))[0]?.may).toEqual({ publish: false, withdraw: true })
    expect((await draftsOf(clerk))[0]?.may).toEqual({ publish: false, withdraw: false })
    expect(await publish(planner)).toMatchObject({ status: 403, body: { code: 'benefits.maker_is_checker' } })
    expect(await publish(clerk)).toMatchObject({ status: 403, body: { code: 'platform.outside_scope' } })
    expect(await publish(publisher, null)).toMatchObject({
      status: 422,
      body: { code: 'platform.idempotency_key_missing' },
    })
    expect((await publish(publisher, 'publish-a')).status).toBe(200)
    expect((await publish(publisher, 'publish-a')).status).toBe(200)
    expect(await publish(publisher)).toMatchObject({
      status: 409,
      body: { code: 'benefits.policy_published' },
    })
    expect(await draftsOf(publisher)).toEqual([])
  })

  test('leave the history of the item: what holds for which days, and what was known before', async () => {
    const { standards: list } = await read()
    const rural = list.find(({ title }) => title === '农村低保标准')

    expect(rural?.now).toMatchObject({ fen: 580_00, from: '2020-01-01' })
    expect(
      rural?.history.map(({ from, to, text, supersededAt }) => [from, to, text, supersededAt !== null]),
    ).toEqual([
      ['2020-01-01', null, '580.00', false],
      ['2019-01-01', '2019-12-31', '484.00', false],
      ['2019-01-01', null, '484.00', true],
    ])
    expect(rural?.history[0]).toMatchObject({ proposedBy: 'planner', publishedBy: 'publisher' })
    // 1.6 × 580.
    expect(list[0]?.now?.fen).toBe(928_00)
  })

  test('that were withdrawn are not published', async () => {
    const { body } = await propose(raise('2020-05'))
    const step = (verb: string, payload: object) =>
      office.post(publisher, url(`/drafts/${body.policyId}/${verb}`), payload)

    expect(await step('withdraw', { why: ' ' })).toMatchObject({ status: 422 })
    expect((await step('withdraw', { why: '文号写错' })).status).toBe(200)
    expect(await step('publish', {})).toMatchObject({
      status: 409,
      body: { code: 'benefits.policy_withdrawn' },
    })
    expect(await step('withdraw', { why: '再撤' })).toMatchObject({ status: 409 })
    expect(await draftsOf(publisher)).toEqual([])
  })

  test.each([
    ['an item nobody knows', raise('2020-05', { item: 'moon' }), 'benefits.policy_item_unknown'],
    ['a programme nobody knows', raise('2020-05', { program: 'moon' }), 'benefits.policy_item_unknown'],
    ['a class nobody knows', raise('2020-05', { when: { residence: 'coast' } }), 'benefits.policy_invalid'],
    ['an end before the beginning', raise('2020-05', { to: '2020-04' }), 'benefits.policy_invalid'],
    ['a band of ages alone', raise('2020-05', { when: { ageFrom: '80' } }), 'platform.input_invalid'],
    ['less than nothing', raise('2020-05', { value: { kind: 'amount', fen: -1 } }), 'platform.input_invalid'],
    ['nothing', { ...raise('2020-05'), rates: [] }, 'benefits.policy_empty'],
  ])('with %s are refused', async (_, draft, code) => {
    expect(await propose(draft)).toMatchObject({ status: 422, body: { code } })
  })

  test('are not set by a town', async () => {
    expect(await propose(raise('2020-05'), clerk)).toMatchObject({
      status: 403,
      body: { code: 'platform.outside_scope' },
    })
  })
})
