import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { buildActor } from '../../../test/actors.ts'
import {
  benefitsWorld,
  COUNTY,
  standards,
  TOWN,
  VILLAGE,
  type BenefitsWorld,
} from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { officeHttp, type OfficeHttp } from '../../../test/office-http.ts'
import { plantAreas, plantPeople } from '../../../test/people.ts'
import type { Actor } from '../../platform/access.ts'
import type { getInboxEndpoint } from '../../platform/inbox.schema.ts'
import type {
  getAidChoicesEndpoint,
  grantAidsEndpoint,
  listAidsEndpoint,
} from './temporary-assistance-view.schema.ts'

type List = z.output<typeof listAidsEndpoint.output>
type Granted = z.output<typeof grantAidsEndpoint.output>
type Inbox = z.output<typeof getInboxEndpoint.output>

const OTHER = { town: '441882101', village: '441882101001' }
const READ = 'social_assistance.aid.read'

let db: TestDb
let world: BenefitsWorld
let office: OfficeHttp
let clerk: Actor
let chief: Actor
let otherChief: Actor

const url = (rest = '') => `/api/counties/${COUNTY}/aids${rest}`

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-03-05T01:00:00Z' } })
  world = await benefitsWorld(db)
  await plantAreas(db, [OTHER.village])
  office = await officeHttp(db)
  const town = (login: string, scope: string, ...permissions: string[]) =>
    buildActor(db, { login, permissions: [READ, ...permissions], scope: [scope], level: 'township' })
  clerk = await town('town.clerk', TOWN, 'social_assistance.aid.grant')
  const files = ['benefits.determination.check', 'social_assistance.aid.file', 'platform.inbox.read']
  chief = await town('town.chief', TOWN, ...files)
  otherChief = await town('other.chief', OTHER.town, ...files)
})
afterAll(async () => {
  await office.close()
  await db.close()
})

async function aidOf(yuan: number, content: object = {}) {
  const place = { town: TOWN, village: VILLAGE }
  const [person = ''] = await plantPeople(db, 1, { county: COUNTY, ...place })
  return {
    ...{ holderId: person, ...place, month: '2020-03', cause: '突发疾病住院', clause: '第九条' },
    content: {
      ...{ amountFen: yuan * 100, persons: [person], kind: 'urgent', registeredPoor: false },
      ...{ payee: { kind: 'person', id: person }, ...content },
    },
  }
}

const limit = { program: 'temporary_assistance', key: 'township_limit_yuan', from: '2019-10-01', basis: 'b1' }
const grant = (aids: object[], key?: string | null) => office.post<Granted>(clerk, url(), { aids }, key)
const list = async (who: Actor, rest = '') => (await office.get<List>(who, url(rest))).body
const choices = async () => {
  const asked = await office.get<z.output<typeof getAidChoicesEndpoint.output>>(
    clerk,
    `/api/counties/${COUNTY}/aid-choices`,
  )
  return asked.body
}
const check = (id: string) => world.does(chief, world.commands.checkDeterminations, { ids: [id] })

/** Granted by the clerk and checked by the chief. */
async function effective(yuan: number): Promise<string> {
  const { body } = await grant([await aidOf(yuan)])
  await check(body.aids[0]?.determinationId ?? '')
  return body.aids[0]?.awardId ?? ''
}

test('without a limit in force nothing is granted, and the form knows it; then it shows the limit, its day and basis', async () => {
  expect(await choices()).toMatchObject({ month: '2020-03', limit: null })
  expect(await grant([await aidOf(800)])).toMatchObject({
    status: 422,
    body: { code: 'social_assistance.township_limit_missing' },
  })
  await world.law(standards({ settings: [{ ...limit, value: '1500.00' }] }))

  expect(await choices()).toEqual({
    month: '2020-03',
    limit: { fen: 150_000, from: '2019-10-01', basis: expect.stringContaining('测试文件') },
    events: [{ key: 'stranded_by_epidemic', title: '疫情滞留' }],
  })
})

describe('granting', () => {
  test('up to the limit it is the town’s, a fen more the county’s; the list says so with its tags', async () => {
    const small = await aidOf(1500, {
      registeredPoor: true,
      event: 'stranded_by_epidemic',
      reliefFirst: true,
    })
    const large = await aidOf(1501, { kind: 'expenditure' })
    const { body } = await grant([small, large])

    expect(body.aids.map(({ level }) => level)).toEqual(['township', 'county'])
    const told = new Map((await list(clerk)).aids.map((aid) => [aid.awardId, aid]))
    expect(told.get(body.aids[0]?.awardId ?? '')).toMatchObject({
      ...{ people: [{ id: small.holderId, fullName: '某人' }], persons: 1, month: '2020-03' },
      ...{ amountFen: 150_000, kindTitle: '急难型', eventTitle: '疫情滞留', registeredPoor: true },
      ...{ reliefFirst: true, level: 'township', status: 'proposed', madeBy: 'town.clerk', checkedBy: null },
      ...{ villageName: '某地', filedAt: null, isUnfiled: false, cause: '突发疾病住院' },
    })
    expect(told.get(body.aids[1]?.awardId ?? '')).toMatchObject({ level: 'county', kindTitle: '支出型' })
  })

  test('the same request again is one aid; one without a key is none', async () => {
    const aids = [await aidOf(700)]
    const before = (await list(clerk)).aids.length
    const key = randomUUID()
    const first = await grant(aids, key)

    expect(await grant(aids, key)).toEqual(first)
    expect(await grant(aids, null)).toMatchObject({
      status: 422,
      body: { code: 'platform.idempotency_key_missing' },
    })
    expect((await list(clerk)).aids).toHaveLength(before + 1)
  })

  test('pages follow each other, the latest first', async () => {
    const all = (await list(clerk)).aids.map(({ awardId }) => awardId)
    const first = await list(clerk, '?limit=2')
    const rest = await list(clerk, `?after=${first.next}`)

    expect(first.aids).toHaveLength(2)
    expect([...first.aids, ...rest.aids].map(({ awardId }) => awardId)).toEqual(all)
  })
})

describe('#8 filing with the county', () => {
  test('what a town decided waits on the desk until it is filed, each once', async () => {
    const awardId = await effective(900)
    const inbox = async () =>
      (await office.get<Inbox>(chief, `/api/counties/${COUNTY}/inbox`)).body.groups.find(
        ({ kind }) => kind === 'aid_file',
      )
    expect((await list(chief, '?only=unfiled')).aids.map((aid) => aid.awardId)).toEqual([awardId])
    expect(await inbox()).toMatchObject({
      ...{ count: 1, title: '待报县备案的临时救助' },
      items: [{ who: '某人　某地，900.00 元', target: { awardId } }],
    })

    expect(await office.post(chief, url('/file'), { awardIds: [awardId] })).toMatchObject({
      status: 200,
      body: { filed: 1 },
    })
    expect(await office.post(chief, url('/file'), { awardIds: [awardId] })).toMatchObject({
      status: 409,
      body: { code: 'social_assistance.aid_already_filed' },
    })
    expect((await list(chief, '?only=unfiled')).aids).toEqual([])
    expect(await inbox()).toBeUndefined()
    const filed = (await list(chief)).aids.find((aid) => aid.awardId === awardId)
    expect(filed).toMatchObject({ status: 'effective', checkedBy: 'town.chief', isUnfiled: false })
    expect(filed?.filedAt).toMatch(/^2020-03-05/)
  })
})

test('another town, another county and whoever lacks the permission get nothing', async () => {
  const awardId = await effective(600)
  const stranger = await buildActor(db, {
    login: 'stranger',
    permissions: [READ, 'social_assistance.aid.grant', 'social_assistance.aid.file'],
    scope: ['430181'],
  })
  const outside = { status: 403, body: { code: 'platform.outside_scope' } }

  expect((await list(otherChief)).aids).toEqual([])
  expect((await list(otherChief, '?only=unfiled')).aids).toEqual([])
  expect(await office.post(otherChief, url('/file'), { awardIds: [awardId] })).toMatchObject({
    status: 409,
    body: { code: 'social_assistance.aid_not_fileable' },
  })
  expect(await office.get(stranger, url())).toMatchObject(outside)
  expect(await office.get(stranger, `/api/counties/${COUNTY}/aid-choices`)).toMatchObject(outside)
  expect(await office.post(stranger, url(), { aids: [await aidOf(800)] })).toMatchObject(outside)
  expect(await office.post(stranger, url('/file'), { awardIds: [awardId] })).toMatchObject(outside)
  expect(await office.post(chief, url(), { aids: [await aidOf(800)] })).toMatchObject({
    status: 403,
    body: { code: 'platform.permission_missing' },
  })
})
