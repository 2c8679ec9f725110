import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  benefitsWorld,
  COUNTY,
  people,
  standards,
  subsistence,
  type BenefitsWorld,
} from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'

let db: TestDb
let world: BenefitsWorld

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-01T01:00:00Z' } })
  world = await benefitsWorld(db)
  await world.law(standards())
  await world.law(standards({ urban: '900.00', rural: '600.00', from: '2020-06', recordedOn: '2019-12-02' }))
})
afterAll(() => db.close())

async function household({ persons = 1, incomeFen = 0, to = null as string | null } = {}) {
  const award = await world.award('subsistence_allowance')
  const content = subsistence({ persons: people(persons), incomeFen })
  await world.decide(award, { from: '2020-01', to, content })
  return award
}

/** What a run wrote, without its number and the lines' numbers; a month that a rejected run has begun tells its causes. */
async function written(runNo: number) {
  const { rows } = await db.pool.query<{ line: string }>(
    `select concat_ws('|', for_month, award_id, fen, due_fen, persons, category, town, village, detail::jsonb - 'causes') as line
       from benefits.explained_line where run_no = $1 order by 1`,
    [runNo],
  )
  return rows.map(({ line }) => line)
}

const at = (month: string, day = '10') => world.at(`${month}-${day}T01:00:00Z`)

describe('a month that follows another', () => {
  const awards: Record<string, string> = {}

  beforeAll(async () => {
    await at('2019-12')
    awards.same = await household({ persons: 3, incomeFen: 12_345 })
    awards.planned = await household({ to: '2020-02' })
    awards.changed = await household({ persons: 2 })
    awards.ended = await household()
    awards.undone = await household()
    const first = await world.run('2020-01')
    expect(await world.replay(first.runNo)).toMatchObject({ isIdentical: true })
    await at('2020-01', '20')
    awards.began = await world.award('subsistence_allowance', { opens: '2020-02' })
    await world.decide(awards.began, { from: '2020-02', content: subsistence({ persons: people(1) }) })
    await world.decide(awards.changed, {
      kind: 'change',
      from: '2020-02',
      content: subsistence({ persons: people(1) }),
    })
    await world.decide(awards.ended, { kind: 'end', outcome: 'end', from: '2020-02' })
  })

  test('writes what computing everything anew writes, with the same comparison, and replays', async () => {
    await at('2020-02')
    const carried = await world.compute('2020-02')
    const lines = await written(carried.runNo)
    const comparison = (await world.runRow(carried.runNo))?.comparison
    await world.does(world.checker, world.commands.rejectRun, { runNo: carried.runNo })
    const full = await world.compute('2020-02', { isFull: true })

    expect(lines).toEqual(await written(full.runNo))
    expect(comparison).toEqual((await world.runRow(full.runNo))?.comparison)
    expect(lines.map((line) => line.split('|')[1]).sort()).toEqual(
      [awards.same, awards.changed, awards.undone, awards.began].sort(),
    )
    for (const { runNo } of [carried, full])
      expect(await world.replay(runNo)).toMatchObject({ isIdentical: true })
    await world.does(world.checker, world.commands.rejectRun, { runNo: full.runNo })
  })

  test('is computed where rejected runs of the month have left line numbers', async () => {
    const february = await world.run('2020-02')
    const { rows } = await db.pool.query(
      'select seq from benefits.obligation_line where run_no = $1 and award_id = $2',
      [february.runNo, awards.same],
    )

    expect(rows).toEqual([{ seq: 3 }])
    expect(await world.replay(february.runNo)).toMatchObject({ isIdentical: true })
  })

  test('takes the place where the household lives now, and last month for the rest', async () => {
    await at('2020-03')
    const march = await world.run('2020-03')
    await db.pool.query(`update benefits.award set village = '441882100002' where county = $1 and id = $2`, [
      COUNTY,
      awards.same,
    ])
    // A mark that no formula gives shows which way a line came.
    await db.pool.query(
      `update benefits.obligation_line set persons = 33 where run_no = $1 and award_id = $2`,
      [march.runNo, awards.same],
    )
    await at('2020-04')
    const april = await world.run('2020-04')
    const { rows } = await db.pool.query(
      `select village, persons, stated_month, detail, seq from benefits.obligation_line where run_no = $1 and award_id = $2`,
      [april.runNo, awards.same],
    )

    expect(rows).toEqual([
      { village: '441882100002', persons: 33, stated_month: '2020-03', detail: null, seq: 1 },
    ])
  })

  test('a replay computes what was carried on: a line that was wrong does not pass', async () => {
    const [{ no = 0 } = {}] = (
      await db.pool.query<{ no: number }>(`select max(no) as no from benefits.run where county = $1`, [
        COUNTY,
      ])
    ).rows

    expect(await world.replay(no)).toMatchObject({ isIdentical: false })
  })

  test('a standard that was known long before begins with its month', async () => {
    await at('2020-05')
    await world.run('2020-05')
    await at('2020-06')
    const june = await world.run('2020-06')

    // 600.00 for one person.
    expect((await world.linesOf(june.runNo)).filter(({ award }) => award === awards.undone)).toMatchObject([
      { month: '2020-06', fen: 60_000 },
    ])
    expect(await world.replay(june.runNo)).toMatchObject({ isIdentical: true })
  })
})
