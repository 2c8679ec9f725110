import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHANGES, openBar } from '../../../test/run-bars.ts'
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
import { explainOpening } from './index.ts'

/** The list behind every bar of a run: as many and as much as the computation counted when it saw each award. */
let db: TestDb
let world: BenefitsWorld

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-02T01:00:00Z' } })
  world = await benefitsWorld(db)
  await world.law(standards({ rural: '484.00' }))
})
afterAll(() => db.close())

const household = (incomeFen = 0, count = 1) =>
  subsistence({ persons: people(count), ...(incomeFen === 0 ? {} : { incomeFen }) })

async function granted(content = household(), range: { from?: string; to?: string } = {}): Promise<string> {
  const award = await world.award('subsistence_allowance')
  await world.decide(award, { kind: 'retroactive', clause: '第21条', from: '2020-01', ...range, content })
  return award
}

const open = (runNo: number, change: (typeof CHANGES)[number], rest: object = {}) =>
  openBar(db.deps, world.maker, { county: COUNTY, runNo, change, ...rest })
const causesOf = async (runNo: number, change: (typeof CHANGES)[number]) =>
  (await open(runNo, change)).items.map(({ awardId, previousFen, currentFen, cause }) => ({
    ...{ awardId, previousFen, currentFen, cause },
  }))

/** Every bar, by page and by town, against the run's own comparison. */
async function expectBarsToHold(runNo: number): Promise<void> {
  const run = await world.runRow(runNo)
  const [[program, comparison] = []] = Object.entries(run?.comparison ?? {})
  if (program === undefined || comparison === undefined) throw new Error(`run ${runNo} has no comparison`)
  for (const change of CHANGES) {
    const wanted =
      change === 'arrears' || change === 'correction'
        ? [comparison[change].lines, comparison[change].fen]
        : [comparison.changes[change].awards, comparison.changes[change].fen]
    for (const rest of [{ limit: 2 }, { program }, { town: TOWN }]) {
      const { bar, items } = await open(runNo, change, rest)
      expect([runNo, change, rest, items.length, items.reduce((sum, { fen }) => sum + fen, 0)]).toEqual([
        ...[runNo, change, rest],
        ...wanted,
      ])
      expect(bar).toEqual('town' in rest ? null : { count: wanted[0], fen: wanted[1] })
      expect(new Set(items.map(({ awardId, forMonth }) => `${awardId} ${forMonth}`)).size).toBe(items.length)
    }
    expect((await open(runNo, change, { town: '441882101' })).items).toEqual([])
    expect((await open(runNo, change, { program: 'extreme_poverty_care' })).items).toEqual([])
  }
}

describe('the first month against the old list', () => {
  test('tells who has another amount than the old system paid', async () => {
    const same = await world.award('subsistence_allowance', { imported: { month: '2019-12', fen: 484_00 } })
    const other = await world.award('subsistence_allowance', { imported: { month: '2019-12', fen: 400_00 } })
    const left = await world.award('subsistence_allowance', { imported: { month: '2019-12', fen: 300_00 } })
    for (const award of [same, other]) await world.decide(award, { from: '2020-01', content: household() })
    await granted()
    const { runNo } = await world.compute('2020-01')

    await expectBarsToHold(runNo)
    // 484.00 instead of the 400.00 of the old list.
    expect(await causesOf(runNo, 'raised')).toEqual([
      { awardId: other, previousFen: 400_00, currentFen: 484_00, cause: '与旧系统末次发放的金额不同。' },
    ])
    expect(await causesOf(runNo, 'ended')).toMatchObject([
      { awardId: left, previousFen: 300_00, currentFen: 0 },
    ])
    await world.does(world.checker, world.commands.rejectRun, { runNo })
    await world.decide(left, { kind: 'retroactive', clause: '第21条', from: '2020-01', content: household() })
    for (const awardId of [same, other, left])
      await world.does(world.maker, explainOpening, { awardId, reason: '旧系统有误' })
    const second = await world.run('2020-01')
    await expectBarsToHold(second.runNo)
  })
})

describe('a month after another', () => {
  test('tells of each why, and who stands still', async () => {
    const [ends, rises, falls, undone] = [
      await granted(),
      await granted(household(100_00)),
      await granted(),
      await world.award('subsistence_allowance'),
    ]
    const grant = await world.decide(undone, { from: '2020-01', content: household() })
    await granted(household(), { to: '2020-02' })
    const again = await world.run('2020-01')
    await expectBarsToHold(again.runNo)

    await world.decide(ends, { kind: 'end', outcome: 'end', from: '2020-02' })
    await world.decide(rises, { kind: 'change', from: '2020-02', content: household() })
    await world.decide(falls, { kind: 'change', from: '2020-02', content: household(200_00) })
    await world.undo(grant)
    const late = await granted()
    const { runNo } = await world.compute('2020-02')

    await expectBarsToHold(runNo)
    expect(await causesOf(runNo, 'raised')).toEqual([
      // 484.00 − 100.00 = 384.00, then 484.00
      {
        ...{ awardId: rises, previousFen: 384_00, currentFen: 484_00 },
        cause: '认定变了：变更认定，自 2020-02 起（测试）。',
      },
    ])
    expect(await causesOf(runNo, 'lowered')).toMatchObject([
      { awardId: falls, previousFen: 484_00, currentFen: 284_00 },
    ])
    const ended = await causesOf(runNo, 'ended')
    expect(ended.map(({ cause }) => cause).toSorted()).toEqual([
      '停发：停发认定，自 2020-02 起（测试）。',
      '停发：原认定已撤销。',
      '停发：原认定的期限已到，没有新的认定。',
    ])
    expect(await causesOf(runNo, 'new')).toMatchObject([
      { awardId: late, cause: '开始发放：追溯认定，自 2020-01 起（测试，第21条）。' },
    ])
    expect(await causesOf(runNo, 'arrears')).toMatchObject([{ awardId: late, currentFen: 484_00 }])
    expect(await causesOf(runNo, 'correction')).toMatchObject([
      { awardId: undone, cause: '追回：原认定已撤销，测试撤销（第32条）。' },
    ])
    await world.publish(runNo)
  })

  test('holds where a month is computed again after being sent back, and once more after it was published', async () => {
    const sentBack = await world.compute('2020-03')
    await expectBarsToHold(sentBack.runNo)
    await world.does(world.checker, world.commands.rejectRun, { runNo: sentBack.runNo })
    await world.run('2020-03')
    const [lower] = [await granted(household(), { from: '2020-03' })]
    const supplement = await world.run('2020-03')
    await expectBarsToHold(supplement.runNo)
    await world.decide(lower, {
      ...{ kind: 'retroactive', clause: '第31条', from: '2020-03', content: household(50_00) },
    })
    const second = await world.run('2020-03')
    await expectBarsToHold(second.runNo)
    const full = await world.compute('2020-03', { isFull: true })
    await expectBarsToHold(full.runNo)
    await world.does(world.checker, world.commands.rejectRun, { runNo: full.runNo })
  })

  test('holds in many chunks, where a standard rises, and where what is withheld blocks', async () => {
    await world.law(standards({ rural: '500.00', from: '2020-04', recordedOn: '2020-03-20' }))
    const raised = await world.compute('2020-04', { chunkSize: 2 })
    await expectBarsToHold(raised.runNo)
    for (const { cause } of await causesOf(raised.runNo, 'raised'))
      expect(cause).toContain('标准由 484.00 元调整为 500.00 元，依据：测试文件')
    await world.publish(raised.runNo)

    await world.law(standards({ rural: '490.00', from: '2020-04', recordedOn: '2020-04-20' }))
    const withheld = await world.compute('2020-04', { chunkSize: 3 })
    await expectBarsToHold(withheld.runNo)
    await world.does(world.checker, world.commands.rejectRun, { runNo: withheld.runNo })
  })

  test('counts nobody whose standard is missing, though money went to them last month', async () => {
    const rate = { program: 'extreme_poverty_care', item: 'care', when: { selfCare: 'full' }, yuan: '28.20' }
    const until = { per: 'person_month', from: '2019-01', to: '2020-04', basis: 'b1' }
    await world.law(standards({ rural: '500.00', from: '2020-04', recordedOn: '2020-04-21' }))
    await world.law({ ...standards({ recordedOn: '2020-04-21' }), rates: [{ ...rate, ...until }] })
    const [personId = ''] = people(1)
    const care = await world.award('extreme_poverty_care')
    const content = { selfCare: 'full', support: 'home', personId, payee: { kind: 'person', id: personId } }
    await world.decide(care, { kind: 'retroactive', clause: '第21条', from: '2020-04', content })
    const april = await world.compute('2020-04')
    expect((await open(april.runNo, 'new', { program: 'extreme_poverty_care' })).items).toMatchObject([
      { awardId: care, currentFen: 28_20 },
    ])
    await world.publish(april.runNo)
    const may = await world.compute('2020-05')

    for (const change of CHANGES) {
      const { bar, items } = await open(may.runNo, change)
      expect([change, items.length, items.reduce((sum, { fen }) => sum + fen, 0)]).toEqual([
        ...[change, bar?.count, bar?.fen],
      ])
      expect(items.map(({ awardId }) => awardId)).not.toContain(care)
    }
    const { rows } = await db.pool.query(
      'select kind from benefits.run_finding where run_no = $1 and blocks',
      [may.runNo],
    )
    expect(rows).toEqual([{ kind: 'rate_missing' }])
  })
})
