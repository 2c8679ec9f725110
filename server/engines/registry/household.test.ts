import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { plantAreas } from '../../../test/people.ts'
import type { Actor } from '../../platform/access.ts'
import { execute, read } from '../../platform/command.ts'
import type { PlainDate } from '../../platform/dates.ts'
import {
  addMember,
  createHouseholds,
  endMember,
  householdsOfPeople,
  listHouseholds,
  membersAsKnown,
  membersOn,
  registerPeople,
  splitHousehold,
} from './index.ts'

const COUNTY = '441882'
const NORTH = { town: '441882101', village: '441882101201' }
const SOUTH = { town: '441882102', village: '441882102201' }
const PERMISSIONS = [
  'registry.person.register',
  'registry.household.create',
  'registry.household.split',
  'registry.member.add',
  'registry.member.end',
]

let db: TestDb
let bureau: Actor
let north: Actor
let south: Actor

beforeAll(async () => {
  db = await testDb()
  await plantAreas(db, [NORTH.village, SOUTH.village])
  bureau = await buildActor(db, { login: 'bureau', permissions: PERMISSIONS, scope: [COUNTY] })
  north = await buildActor(db, {
    login: 'north',
    permissions: PERMISSIONS,
    scope: [NORTH.town],
    level: 'township',
  })
  south = await buildActor(db, {
    login: 'south',
    permissions: PERMISSIONS,
    scope: [SOUTH.town],
    level: 'township',
  })
})
afterAll(() => db.close())

async function people(count: number, place = NORTH): Promise<string[]> {
  const person = { fullName: '张三', idNumber: null, sex: null, bornOn: '1950-01-01', ...place }
  const input = { people: Array.from({ length: count }, () => person) }
  const { ids } = await execute(db.deps, registerPeople, { actor: bureau, county: COUNTY, input })
  return ids.map((id) => id ?? '')
}

async function household(memberIds: readonly string[], actor = north, place = NORTH): Promise<string> {
  const members = memberIds.map((personId, i) => ({
    personId,
    relation: i === 0 ? 'head' : 'child',
    from: '2020-01-01',
  }))
  const households = [{ headId: memberIds[0], ...place, members }]
  const { ids } = await execute(db.deps, createHouseholds, { actor, county: COUNTY, input: { households } })
  return ids[0] ?? ''
}

function add(input: object, actor = north) {
  return execute(db.deps, addMember, { actor, county: COUNTY, input })
}

function end(personId: string, on: PlainDate, actor = north) {
  return execute(db.deps, endMember, { actor, county: COUNTY, input: { personId, on, reason: '外嫁' } })
}

function split(input: object) {
  return execute(db.deps, splitHousehold, { actor: north, county: COUNTY, input })
}

function on(householdId: string, day: PlainDate, actor = bureau) {
  return read(db.deps, { actor, county: COUNTY }, async ({ tx }) =>
    (await membersOn(tx, { county: COUNTY, householdIds: [householdId], on: day })).map(
      ({ personId }) => personId,
    ),
  )
}

async function instant() {
  return (await db.pool.query<{ at: string }>('select clock_timestamp() as at')).rows[0]?.at ?? ''
}

describe('membership', () => {
  test('a member belongs from the first day up to the eve of the last', async () => {
    const [head = '', child = ''] = await people(2)
    const id = await household([head, child])

    await end(child, '2020-06-15')

    expect(await on(id, '2019-12-31')).toEqual([])
    expect(await on(id, '2020-06-14')).toEqual([head, child].sort())
    expect(await on(id, '2020-06-15')).toEqual([head])
  })

  test('what was known before an ending is still answered at its cut', async () => {
    const [head = '', child = ''] = await people(2)
    const id = await household([head, child])
    const cut = await instant()
    await end(child, '2020-06-15')

    const asKnown = await read(db.deps, { actor: bureau, county: COUNTY }, ({ tx }) =>
      membersAsKnown(tx, { county: COUNTY, householdIds: [id], on: '2020-07-01', cut }),
    )

    expect(asKnown.map(({ personId }) => personId)).toEqual([head, child].sort())
  })

  test('an ending on the first day means that the membership never began', async () => {
    const [head = '', child = ''] = await people(2)
    const id = await household([head, child])

    await end(child, '2020-01-01')

    expect(await on(id, '2020-01-01')).toEqual([head])
    const rows = await db.pool.query(
      `select voided, reason from registry.household_member where person_id = $1 and superseded_at is null`,
      [child],
    )
    expect(rows.rows).toEqual([{ voided: true, reason: '外嫁' }])
    await expect(end(child, '2020-01-01')).rejects.toMatchObject({ code: 'registry.not_a_member' })
  })

  test('nobody belongs to two households on one day; after leaving the first the second is open', async () => {
    const [headA = '', child = '', headB = ''] = await people(3)
    await household([headA, child])
    const other = await household([headB])
    const joining = { householdId: other, personId: child, relation: 'spouse', from: '2020-06-15' }

    await expect(add(joining)).rejects.toMatchObject({ code: 'registry.member_elsewhere' })
    await end(child, '2020-06-15')
    await add(joining)

    const house = await read(db.deps, { actor: bureau, county: COUNTY }, ({ tx }) =>
      householdsOfPeople(tx, { county: COUNTY, personIds: [child], on: '2020-06-15' }),
    )
    expect(house.get(child)).toBe(other)
  })

  test('a household in another town, which the clerk cannot see, counts too', async () => {
    const [head = '', child = '', host = ''] = await people(3)
    await household([host, child], bureau, SOUTH)

    await expect(household([head, child])).rejects.toMatchObject({ code: 'registry.member_elsewhere' })
  })

  test('entering a member again in the same household corrects the relation and stores no second membership', async () => {
    const [head = '', child = ''] = await people(2)
    const id = await household([head, child])

    await add({ householdId: id, personId: child, relation: 'grandchild', from: '2020-01-01' })

    const members = await read(db.deps, { actor: north, county: COUNTY }, ({ tx }) =>
      membersOn(tx, { county: COUNTY, householdIds: [id], on: '2020-01-01' }),
    )
    expect(members.filter(({ personId }) => personId === child).map(({ relation }) => relation)).toEqual([
      'grandchild',
    ])
  })

  test.each([
    ['a head who is no member', { members: [] as object[] }, 'platform.input_invalid'],
    [
      'a head outside the list',
      { headId: '01890000-0000-7000-8000-000000000000' },
      'registry.head_not_member',
    ],
    [
      'a place outside the county',
      { town: '420112001', village: '420112001001' },
      'registry.place_outside_county',
    ],
  ])('%s is refused', async (_, part, code) => {
    const [head = ''] = await people(1)
    const members = [{ personId: head, relation: 'head', from: '2020-01-01' }]
    const input = { households: [{ headId: head, ...NORTH, members, ...part }] }

    const creating = execute(db.deps, createHouseholds, { actor: north, county: COUNTY, input })

    await expect(creating).rejects.toMatchObject({ code })
  })
})

describe('splitting', () => {
  test('who leaves belongs to the old household up to the eve and to the new one from the day', async () => {
    const [head = '', son = '', wife = ''] = await people(3)
    const id = await household([head, son, wife])

    const { newHouseholdId } = await split({
      householdId: id,
      personIds: [son, wife],
      relations: { [wife]: 'spouse' },
      on: '2020-09-01',
    })

    expect(await on(id, '2020-08-31')).toEqual([head, son, wife].sort())
    expect(await on(id, '2020-09-01')).toEqual([head])
    expect(await on(newHouseholdId, '2020-08-31')).toEqual([])
    const members = await read(db.deps, { actor: north, county: COUNTY }, ({ tx }) =>
      membersOn(tx, { county: COUNTY, householdIds: [newHouseholdId], on: '2020-09-01' }),
    )
    expect(Object.fromEntries(members.map(({ personId, relation }) => [personId, relation]))).toEqual({
      [son]: 'head',
      [wife]: 'spouse',
    })
    const created = await read(db.deps, { actor: north, county: COUNTY }, ({ tx }) =>
      listHouseholds(tx, COUNTY, [newHouseholdId]),
    )
    expect(created).toMatchObject([{ headId: son, ...NORTH }])
  })

  test('the head cannot leave, and a stranger cannot be split off', async () => {
    const [head = '', son = '', stranger = ''] = await people(3)
    const id = await household([head, son])

    await expect(split({ householdId: id, personIds: [head], on: '2020-09-01' })).rejects.toMatchObject({
      code: 'registry.split_head_leaves',
    })
    await expect(split({ householdId: id, personIds: [stranger], on: '2020-09-01' })).rejects.toMatchObject({
      code: 'registry.split_not_members',
    })
  })
})

test('another town sees neither household nor members and changes neither', async () => {
  const [head = '', child = ''] = await people(2)
  const [guest = ''] = await people(1, SOUTH)
  const id = await household([head, child])

  expect(await on(id, '2020-02-01', south)).toEqual([])
  const joining = { householdId: id, personId: guest, relation: 'child', from: '2020-02-01' }
  await expect(add(joining, south)).rejects.toMatchObject({ code: 'registry.household_unknown' })
  await expect(end(child, '2020-03-01', south)).rejects.toMatchObject({ code: 'registry.person_unknown' })
})
