import { afterAll, beforeAll, expect, test } from 'vitest'
import { commands } from '../server/app.ts'
import { COUNTY, goLiveDesk, type GoLiveDesk } from './go-live-desk.ts'
import { csvOf } from './import-desk.ts'
import { idNumberOf } from './import-sheet.ts'

/** Holds as a list: each row one hold, by whoever may set one; undoing lifts what nobody has lifted. */
let desk: GoLiveDesk

beforeAll(async () => {
  desk = await goLiveDesk({ startsAt: '2020-02-10T01:00:00Z' })
})
afterAll(() => desk.close())

const HOLDS = ['姓名', '身份证号', '项目', '起始月份', '暂缓原因', '依据', '复查日期']
const numbers = Array.from({ length: 3 }, (_, index) => idNumberOf(310_000 + index))
const row = (index: number, program: string, rest: Partial<Record<number, string>> = {}) =>
  ['张某', numbers[index] ?? '', program, '2020-03', '账户待核', '信访件3号', '2020-04-01'].map(
    (cell, at) => rest[at] ?? cell,
  )
const live = async () =>
  (
    await desk.db.pool.query<{ award: boolean; month: string; cause: string }>(
      `select award_id is not null as award, from_month as month, cause from funds.hold
        where county = $1 and superseded_at is null and not voided order by award_id nulls last`,
      [COUNTY],
    )
  ).rows

async function uploaded(rows: string[][]) {
  const bytes = csvOf([HOLDS, ...rows])
  const id = await desk.desk.upload(desk.cashier, { kind: 'holds', fileName: '暂缓.csv', bytes })
  return { id, shown: await desk.desk.check(desk.cashier, id) }
}

test('a row holds one award, or without a programme all of a person; the same again is known, undone it is lifted', async () => {
  const { ids } = await desk.does(desk.actors.clerk, commands.registerPeople, {
    people: numbers.map((idNumber) => ({
      ...{ fullName: '张某', idNumber, sex: null, bornOn: null, ...desk.place },
    })),
  })
  const award = { program: 'extreme_poverty_support', holderKind: 'person', holderId: ids[0], ...desk.place }
  await desk.does(desk.actors.clerk, commands.openAwards, {
    awards: [{ ...award, ledgerOpensMonth: '2020-03' }],
  })
  const rows = [
    row(0, '特困'),
    row(1, ''),
    row(2, '特困'),
    row(2, '高龄津贴'),
    row(0, '特困'),
    row(2, '', { 3: '三月' }),
    row(2, '', { 4: '' }),
    row(2, '', { 5: '无' }),
    row(2, '', { 6: '2020-02-30' }),
    row(2, '', { 6: '' }),
    row(2, '', { 0: '别人' }),
  ]
  const { id } = await uploaded(rows)
  expect((await desk.desk.faultsOf(desk.cashier, id)).map(({ row: at, code }) => [at, code])).toEqual([
    [4, 'award_missing'],
    [5, 'program_unknown'],
    [6, 'hold_repeated'],
    [7, 'month_form'],
    [8, 'cause_missing'],
    [9, 'evidence_missing'],
    [10, 'review_form'],
    [11, 'review_missing'],
    [12, 'name_differs'],
  ])
  await desk.desk.load(desk.cashier, id)
  expect(await live()).toEqual([
    { award: true, month: '2020-03', cause: '账户待核' },
    { award: false, month: '2020-03', cause: '账户待核' },
  ])
  expect((await uploaded(rows.slice(0, 2))).shown.batch.counts).toMatchObject({ known: 2, ready: 0 })

  const { rows: held } = await desk.db.pool.query<{ id: string }>(
    `select id from funds.hold where award_id is not null and superseded_at is null`,
  )
  await desk.does(desk.actors.cashier, commands.liftHold, { holdId: held[0]?.id, reason: '已核实' })
  expect((await desk.desk.undo(desk.cashier, id)).batch.counts).toMatchObject({ undone: 2, kept: 0 })
  expect(await live()).toEqual([])
})

test('whoever may not set a hold may not load a list of them', async () => {
  const file = { kind: 'holds', fileName: '暂缓.csv', base64: Buffer.from(csvOf([HOLDS])).toString('base64') }

  expect(await desk.clerk.post('/imports', file)).toMatchObject({
    ...{ status: 403, body: { code: 'platform.permission_missing' } },
  })
})
