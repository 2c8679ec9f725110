import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import {
  benefitsWorld,
  COUNTY,
  noCash,
  people,
  standards,
  subsistence,
  TOWN,
  VILLAGE,
  type BenefitsWorld,
} from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { plantPeople } from '../../../test/people.ts'
import { benefitsCommands } from '../../app.ts'
import type { Actor } from '../../platform/access.ts'
import { recordFacts } from '../registry/index.ts'
import { decideCorrection, proposeCorrection } from './index.ts'

let db: TestDb
let world: BenefitsWorld
let registrar: Actor

const BY_AGE = {
  program: 'subsistence_allowance',
  key: 'supplement_by_age',
  value: { elderlyFrom: 60 },
  from: '2019-01',
  basis: 'b1',
}
const supplement = {
  ...{ program: 'subsistence_allowance', item: 'supplement', when: { category: 'elderly' }, percent: '10' },
  ...{ per: 'person_month', from: '2019-01', basis: 'b1' },
}

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-02T01:00:00Z' } })
  world = await benefitsWorld(db)
  registrar = await buildActor(db, {
    login: 'registrar',
    permissions: ['registry.fact.record'],
    scope: [COUNTY],
  })
  await world.law(standards({ settings: [BY_AGE], rates: [supplement] }))
})
afterAll(() => db.close())

const reject = (runNo: number) => world.does(world.checker, world.commands.rejectRun, { runNo })
const cancel = (runNo: number) => world.does(world.approver, world.commands.cancelRun, { runNo })
const money = async (runNo: number, award: string) =>
  (await world.linesOf(runNo)).filter((line) => line.award === award).map(({ month, fen }) => [month, fen])

async function household(persons: string[] = people(1), rest: object = {}) {
  const award = await world.award('subsistence_allowance')
  const id = await world.decide(award, {
    kind: 'retroactive',
    clause: '第21条',
    from: '2020-01',
    content: subsistence({ persons, ...rest }),
  })
  return { award, id, persons }
}

const born = (personId: string, on: string) =>
  world.does(registrar, recordFacts, {
    facts: [{ personId, kind: 'birth', value: { on }, from: on, to: null, source: '户口簿' }],
  })
const elder = async () =>
  (await plantPeople(db, 1, { county: COUNTY, town: TOWN, village: VILLAGE }))[0] ?? ''

async function seqs(award: string) {
  const { rows } = await db.pool.query<{ month: string; seq: number; status: string }>(
    `select l.for_month as month, l.seq, r.status from benefits.obligation_line l
       join benefits.run r on r.county = l.county and r.no = l.run_no where l.award_id = $1 order by 1, 2`,
    [award],
  )
  return rows.map(({ month, seq, status }) => `${month} ${seq} ${status}`)
}

/** Every run of the county, whatever became of it. */
async function replayAll() {
  const { rows } = await db.pool.query<{ no: number }>(
    `select no from benefits.run where status <> 'computing' order by no`,
  )
  for (const { no } of rows)
    expect({ no, ...(await world.replay(no)) }).toMatchObject({ no, isIdentical: true })
  return rows.length
}

/** The lines of published runs add up to what the last of them says was due. */
async function balancesAdd() {
  const { rows } = await db.pool.query(
    `select award_id, for_month from (
       select l.award_id, l.for_month, sum(l.fen) as fen, (array_agg(l.due_fen order by l.seq desc))[1] as due
         from benefits.obligation_line l join benefits.run r on r.county = l.county and r.no = l.run_no and r.status = 'published'
        group by l.award_id, l.for_month) months where fen <> due`,
  )
  expect(rows).toEqual([])
}

describe('rejected and cancelled runs', () => {
  test('a rejected run contributes nothing and the next one writes the second line of the month', async () => {
    const { award } = await household()
    const first = await world.compute('2020-01')
    await reject(first.runNo)

    const second = await world.run('2020-01')

    expect(await money(second.runNo, award)).toEqual([['2020-01', 48_400]])
    expect(await seqs(award)).toEqual(['2020-01 1 rejected', '2020-01 2 published'])
    await balancesAdd()
  })

  test('a run may be rejected at every step before its publication, and not after', async () => {
    const { award } = await household()
    for (const steps of [0, 1, 2]) {
      const { runNo } = await world.compute('2020-01')
      if (steps > 0) await world.does(world.checker, world.commands.checkRun, { runNo })
      if (steps > 1) await world.does(world.approver, world.commands.approveRun, { runNo })
      await reject(runNo)
    }
    const published = await world.run('2020-01')

    await expect(reject(published.runNo)).rejects.toMatchObject({ code: 'benefits.run_state' })
    expect(await seqs(award)).toEqual([
      '2020-01 1 rejected',
      '2020-01 2 rejected',
      '2020-01 3 rejected',
      '2020-01 4 published',
    ])
  })

  test('a cancelled run is undone and its month computed again', async () => {
    const { award } = await household()
    const cancelled = await world.run('2020-01')
    await cancel(cancelled.runNo)
    const again = await world.run('2020-01')

    expect(again.lines).toBe(cancelled.lines)
    expect(await money(again.runNo, award)).toEqual([['2020-01', 48_400]])
    expect(await seqs(award)).toEqual(['2020-01 1 cancelled', '2020-01 2 published'])
    await balancesAdd()
  })

  test('only the latest published run is cancelled, by somebody else, and not while another is open', async () => {
    await household()
    const older = await world.run('2020-01')
    await household()
    const latest = await world.run('2020-01')

    await expect(cancel(older.runNo)).rejects.toMatchObject({ code: 'benefits.run_not_cancellable' })
    const own = world.does(world.maker, world.commands.cancelRun, { runNo: latest.runNo })
    await expect(own).rejects.toMatchObject({ code: 'benefits.maker_is_checker' })
    const open = await world.compute('2020-01')
    await expect(cancel(latest.runNo)).rejects.toMatchObject({ code: 'benefits.run_not_cancellable' })
    await reject(open.runNo)
    await cancel(latest.runNo)
    await cancel(older.runNo)
    await expect(cancel(older.runNo)).rejects.toMatchObject({ code: 'benefits.run_state' })
    const again = await world.run('2020-01')
    expect(again.lines).toBe(older.lines + latest.lines)
  })

  test('cancelling when money is on its way is refused', async () => {
    await household()
    const { runNo } = await world.run('2020-01')
    const { cancelRun } = benefitsCommands({ ...noCash, mayCancel: async () => false })

    await expect(world.does(world.approver, cancelRun, { runNo })).rejects.toMatchObject({
      code: 'benefits.run_not_cancellable',
    })
  })
})

describe('history changes afterwards', () => {
  test('a late death takes the months after it back', async () => {
    const { award } = await household()
    await world.run('2020-01')
    await world.at('2020-02-10T01:00:00Z')
    await world.run('2020-02')
    await world.at('2020-03-10T01:00:00Z')
    await world.decide(award, { kind: 'retroactive', outcome: 'end', clause: '第32条', from: '2020-02' })
    const march = await world.run('2020-03')

    expect(await money(march.runNo, award)).toEqual([['2020-02', -48_400]])
    expect((await world.linesOf(march.runNo)).find((line) => line.award === award)?.detail.causes).toEqual([
      ['determination', expect.any(String), 'retroactive'],
    ])
  })

  test('a late raise pays the difference of January and February', async () => {
    const { award } = await household()
    const before = await world.run('2020-03')
    expect(await money(before.runNo, award)).toEqual(
      ['2020-01', '2020-02', '2020-03'].map((month) => [month, 48_400]),
    )
    await world.law(
      standards({ urban: '807.00', rural: '580.00', from: '2020-01', recordedOn: '2020-03-10' }),
    )
    const after = await world.run('2020-03')

    // 580 − 484 = 96.00
    expect(await money(after.runNo, award)).toEqual(
      ['2020-01', '2020-02', '2020-03'].map((month) => [month, 9_600]),
    )
  })

  test('an undone determination lets the one beneath show again', async () => {
    const { award, persons } = await household(people(2))
    const change = {
      kind: 'retroactive' as const,
      clause: '第31条',
      from: '2020-02',
      content: subsistence({ persons, incomeFen: 40_000 }),
    }
    const id = await world.decide(award, change)
    const lowered = await world.run('2020-03')
    await world.undo(id)
    const restored = await world.run('2020-03')

    // 2 × 580 = 1 160.00; with 400.00 of income 760.00
    expect(await money(lowered.runNo, award)).toEqual([
      ['2020-01', 116_000],
      ['2020-02', 76_000],
      ['2020-03', 76_000],
    ])
    expect(await money(restored.runNo, award)).toEqual([
      ['2020-02', 40_000],
      ['2020-03', 40_000],
    ])
    expect((await world.linesOf(restored.runNo))[0]?.detail.causes).toEqual([
      ['determination', expect.any(String), 'retroactive'],
      ['undone', id],
    ])
  })

  test('an undone first determination takes everything back and shows as undone', async () => {
    const { award, id } = await household()
    await world.run('2020-03')
    await world.undo(id)
    const after = await world.run('2020-03')

    expect(await money(after.runNo, award)).toEqual(
      ['2020-01', '2020-02', '2020-03'].map((month) => [month, -58_000]),
    )
  })

  test('a corrected birth date moves the supplement, and lowers past months only after two people decided so', async () => {
    const person = await elder()
    await born(person, '1955-05-05')
    const { award } = await household([person])
    const paid = await world.run('2020-03')
    await born(person, '1960-03-10')
    const blocked = await world.compute('2020-03')

    // 580.00 + 58.00; the 60th birthday is now in March
    expect(await money(paid.runNo, award)).toEqual(
      ['2020-01', '2020-02', '2020-03'].map((month) => [month, 63_800]),
    )
    expect(await money(blocked.runNo, award)).toEqual([])
    await world.does(world.checker, world.commands.checkRun, { runNo: blocked.runNo })
    await expect(
      world.does(world.approver, world.commands.approveRun, { runNo: blocked.runNo }),
    ).rejects.toMatchObject({
      code: 'benefits.run_blocked',
      details: {
        blockers: [
          { kind: 'undecided_recovery', forMonth: '2020-01' },
          { kind: 'undecided_recovery', forMonth: '2020-02' },
        ],
      },
    })
    await reject(blocked.runNo)
    await world.correct({ kind: 'fact', subject: person })
    const corrected = await world.run('2020-03')

    expect(await money(corrected.runNo, award)).toEqual([
      ['2020-01', -5_800],
      ['2020-02', -5_800],
    ])
    expect((await world.linesOf(corrected.runNo))[0]?.detail.causes).toEqual([['fact', person]])
  })

  test('what was decided about one birth date says nothing about the next correction', async () => {
    const person = await elder()
    await born(person, '1950-05-05')
    await household([person])
    await world.run('2020-03')
    await world.correct({ kind: 'fact', subject: person })
    await world.run('2020-03')
    await born(person, '1970-05-05')
    const { runNo } = await world.compute('2020-03')

    const { rows } = await db.pool.query(
      `select for_month as month from benefits.run_finding where run_no = $1 and kind = 'undecided_recovery'`,
      [runNo],
    )
    expect(rows).toEqual([{ month: '2020-01' }, { month: '2020-02' }, { month: '2020-03' }])
    await reject(runNo)
    await born(person, '1950-05-05')
  })

  test('a correction proposed before the last run and decided after it says nothing about what came to be known between', async () => {
    const person = await elder()
    await born(person, '1950-05-05')
    await household([person])
    const input = { kind: 'fact', subject: person, clause: '第31条' }
    const { correctionId } = await world.does(world.maker, proposeCorrection, input)
    await world.run('2020-03')
    await born(person, '1970-05-05')
    await world.does(world.approver, decideCorrection, { correctionId })
    const { runNo } = await world.compute('2020-03')

    const { rows } = await db.pool.query(
      `select for_month as month from benefits.run_finding where run_no = $1 and kind = 'undecided_recovery'`,
      [runNo],
    )
    expect(rows).toEqual([{ month: '2020-01' }, { month: '2020-02' }, { month: '2020-03' }])
    await reject(runNo)
    await world.correct({ kind: 'fact', subject: person })
    expect((await world.run('2020-03')).lines).toBe(3)
  })

  test('a household merged into another: one award ends, the other takes its members', async () => {
    const one = await household(people(1))
    const other = await household(people(2))
    await world.run('2020-03')
    const persons = [...other.persons, ...one.persons]
    const ended = await world.propose(one.award, {
      kind: 'retroactive',
      outcome: 'end',
      clause: '第32条',
      from: '2020-03',
    })
    const joined = await world.propose(other.award, {
      kind: 'retroactive',
      clause: '第31条',
      from: '2020-03',
      content: subsistence({ persons }),
    })
    await world.does(world.checker, world.commands.checkDeterminations, { ids: [joined, ended] })
    const run = await world.run('2020-03')

    expect(await money(run.runNo, one.award)).toEqual([['2020-03', -58_000]])
    expect(await money(run.runNo, other.award)).toEqual([['2020-03', 58_000]])
  })

  test('a person joins another award after a run that corrected their birth date: that run still replays', async () => {
    const person = await elder()
    await born(person, '1950-05-05')
    const leaving = await household([person])
    const { award, persons } = await household(people(1))
    await world.run('2020-03')
    await born(person, '1949-05-05')
    await world.decide(award, {
      kind: 'retroactive',
      clause: '第31条',
      from: '2020-03',
      content: subsistence({ persons, incomeFen: 10_000 }),
    })
    await world.run('2020-03')
    await world.decide(leaving.award, {
      kind: 'retroactive',
      outcome: 'end',
      clause: '第32条',
      from: '2020-03',
    })
    const content = subsistence({ persons: [...persons, person] })
    await world.decide(award, { kind: 'retroactive', clause: '第31条', from: '2020-03', content })
    await world.run('2020-03')
  })

  test('after all of it every run, rejected and cancelled ones too, replays to the same bytes', async () => {
    expect(await replayAll()).toBeGreaterThan(25)
    await balancesAdd()
    const full = await world.run('2020-03', { isFull: true })
    expect(full.lines).toBe(0)
  })
})
