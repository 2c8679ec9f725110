import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import type { Actor } from '../../platform/access.ts'
import { execute, read } from '../../platform/command.ts'
import type { PlainDate } from '../../platform/dates.ts'
import {
  changeAreasCommand,
  createHouseholds,
  currentFacts,
  factsAsKnown,
  listAreas,
  recordAccounts,
  recordAreas,
  recordFacts,
  registerPeople,
  type AreaMove,
} from './index.ts'

const COUNTY = '441882'
const TOWN = '441882109'
const MERGED_ON = '2020-06-30'
const STATIONS = 13
const COMMITTEES = 154
const PERMISSIONS = [
  'registry.area.record',
  'registry.area.change',
  'registry.person.register',
  'registry.fact.record',
  'registry.household.create',
  'registry.account.record',
]

/** Invented: the names of the 154 committees were never published. */
function code(n: number) {
  return `${TOWN}${String(n).padStart(3, '0')}`
}

const committees = Array.from({ length: COMMITTEES }, (_, i) => ({
  code: code(200 + i),
  name: `旧村${i + 1}村委会`,
  level: 'village',
  parent: code(900 + (i % STATIONS)),
}))
const stations = Array.from({ length: STATIONS }, (_, i) => ({
  code: code(900 + i),
  name: `片区${i + 1}公共服务站`,
  level: 'service_station',
  parent: TOWN,
}))
const villages = Array.from({ length: STATIONS }, (_, i) => ({
  code: code(400 + i),
  name: `新村${i + 1}村委会`,
  level: 'village',
  parent: TOWN,
}))
const groups = Array.from({ length: COMMITTEES }, (_, i) => ({
  code: code(500 + i),
  name: `旧村${i + 1}村民小组`,
  level: 'village_group',
  parent: code(400 + (i % STATIONS)),
}))
const MERGER = {
  on: MERGED_ON,
  end: [...stations, ...committees].map((area) => area.code),
  begin: [...villages, ...groups],
  moves: Object.fromEntries(committees.map((area, i) => [area.code, code(400 + (i % STATIONS))])),
}

let db: TestDb
let bureau: Actor

beforeAll(async () => {
  db = await testDb()
  bureau = await buildActor(db, { login: 'bureau', permissions: PERMISSIONS, scope: [COUNTY] })
})
afterAll(() => db.close())

function call() {
  return { actor: bureau, county: COUNTY }
}

function areas(list: object[]) {
  return execute(db.deps, recordAreas, { ...call(), input: { areas: list } })
}

function change(input: object) {
  return execute(db.deps, changeAreasCommand([]), { ...call(), input })
}

function villageOn(on: PlainDate) {
  return read(db.deps, call(), ({ tx }) => currentFacts(tx, { county: COUNTY, kinds: ['residence'], on }))
}

describe('recording areas', () => {
  test('what is on file word for word is left alone; a changed name ends the old row on its day', async () => {
    const town = { code: '441882110', name: '老镇', level: 'township', parent: COUNTY }

    expect(await areas([town])).toEqual({ recorded: 1, unchanged: 0 })
    expect(await areas([town])).toEqual({ recorded: 0, unchanged: 1 })
    expect(await areas([{ ...town, name: '新镇', from: '2021-01-01' }])).toEqual({
      recorded: 1,
      unchanged: 0,
    })

    const nameOn = (on: PlainDate) =>
      read(db.deps, call(), async ({ tx }) =>
        (await listAreas(tx, { under: '441882110', on })).map(({ name }) => name),
      )
    expect(await nameOn('2020-12-31')).toEqual(['老镇'])
    expect(await nameOn('2021-01-01')).toEqual(['新镇'])
  })

  test('areas above the county may be added but not rewritten; other counties may not be touched', async () => {
    const city = { code: '4418', name: '清远市', level: 'city', parent: '44' }
    await areas([city])

    await expect(areas([{ ...city, name: '清远' }])).rejects.toMatchObject({ code: 'registry.area_not_own' })
    await expect(
      areas([{ code: '420112', name: '东西湖区', level: 'county', parent: '4201' }]),
    ).rejects.toMatchObject({ code: 'registry.area_not_own' })
  })

  test('one code twice in a list is refused', async () => {
    await expect(areas([stations[0] ?? {}, stations[0] ?? {}])).rejects.toMatchObject({
      code: 'registry.area_repeated',
    })
  })

  test('a town clerk does not keep the list of areas', async () => {
    const clerk = await buildActor(db, {
      login: 'clerk',
      permissions: PERMISSIONS,
      scope: [TOWN],
      level: 'township',
    })

    const recording = execute(db.deps, recordAreas, {
      actor: clerk,
      county: COUNTY,
      input: { areas: stations },
    })

    await expect(recording).rejects.toMatchObject({ code: 'registry.needs_whole_county', status: 403 })
  })
})

describe('#324 the merger of a town on 2020-06-30: 13 stations and 154 committees end, 13 committees and 154 groups begin', () => {
  let ids: string[] = []
  let cutBefore = ''
  const rewritten: AreaMove[][] = []

  beforeAll(async () => {
    await areas([
      { code: COUNTY, name: '连州市', level: 'county', parent: '4418' },
      { code: TOWN, name: '九陂镇', level: 'township', parent: COUNTY },
      ...stations,
      ...committees,
    ])
    const people = committees.map((area, i) => ({
      fullName: `居民${String(i)}`,
      idNumber: null,
      sex: null,
      bornOn: '1950-01-01',
      town: TOWN,
      village: area.code,
      residentSince: '2000-01-01',
    }))
    const registered = await execute(db.deps, registerPeople, { ...call(), input: { people } })
    ids = registered.ids.map((id) => id ?? '')
    await seedDependants()
    const at = await db.pool.query<{ at: string }>('select clock_timestamp() as at')
    cutBefore = at.rows[0]?.at ?? ''
    const rewriter = (_: unknown, __: string, moves: readonly AreaMove[]) => {
      rewritten.push([...moves])
      return Promise.resolve()
    }
    const merger = changeAreasCommand([rewriter])
    expect(await execute(db.deps, merger, { ...call(), input: MERGER })).toEqual({
      ended: STATIONS + COMMITTEES,
      begun: STATIONS + COMMITTEES,
      residents: COMMITTEES,
    })
  })

  async function seedDependants() {
    const [first = '', second = '', third = ''] = ids
    const place = { town: TOWN, village: committees[0]?.code }
    const households = [
      { headId: first, ...place, members: [{ personId: first, relation: 'head', from: '2000-01-01' }] },
    ]
    await execute(db.deps, createHouseholds, { ...call(), input: { households } })
    const account = {
      holderKind: 'person',
      holderId: first,
      holderName: '居民0',
      bankCode: 'B',
      number: '6217000000000000000',
    }
    const accounts = [{ ...account, from: '2020-01-01', ...place }]
    await execute(db.deps, recordAccounts, { ...call(), input: { accounts } })
    const elsewhere = { village: '420112001001', town: '420112001' }
    const facts = [
      { personId: second, kind: 'residence', value: elsewhere, from: '2020-09-01', to: null, source: '迁出' },
      {
        personId: third,
        kind: 'residence',
        value: elsewhere,
        from: '2020-01-01',
        to: '2020-03-01',
        source: '务工',
      },
    ]
    await execute(db.deps, recordFacts, { ...call(), input: { facts } })
  }

  test('the areas of both days are answered', async () => {
    const levelsOn = (on: PlainDate) =>
      read(db.deps, call(), async ({ tx }) => {
        const rows = await listAreas(tx, { under: TOWN, on })
        return Object.fromEntries(
          ['service_station', 'village', 'village_group'].map((level) => [
            level,
            rows.filter((row) => row.level === level).length,
          ]),
        )
      })

    expect(await levelsOn('2020-06-29')).toEqual({ service_station: 13, village: 154, village_group: 0 })
    expect(await levelsOn('2020-06-30')).toEqual({ service_station: 0, village: 13, village_group: 154 })
    const ended = await db.pool.query(
      `select merged_into from registry.area where code = $1 and superseded_at is null`,
      [committees[14]?.code],
    )
    expect(ended.rows).toEqual([{ merged_into: code(400 + 1) }])
  })

  test('every resident has exactly one village on each day: the old one on 06-29, the new one on 06-30', async () => {
    const before = await villageOn('2020-06-29')
    const after = await villageOn('2020-06-30')

    expect(before.map(({ personId }) => personId).sort()).toEqual([...ids].sort())
    expect(after.map(({ personId }) => personId).sort()).toEqual([...ids].sort())
    for (const [i, id] of ids.entries()) {
      expect(before.find(({ personId }) => personId === id)?.value).toEqual({
        town: TOWN,
        village: code(200 + i),
      })
      expect(after.find(({ personId }) => personId === id)?.value).toEqual({
        town: TOWN,
        village: code(400 + (i % STATIONS)),
      })
    }
  })

  test('who leaves after the merger lives in the new village only until then; an absence before it stays', async () => {
    const historyOf = (id = '') =>
      read(db.deps, call(), async ({ tx }) =>
        (await currentFacts(tx, { county: COUNTY, personIds: [id], kinds: ['residence'] })).map(
          ({ value, from, to }) => [value['village'], from, to],
        ),
      )

    expect(await historyOf(ids[1])).toEqual([
      [code(201), '2000-01-01', '2020-06-30'],
      [code(401), '2020-06-30', '2020-09-01'],
      ['420112001001', '2020-09-01', null],
    ])
    expect(await historyOf(ids[2])).toEqual([
      [code(202), '2000-01-01', '2020-01-01'],
      ['420112001001', '2020-01-01', '2020-03-01'],
      [code(202), '2020-03-01', '2020-06-30'],
      [code(402), '2020-06-30', null],
    ])
  })

  test('the cut before the merger knows nothing of it', async () => {
    const facts = await read(db.deps, call(), ({ tx }) =>
      factsAsKnown(tx, {
        county: COUNTY,
        kinds: ['residence'],
        personIds: [ids[5] ?? ''],
        on: '2020-07-01',
        cut: cutBefore,
      }),
    )

    expect(facts.map(({ value }) => value['village'])).toEqual([code(205)])
  })

  test('no row of any table points at an ended village as its current one, and other modules got the same moves', async () => {
    for (const table of ['person', 'name_key', 'fact', 'household', 'household_member', 'bank_account']) {
      const stale = await db.pool.query(
        `select count(*)::int as n, count(*) filter (where village = any ($1))::int as old from registry.${table}`,
        [MERGER.end],
      )
      expect([table, stale.rows[0]]).toEqual([table, { n: expect.any(Number), old: 0 }])
      expect(stale.rows[0].n).toBeGreaterThan(0)
    }
    expect(rewritten).toHaveLength(1)
    expect(rewritten[0]).toHaveLength(COMMITTEES)
    expect(rewritten[0]?.[14]).toEqual({ fromVillage: code(214), village: code(401), town: TOWN })
  })

  test('a clerk of a new village sees its residents', async () => {
    const scope = [code(400)]
    const clerk = await buildActor(db, { login: 'new-village', permissions: [], scope, level: 'village' })

    const seen = await read(db.deps, { actor: clerk, county: COUNTY }, ({ tx }) =>
      currentFacts(tx, { county: COUNTY, kinds: ['residence'], on: MERGED_ON }),
    )

    // committees 0, 13, 26 … 143: ⌈154 / 13⌉ = 12
    expect(seen).toHaveLength(12)
  })

  test.each([
    [
      'an area that has already ended',
      { end: [code(200)], begin: [], moves: {} },
      'registry.area_not_current',
    ],
    [
      'a village whose residents go nowhere',
      { end: [code(403)], begin: [], moves: {} },
      'registry.area_residents_left',
    ],
    [
      'a new village that does not exist',
      { end: [code(403)], begin: [], moves: { [code(403)]: code(777) } },
      'registry.area_unknown',
    ],
    ['a code still in use', { end: [], begin: [villages[0]], moves: {} }, 'registry.area_code_in_use'],
    ['an area of another county', { end: ['420112001001'], begin: [], moves: {} }, 'registry.area_not_own'],
  ])('%s refuses the change', async (_, part, expected) => {
    await expect(change({ on: '2021-01-01', ...part })).rejects.toMatchObject({ code: expected })
  })
})
