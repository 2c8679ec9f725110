import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
import { plantPeople } from '../../../test/people.ts'
import { levelOf } from '../../engines/indicators/index.ts'
import type { Actor } from '../../platform/access.ts'
import { read } from '../../platform/command.ts'
import { fileTownAid, grantTemporaryAid } from './temporary-assistance.actions.ts'
import { unfiledTownAid } from './temporary-assistance.db.ts'

let db: TestDb
let world: BenefitsWorld
let townClerk: Actor
let townChief: Actor

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-03-05T01:00:00Z' } })
  world = await benefitsWorld(db)
  const limit = {
    program: 'temporary_assistance',
    key: 'township_limit_yuan',
    value: '1500.00',
    from: '2019-10-01',
    basis: 'b1',
  }
  await world.law(standards({ settings: [limit] }))
  const town = (login: string, permissions: string[]) =>
    buildActor(db, { login, permissions, scope: [TOWN], level: 'township' })
  townClerk = await town('town.clerk', ['social_assistance.aid.grant'])
  townChief = await town('town.chief', ['benefits.determination.check', 'social_assistance.aid.file'])
})
afterAll(() => db.close())

interface Aid {
  yuan: number
  persons?: number
  month?: string
  event?: string
}

async function aidOf({ yuan, persons = 1, month = '2020-03', ...rest }: Aid) {
  const ids = await plantPeople(db, persons, { county: COUNTY, town: TOWN, village: VILLAGE })
  const content = {
    ...{ amountFen: Math.round(yuan * 100), persons: ids, kind: 'urgent', registeredPoor: false },
    ...{ payee: { kind: 'person', id: ids[0] }, ...rest },
  }
  return { holderId: ids[0], town: TOWN, village: VILLAGE, month, cause: '突发疾病', clause: '', content }
}

async function grant(aid: Aid) {
  const { aids } = await world.does(townClerk, grantTemporaryAid, { aids: [await aidOf(aid)] })
  const [only] = aids
  if (!only) throw new Error('nothing was granted')
  return only
}

const check = (actor: Actor, id: string) =>
  world.does(actor, world.commands.checkDeterminations, { ids: [id] })
const unfiled = () =>
  read(db.deps, { actor: townChief, county: COUNTY }, ({ tx }) => unfiledTownAid(tx, COUNTY))

describe('#7 #8 who decides small aid', () => {
  test.each([
    [1500, 'township'],
    [1500.01, 'county'],
  ])('%d yuan: the %s', async (yuan, level) => {
    expect(await grant({ yuan })).toMatchObject({ level })
  })

  test('the town checks 1 500.00, is refused 1 500.01, and the county checks it', async () => {
    const small = await grant({ yuan: 1500 })
    const large = await grant({ yuan: 1500.01 })

    await check(townChief, small.determinationId)
    await expect(check(townChief, large.determinationId)).rejects.toMatchObject({
      code: 'benefits.level_too_low',
      status: 403,
    })
    await check(world.checker, large.determinationId)

    const { rows } = await db.pool.query(
      'select id, status from benefits.determination where id = any ($1) order by id = $2',
      [[small.determinationId, large.determinationId], large.determinationId],
    )
    expect(rows).toEqual([
      { id: small.determinationId, status: 'effective' },
      { id: large.determinationId, status: 'effective' },
    ])
  })

  test('award and determination are entered in one request with one audit row', async () => {
    const { awardId, determinationId } = await grant({ yuan: 800 })

    const { rows } = await db.pool.query(
      `select a.ledger_opens_month as month, d.status, to_char(lower(d.valid), 'YYYY-MM') as "from", to_char(upper(d.valid), 'YYYY-MM') as "to",
              (select array_agg(event) from platform.audit_row where subject like '%' || a.id || '%') as events
         from benefits.award a join benefits.determination d on d.award_id = a.id where a.id = $1 and d.id = $2`,
      [awardId, determinationId],
    )
    expect(rows).toEqual([
      {
        month: '2020-03',
        status: 'proposed',
        from: '2020-03',
        to: '2020-04',
        events: ['social_assistance.aid.granted'],
      },
    ])
  })

  test('before the month of the decision nothing is paid', async () => {
    const { determinationId } = await grant({ yuan: 800, month: '2020-02' })

    await expect(check(townChief, determinationId)).rejects.toMatchObject({ code: 'benefits.pays_too_early' })
  })

  test('a list of 501 and people who are not on file are refused', async () => {
    const aid = await aidOf({ yuan: 500 })
    const stranger = {
      ...aid,
      content: { ...aid.content, persons: ['00000000-0000-4000-8000-000000000001'] },
    }

    await expect(
      world.does(townClerk, grantTemporaryAid, { aids: Array(501).fill(aid) }),
    ).rejects.toMatchObject({
      code: 'platform.input_invalid',
    })
    await expect(world.does(townClerk, grantTemporaryAid, { aids: [stranger] })).rejects.toMatchObject({
      code: 'social_assistance.person_unknown',
    })
  })

  test('a second grant of the same award is refused: it would be a second payment', async () => {
    const { awardId, determinationId } = await grant({ yuan: 800 })
    await check(townChief, determinationId)
    const { content } = await aidOf({ yuan: 900 })

    const again = world.decide(awardId, { kind: 'change', from: '2020-04', to: '2020-05', content })
    await expect(again).rejects.toMatchObject({ code: 'benefits.one_off_decided' })
    const open = world.propose(awardId, { kind: 'retroactive', clause: '第10条', from: '2020-03', content })
    await expect(open).rejects.toMatchObject({ code: 'benefits.one_off_month' })
  })
})

describe('#8 filing with the county', () => {
  test('what the town decided is listed until it is filed, once', async () => {
    const { awardId, determinationId } = await grant({ yuan: 1200 })
    await check(townChief, determinationId)

    expect(await unfiled()).toContainEqual(
      expect.objectContaining({ awardId, amountFen: 120_000, town: TOWN }),
    )
    await world.does(townChief, fileTownAid, { awardIds: [awardId] })
    expect((await unfiled()).map((aid) => aid.awardId)).not.toContain(awardId)

    await expect(world.does(townChief, fileTownAid, { awardIds: [awardId] })).rejects.toMatchObject({
      code: 'social_assistance.aid_already_filed',
    })
  })

  test.each([
    ['not yet in effect', 900, false],
    ['decided by the county', 2000, true],
  ])('aid %s is not filed', async (_, yuan, isChecked) => {
    const { awardId, determinationId } = await grant({ yuan })
    if (isChecked) await check(world.checker, determinationId)

    await expect(world.does(townChief, fileTownAid, { awardIds: [awardId] })).rejects.toMatchObject({
      code: 'social_assistance.aid_not_fileable',
    })
  })
})

test('#9 a family of five without local hukou, tied to an event, gets 3 000.00 decided by the county', async () => {
  const { awardId, determinationId, level } = await grant({
    yuan: 3000,
    persons: 5,
    event: 'stranded_by_epidemic',
  })
  await check(world.checker, determinationId)

  const run = await world.run('2020-03', { group: 'temporary_assistance' })

  expect(level).toBe('county')
  const lines = (await world.linesOf(run.runNo)).filter((line) => line.award === awardId)
  expect(lines).toMatchObject([
    { month: '2020-03', fen: 300_000, detail: { inputs: { event: 'stranded_by_epidemic', persons: 5 } } },
  ])
  const next = await world.run('2020-04', { group: 'temporary_assistance' })
  expect(next.lines).toBe(0)
})

test.each([
  // 192 900 ÷ 217 = 888.940…; 415 700 ÷ 440 = 944.772…
  [217, 192_900, '888.94'],
  [440, 415_700, '944.77'],
])('#7 %i person-times and %i yuan show %s each', (times, yuan, level) => {
  expect(levelOf(yuan * 100, times).toFixed(2)).toBe(level)
})
