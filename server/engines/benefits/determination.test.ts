import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import {
  benefitsWorld,
  people,
  standards,
  subsistence,
  TOWN,
  type BenefitsWorld,
} from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import type { Actor } from '../../platform/access.ts'

let db: TestDb
let world: BenefitsWorld
let townChief: Actor

const DELEGATED = {
  program: 'subsistence_allowance',
  key: 'deciding_level',
  value: 'township',
  from: '2019-01',
  basis: 'b1',
}

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-10T01:00:00Z' } })
  world = await benefitsWorld(db)
  townChief = await buildActor(db, {
    login: 'town.chief',
    permissions: ['benefits.determination.check'],
    scope: [TOWN],
    level: 'township',
  })
  await world.law(standards({ rural: '580.00' }))
})
afterAll(() => db.close())

const content = (incomeFen = 0) => subsistence({ persons: people(1), incomeFen })
const check = (actor: Actor, ...ids: string[]) =>
  world.does(actor, world.commands.checkDeterminations, { ids })

interface SpanRow {
  from: string
  to: string | null
  outcome: string
  determination: string
}

/** What is in force now, months [from, to). */
async function spansOf(award: string) {
  const { rows } = await db.pool.query<SpanRow>(
    `select to_char(lower(valid), 'YYYY-MM') as "from", to_char(upper(valid), 'YYYY-MM') as "to", outcome, determination_id as determination
       from benefits.determination_span where award_id = $1 and superseded_at is null order by valid`,
    [award],
  )
  return rows
}

describe('two people', () => {
  test('whoever proposed does not check, refuse or undo', async () => {
    const award = await world.award('subsistence_allowance')
    const id = await world.propose(award, { from: '2020-01', content: content() })

    await expect(check(world.maker, id)).rejects.toMatchObject({
      code: 'benefits.maker_is_checker',
      status: 403,
    })
    const refuse = world.does(world.maker, world.commands.refuseDetermination, { id, why: '有误' })
    await expect(refuse).rejects.toMatchObject({ code: 'benefits.maker_is_checker' })
    await check(world.checker, id)
    const undo = world.does(world.maker, world.commands.undoDetermination, {
      id,
      clause: '第32条',
      why: '有误',
    })
    await expect(undo).rejects.toMatchObject({ code: 'benefits.maker_is_checker' })
  })

  test('one own proposal in a list refuses the whole list', async () => {
    const award = await world.award('subsistence_allowance')
    const other = await world.award('subsistence_allowance')
    const mine = await world.propose(award, { from: '2020-01', content: content() })
    const { ids } = await world.does(world.checker, world.commands.proposeDeterminations, {
      determinations: [
        {
          awardId: other,
          kind: 'initial',
          outcome: 'grant',
          from: '2020-01',
          to: null,
          cause: '测试',
          clause: '',
          content: content(),
        },
      ],
    })

    await expect(check(world.checker, mine, ids[0] ?? '')).rejects.toMatchObject({
      code: 'benefits.maker_is_checker',
      details: { awardId: other },
    })
    expect(await spansOf(award)).toEqual([])
  })

  test('the database refuses a determination made and checked by one person, or in effect unchecked', async () => {
    const award = await world.award('subsistence_allowance')
    const id = await world.propose(award, { from: '2020-01', content: content() })
    const client = await db.deps.database.pools.minben_app.connect()
    const update = async (set: string) => {
      await client.query('begin')
      await client.query(`set local app.scope = '441882'`)
      return client
        .query(`update benefits.determination set ${set} where id = $1`, [id])
        .finally(() => client.query('rollback'))
    }
    try {
      await expect(
        update(`status = 'effective', checked_by = made_by, recorded_at = now()`),
      ).rejects.toMatchObject({
        constraint: 'determination_two_people',
      })
      await expect(update(`status = 'effective'`)).rejects.toMatchObject({
        constraint: 'determination_effective',
      })
    } finally {
      client.release()
    }
  })

  test('what was checked or refused is not checked again', async () => {
    const award = await world.award('subsistence_allowance')
    const id = await world.propose(award, { from: '2020-01', content: content() })
    await world.does(world.checker, world.commands.refuseDetermination, { id, why: '材料不全' })

    await expect(check(world.checker, id)).rejects.toMatchObject({ code: 'benefits.determination_state' })
    expect(await spansOf(award)).toEqual([])
  })
})

describe('which months', () => {
  test.each([
    ['2019-12', false],
    ['2020-01', true],
  ])('decided in December, paid from %s: accepted %s', async (from, isAccepted) => {
    const award = await world.award('subsistence_allowance', { opens: '2019-12' })

    const decided = world.decide(award, { from, content: content() })

    if (isAccepted) await decided
    else await expect(decided).rejects.toMatchObject({ code: 'benefits.pays_too_early' })
  })

  test.each([
    ['an end before the beginning', { from: '2020-03', to: '2020-03' }, 'benefits.determination_range'],
    [
      'a grant that is called an end',
      { kind: 'end' as const, from: '2020-03' },
      'benefits.determination_outcome',
    ],
    [
      'backwards without a clause',
      { kind: 'retroactive' as const, from: '2020-03', clause: ' ' },
      'benefits.clause_missing',
    ],
    ['nothing to pay by', { from: '2020-03', content: { residence: 'rural' } }, 'benefits.content_invalid'],
  ])('%s is refused', async (_, decision, code) => {
    const award = await world.award('subsistence_allowance')

    await expect(world.propose(award, { content: content(), ...decision })).rejects.toMatchObject({ code })
  })

  test('a later determination wins in its range, and what lies beneath shows on both sides of it', async () => {
    const award = await world.award('subsistence_allowance')
    const first = await world.decide(award, { from: '2020-01', content: content() })
    const second = await world.decide(award, {
      kind: 'change',
      from: '2020-04',
      to: '2020-06',
      content: content(1000),
    })

    expect(await spansOf(award)).toEqual([
      { from: '2020-01', to: '2020-04', outcome: 'grant', determination: first },
      { from: '2020-04', to: '2020-06', outcome: 'grant', determination: second },
      { from: '2020-06', to: null, outcome: 'grant', determination: first },
    ])
  })

  test('undone, it gives its months back to the one beneath, also where a third covers part of it', async () => {
    const award = await world.award('subsistence_allowance')
    const first = await world.decide(award, { from: '2020-01', content: content() })
    const second = await world.decide(award, { kind: 'change', from: '2020-03', content: content(1000) })
    const third = await world.decide(award, { kind: 'end', outcome: 'end', from: '2020-08' })
    await world.undo(second)

    expect((await spansOf(award)).map(({ from, to, determination }) => [from, to, determination])).toEqual([
      ['2020-01', '2020-03', first],
      ['2020-03', '2020-08', first],
      ['2020-08', null, third],
    ])
    await expect(world.undo(second)).rejects.toMatchObject({ code: 'benefits.determination_state' })
  })

  test('undoing is refused where what shows again would cover somebody twice', async () => {
    const persons = people(1)
    const left = await world.award('subsistence_allowance')
    await world.decide(left, { from: '2020-01', content: subsistence({ persons }) })
    const end = await world.decide(left, { kind: 'end', outcome: 'end', from: '2020-05' })
    const joined = await world.award('subsistence_allowance')
    await world.decide(joined, { from: '2020-05', content: subsistence({ persons }) })

    await expect(world.undo(end)).rejects.toMatchObject({ code: 'benefits.person_covered_elsewhere' })
  })
})

describe('settled months', () => {
  let award: string
  let delegated: string

  beforeAll(async () => {
    await world.law(standards({ rural: '580.00', settings: [DELEGATED] }))
    award = await world.award('subsistence_allowance')
    delegated = await world.award('subsistence_allowance')
    await world.decide(award, { from: '2020-01', content: content() })
    const id = await world.propose(delegated, { from: '2020-01', content: content() })
    await check(townChief, id)
    await world.run('2020-01')
  })

  test.each([
    ['2020-01', false],
    ['2020-02', true],
  ])('after the run of January a change from %s is accepted: %s', async (from, isAccepted) => {
    const decided = world.decide(award, { kind: 'change', from, content: content(1000) })

    if (isAccepted) await decided
    else
      await expect(decided).rejects.toMatchObject({
        code: 'benefits.backwards_needs_retroactive',
        details: expect.objectContaining({ settled: '2020-01' }),
      })
  })

  test('a town that decides for itself sees no run, and is refused all the same', async () => {
    const id = await world.propose(delegated, { kind: 'change', from: '2020-01', content: content(1000) })

    await expect(check(townChief, id)).rejects.toMatchObject({ code: 'benefits.backwards_needs_retroactive' })
  })

  test('a month that is being computed counts as settled; rejected, it does not any more', async () => {
    const { runNo } = await world.compute('2020-02')
    const id = await world.propose(award, { kind: 'change', from: '2020-02', content: content(2000) })
    await expect(check(world.checker, id)).rejects.toMatchObject({
      code: 'benefits.backwards_needs_retroactive',
    })

    await world.does(world.checker, world.commands.rejectRun, { runNo })
    await check(world.checker, id)
  })

  test('with a clause it may be decided backwards', async () => {
    await world.decide(award, {
      kind: 'retroactive',
      clause: '第31条',
      from: '2020-01',
      content: content(1000),
    })
  })
})

describe('the deciding level', () => {
  test('without delegation a town is refused, by its date also before', async () => {
    await world.law(
      standards({ rural: '580.00', settings: [{ ...DELEGATED, value: 'county', from: '2019-12' }] }),
    )
    const award = await world.award('subsistence_allowance')
    const id = await world.propose(award, { from: '2020-02', content: content() })

    await expect(check(townChief, id)).rejects.toMatchObject({ code: 'benefits.level_too_low', status: 403 })
    await check(world.checker, id)
  })

  test('an award of another town is out of reach', async () => {
    const elsewhere = await buildActor(db, {
      login: 'elsewhere',
      permissions: ['benefits.determination.check'],
      scope: ['441882101'],
      level: 'township',
    })
    const award = await world.award('subsistence_allowance')
    const id = await world.propose(award, { from: '2020-02', content: content() })

    await expect(check(elsewhere, id)).rejects.toMatchObject({
      code: 'benefits.determination_unknown',
      status: 404,
    })
  })
})
