import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import {
  benefitsWorld,
  COUNTY,
  people,
  standards,
  subsistence,
  TOWN,
  type BenefitsWorld,
} from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { programs } from '../../app.ts'
import { execute } from '../../platform/command.ts'
import {
  computeRun,
  decideCorrection,
  listCorrections,
  proposeCorrection,
  rejectCorrection,
} from './index.ts'

/** Recoveries that no determination decided: one person proposes the correction, another decides it. */
let db: TestDb
let world: BenefitsWorld
let award: string

/** One household of one person without income: its month is the standard. Each lower standard is a correction of its own. */
beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-02T01:00:00Z' } })
  world = await benefitsWorld(db)
  await world.law(standards({ rural: '484.00' }))
  award = await world.award('subsistence_allowance', { opens: '2020-01' })
  await world.decide(award, { from: '2020-01', content: subsistence({ persons: people(1) }) })
  await world.run('2020-01')
})
afterAll(() => db.close())

const propose = (kind: string, subject: string, who = world.maker) =>
  world.does(who, proposeCorrection, { kind, subject, clause: '测〔2020〕2号' })
const decide = (correctionId: string, who = world.approver) =>
  world.does(who, decideCorrection, { correctionId })
const rejectIt = (correctionId: string, who = world.approver) =>
  world.does(who, rejectCorrection, { correctionId, why: '依据不足' })
const rejectRun = (runNo: number) => world.does(world.checker, world.commands.rejectRun, { runNo })
const money = async (runNo: number) => (await world.linesOf(runNo)).map(({ month, fen }) => [month, fen])
const statusOf = async (correctionId: string) =>
  (await listCorrections(db.deps.database.runner, COUNTY)).find(({ id }) => id === correctionId)?.status

async function blockersOf(runNo: number): Promise<string[]> {
  const { rows } = await db.pool.query<{ kind: string }>(
    'select kind from benefits.run_finding where run_no = $1 and blocks',
    [runNo],
  )
  return rows.map(({ kind }) => kind)
}

/** The standard of 2020-01 is lowered afterwards; the rate row that did it. */
async function lowered(rural: string): Promise<string> {
  await world.law(standards({ rural, from: '2020-01' }))
  const { rows } = await db.pool.query<{ id: string }>(
    `select id from benefits.rate where superseded_at is null and when_key like '%rural%' and lower(valid) = '2020-01-01'`,
  )
  return rows[0]?.id ?? ''
}

describe('what runs may take back', () => {
  test('nothing while a correction is proposed or rejected, and what it causes once it is decided', async () => {
    const rate = await lowered('480.00')
    const { correctionId } = await propose('rate', rate)
    const whileProposed = await world.compute('2020-01')
    expect(await money(whileProposed.runNo)).toEqual([])
    expect(await blockersOf(whileProposed.runNo)).toEqual(['undecided_recovery'])
    await rejectRun(whileProposed.runNo)

    await rejectIt(correctionId)
    const afterRejection = await world.compute('2020-01')
    expect(await money(afterRejection.runNo)).toEqual([])
    expect(await blockersOf(afterRejection.runNo)).toEqual(['undecided_recovery'])
    await rejectRun(afterRejection.runNo)

    await decide((await propose('rate', rate)).correctionId)
    const decided = await world.run('2020-01')
    expect(await money(decided.runNo)).toEqual([['2020-01', -400]]) // 480 − 484
    for (const { runNo } of [whileProposed, afterRejection, decided])
      expect(await world.replay(runNo)).toMatchObject({ isIdentical: true })
  })

  test('decided after a cut, a correction counts from the next run on, however late the first is computed', async () => {
    const rate = await lowered('470.00')
    const { correctionId } = await propose('rate', rate)
    const group = 'basic_assistance'
    const { runNo } = await world.does(world.maker, world.commands.startRun, { group, month: '2020-01' })
    await decide(correctionId)
    await computeRun(db.deps, programs, { county: COUNTY, runNo })

    expect(await money(runNo)).toEqual([])
    expect(await blockersOf(runNo)).toEqual(['undecided_recovery'])
    await rejectRun(runNo)
    const next = await world.run('2020-01')
    expect(await money(next.runNo)).toEqual([['2020-01', -1000]]) // 470 − 480
    expect(await world.replay(runNo)).toMatchObject({ isIdentical: true })
  })
})

describe('two people', () => {
  test('whoever proposed a correction neither decides nor rejects it', async () => {
    const { correctionId } = await propose('rate', randomUUID(), world.approver)

    const refused = { status: 403, code: 'benefits.maker_is_checker' }
    await expect(decide(correctionId)).rejects.toMatchObject(refused)
    await expect(rejectIt(correctionId)).rejects.toMatchObject(refused)
    expect(await statusOf(correctionId)).toBe('proposed')
  })

  test('the database refuses the same person, a decision without a person or a time, and a rejection without a reason', async () => {
    const { correctionId } = await propose('rate', randomUUID())
    const set = (what: string) =>
      db.pool.query(`update benefits.correction set ${what} where id = $1`, [correctionId])

    const decided = `status = 'decided', recorded_at = now()`
    await expect(set(`${decided}, checked_by = made_by`)).rejects.toThrow('correction_two_people')
    await expect(set(decided)).rejects.toThrow('correction_answered')
    await expect(set(`status = 'decided', checked_by = gen_random_uuid()`)).rejects.toThrow(
      'correction_answered',
    )
    await expect(
      set(`status = 'rejected', recorded_at = now(), checked_by = gen_random_uuid()`),
    ).rejects.toThrow('correction_rejected')
    const entered = db.pool.query(
      `insert into benefits.correction (county, id, kind, subject, clause, status, made_by, made_at, checked_by, recorded_at)
       values ('441882', gen_random_uuid(), 'fact', 'x', 'y', 'decided', $1, now(), $1, now())`,
      [world.maker.id],
    )
    await expect(entered).rejects.toThrow('correction_two_people')
  })

  test('people of another county and of a town decide nothing here', async () => {
    const { correctionId } = await propose('rate', randomUUID())
    const permissions = ['benefits.correction.propose', 'benefits.run.approve']
    const stranger = await buildActor(db, { login: 'stranger', permissions, scope: ['430181'] })
    const level = 'township' as const
    const town = await buildActor(db, { login: 'town', permissions, scope: [TOWN], level })
    const outside = { status: 403, code: 'platform.outside_scope' }
    const unknown = { status: 404, code: 'benefits.correction_unknown' }

    await expect(decide(correctionId, stranger)).rejects.toMatchObject(outside)
    await expect(
      execute(db.deps, decideCorrection, {
        ...{ actor: stranger, county: '430181', idempotencyKey: randomUUID(), input: { correctionId } },
      }),
    ).rejects.toMatchObject(unknown)
    await expect(propose('rate', randomUUID(), town)).rejects.toMatchObject(outside)
    await expect(decide(correctionId, town)).rejects.toMatchObject(unknown)
    await expect(rejectIt(correctionId, town)).rejects.toMatchObject(unknown)
    expect(await statusOf(correctionId)).toBe('proposed')
  })
})

describe('a correction is answered once', () => {
  test('the same request again answers, another one is refused', async () => {
    const { correctionId } = await propose('rate', randomUUID())
    const call = { actor: world.approver, county: COUNTY, idempotencyKey: randomUUID() }
    const first = await execute(db.deps, decideCorrection, { ...call, input: { correctionId } })

    expect(await execute(db.deps, decideCorrection, { ...call, input: { correctionId } })).toEqual(first)
    const done = { status: 409, code: 'benefits.correction_state' }
    await expect(decide(correctionId)).rejects.toMatchObject(done)
    await expect(rejectIt(correctionId)).rejects.toMatchObject(done)
  })

  test('rejected with its reason, it is not decided any more, but may be proposed again', async () => {
    const subject = randomUUID()
    const { correctionId } = await propose('rate', subject)
    await expect(propose('rate', subject, world.checker)).rejects.toMatchObject({
      status: 409,
      code: 'benefits.correction_open',
    })
    await rejectIt(correctionId)

    await expect(decide(correctionId)).rejects.toMatchObject({ code: 'benefits.correction_state' })
    const rows = await listCorrections(db.deps.database.runner, COUNTY)
    expect(rows.find(({ id }) => id === correctionId)).toMatchObject({
      ...{ status: 'rejected', checkedBy: world.approver.id, rejectedWhy: '依据不足' },
    })
    await propose('rate', subject, world.checker)
  })
})
