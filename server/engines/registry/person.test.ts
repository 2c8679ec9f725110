import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { plantAreas } from '../../../test/people.ts'
import type { Actor } from '../../platform/access.ts'
import { execute, read } from '../../platform/command.ts'
import { upgrade15 } from '../../platform/id-number.ts'
import {
  checkDuplicate,
  countPeople,
  currentFacts,
  findPeople,
  getPerson,
  listPeople,
  listPeoplePage,
  openIdNumber,
  recordAreas,
  registerPeople,
  revealIdentity,
} from './index.ts'

const COUNTY = '441882'
const NORTH = { town: '441882101', village: '441882101201' }
const SOUTH = { town: '441882102', village: '441882102201' }
const PERMISSIONS = [
  'registry.area.record',
  'registry.person.register',
  'registry.duplicate.check',
  'registry.identity.reveal',
]
const BORN = { sex: null, bornOn: null }

let db: TestDb
let bureau: Actor
let north: Actor
let south: Actor
let serial = 100

/** Valid numbers of people born on 1950-01-01, in order. */
function nextNumber() {
  return upgrade15(`441882500101${++serial}`)
}

function register(actor: Actor, people: object[], rest: object = {}) {
  return execute(db.deps, registerPeople, { actor, county: COUNTY, input: { people, ...rest } })
}

beforeAll(async () => {
  db = await testDb()
  await plantAreas(db, [NORTH.village, SOUTH.village, '420112001001'])
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
  const town = { level: 'township', parent: COUNTY }
  const areas = [
    { code: NORTH.town, name: '北山镇', ...town },
    { code: SOUTH.town, name: '南水镇', ...town },
  ]
  await execute(db.deps, recordAreas, { actor: bureau, county: COUNTY, input: { areas } })
})
afterAll(() => db.close())

describe('registering', () => {
  test('a person gets identity, name keys and the facts of birth, place and poverty register', async () => {
    const idNumber = nextNumber()

    const { ids } = await register(north, [
      { ...BORN, ...NORTH, fullName: '单雄信', idNumber, phone: '138 0000 0001', registeredPoor: true },
    ])

    const [id = ''] = ids as string[]
    const facts = await read(db.deps, { actor: north, county: COUNTY }, ({ tx }) =>
      currentFacts(tx, { county: COUNTY, personIds: [id] }),
    )
    expect(
      facts.map(({ kind, value, from }) => [kind, value, kind === 'registered_poor' ? '' : from]),
    ).toEqual([
      ['birth', { on: '1950-01-01' }, '1950-01-01'],
      ['registered_poor', {}, ''],
      ['residence', NORTH, '1950-01-01'],
    ])
    const keys = await db.pool.query(`select key from registry.name_key where person_id = $1`, [id])
    expect(keys.rows.map(({ key }) => key as string)).toContain('sxx')
    const person = await db.pool.query(`select * from registry.person where id = $1`, [id])
    expect(JSON.stringify(person.rows)).not.toContain(idNumber.slice(6, 17))
  })

  test.each([
    ['a wrong check digit', { idNumber: '441882195001011019' }, 'registry.id_number_check_digit'],
    ['a number too short', { idNumber: '4418821950010' }, 'registry.id_number_length'],
    [
      'another birth date',
      { idNumber: upgrade15('441882500101900'), bornOn: '1950-01-02' },
      'registry.born_on_differs',
    ],
    ['the other sex', { idNumber: upgrade15('441882500101901'), sex: 'female' }, 'registry.sex_differs'],
    [
      'a village of another county',
      { idNumber: null, village: '420112001001', town: '420112001' },
      'registry.place_outside_county',
    ],
    ['a telephone that is none', { idNumber: null, phone: '12' }, 'registry.phone_form'],
  ])('%s is refused', async (_, fields, code) => {
    const person = { ...BORN, ...NORTH, fullName: '李四', ...fields }

    await expect(register(bureau, [person])).rejects.toMatchObject({ code })
  })

  test('a town clerk cannot file somebody in another town', async () => {
    const filing = register(north, [{ ...BORN, ...SOUTH, fullName: '李四', idNumber: nextNumber() }])

    await expect(filing).rejects.toMatchObject({ code: 'registry.outside_scope', status: 403 })
  })

  test('one list with the same number twice is refused whole', async () => {
    const idNumber = nextNumber()
    const before = await db.pool.query(`select count(*) from registry.person`)

    const twice = register(north, [
      { ...BORN, ...NORTH, fullName: '张三', idNumber },
      { ...BORN, ...NORTH, fullName: '张三', idNumber: idNumber.toLowerCase() },
    ])

    await expect(twice).rejects.toMatchObject({
      code: 'registry.identity_repeated',
      details: { indexes: [1] },
    })
    expect((await db.pool.query(`select count(*) from registry.person`)).rows).toEqual(before.rows)
  })
})

describe('an identity that is on file', () => {
  test('another town learns that it is on file and whom to ask, never who', async () => {
    const idNumber = nextNumber()
    await register(south, [{ ...BORN, ...SOUTH, fullName: '欧阳修', idNumber }])

    const again = register(north, [{ ...BORN, ...NORTH, fullName: '欧阳修', idNumber }])

    const error = await again.catch((thrown: unknown) => thrown as Error & { details: unknown })
    expect(error).toMatchObject({
      code: 'registry.identity_taken',
      status: 409,
      message: '该证件号码已在本县建档，未重复建档。请与南水镇经办人员核对。',
      details: { index: 0, town: SOUTH.town },
    })
    expect(JSON.stringify(error)).not.toContain('欧阳')
  })

  test('an import leaves it out and goes on', async () => {
    const idNumber = nextNumber()
    await register(south, [{ ...BORN, ...SOUTH, fullName: '欧阳修', idNumber }])
    const people = [
      { ...BORN, ...NORTH, fullName: '欧阳修', idNumber },
      { ...BORN, ...NORTH, fullName: '王安石', idNumber: nextNumber() },
    ]

    const { ids, taken } = await register(north, people, { skipTaken: true })

    expect(taken).toEqual([{ index: 0, town: SOUTH.town }])
    expect(ids).toEqual([null, expect.any(String)])
  })

  test('the question alone is answered with yes and the town, and leaves an audit row without the number', async () => {
    const idNumber = nextNumber()
    await register(south, [{ ...BORN, ...SOUTH, fullName: '苏轼', idNumber }])

    const ask = (number: string) =>
      execute(db.deps, checkDuplicate, { actor: north, county: COUNTY, input: { idNumber: number } })

    expect(await ask(idNumber)).toEqual({ found: true, town: SOUTH.town, townName: '南水镇' })
    expect(await ask(nextNumber())).toEqual({ found: false, town: null, townName: null })
    const audit = await db.pool.query(
      `select subject from platform.audit_row where event = 'registry.duplicate.checked' order by at`,
    )
    expect(audit.rows).toEqual([{ subject: '{"found":true}' }, { subject: '{"found":false}' }])
  })

  test('two clerks entering one person at the same moment make one record', async () => {
    const person = { ...BORN, ...NORTH, fullName: '陆游', idNumber: nextNumber() }

    const both = await Promise.allSettled([register(north, [person]), register(bureau, [person])])

    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const lost = both.find((result) => result.status === 'rejected')
    expect(lost?.reason).toMatchObject({ code: 'registry.identity_taken' })
  })

  test('the same request sent twice with one key acts once', async () => {
    const input = { people: [{ ...BORN, ...NORTH, fullName: '辛弃疾', idNumber: nextNumber() }] }
    const call = { actor: north, county: COUNTY, idempotencyKey: 'twice-1', input }

    const first = await execute(db.deps, registerPeople, call)
    const second = await execute(db.deps, registerPeople, call)

    expect(second).toEqual(first)
  })
})

describe('reach', () => {
  test('another town and another county see nothing: not in a list, a count, a search, by id', async () => {
    const idNumber = nextNumber()
    const { ids } = await register(south, [
      { ...BORN, ...SOUTH, fullName: '独孤求败', idNumber, phone: '13911112222' },
    ])
    const [id = ''] = ids as string[]

    const seenBy = (actor: Actor) =>
      read(db.deps, { actor, county: COUNTY }, async (ctx) => ({
        byId: (await listPeople(ctx.tx, COUNTY, [id])).length,
        listed: (await listPeoplePage(ctx.tx, COUNTY, { limit: 1000 })).some((each) => each.id === id),
        facts: (await currentFacts(ctx.tx, { county: COUNTY, personIds: [id] })).length,
        found: await Promise.all(
          ['独孤求败', 'dgqb', idNumber, '13911112222'].map(
            async (text) => (await findPeople(ctx, { text })).people.length,
          ),
        ),
        count: await countPeople(ctx.tx, COUNTY),
      }))

    const own = await seenBy(south)
    const other = await seenBy(north)
    expect(own).toMatchObject({ byId: 1, listed: true, facts: 2, found: [1, 1, 1, 1] })
    expect(other).toMatchObject({ byId: 0, listed: false, facts: 0, found: [0, 0, 0, 0] })
    expect(other.count + own.count).toBe((await seenBy(bureau)).count)
    const wuhan = await buildActor(db, { login: 'wuhan', permissions: PERMISSIONS, scope: ['420112'] })
    await expect(seenBy(wuhan)).rejects.toMatchObject({ code: 'platform.outside_scope' })
    const elsewhere = await read(db.deps, { actor: wuhan, county: '420112' }, ({ tx }) =>
      listPeople(tx, COUNTY, [id]),
    )
    expect(elsewhere).toEqual([])
  })

  test('the same identity may be on file in two counties, and neither is told about the other', async () => {
    const wuhan = await buildActor(db, { login: 'wuhan2', permissions: PERMISSIONS, scope: ['420112'] })
    const idNumber = nextNumber()
    await register(south, [{ ...BORN, ...SOUTH, fullName: '李清照', idNumber }])

    const there = { ...BORN, fullName: '李清照', idNumber, village: '420112001001', town: '420112001' }
    const filed = await execute(db.deps, registerPeople, {
      actor: wuhan,
      county: '420112',
      input: { people: [there] },
    })

    expect(filed.taken).toEqual([])
  })
})

describe('secrets at rest', () => {
  test('a number is opened for a stated purpose, and the audit row keeps person and purpose', async () => {
    const idNumber = nextNumber()
    const { ids } = await register(north, [
      { ...BORN, ...NORTH, fullName: '杜甫', idNumber, phone: '13700001111' },
    ])
    const input = { personId: ids[0], purpose: 'verify_identity' }

    const opened = await execute(db.deps, revealIdentity, { actor: north, county: COUNTY, input })

    expect(opened).toEqual({ idNumber, phone: '13700001111' })
    const audit = await db.pool.query(
      `select subject from platform.audit_row where event = 'registry.identity.revealed'`,
    )
    expect(audit.rows.map(({ subject }) => JSON.parse(subject as string) as unknown)).toEqual([input])
  })

  test('a ciphertext copied into another row does not open', async () => {
    const { ids } = await register(north, [
      { ...BORN, ...NORTH, fullName: '白居易', idNumber: nextNumber() },
      { ...BORN, ...NORTH, fullName: '元稹', idNumber: nextNumber() },
    ])
    await db.pool.query(
      `update registry.person set id_cipher = (select id_cipher from registry.person where id = $1) where id = $2`,
      ids,
    )

    const person = await read(db.deps, { actor: north, county: COUNTY }, ({ tx }) =>
      getPerson(tx, COUNTY, ids[1] ?? ''),
    )

    expect(() => openIdNumber(db.deps.keys, person)).toThrow(
      expect.objectContaining({ code: 'platform.cipher_tampered' }),
    )
  })
})

describe('search', () => {
  const find = (text: string, page: object = {}) =>
    read(db.deps, { actor: bureau, county: COUNTY }, (ctx) => findPeople(ctx, { text, ...page }))

  test('a name is found by part, by two characters, by initials; numbers by whole and by last four; shown masked', async () => {
    const idNumber = nextNumber()
    const person = { ...BORN, ...NORTH, fullName: '阿依努尔·买买提', idNumber, phone: '13612345678' }
    const { ids } = await register(north, [person])

    for (const text of [
      '阿依努尔·买买提',
      '阿依努尔买买提',
      '买买提',
      '努尔',
      'aynemmt',
      idNumber,
      idNumber.slice(-4),
      '+86 136-1234-5678',
    ]) {
      const { people } = await find(text)
      expect([text, people.map(({ id }) => id)]).toEqual([text, expect.arrayContaining([ids[0]])])
    }
    const { people } = await find(idNumber)
    expect(people[0]).toMatchObject({
      fullName: '阿依努尔·买买提',
      idNumber: `4418${'*'.repeat(10)}${idNumber.slice(-4)}`,
      phone: '136****5678',
    })
  })

  test('pages follow one another without gap or repetition', async () => {
    const people = Array.from({ length: 5 }, () => ({
      ...BORN,
      ...NORTH,
      fullName: '诸葛明',
      idNumber: nextNumber(),
    }))
    const { ids } = await register(north, people)

    const first = await find('诸葛明', { limit: 2 })
    const second = await find('诸葛明', { limit: 2, after: first.next ?? '' })
    const third = await find('诸葛明', { limit: 2, after: second.next ?? '' })

    expect([...first.people, ...second.people, ...third.people].map(({ id }) => id)).toEqual(ids)
    expect(third.next).toBeNull()
  })

  test('nothing typed is answered with what may be typed', async () => {
    await expect(find('  ')).rejects.toMatchObject({ code: 'registry.search_text_empty' })
  })

  test('a search by name uses the index under row-level security', async () => {
    const client = await db.deps.database.pools.minben_app.connect()
    try {
      await client.query(`begin; set local app.scope = '${COUNTY}'; set local enable_seqscan = off`)
      const plan = await client.query(
        `explain select person_id from registry.name_key where county = $1 and key = $2 and person_id > $3 order by person_id limit 21`,
        [COUNTY, '买买', '00000000-0000-0000-0000-000000000000'],
      )
      expect(JSON.stringify(plan.rows)).toMatch(/Index Cond: .*key = .*person_id > /)
    } finally {
      await client.query('rollback')
      client.release()
    }
  })
})
