import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildActor } from '../../../test/actors.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { plantAreas } from '../../../test/people.ts'
import { setScope, type Actor } from '../../platform/access.ts'
import { execute, read, type Ctx } from '../../platform/command.ts'
import type { Instant } from '../../platform/dates.ts'
import type { Tx } from '../../platform/db.ts'
import {
  currentFacts,
  FACT_KINDS,
  factsAsKnown,
  getPerson,
  recordFacts,
  recordFactsCommand,
  registerPeople,
  undoFact,
  type Fact,
} from './index.ts'
import { covers } from './timeline.rules.ts'

const COUNTY = '441882'
const NORTH = { town: '441882101', village: '441882101201' }
const SOUTH = { town: '441882102', village: '441882102201' }
const PERMISSIONS = ['registry.person.register', 'registry.fact.record', 'registry.fact.undo']
const TABLE = 'registry.fact'

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

async function aPerson(): Promise<string> {
  const person = { fullName: '张三', idNumber: null, sex: null, bornOn: '1950-01-01', ...NORTH }
  const { ids } = await execute(db.deps, registerPeople, {
    actor: north,
    county: COUNTY,
    input: { people: [person] },
  })
  return ids[0] ?? ''
}

function record(actor: Actor, ...facts: object[]) {
  return execute(db.deps, recordFacts, {
    actor,
    county: COUNTY,
    input: { facts: facts.map((fact) => ({ to: null, source: '证明', ...fact })) },
  })
}

function undo(actor: Actor, factId: string) {
  return execute(db.deps, undoFact, { actor, county: COUNTY, input: { factId, reason: '录入有误' } })
}

function known(personId: string, kind: string, actor = bureau) {
  return read(db.deps, { actor, county: COUNTY }, ({ tx }) =>
    currentFacts(tx, { county: COUNTY, personIds: [personId], kinds: [kind] }),
  )
}

function asKnown(personId: string, kind: string, cut: Instant) {
  return read(db.deps, { actor: bureau, county: COUNTY }, ({ tx }) =>
    factsAsKnown(tx, { county: COUNTY, personIds: [personId], kinds: [kind], cut }),
  )
}

async function now(): Promise<Instant> {
  return (await db.pool.query<{ at: Instant }>('select clock_timestamp() as at')).rows[0]?.at ?? ''
}

function shown(facts: readonly Fact[]) {
  return facts.map(({ value, from, to }) => [Object.values(value)[0], from, to])
}

function care(personId: string, grade: string, from: string, to: string | null = null) {
  return {
    personId,
    kind: 'self_care',
    value: { grade },
    from,
    to,
  }
}

describe('recording', () => {
  test('a fact in the middle of another leaves what lies before and after it', async () => {
    const personId = await aPerson()
    await record(north, care(personId, 'full', '2020-01-01'))

    await record(north, care(personId, 'partial', '2020-03-01', '2020-05-01'))

    expect(shown(await known(personId, 'self_care'))).toEqual([
      ['full', '2020-01-01', '2020-03-01'],
      ['partial', '2020-03-01', '2020-05-01'],
      ['full', '2020-05-01', null],
    ])
  })

  test('what was known at an earlier cut is still answered after the history changed', async () => {
    const personId = await aPerson()
    const before = await now()
    await record(north, care(personId, 'full', '2020-01-01'))
    const between = await now()
    await record(north, care(personId, 'none', '2020-01-01'))

    expect(shown(await asKnown(personId, 'self_care', before))).toEqual([])
    expect(shown(await asKnown(personId, 'self_care', between))).toEqual([['full', '2020-01-01', null]])
    expect(shown(await asKnown(personId, 'self_care', await now()))).toEqual([['none', '2020-01-01', null]])
  })

  test('the same fact recorded twice shows once; the same request with one key is stored once', async () => {
    const personId = await aPerson()
    await record(north, care(personId, 'full', '2020-01-01'))
    await record(north, care(personId, 'full', '2020-01-01'))
    const input = { facts: [{ ...care(personId, 'partial', '2021-01-01'), source: '评估' }] }
    const call = { actor: north, county: COUNTY, idempotencyKey: 'fact-once', input }

    const first = await execute(db.deps, recordFacts, call)
    const second = await execute(db.deps, recordFacts, call)

    expect(second).toEqual(first)
    expect(shown(await known(personId, 'self_care'))).toEqual([
      ['full', '2020-01-01', '2021-01-01'],
      ['partial', '2021-01-01', null],
    ])
    const stored = await db.pool.query(
      `select from ${TABLE} where person_id = $1 and kind = 'self_care' and id = root_id`,
      [personId],
    )
    expect(stored.rowCount).toBe(3)
  })

  test('two clerks recording the same person at the same moment take turns', async () => {
    const personId = await aPerson()

    await Promise.all([
      record(north, care(personId, 'full', '2020-01-01')),
      record(bureau, care(personId, 'none', '2020-01-01')),
    ])

    expect(await known(personId, 'self_care')).toHaveLength(1)
  })

  test('a later date of death replaces the first one whole, and undoing it brings the first back', async () => {
    const personId = await aPerson()
    const death = (on: string) => ({ personId, kind: 'death', value: { on }, from: on })
    await record(north, death('2020-03-10'))
    const { ids } = await record(north, death('2020-03-20'))

    expect(shown(await known(personId, 'death'))).toEqual([['2020-03-20', '2020-03-20', null]])

    await undo(north, ids[0] ?? '')

    expect(shown(await known(personId, 'death'))).toEqual([['2020-03-10', '2020-03-10', null]])
  })

  test.each([
    ['an unknown kind', { kind: 'shoe_size', value: {}, from: '2020-01-01' }, 'registry.fact_kind_unknown'],
    [
      'a grade that does not exist',
      { kind: 'self_care', value: { grade: 'half' }, from: '2020-01-01' },
      'registry.fact_value',
    ],
    [
      'an end before the start',
      { kind: 'registered_poor', value: {}, from: '2020-01-02', to: '2020-01-02' },
      'registry.fact_dates',
    ],
    [
      'a death that is valid from another day',
      { kind: 'death', value: { on: '2020-01-01' }, from: '2020-01-02' },
      'registry.fact_dates',
    ],
    [
      'a death that ends',
      { kind: 'death', value: { on: '2020-01-01' }, from: '2020-01-01', to: '2021-01-01' },
      'registry.fact_dates',
    ],
  ])('%s is refused', async (_, fact, code) => {
    const personId = await aPerson()

    await expect(record(north, { personId, ...fact })).rejects.toMatchObject({ code })
  })

  test('a domain adds a kind of its own', async () => {
    const personId = await aPerson()
    const kinds = [
      ...FACT_KINDS,
      { key: 'veteran', title: '退役军人', value: z.strictObject({ year: z.number() }) },
    ]
    const facts = [
      { personId, kind: 'veteran', value: { year: 1970 }, from: '1970-12-01', to: null, source: '退伍证' },
    ]

    await execute(db.deps, recordFactsCommand(kinds), { actor: north, county: COUNTY, input: { facts } })

    expect(shown(await known(personId, 'veteran'))).toEqual([[1970, '1970-12-01', null]])
  })
})

describe('undoing', () => {
  test('what lay beneath shows again, as far as nothing later covers it', async () => {
    const personId = await aPerson()
    await record(north, care(personId, 'full', '2020-01-01'))
    const { ids } = await record(north, care(personId, 'partial', '2020-03-01'))
    await record(north, care(personId, 'none', '2020-05-01', '2020-06-01'))

    await undo(north, ids[0] ?? '')

    expect(shown(await known(personId, 'self_care'))).toEqual([
      ['full', '2020-01-01', '2020-05-01'],
      ['none', '2020-05-01', '2020-06-01'],
      ['full', '2020-06-01', null],
    ])
  })

  test('the record stays with its undoing beside it, and the cut before still shows it', async () => {
    const personId = await aPerson()
    const { ids } = await record(north, {
      personId,
      kind: 'death',
      value: { on: '2020-03-10' },
      from: '2020-03-10',
    })
    const cut = await now()

    await undo(north, ids[0] ?? '')

    expect(await known(personId, 'death')).toEqual([])
    expect(shown(await asKnown(personId, 'death', cut))).toEqual([['2020-03-10', '2020-03-10', null]])
    const rows = await db.pool.query(
      `select voided, source, superseded_at is null as open from ${TABLE} where root_id = $1 order by recorded_at`,
      [ids[0]],
    )
    expect(rows.rows).toEqual([
      { voided: false, source: '证明', open: false },
      { voided: true, source: '录入有误', open: true },
    ])
  })

  test('a second undoing is refused', async () => {
    const personId = await aPerson()
    const { ids } = await record(north, care(personId, 'full', '2020-01-01'))
    await undo(north, ids[0] ?? '')

    await expect(undo(north, ids[0] ?? '')).rejects.toMatchObject({ code: 'registry.fact_already_undone' })
  })
})

describe('reach', () => {
  test('another town neither sees, records nor undoes', async () => {
    const personId = await aPerson()
    const { ids } = await record(north, care(personId, 'full', '2020-01-01'))

    expect(await known(personId, 'self_care', south)).toEqual([])
    await expect(record(south, care(personId, 'none', '2020-01-01'))).rejects.toMatchObject({
      code: 'registry.person_unknown',
    })
    await expect(undo(south, ids[0] ?? '')).rejects.toMatchObject({ code: 'registry.fact_unknown' })
  })

  test('who moves to another village belongs to it from then on; who leaves the county stays with the last office', async () => {
    const personId = await aPerson()
    const place = () => db.pool.query(`select town, village from registry.person where id = $1`, [personId])
    const move = (to: object) => ({ personId, kind: 'residence', value: to, from: '2020-02-01' })

    await expect(record(north, move(SOUTH))).rejects.toMatchObject({ code: 'registry.outside_scope' })
    await record(bureau, move(SOUTH))
    await record(bureau, { ...move({ town: '420112001', village: '420112001001' }), from: '2020-03-01' })

    expect((await place()).rows).toEqual([SOUTH])
    expect(shown(await known(personId, 'residence', south))).toEqual([
      [expect.any(String), '1950-01-01', '2020-02-01'],
      [expect.any(String), '2020-02-01', '2020-03-01'],
      [expect.any(String), '2020-03-01', null],
    ])
    await expect(
      read(db.deps, { actor: north, county: COUNTY }, ({ tx }) => getPerson(tx, COUNTY, personId)),
    ).rejects.toMatchObject({ code: 'registry.person_unknown' })
  })

  test('undoing a move brings the person back', async () => {
    const personId = await aPerson()
    const { ids } = await record(bureau, { personId, kind: 'residence', value: SOUTH, from: '2020-02-01' })

    await undo(bureau, ids[0] ?? '')

    const person = await read(db.deps, { actor: north, county: COUNTY }, ({ tx }) =>
      getPerson(tx, COUNTY, personId),
    )
    expect(person).toMatchObject(NORTH)
  })
})

interface Deed {
  undo: boolean
  start: number
  length: number | null
  pick: number
}
interface Entered {
  id: string
  from: string
  to: string | null
  note: string
  isUndone: boolean
}

function day(n: number) {
  return `2020-01-${String(n).padStart(2, '0')}`
}

const DAYS = Array.from({ length: 31 }, (_, index) => day(index + 1))
const arbitraryDeed: fc.Arbitrary<Deed> = fc.record({
  undo: fc.boolean(),
  start: fc.integer({ min: 1, max: 20 }),
  length: fc.option(fc.integer({ min: 1, max: 11 }), { nil: null }),
  pick: fc.nat(20),
})

/** The naive model: each day shows the note entered last among those that cover it and are not undone. */
function modelOf(entered: readonly Entered[]) {
  return DAYS.map((on) => entered.findLast((each) => !each.isUndone && covers(each, on))?.note ?? null)
}

function daysOf(facts: readonly Fact[]) {
  return DAYS.map((on) => {
    const there = facts.filter((fact) => covers(fact, on)).map(({ value }) => value['note'])
    expect(there.length).toBeLessThanOrEqual(1)
    return there[0] ?? null
  })
}

class RolledBack extends Error {}

async function perform(
  ctx: Ctx,
  { personId, deed, entered }: { personId: string; deed: Deed; entered: Entered[] },
) {
  const victim = entered[deed.pick % Math.max(1, entered.length)]
  if (deed.undo && victim) {
    const undoing = undoFact.run(ctx, { factId: victim.id, reason: '试' })
    if (victim.isUndone) await expect(undoing).rejects.toMatchObject({ code: 'registry.fact_already_undone' })
    else await undoing
    victim.isUndone = true
    return
  }
  const note = `n${entered.length}`
  const [from, to] = [day(deed.start), deed.length === null ? null : day(deed.start + deed.length)]
  const fact = { personId, kind: 'income_change', value: { cause: 'other', note }, from, to, source: '试' }
  const { ids } = await recordFacts.run(ctx, { facts: [fact] })
  entered.push({ id: ids[0] ?? '', from, to, note, isUndone: false })
}

function contextOf(tx: Tx): Ctx {
  let stamped: Promise<Instant> | undefined
  const recordedAt = () => (stamped ??= db.deps.clock.stamp(tx))
  const { clock, keys, varDir } = db.deps
  return { tx, actor: north, county: COUNTY, clock, keys, varDir, requestId: '', recordedAt }
}

test('after any sequence of records and undoings each day shows what the naive model shows, now and at every earlier cut', async () => {
  const personId = await aPerson()
  const one = { county: COUNTY, personIds: [personId], kinds: ['income_change'] }

  const sequence = fc.asyncProperty(
    fc.array(arbitraryDeed, { minLength: 1, maxLength: 8 }),
    async (deeds) => {
      const work = db.deps.database.app.transaction().execute(async (tx) => {
        await setScope(tx, north.scope)
        const entered: Entered[] = []
        const moments: { cut: Instant; expected: (string | null)[] }[] = []
        for (const deed of deeds) {
          await perform(contextOf(tx), { personId, deed, entered })
          expect(daysOf(await currentFacts(tx, one))).toEqual(modelOf(entered))
          moments.push({ cut: await db.deps.clock.stamp(tx), expected: modelOf(entered) })
        }
        for (const { cut, expected } of moments) {
          expect(daysOf(await factsAsKnown(tx, { ...one, cut }))).toEqual(expected)
        }
        throw new RolledBack()
      })
      await expect(work).rejects.toThrow(RolledBack)
    },
  )
  await fc.assert(sequence, { numRuns: 200 })
})
