import { afterAll, beforeAll, expect, test } from 'vitest'
import { benefitsWorld, people, standards, subsistence, type BenefitsWorld } from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'

/** A list of the old system that is signed before the month in which our ledger opens for it. */
let db: TestDb
let world: BenefitsWorld
const awards: Record<string, string> = {}

const imported = () =>
  world.award('subsistence_allowance', { opens: '2020-03', imported: { month: '2020-02', fen: 40_000 } })
const granted = (award: string, from: string) =>
  world.decide(award, { kind: 'initial', from, content: subsistence({ persons: people(1) }) })

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-02T01:00:00Z' } })
  world = await benefitsWorld(db)
  await world.law(standards({ rural: '484.00' }))
  await granted(await world.award('subsistence_allowance'), '2020-01')
  await world.at('2020-01-10T01:00:00Z')
  await world.run('2020-01')
  awards.decided = await imported()
  await granted(awards.decided, '2020-03')
  awards.forgotten = await imported()
  await world.at('2020-02-10T01:00:00Z')
  // Sees both come on file; they are not its business yet.
  await world.run('2020-02')
  await world.at('2020-03-10T01:00:00Z')
})
afterAll(() => db.close())

test.each([{ isFull: false }, { isFull: true }])(
  'is compared in the month it opens, decided about or not (%o)',
  async ({ isFull }) => {
    const { runNo } = await world.compute('2020-03', { isFull })
    const { rows } = await db.pool.query<{ awardId: string; kind: string }>(
      'select award_id as "awardId", kind from benefits.run_finding where run_no = $1 order by award_id, no',
      [runNo],
    )

    const kindsOf = (award: string | undefined) =>
      rows.filter(({ awardId }) => awardId === award).map(({ kind }) => kind)
    // 484.00 are due where 400.00 were paid; and nobody decided what becomes of the other 400.00.
    expect(kindsOf(awards.decided)).toEqual(['opening_difference'])
    expect(kindsOf(awards.forgotten)).toEqual(['opening_difference', 'continuity'])
    expect(await world.replay(runNo)).toMatchObject({ isIdentical: true })
    await world.does(world.checker, world.commands.rejectRun, { runNo })
  },
)
