import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { benefitsWorld, people, standards, subsistence, type BenefitsWorld } from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { explainOpening } from './index.ts'

/** The ledger has a beginning: what the old system paid is settled, and the first run is compared with its last list. */
let db: TestDb
let world: BenefitsWorld

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-02T01:00:00Z' } })
  world = await benefitsWorld(db)
  await world.law(standards({ rural: '484.00' }))
})
afterAll(() => db.close())

const imported = (fen: number) =>
  world.award('subsistence_allowance', { imported: { month: '2019-12', fen } })
const granted = (award: string, from = '2019-06', rest: object = {}) =>
  world.decide(award, { kind: 'initial', from, content: subsistence({ persons: people(1), ...rest }) })
const reject = (runNo: number) => world.does(world.checker, world.commands.rejectRun, { runNo })
const findingsOf = async (runNo: number, award: string) =>
  (
    await db.pool.query<{ kind: string; month: string; blocks: boolean; detail: object }>(
      'select kind, for_month as month, blocks, detail from benefits.run_finding where run_no = $1 and award_id = $2 order by no',
      [runNo, award],
    )
  ).rows
const money = async (runNo: number, award: string) =>
  (await world.linesOf(runNo)).filter((line) => line.award === award).map(({ month, fen }) => [month, fen])

async function approve(runNo: number) {
  await world.does(world.checker, world.commands.checkRun, { runNo })
  return world.does(world.approver, world.commands.approveRun, { runNo })
}

describe('the first run', () => {
  test('an award imported with last paid month 2019-12 has no line before 2020-01, though decided since June', async () => {
    const award = await imported(48_400)
    await granted(award)
    const { runNo } = await world.compute('2020-01')

    expect(await money(runNo, award)).toEqual([['2020-01', 48_400]])
    expect(await findingsOf(runNo, award)).toEqual([])
    await reject(runNo)
  })

  test('an amount other than the last one paid blocks approval until it is explained', async () => {
    const award = await imported(40_000)
    await granted(award)
    await reject((await world.compute('2020-01')).runNo)
    const { runNo } = await world.compute('2020-01')

    // Also after an earlier run was rejected.
    expect(await findingsOf(runNo, award)).toMatchObject([
      {
        kind: 'opening_difference',
        month: '2020-01',
        blocks: true,
        detail: { lastPaidMonth: '2019-12', lastPaidFen: 40_000, dueFen: 48_400 },
      },
    ])
    await expect(approve(runNo)).rejects.toMatchObject({
      code: 'benefits.run_blocked',
      details: { blockers: [{ kind: 'opening_difference' }] },
    })
    await world.does(world.maker, explainOpening, { awardId: award, reason: '旧系统少计一人' })
    await world.does(world.approver, world.commands.approveRun, { runNo })
    await reject(runNo)
  })

  test('an award that the old system paid and nobody decided about does not slip through', async () => {
    const award = await imported(48_400)
    const { runNo } = await world.compute('2020-01')

    expect((await findingsOf(runNo, award)).map(({ kind, blocks }) => [kind, blocks])).toEqual([
      ['opening_difference', true],
      ['continuity', true],
    ])
    await expect(approve(runNo)).rejects.toMatchObject({ code: 'benefits.run_blocked' })
    await reject(runNo)
    await world.does(world.maker, explainOpening, { awardId: award, reason: '旧系统多列' })
    await granted(award)
  })

  test('a gap between the old list and the first determination is shown', async () => {
    const award = await imported(48_400)
    await granted(award, '2020-02')
    const { runNo } = await world.compute('2020-01')

    expect((await findingsOf(runNo, award)).map(({ kind }) => kind)).toEqual([
      'opening_difference',
      'continuity',
    ])
    await reject(runNo)
    await granted(award)
  })

  test('an award carried over after the first run is compared in the next one, from the month its ledger opens', async () => {
    const first = await world.run('2020-01')
    const late = await imported(40_000)
    await granted(late, '2020-02')
    const forgotten = await imported(30_000)
    const { runNo } = await world.compute('2020-02')

    expect(first.lines).toBeGreaterThan(0)
    expect(await money(runNo, late)).toEqual([['2020-02', 48_400]])
    expect(await findingsOf(runNo, late)).toMatchObject([
      { kind: 'opening_difference', month: '2020-01', detail: { dueFen: 0, lastPaidFen: 40_000 } },
    ])
    expect(await findingsOf(runNo, forgotten)).toMatchObject([
      { kind: 'opening_difference', month: '2020-01', detail: { dueFen: 0, lastPaidFen: 30_000 } },
    ])
    await reject(runNo)
  })
})

describe('what is explained', () => {
  test('only an imported award has an opening to explain', async () => {
    const own = await world.award('subsistence_allowance')

    await expect(
      world.does(world.maker, explainOpening, { awardId: own, reason: '没有旧系统' }),
    ).rejects.toMatchObject({
      code: 'benefits.award_not_imported',
    })
  })
})
