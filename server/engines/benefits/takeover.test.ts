import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import {
  benefitsWorld,
  COUNTY,
  noCash,
  standards,
  TOWN,
  VILLAGE,
  type BenefitsWorld,
} from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { plantAreas } from '../../../test/people.ts'
import { benefitsCommands, programs } from '../../app.ts'
import { setScope } from '../../platform/access.ts'
import { execute } from '../../platform/command.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { listTakeoverAwards, listTakeovers, rewriteBenefitPlaces } from './index.ts'

/** The old system's list comes over by two acts of two people. */
let db: TestDb
let world: BenefitsWorld

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-02T01:00:00Z' } })
  world = await benefitsWorld(db)
  await world.law(standards())
})
afterAll(() => db.close())

const line = (rest: object = {}) => ({
  ...{ id: uuidv7(), program: 'subsistence_allowance', holderKind: 'household', holderId: randomUUID() },
  ...{ town: TOWN, village: VILLAGE },
  ...{ ledgerOpensMonth: '2020-01', lastPaidMonth: '2019-12', lastPaidFen: 48_400, ...rest },
})
const propose = (...awards: object[]) => world.does(world.maker, world.commands.proposeTakeover, { awards })
const sign = (takeoverId: string, who = world.checker) =>
  world.does(who, world.commands.signTakeover, { takeoverId })
const withdraw = (takeoverId: string, who = world.maker) =>
  world.does(who, world.commands.withdrawTakeover, { takeoverId, why: '清单有误' })
const statusOf = async (takeoverId: string) =>
  (
    await db.pool.query<{ status: string }>('select status from benefits.takeover where id = $1', [
      takeoverId,
    ])
  ).rows[0]?.status

async function awardsOf(ids: readonly string[]) {
  const { rows } = await db.pool.query<Record<string, unknown>>(
    'select * from benefits.award where id = any ($1::uuid[]) order by id',
    [ids],
  )
  return rows
}

describe('a list that one person has proposed', () => {
  test('makes no award, and no run sees it', async () => {
    const { takeoverId, ids } = await propose(line(), line({ lastPaidFen: 100 }))
    const { runNo } = await world.compute('2020-01')
    const { rows: findings } = await db.pool.query(
      'select from benefits.run_finding where award_id = any ($1::uuid[])',
      [ids],
    )

    expect(await awardsOf(ids)).toEqual([])
    expect(findings).toEqual([])
    const [last] = (await listTakeovers(db.deps.database.runner, COUNTY)).slice(-1)
    expect(last).toMatchObject({ id: takeoverId, status: 'proposed', awards: 2, lastPaidFen: 48_500 })
    expect(await listTakeoverAwards(db.deps.database.runner, COUNTY, takeoverId)).toHaveLength(2)
    await world.does(world.checker, world.commands.rejectRun, { runNo })
  })

  test('becomes awards when another signs: made by the first, signed by the second, known from the signature on', async () => {
    const replaced = await world.award('subsistence_allowance')
    const award = line({ replaces: { awardId: replaced, fromMonth: '2020-03' } })
    const { takeoverId } = await propose(award)
    const { recordedAt, awards } = await sign(takeoverId)

    expect(awards).toBe(1)
    const takeover = (await listTakeovers(db.deps.database.runner, COUNTY)).find(
      ({ id }) => id === takeoverId,
    )
    expect(takeover).toMatchObject({ status: 'signed', madeBy: world.maker.id, signedBy: world.checker.id })
    expect((takeover?.madeAt ?? '') < recordedAt).toBe(true)
    expect(await awardsOf([award.id])).toEqual([
      {
        ...{ county: COUNTY, id: award.id, program: award.program, town: TOWN, village: VILLAGE },
        ...{ holder_kind: 'household', holder_id: award.holderId, opening_reason: null },
        ...{ ledger_opens_month: '2020-01', last_paid_month: '2019-12', last_paid_fen: 48_400 },
        ...{ replaces_id: replaced, replaces_from: '2020-03' },
        ...{ created_by: world.maker.id, signed_by: world.checker.id, recorded_at: recordedAt },
      },
    ])
  })

  test('is not signed by whoever proposed it', async () => {
    const { takeoverId, ids } = await propose(line())

    await expect(sign(takeoverId, world.maker)).rejects.toMatchObject({
      status: 403,
      code: 'benefits.maker_is_checker',
    })
    expect(await statusOf(takeoverId)).toBe('proposed')
    expect(await awardsOf(ids)).toEqual([])
  })

  test('is not signed in the database by whoever proposed it, nor is an award of it entered with one signature or none', async () => {
    const { takeoverId } = await propose(line())
    const signing = (by: string | null) =>
      db.pool.query(
        `update benefits.takeover set status = 'signed', signed_by = $2, recorded_at = now() where id = $1`,
        [takeoverId, by],
      )
    const plant = (signedBy: string | null) =>
      db.pool.query(
        `insert into benefits.award (county, id, program, holder_kind, holder_id, ledger_opens_month, last_paid_month, last_paid_fen, created_by, signed_by, recorded_at)
         values ('441882', gen_random_uuid(), 'subsistence_allowance', 'household', gen_random_uuid(), '2020-01', '2019-12', 1, $1, $2, now())`,
        [world.maker.id, signedBy],
      )

    await expect(signing(world.maker.id)).rejects.toThrow('takeover_two_people')
    await expect(signing(null)).rejects.toThrow('takeover_signed')
    await expect(plant(world.maker.id)).rejects.toThrow('award_opening_signed')
    await expect(plant(null)).rejects.toThrow('award_opening_signed')
  })

  test.each(['maker', 'checker'] as const)('withdrawn by the %s, is not signed any more', async (who) => {
    const { takeoverId, ids } = await propose(line())
    await withdraw(takeoverId, world[who])

    const gone = { status: 409, code: 'benefits.takeover_state' }
    await expect(sign(takeoverId)).rejects.toMatchObject(gone)
    await expect(withdraw(takeoverId)).rejects.toMatchObject(gone)
    expect(await awardsOf(ids)).toEqual([])
    const sneak = `update benefits.takeover set status = 'signed', signed_by = $2, recorded_at = now() where id = $1`
    await expect(db.pool.query(sneak, [takeoverId, world.checker.id])).rejects.toThrow('takeover_withdrawn')
  })

  test('a reason is asked of whoever withdraws', async () => {
    const { takeoverId } = await propose(line())

    await expect(
      world.does(world.maker, world.commands.withdrawTakeover, { takeoverId, why: '' }),
    ).rejects.toMatchObject({ code: 'platform.input_invalid' })
  })
})

describe('a list is signed once', () => {
  test('the same request again answers, another one is refused, and a signed list is not withdrawn', async () => {
    const { takeoverId, ids } = await propose(line())
    const call = { actor: world.checker, county: COUNTY, idempotencyKey: randomUUID(), input: { takeoverId } }
    const first = await execute(db.deps, world.commands.signTakeover, call)

    expect(await execute(db.deps, world.commands.signTakeover, call)).toEqual(first)
    const done = { status: 409, code: 'benefits.takeover_state' }
    await expect(sign(takeoverId)).rejects.toMatchObject(done)
    await expect(sign(takeoverId, world.approver)).rejects.toMatchObject(done)
    await expect(withdraw(takeoverId)).rejects.toMatchObject(done)
    expect(await awardsOf(ids)).toHaveLength(1)
  })

  test('two signing at the same moment: one succeeds', async () => {
    const { takeoverId, ids } = await propose(line())
    const outcomes = await Promise.allSettled([sign(takeoverId), sign(takeoverId, world.approver)])

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await awardsOf(ids)).toHaveLength(1)
  })
})

describe('what a list must not hold', () => {
  const known = uuidv7()

  test.each([
    ['benefits.opening_gap', () => [line({ ledgerOpensMonth: '2019-12' })]],
    ['benefits.opening_gap', () => [line(), line({ ledgerOpensMonth: '2020-02' })]],
    ['benefits.program_unknown', () => [line({ program: 'nothing' })]],
    ['benefits.holder_kind', () => [line({ holderKind: 'person' })]],
    ['benefits.award_repeated', () => [line({ id: known }), line({ id: known })]],
    ['benefits.award_unknown', () => [line({ replaces: { awardId: randomUUID(), fromMonth: '2020-01' } })]],
    ['platform.input_invalid', () => [line({ lastPaidFen: -1 })]],
    ['platform.input_invalid', () => []],
  ])('%s', async (code, awards) => {
    await expect(propose(...awards())).rejects.toMatchObject({ code })
  })

  test('an award already on file, when proposed or by the time of the signature', async () => {
    const award = line()
    const [one, other] = [await propose(award), await propose(award, line())]
    await sign(one.takeoverId)

    const exists = { status: 409, code: 'benefits.award_exists', details: { awards: [award.id] } }
    await expect(sign(other.takeoverId)).rejects.toMatchObject(exists)
    await expect(propose(award)).rejects.toMatchObject(exists)
    expect(await awardsOf(other.ids)).toHaveLength(1)
    expect(await statusOf(other.takeoverId)).toBe('proposed')
  })

  test('a programme that is gone by the time of the signature', async () => {
    const { takeoverId } = await propose(line())
    const fewer = new Map([...programs].filter(([key]) => key !== 'subsistence_allowance'))
    const { signTakeover } = benefitsCommands(noCash, fewer)

    await expect(world.does(world.checker, signTakeover, { takeoverId })).rejects.toMatchObject({
      code: 'benefits.program_unknown',
    })
  })

  test('lines other than those proposed', async () => {
    const { takeoverId, ids } = await propose(line(), line())
    await db.pool.query(
      'update benefits.takeover_award set last_paid_fen = last_paid_fen + 1 where id = $1',
      [ids[0]],
    )
    const changed = { code: 'benefits.takeover_incomplete' }
    await expect(sign(takeoverId)).rejects.toMatchObject(changed)
    await db.pool.query('delete from benefits.takeover_award where id = $1', [ids[0]])
    await expect(sign(takeoverId)).rejects.toMatchObject(changed)
    expect(await awardsOf(ids)).toEqual([])
  })
})

test('villages merged between proposal and signature: the awards lie in the new one', async () => {
  const { takeoverId, ids } = await propose(line())
  const moved = { town: '441882101', village: '441882101009' }
  await plantAreas(db, [moved.village])
  await db.deps.database.app.transaction().execute(async (tx) => {
    await setScope(tx, [COUNTY])
    await rewriteBenefitPlaces(tx, COUNTY, [{ fromVillage: VILLAGE, ...moved }])
  })
  await sign(takeoverId)

  expect(await awardsOf(ids)).toMatchObject([moved])
})

test('five thousand lines are one list; one more is too many', async () => {
  const lines = Array.from({ length: 5000 }, () => line())
  const { takeoverId, ids } = await propose(...lines)
  await sign(takeoverId)

  expect(await awardsOf(ids)).toHaveLength(5000)
  await expect(propose(...lines, line())).rejects.toMatchObject({ code: 'platform.input_invalid' })
})

describe('who may', () => {
  const permissions = ['benefits.award.import', 'benefits.takeover.sign', 'benefits.takeover.withdraw']

  test('people of another county neither sign nor withdraw, nor propose here', async () => {
    const { takeoverId } = await propose(line())
    const stranger = await buildActor(db, { login: 'stranger', permissions, scope: ['430181'] })
    const { proposeTakeover, signTakeover, withdrawTakeover } = world.commands
    const outside = { status: 403, code: 'platform.outside_scope' }
    await expect(world.does(stranger, proposeTakeover, { awards: [line()] })).rejects.toMatchObject(outside)
    await expect(sign(takeoverId, stranger)).rejects.toMatchObject(outside)
    await expect(withdraw(takeoverId, stranger)).rejects.toMatchObject(outside)

    const call = { actor: stranger, county: '430181', idempotencyKey: randomUUID() }
    const unknown = { status: 404, code: 'benefits.takeover_unknown' }
    await expect(execute(db.deps, signTakeover, { ...call, input: { takeoverId } })).rejects.toMatchObject(
      unknown,
    )
    const why = '不是本县的'
    await expect(
      execute(db.deps, withdrawTakeover, { ...call, input: { takeoverId, why } }),
    ).rejects.toMatchObject(unknown)
    expect(await statusOf(takeoverId)).toBe('proposed')
  })

  test('a town neither proposes for the county nor signs its lists', async () => {
    const { takeoverId } = await propose(line())
    const level = 'township' as const
    const town = await buildActor(db, { login: 'town', permissions, scope: [TOWN], level })

    await expect(
      world.does(town, world.commands.proposeTakeover, { awards: [line()] }),
    ).rejects.toMatchObject({ status: 403, code: 'platform.outside_scope' })
    await expect(sign(takeoverId, town)).rejects.toMatchObject({ code: 'benefits.takeover_unknown' })
  })

  test('each act has a permission and an idempotency key of its own', () => {
    const { proposeTakeover, signTakeover, withdrawTakeover } = world.commands
    const acts = [proposeTakeover, signTakeover, withdrawTakeover]

    expect(acts.map((act) => act.permission)).toEqual(permissions)
    expect(acts.map((act) => act.needsKey)).toEqual([true, true, true])
  })

  test('the audit trail names the list and its size, and nobody of it', async () => {
    const { takeoverId } = await propose(line(), line())
    await sign(takeoverId)
    const { rows } = await db.pool.query<{ event: string; subject: string }>(
      `select event, subject from platform.audit_row where strpos(subject, $1) > 0 order by at, id`,
      [takeoverId],
    )

    expect(rows).toEqual([
      { event: 'benefits.takeover.proposed', subject: JSON.stringify({ takeoverId, awards: 2 }) },
      { event: 'benefits.takeover.signed', subject: JSON.stringify({ takeoverId, awards: 2 }) },
    ])
  })
})
