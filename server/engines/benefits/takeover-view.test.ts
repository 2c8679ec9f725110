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
import { plantPeople } from '../../../test/people.ts'
import type { Actor } from '../../platform/access.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import type {
  getTakeoverEndpoint,
  listTakeoverAwardsEndpoint,
  listTakeoversEndpoint,
} from './takeover-view.schema.ts'

type List = z.output<typeof listTakeoversEndpoint.output>
type One = z.output<typeof getTakeoverEndpoint.output>
type Lines = z.output<typeof listTakeoverAwardsEndpoint.output>

let db: TestDb
let world: BenefitsWorld
let office: OfficeHttp
let maker: Actor
let signer: Actor

const READ = 'benefits.takeover.read'
const url = (rest = '') => `/api/counties/${COUNTY}/takeovers${rest}`

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-10T01:00:00Z' } })
  world = await benefitsWorld(db)
  await world.law(standards())
  office = await officeHttp(db)
  const person = (login: string, ...permissions: string[]) =>
    buildActor(db, { login, permissions: [READ, ...permissions], scope: [COUNTY] })
  maker = await person('clerk', 'benefits.award.import', 'benefits.takeover.withdraw')
  signer = await person('signer', 'benefits.takeover.sign', 'benefits.takeover.withdraw')
})
afterAll(async () => {
  await office.close()
  await db.close()
})

async function line(rest: object = {}) {
  const [holderId] = await plantPeople(db, 1, { county: COUNTY, town: TOWN, village: VILLAGE })
  return {
    ...{ id: uuidv7(), program: 'extreme_poverty_support', holderKind: 'person', holderId },
    ...{ town: TOWN, village: VILLAGE },
    ...{ ledgerOpensMonth: '2020-01', lastPaidMonth: '2019-12', lastPaidFen: 80_000, ...rest },
  }
}
async function propose(...awards: object[]): Promise<string> {
  const { body } = await office.post<{ takeoverId: string }>(maker, url(), { awards })
  return body.takeoverId
}
const one = async (who: Actor, id: string) => (await office.get<One>(who, url(`/${id}`))).body
const statesOf = async (id: string) =>
  (await one(signer, id)).checks.flatMap(({ key, state }) => (state === 'ok' ? [] : [[key, state]]))

describe('a list that waits', () => {
  test('tells its count and sum, who may sign it, what it comes to by town, and whom it is about', async () => {
    const lines = [await line(), await line({ lastPaidFen: 90_000 })]
    const id = await propose(...lines)
    const { takeover, checks, parts } = await one(signer, id)

    expect(takeover).toMatchObject({ status: 'proposed', awards: 2, lastPaidFen: 170_000, madeBy: 'clerk' })
    expect(takeover.may).toEqual({ sign: true, withdraw: true })
    expect((await one(maker, id)).takeover.may).toEqual({ sign: false, withdraw: true })
    expect(parts).toEqual([
      {
        ...{ program: 'extreme_poverty_support', programTitle: expect.any(String) },
        ...{ town: TOWN, townName: '某地', awards: 2, lastPaidFen: 170_000 },
      },
    ])
    expect(checks.map(({ state }) => state)).toEqual(checks.map(() => 'ok'))
    expect(checks.length).toBeGreaterThan(7)
    const page = await office.get<Lines>(signer, url(`/${id}/awards?limit=1`))
    const rest = await office.get<Lines>(signer, url(`/${id}/awards?after=${page.body.next}`))
    expect([page.body.awards.length, rest.body.awards.length, rest.body.next]).toEqual([1, 1, null])
    const told = [...page.body.awards, ...rest.body.awards]
    expect(told.map(({ personId }) => personId).toSorted()).toEqual(
      lines.map(({ holderId }) => holderId ?? '').toSorted(),
    )
    expect(told[0]).toMatchObject({ fullName: '某人', villageName: '某地', lastPaidMonth: '2019-12' })
  })

  test('a line about nobody on file, one twice, and one with an award already, want a look and may be signed', async () => {
    const twice = await line()
    const held = await line()
    await world.award('extreme_poverty_support', { holderId: held.holderId ?? '' })
    const id = await propose(await line({ holderId: randomUUID() }), twice, { ...twice, id: uuidv7() }, held)

    expect(await statesOf(id)).toEqual([
      ['holder', 'look'],
      ['repeated', 'look'],
      ['held', 'look'],
    ])
    expect(await office.post(signer, url(`/${id}/sign`), {})).toMatchObject({ status: 200 })
  })

  test('what the signature would refuse is told before it is asked for', async () => {
    const award = await line()
    const [first, second] = [await propose(award), await propose(award)]
    await office.post(signer, url(`/${first}/sign`), {})

    expect(await statesOf(second)).toContainEqual(['new', 'bad'])
    expect(await office.post(signer, url(`/${second}/sign`), {})).toMatchObject({
      status: 409,
      body: { code: 'benefits.award_exists' },
    })
  })
})

describe('signing and withdrawing', () => {
  test('signed by another, it stands so in the list and is not checked any more', async () => {
    const id = await propose(await line())
    const key = randomUUID()
    const signed = await office.post(signer, url(`/${id}/sign`), {}, key)

    expect(signed).toMatchObject({ status: 200, body: { takeoverId: id, awards: 1 } })
    expect(await office.post(signer, url(`/${id}/sign`), {}, key)).toEqual(signed)
    const { takeovers } = (await office.get<List>(signer, url())).body
    expect(takeovers[0]).toMatchObject({ id, status: 'signed', signedBy: 'signer', may: { sign: false } })
    expect((await one(signer, id)).checks).toEqual([])
  })

  test('whoever proposed it does not sign it; withdrawn it says by whom and why', async () => {
    const id = await propose(await line())

    expect(await office.post(await buildBoth('both'), url(`/${id}/sign`), {}, null)).toMatchObject({
      status: 422,
      body: { code: 'platform.idempotency_key_missing' },
    })
    expect(await office.post(maker, url(`/${id}/sign`), {})).toMatchObject({
      status: 403,
      body: { code: 'platform.permission_missing' },
    })
    expect(await office.post(signer, url(`/${id}/withdraw`), { why: '' })).toMatchObject({ status: 422 })
    await office.post(signer, url(`/${id}/withdraw`), { why: '户数不符' })
    expect((await one(maker, id)).takeover).toMatchObject({
      ...{ status: 'withdrawn', withdrawnBy: 'signer', withdrawnWhy: '户数不符' },
      may: { sign: false, withdraw: false },
    })
  })

  test('the maker who may also sign is refused as the maker', async () => {
    const both = await buildBoth('maker_and_signer')
    const { body } = await office.post<{ takeoverId: string }>(both, url(), { awards: [await line()] })

    expect((await one(both, body.takeoverId)).takeover.may.sign).toBe(false)
    expect(await office.post(both, url(`/${body.takeoverId}/sign`), {})).toMatchObject({
      status: 403,
      body: { code: 'benefits.maker_is_checker' },
    })
  })
})

const buildBoth = (login: string) =>
  buildActor(db, {
    login,
    permissions: [READ, 'benefits.award.import', 'benefits.takeover.sign'],
    scope: [COUNTY],
  })

test('people of a town and of another county learn nothing of a list, nor do those without the permission', async () => {
  const id = await propose(await line())
  const permissions = [READ, 'benefits.takeover.sign']
  const town = await buildActor(db, { login: 'town', permissions, scope: [TOWN], level: 'township' })
  const stranger = await buildActor(db, { login: 'stranger', permissions, scope: ['430181'] })
  const nobody = await buildActor(db, {
    login: 'nobody',
    permissions: ['benefits.run.read'],
    scope: [COUNTY],
  })
  const unknown = { status: 404, body: { code: 'benefits.takeover_unknown' } }

  expect((await office.get<List>(town, url())).body.takeovers).toEqual([])
  expect(await office.get(town, url(`/${id}`))).toMatchObject(unknown)
  expect(await office.get(town, url(`/${id}/awards`))).toMatchObject(unknown)
  expect(await office.post(town, url(`/${id}/sign`), {})).toMatchObject(unknown)
  for (const path of ['', `/${id}`, `/${id}/awards`]) {
    expect(await office.get(stranger, url(path))).toMatchObject({
      status: 403,
      body: { code: 'platform.outside_scope' },
    })
    expect(await office.get(nobody, url(path))).toMatchObject({
      status: 403,
      body: { code: 'platform.permission_missing' },
    })
  }
})
