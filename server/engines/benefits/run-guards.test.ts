import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  benefitsWorld,
  noCash,
  people,
  standards,
  subsistence,
  type BenefitsWorld,
} from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { benefitsCommands } from '../../app.ts'
import { answerFinding } from './index.ts'

let db: TestDb
let world: BenefitsWorld

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-02T01:00:00Z' } })
  world = await benefitsWorld(db)
  await world.law(standards({ urban: '702.00', rural: '484.00' }))
})
afterAll(() => db.close())

const reject = (runNo: number) => world.does(world.checker, world.commands.rejectRun, { runNo })
const check = (runNo: number) => world.does(world.checker, world.commands.checkRun, { runNo })
const approve = (runNo: number) => world.does(world.approver, world.commands.approveRun, { runNo })
const money = async (runNo: number, award: string) =>
  (await world.linesOf(runNo)).filter((line) => line.award === award).map(({ month, fen }) => [month, fen])

async function findingsOf(runNo: number, award: string) {
  const { rows } = await db.pool.query<{
    kind: string
    month: string
    blocks: boolean
    detail: Record<string, unknown>
  }>(
    'select kind, for_month as month, blocks, detail from benefits.run_finding where run_no = $1 and award_id = $2 order by no',
    [runNo, award],
  )
  return rows
}

async function granted(
  program: string,
  content: unknown,
  { from = '2020-01', to = null }: { from?: string; to?: string | null } = {},
) {
  const award = await world.award(program)
  const id = await world.decide(award, { kind: 'retroactive', clause: '第21条', from, to, content })
  return { award, id }
}

const household = (rest: object = {}, range: { from?: string; to?: string | null } = {}) =>
  granted('subsistence_allowance', subsistence({ persons: people(1), ...rest }), range)

describe('continuity: nobody drops out unexplained', () => {
  test.each([
    ['an ending determination', 'ended'],
    ['a planned end', 'planned_end'],
    ['an undone grant', 'undone'],
    ['an undone grant that would have ended', 'undone'],
  ])('%s explains itself', async (how, reason) => {
    const hasEnd = how === 'a planned end' || how.endsWith('would have ended')
    const { award, id } = await household({}, hasEnd ? { to: '2020-02' } : {})
    await world.run('2020-01')
    if (how === 'an ending determination')
      await world.decide(award, { kind: 'end', outcome: 'end', from: '2020-02' })
    if (how.startsWith('an undone grant')) await world.undo(id)
    const { runNo } = await world.compute('2020-02')

    expect(await findingsOf(runNo, award)).toMatchObject([
      { kind: 'stopped', month: '2020-02', blocks: false, detail: { reason } },
    ])
    await check(runNo)
    await approve(runNo)
    await reject(runNo)
  })

  test('a stop that nobody explains blocks approval: a standard that was set to nothing', async () => {
    const care = (yuan: string, from: string) => ({
      ...standards({ recordedOn: '2020-01-20' }),
      rates: [
        {
          program: 'extreme_poverty_care',
          item: 'care',
          when: { selfCare: 'full' },
          yuan,
          per: 'person_month',
          from,
          basis: 'b1',
        },
      ],
    })
    await world.law(care('28.20', '2019-01'))
    const [personId = ''] = people(1)
    const payee = { kind: 'person', id: personId }
    const { award } = await granted('extreme_poverty_care', {
      selfCare: 'full',
      support: 'home',
      personId,
      payee,
    })
    await world.run('2020-01')
    await world.law(care('0.00', '2020-02'))
    const { runNo } = await world.compute('2020-02')

    expect(await findingsOf(runNo, award)).toMatchObject([
      { kind: 'continuity', blocks: true, detail: { reason: null } },
    ])
    await check(runNo)
    await expect(approve(runNo)).rejects.toMatchObject({
      code: 'benefits.run_blocked',
      details: { blockers: [{ kind: 'continuity', awardId: award }] },
    })
    await reject(runNo)
    await world.law(care('28.20', '2020-02'))
  })

  test('income that reached the lowered standard is a named fact', async () => {
    const { award } = await household({ residence: 'urban', incomeFen: 69_000 })
    await world.run('2020-01')
    await world.law(standards({ urban: '680.00', rural: '484.00', from: '2020-02' }))
    const { runNo } = await world.compute('2020-02')

    expect(await findingsOf(runNo, award)).toMatchObject([
      { kind: 'stopped', detail: { reason: 'income_not_below_standard' } },
    ])
    await reject(runNo)
    await world.law(standards({ urban: '702.00', rural: '484.00', from: '2020-02' }))
  })

  test('whoever was paid last month and is not due now is asked of the cash ledger too', async () => {
    const { award } = await household()
    await world.run('2020-01')
    const commands = benefitsCommands({ ...noCash, paidButNotDue: async () => [award] })
    const { runNo } = await world.compute('2020-01')
    await check(runNo)

    await expect(world.does(world.approver, commands.approveRun, { runNo })).rejects.toMatchObject({
      code: 'benefits.continuity_broken',
      details: { awards: [award] },
    })
    await approve(runNo)
    await reject(runNo)
  })
})

describe('a recovery is decided by people', () => {
  test('a lowered rate blocks approval until two people decided that it may be recovered', async () => {
    const { award } = await household({ residence: 'urban' })
    const before = await world.run('2020-02')
    await world.law(standards({ urban: '700.00', rural: '484.00', from: '2020-01' }))
    const blocked = await world.compute('2020-02')

    expect(await money(before.runNo, award)).toEqual([
      ['2020-01', 70_200],
      ['2020-02', 70_200],
    ])
    expect(await money(blocked.runNo, award)).toEqual([])
    const found = await findingsOf(blocked.runNo, award)
    const rate = (found[0]?.detail.causes as string[][])[0]?.[1] ?? ''
    // 700 − 702 = −2.00 in each month
    expect(found).toMatchObject([
      {
        kind: 'undecided_recovery',
        month: '2020-01',
        blocks: true,
        detail: { fen: -200, causes: [['rate', rate]] },
      },
      {
        kind: 'undecided_recovery',
        month: '2020-02',
        blocks: true,
        detail: { fen: -200, causes: [['rate', rate]] },
      },
    ])
    await check(blocked.runNo)
    await expect(approve(blocked.runNo)).rejects.toMatchObject({ code: 'benefits.run_blocked' })
    await reject(blocked.runNo)

    await world.correct({ kind: 'rate', subject: rate })
    const after = await world.run('2020-02')
    expect(await money(after.runNo, award)).toEqual([
      ['2020-01', -200],
      ['2020-02', -200],
    ])
  })

  test('a determination beside a lowered rate does not decide about the rate', async () => {
    const persons = people(1)
    const { award } = await granted('subsistence_allowance', subsistence({ residence: 'urban', persons }))
    await world.run('2020-02')
    await world.law(standards({ urban: '690.00', rural: '484.00', from: '2020-01' }))
    const content = subsistence({ residence: 'urban', persons, incomeFen: 100 })
    await world.decide(award, { kind: 'retroactive', clause: '第31条', from: '2020-02', content })
    const { runNo } = await world.compute('2020-02')

    expect(
      (await findingsOf(runNo, award)).map(({ kind, month, detail }) => [kind, month, detail.fen]),
    ).toEqual([
      ['undecided_recovery', '2020-01', -1000], // 690 − 700
      ['undecided_recovery', '2020-02', -1100], // 690 − 1 − 700
    ])
    await reject(runNo)
    await world.law(standards({ urban: '700.00', rural: '484.00', from: '2020-01' }))
    await world.run('2020-02')
  })

  test('a determination beside a raise is decided by itself: the raise recovers nothing', async () => {
    const persons = people(1)
    const { award } = await granted('subsistence_allowance', subsistence({ residence: 'urban', persons }))
    await world.run('2020-02')
    await world.law(standards({ urban: '710.00', rural: '484.00', from: '2020-02' }))
    const content = subsistence({ residence: 'urban', persons, incomeFen: 30_000 })
    await world.decide(award, { kind: 'retroactive', clause: '第31条', from: '2020-02', content })
    const run = await world.run('2020-02')

    // 710 − 300 − 699 = −289.00 where 699 was settled; here 700 was
    expect(await money(run.runNo, award)).toEqual([['2020-02', -29_000]])
  })

  test('a standard raised backwards raises what is a factor of it: 1.6 × 484 = 774.40 ↑ 775, 1.6 × 580 = 928', async () => {
    const base = {
      program: 'extreme_poverty_support',
      item: 'base',
      when: {},
      factor: '1.6',
      of: 'subsistence_allowance.standard',
      round: 'up_yuan',
    }
    await world.law({
      ...standards(),
      rates: [{ ...base, per: 'person_month', from: '2019-01', basis: 'b1' }],
    })
    const [personId = ''] = people(1)
    const content = {
      residence: 'rural',
      support: 'home',
      selfCare: 'full',
      personId,
      payee: { kind: 'person', id: personId },
    }
    const { award } = await granted('extreme_poverty_support', content)
    const before = await world.run('2020-02')
    await world.law(standards({ urban: '710.00', rural: '580.00', from: '2020-01' }))
    const after = await world.run('2020-02')

    expect(await money(before.runNo, award)).toEqual([
      ['2020-01', 77_500],
      ['2020-02', 77_500],
    ])
    // 928 − 775 = 153.00
    expect(await money(after.runNo, award)).toEqual([
      ['2020-01', 15_300],
      ['2020-02', 15_300],
    ])
    const line = (await world.linesOf(after.runNo)).find((each) => each.award === award)
    expect(line?.detail.causes).toEqual([['rate', expect.any(String)]])
    await world.law(standards({ urban: '710.00', rural: '575.00', from: '2020-01' }))
    const lowered = await world.compute('2020-02')
    // 575 × 1.6 = 920; 920 − 928 = −8.00, and the cause names the standard, so that it can be decided about
    expect(
      (await findingsOf(lowered.runNo, award)).map(({ kind, detail }) => [
        kind,
        detail.fen,
        (detail.causes as unknown[]).length,
      ]),
    ).toEqual([
      ['undecided_recovery', -800, 1],
      ['undecided_recovery', -800, 1],
    ])
    await reject(lowered.runNo)
    await world.law(standards({ urban: '710.00', rural: '580.00', from: '2020-01' }))
    await world.run('2020-02')
  })
})

describe('what is missing or too much', () => {
  test('a missing rate names item and month, blocks approval and is the only thing said about the award', async () => {
    const content = subsistence({
      residence: 'rural',
      persons: people(1),
      method: { kind: 'tier', tier: 'D' },
    })
    const { award } = await granted('subsistence_allowance', content, { from: '2020-02' })
    const { runNo } = await world.compute('2020-02')

    expect(await findingsOf(runNo, award)).toMatchObject([
      {
        kind: 'rate_missing',
        month: '2020-02',
        blocks: true,
        detail: { item: 'tier', month: '2020-02', when: 'category=D;residence=rural' },
      },
    ])
    await check(runNo)
    await expect(approve(runNo)).rejects.toMatchObject({
      code: 'benefits.run_blocked',
      details: { blockers: [{ kind: 'rate_missing' }] },
    })
    await reject(runNo)
    await world.decide(award, { kind: 'retroactive', outcome: 'end', clause: '第32条', from: '2020-02' })
  })

  test('a rate that ran out for an award that was paid is missing, not a stop', async () => {
    const tier = {
      program: 'subsistence_allowance',
      item: 'tier',
      when: { residence: 'rural', category: 'E' },
      yuan: '300.00',
    }
    await world.law({
      ...standards(),
      rates: [{ ...tier, per: 'person_month', from: '2020-01', to: '2020-02', basis: 'b1' }],
    })
    const content = subsistence({
      residence: 'rural',
      persons: people(1),
      method: { kind: 'tier', tier: 'E' },
    })
    const { award } = await granted('subsistence_allowance', content)
    await world.run('2020-02')
    const { runNo } = await world.compute('2020-03')

    expect((await findingsOf(runNo, award)).map(({ kind }) => kind)).toEqual(['rate_missing'])
    await reject(runNo)
    await world.decide(award, { kind: 'retroactive', outcome: 'end', clause: '第32条', from: '2020-01' })
  })

  test('more than 20 corrections and 5 in a hundred ask for a word of the approver', async () => {
    const awards: string[] = []
    for (let n = 0; n < 21; n++) awards.push((await household()).award)
    await world.run('2020-02')
    for (const award of awards)
      await world.decide(award, { kind: 'retroactive', outcome: 'end', clause: '第32条', from: '2020-02' })
    const { runNo } = await world.compute('2020-02')
    await check(runNo)

    await expect(approve(runNo)).rejects.toMatchObject({
      code: 'benefits.run_blocked',
      details: { blockers: [{ kind: 'too_many_corrections' }] },
    })
    await world.does(world.approver, answerFinding, {
      runNo,
      kind: 'too_many_corrections',
      answer: '整村迁出，逐户核实',
    })
    await approve(runNo)
    await world.does(world.maker, world.commands.publishRun, { runNo })
  })
})

describe('maker and checker of a run', () => {
  test('whoever started or checked a run does not approve it', async () => {
    const { runNo } = await world.compute('2020-02')
    await expect(approve(runNo)).rejects.toMatchObject({ code: 'benefits.run_state' })
    await check(runNo)

    for (const actor of [world.maker, world.checker]) {
      await expect(world.does(actor, world.commands.approveRun, { runNo })).rejects.toMatchObject({
        code: 'benefits.maker_is_checker',
        status: 403,
      })
    }
    await approve(runNo)
    await world.does(world.maker, world.commands.publishRun, { runNo })
  })

  test('whoever started a run does not check it', async () => {
    const { runNo } = await world.compute('2020-02')

    await expect(world.does(world.maker, world.commands.checkRun, { runNo })).rejects.toMatchObject({
      status: 403,
      code: 'benefits.maker_is_checker',
    })
    expect((await world.runRow(runNo))?.status).toBe('computed')
    await check(runNo)
    await reject(runNo)
  })

  test.each([
    [
      'started it',
      'run_two_people',
      (w: BenefitsWorld) => ({ approved_by: w.maker.id, checked_by: w.checker.id }),
    ],
    [
      'checked it',
      'run_two_people',
      (w: BenefitsWorld) => ({ approved_by: w.checker.id, checked_by: w.checker.id }),
    ],
    [
      'lets it be checked by whoever started it',
      'run_checked_by_another',
      (w: BenefitsWorld) => ({ approved_by: w.approver.id, checked_by: w.maker.id }),
    ],
    [
      'approves what nobody checked',
      'run_checked',
      (w: BenefitsWorld) => ({ approved_by: w.approver.id, checked_by: null }),
    ],
  ])('the database refuses the approval of whoever %s', async (_, constraint, people) => {
    const { runNo } = await world.compute('2020-02')
    const { approved_by, checked_by } = people(world)
    const client = await db.deps.database.pools.minben_app.connect()
    try {
      await client.query('begin')
      await client.query(`set local app.scope = '441882'`)
      const update = client.query(
        `update benefits.run set status = 'approved', checked_by = $2, checked_at = now(), approved_by = $3, approved_at = now() where no = $1`,
        [runNo, checked_by, approved_by],
      )
      await expect(update).rejects.toMatchObject({ code: '23514', constraint })
    } finally {
      await client.query('rollback')
      client.release()
    }
    await reject(runNo)
  })
})
