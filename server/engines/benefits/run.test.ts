import { afterAll, beforeAll, expect, test } from 'vitest'
import { benefitsWorld, people, standards, subsistence, type BenefitsWorld } from '../../../test/benefits.ts'
import { testDb, type TestDb } from '../../../test/db.ts'

let db: TestDb
let world: BenefitsWorld

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2019-12-01T01:00:00Z' } })
  world = await benefitsWorld(db)
  await world.law(standards())
})
afterAll(() => db.close())

const money = (lines: { month: string; fen: number }[]) => lines.map(({ month, fen }) => [month, fen])

test('#2 a raise recorded in March pays January and February as arrears lines naming their months', async () => {
  await world.at('2019-12-10T01:00:00Z')
  const award = await world.award('subsistence_allowance')
  const persons = people(4)
  await world.decide(award, { from: '2020-01', content: subsistence({ persons }) })
  const left = await world.award('subsistence_allowance')
  await world.decide(left, { from: '2020-01', content: subsistence({ persons: people(1) }) })

  const january = await world.run('2020-01')
  await world.at('2020-02-10T01:00:00Z')
  await world.decide(left, { kind: 'end', outcome: 'end', from: '2020-03' })
  const february = await world.run('2020-02')
  await world.at('2020-03-10T01:00:00Z')
  await world.law(standards({ urban: '807.00', rural: '580.00', from: '2020-01', recordedOn: '2020-03-10' }))
  const march = await world.run('2020-03')

  const of = async (runNo: number, id: string) =>
    money((await world.linesOf(runNo)).filter((line) => line.award === id))
  expect(await of(january.runNo, award)).toEqual([['2020-01', 4 * 48_400]])
  expect(await of(february.runNo, award)).toEqual([['2020-02', 4 * 48_400]])
  // (580 − 484) × 4 = 384.00 a month, twice = 768.00
  expect(await of(march.runNo, award)).toEqual([
    ['2020-01', 38_400],
    ['2020-02', 38_400],
    ['2020-03', 4 * 58_000],
  ])
  // The household that left on 29 February gets its difference too.
  expect(await of(march.runNo, left)).toEqual([
    ['2020-01', 9_600],
    ['2020-02', 9_600],
  ])
})

test('a second run of the month writes 0 lines, after one determination exactly one, a full run 0', async () => {
  const again = await world.run('2020-03')
  expect(again.lines).toBe(0)

  const award = await world.award('subsistence_allowance', { opens: '2020-03' })
  await world.decide(award, {
    kind: 'retroactive',
    clause: '第21条',
    from: '2020-03',
    content: subsistence({ persons: people(1) }),
  })
  const one = await world.run('2020-03')
  expect(one.lines).toBe(1)

  const full = await world.run('2020-03', { isFull: true })
  expect(full.lines).toBe(0)
})

test('every closed run replays to the same bytes, also after history changed', async () => {
  const runs = (
    await db.pool.query<{ no: number }>(`select no from benefits.run where status = 'published' order by no`)
  ).rows
  expect(runs.length).toBe(6)
  await world.law(standards({ urban: '900.00', rural: '600.00', from: '2020-01', recordedOn: '2020-03-20' }))

  for (const { no } of runs) {
    const replay = await world.replay(no)
    expect(replay).toMatchObject({ isIdentical: true })
  }
})
