import { randomUUID } from 'node:crypto'
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
import { plantAreas, plantPeople } from '../../../test/people.ts'
import { commands } from '../../app.ts'
import type { Actor } from '../../platform/access.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { usccCheckDigit } from '../../platform/uscc.ts'

/** Whatever takes a place from its input takes only one that is in force. */
let db: TestDb
let world: BenefitsWorld
let clerk: Actor
let personId: string

const HERE = { town: TOWN, village: VILLAGE }
const UNKNOWN = { town: TOWN, village: `${TOWN}999` }
const UNKNOWN_TOWN = { town: `${COUNTY}999`, village: VILLAGE }
/** Merged into the second on 2020-03-01, and that into VILLAGE on 2020-06-01. */
const ENDED = { town: TOWN, village: `${TOWN}201` }
const SECOND = { town: TOWN, village: `${TOWN}202` }
/** Begins on 2020-09-01. */
const COMING = { town: TOWN, village: `${TOWN}301` }

const PERMISSIONS = [
  ...['area.record', 'area.change', 'person.register', 'household.create', 'organisation.register'],
  ...['account.record', 'fact.record'],
].map((each) => `registry.${each}`)

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-07-01T01:00:00Z' } })
  world = await benefitsWorld(db)
  const limit = { program: 'temporary_assistance', key: 'township_limit_yuan', value: '1500.00' }
  await world.law(standards({ settings: [{ ...limit, from: '2019-10-01', basis: 'b1' }] }))
  const permissions = [...PERMISSIONS, 'social_assistance.agreement.record', 'social_assistance.aid.grant']
  clerk = await buildActor(db, { login: 'clerk', permissions, scope: [COUNTY] })
  await plantAreas(db, [ENDED.village, SECOND.village])
  const merge = (village: string, into: string, on: string) =>
    world.does(clerk, commands.changeAreas, { on, end: [village], begin: [], moves: { [village]: into } })
  await merge(ENDED.village, SECOND.village, '2020-03-01')
  await merge(SECOND.village, VILLAGE, '2020-06-01')
  await world.does(clerk, commands.recordAreas, {
    areas: [{ code: COMING.village, name: '新村', level: 'village', parent: TOWN, from: '2020-09-01' }],
  })
  personId = (await plantPeople(db, 1, { county: COUNTY, ...HERE }))[0] ?? ''
})
afterAll(() => db.close())

type Place = typeof HERE

const person = (place: Place) => ({
  ...{ fullName: '张三', idNumber: null, sex: 'female', bornOn: '1950-01-01' },
  ...place,
})
const uscc = () => {
  const body = `52441882MJ${String(1000000 + Math.floor(performance.now() * 10)).slice(-7)}`
  return body + usccCheckDigit(body)
}
const award = (place: Place) => ({
  ...{ id: uuidv7(), program: 'subsistence_allowance', holderKind: 'household', holderId: randomUUID() },
  ...place,
  ledgerOpensMonth: '2020-07',
})
const from = '2020-07-01'

/** One entry of the list of each command, at a place. */
const COMMANDS: [string, (place: Place) => Promise<unknown>][] = [
  [
    'registerPeople',
    (place) => world.does(clerk, commands.registerPeople, { people: [person(HERE), person(place)] }),
  ],
  [
    'createHouseholds',
    async (place) => {
      const [headId] = await plantPeople(db, 1, { county: COUNTY, ...HERE })
      const members = [{ personId: headId, relation: 'head', from }]
      return world.does(clerk, commands.createHouseholds, { households: [{ headId, members, ...place }] })
    },
  ],
  [
    'registerOrganisations',
    (place) =>
      world.does(clerk, commands.registerOrganisations, {
        organisations: [{ fullName: '敬老院', uscc: uscc(), ...place }],
      }),
  ],
  [
    'recordAccounts',
    (place) =>
      world.does(clerk, commands.recordAccounts, {
        accounts: [
          {
            ...{ holderKind: 'person', holderId: personId, holderName: '某人', bankCode: '103' },
            ...{ number: '6217003110000000003', from, ...place },
          },
        ],
      }),
  ],
  ['recordFacts, a move', (place) => move(place, { from })],
  ['openAwards', (place) => world.does(world.maker, commands.openAwards, { awards: [award(place)] })],
  [
    'proposeTakeover',
    (place) =>
      world.does(world.maker, commands.proposeTakeover, {
        awards: [{ ...award(place), lastPaidMonth: '2020-06', lastPaidFen: 48_400 }],
      }),
  ],
  [
    'grantTemporaryAid',
    (place) =>
      world.does(clerk, commands.grantTemporaryAid, {
        aids: [
          {
            ...{ holderId: personId, month: '2020-07', cause: '突发疾病', clause: '', ...place },
            content: {
              ...{ amountFen: 50_000, persons: [personId], kind: 'urgent', registeredPoor: false },
              payee: { kind: 'person', id: personId },
            },
          },
        ],
      }),
  ],
  [
    'recordAgreements',
    (place) =>
      world.does(clerk, commands.recordAgreements, {
        agreements: [{ personId, carerKind: 'person', carerName: '李四', from, to: null, ...place }],
      }),
  ],
]

function move(place: Place, dates: { from: string; to?: string | null }) {
  return world.does(clerk, commands.recordFacts, {
    facts: [{ personId, kind: 'residence', value: place, source: '本人申请', ...dates }],
  })
}

async function rowsOf(place: Place): Promise<number> {
  const tables = ['registry.person', 'registry.household', 'registry.organisation', 'registry.bank_account']
  const awards = ['benefits.award', 'benefits.takeover_award', 'social_assistance.care_agreement']
  const counts = [...tables, ...awards].map((table) => `select town, village from ${table}`)
  const { rows } = await db.pool.query<{ n: number }>(
    `select count(*)::int as n from (${counts.join(' union all ')}) x where town = $1 and village = $2`,
    [place.town, place.village],
  )
  return rows[0]?.n ?? 0
}

describe.each(COMMANDS)('%s', (_, act) => {
  test.each([
    ['an unknown village', UNKNOWN, 'registry.area_unknown', UNKNOWN.village],
    ['a village that is still to come', COMING, 'registry.area_unknown', COMING.village],
    ['a village that was merged', ENDED, 'registry.area_ended', ENDED.village],
    ['an unknown town', UNKNOWN_TOWN, 'registry.area_unknown', UNKNOWN_TOWN.town],
  ])('refuses %s and writes nothing there', async (__, place, code, named) => {
    await expect(act(place)).rejects.toMatchObject({
      status: 422,
      code,
      message: expect.stringContaining(named) as string,
      details: { code: named },
    })
    expect(await rowsOf(place)).toBe(0)
  })

  test('names where a merged village belongs now, through a second merger', async () => {
    await expect(act(ENDED)).rejects.toMatchObject({
      message: expect.stringContaining(VILLAGE) as string,
      details: { successor: VILLAGE },
    })
  })

  test('takes a village in force', async () => {
    await expect(act(HERE)).resolves.toBeDefined()
  })
})

test('a list says where each code stands in it', async () => {
  const awards = [HERE, ENDED, UNKNOWN, ENDED, { town: null, village: null }].map((place) => ({
    ...award(HERE),
    ...place,
    ...{ lastPaidMonth: '2020-06', lastPaidFen: 48_400 },
  }))
  await expect(world.does(world.maker, commands.proposeTakeover, { awards })).rejects.toMatchObject({
    details: {
      faults: [
        { code: ENDED.village, kind: 'ended', successor: VILLAGE, indexes: [1, 3] },
        { code: UNKNOWN.village, kind: 'unknown', successor: null, indexes: [2] },
      ],
    },
  })
})

test('a takeover list whose village is gone from the register when it is signed is refused', async () => {
  const there = { town: TOWN, village: `${TOWN}401` }
  await plantAreas(db, [there.village])
  const { takeoverId } = await world.does(world.maker, commands.proposeTakeover, {
    awards: [{ ...award(there), lastPaidMonth: '2020-06', lastPaidFen: 48_400 }],
  })
  await db.pool.query(`update registry.area set valid = '(,2020-05-01)' where code = $1`, [there.village])

  await expect(world.does(world.checker, commands.signTakeover, { takeoverId })).rejects.toMatchObject({
    code: 'registry.area_ended',
    details: { code: there.village },
  })
})

describe('a residence', () => {
  test.each<[string, Place, { from: string; to?: string | null }]>([
    ['that is over may lie in a village that ended since', ENDED, { from: '2015-01-01', to: '2018-01-01' }],
    ['that is over may lie under a code that is younger', COMING, { from: '2015-01-01', to: '2018-01-01' }],
    ['that begins once the village does', COMING, { from: '2020-09-01' }],
    [
      'in another county is not ours to check',
      { town: '420112001', village: '420112001001' },
      { from: '2020-12-01' },
    ],
  ])('%s', async (_, place, dates) => {
    await expect(move(place, dates)).resolves.toBeDefined()
  })

  test.each<[string, Place, { from: string; to?: string | null }, string]>([
    [
      'that ends today is over, and not in a village nobody knows',
      UNKNOWN,
      { from: '2015-01-01', to: '2020-07-01' },
      'registry.area_unknown',
    ],
    [
      'that ends tomorrow still holds',
      ENDED,
      { from: '2015-01-01', to: '2020-07-02' },
      'registry.area_ended',
    ],
    ['that begins the day before the village', COMING, { from: '2020-08-31' }, 'registry.area_unknown'],
  ])('%s', async (_, place, dates, code) => {
    await expect(move(place, dates)).rejects.toMatchObject({ code })
  })
})
