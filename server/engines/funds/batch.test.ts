import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildActor } from '../../../test/actors.ts'
import { testDb, type TestDb } from '../../../test/db.ts'
import { buildOffice, CSV, type Office } from '../../../test/funds-office.ts'
import { plantAccount, plantAward } from '../../../test/ledger.ts'
import { execute } from '../../platform/command.ts'
import {
  approveBatch,
  cancelBatch,
  createBatch,
  FUNDS_PERMISSIONS,
  fileBatch,
  liftHold,
  listBudgets,
  listClaims,
  listHolds,
  listInstructions,
  readBatchFile,
  readOrders,
  raiseBudget,
  setHold,
  settlementOf,
} from './index.ts'

let db: TestDb
let counties = 441800

beforeAll(async () => {
  db = await testDb()
})
afterAll(() => db.close())

/** A county of its own for each test, with a budget that is large enough unless the test is about budgets. */
async function office(budgetFen = 100_000_000) {
  const desk = await buildOffice(db, String(++counties))
  if (budgetFen > 0) await desk.budget(budgetFen)
  return desk
}

type Listed = Awaited<ReturnType<Office['instructions']>>[number]

function brief({ awardId, forMonth, lineSeq, fen, status }: Listed) {
  return [awardId, forMonth, lineSeq, fen, status] as const
}

test('a batch takes every payable line of the group, oldest month first, and a second batch finds nothing', async () => {
  const desk = await office()
  const { awardId, payeeId } = await plantAward(db, desk)
  await desk.publish({
    lines: [
      { awardId, forMonth: '2026-02', fen: 300_00, payeeId },
      { awardId, forMonth: '2026-01', fen: 250_00, payeeId },
    ],
  })
  await desk.publish({ group: 'temporary', lines: [{ awardId, forMonth: '2026-03', fen: 9_00, payeeId }] })

  const batch = await desk.create()

  expect(batch).toMatchObject({ batchNo: 1, lines: 2, totalFen: 250_00 + 300_00 })
  expect((await desk.instructions(1)).map(brief)).toEqual([
    [awardId, '2026-01', 1, 250_00, 'in_flight'],
    [awardId, '2026-02', 1, 300_00, 'in_flight'],
  ])
  expect((await desk.instructions(1)).map(({ ref }) => ref)).toEqual([
    `${desk.county}000001000001`,
    `${desk.county}000001000002`,
  ])
  await expect(desk.create()).rejects.toMatchObject({ code: 'funds.batch_nothing_to_pay' })
})

test('a positive line pays only what its month still owes after a correction, and never what is not owed', async () => {
  const desk = await office()
  const { awardId, payeeId } = await plantAward(db, desk)
  const line = { awardId, payeeId }
  await desk.publish({
    lines: [
      { ...line, forMonth: '2026-01', fen: 500_00 },
      { ...line, forMonth: '2026-02', fen: 500_00 },
    ],
  })
  await desk.publish({
    lines: [
      { awardId, forMonth: '2026-01', fen: -120_00 },
      { awardId, forMonth: '2026-02', fen: -500_00 },
    ],
  })
  await desk.publish({ lines: [{ ...line, forMonth: '2026-01', fen: 70_00 }] })

  const batch = await desk.create()

  // 2026-01: 500 − 120 + 70 = 450, all of it on the oldest line; 2026-02: 500 − 500 = 0.
  expect((await desk.instructions(batch.batchNo)).map(brief)).toEqual([
    [awardId, '2026-01', 1, 450_00, 'in_flight'],
  ])
  expect(await desk.openClaims()).toEqual([])
})

test('a run is not read again once each of its lines was ordered, and is while one waits', async () => {
  const desk = await office()
  const [sent, waiting] = [await plantAward(db, desk), await plantAward(db, { ...desk, hasAccount: false })]
  const whole = await desk.publish({ lines: [{ ...sent, forMonth: '2026-01', fen: 100_00 }] })
  await desk.publish({
    lines: [sent, waiting].map((award) => ({ ...award, forMonth: '2026-02', fen: 100_00 })),
  })

  await desk.create()

  const { rows } = await db.pool.query(`select run_no from funds.instructed_run where county = $1`, [
    desk.county,
  ])
  expect(rows).toEqual([{ run_no: whole }])
})

test('lines of runs that are not published, rejected or cancelled are never paid', async () => {
  const desk = await office()
  const { awardId, payeeId } = await plantAward(db, desk)
  for (const status of ['approved', 'cancelled']) {
    await desk.publish({ status, lines: [{ awardId, forMonth: '2026-01', fen: 100_00, payeeId }] })
  }

  await expect(desk.create()).rejects.toMatchObject({ code: 'funds.batch_nothing_to_pay' })
})

test('upToMonth leaves later months for the next batch', async () => {
  const desk = await office()
  const { awardId, payeeId } = await plantAward(db, desk)
  const months = ['2026-01', '2026-02', '2026-03']
  await desk.publish({ lines: months.map((forMonth) => ({ awardId, forMonth, fen: 100_00, payeeId })) })

  const first = await desk.create({ upToMonth: '2026-02' })
  const second = await desk.create()

  expect((await desk.instructions(first.batchNo)).map(({ forMonth }) => forMonth)).toEqual([
    '2026-01',
    '2026-02',
  ])
  expect((await desk.instructions(second.batchNo)).map(({ forMonth }) => forMonth)).toEqual(['2026-03'])
})

test('a payee without a current account stays out, is listed, and enters the next batch once the account is known', async () => {
  const desk = await office()
  const paid = await plantAward(db, desk)
  const without = await plantAward(db, { ...desk, hasAccount: false })
  await desk.publish({
    lines: [
      { ...paid, forMonth: '2026-01', fen: 100_00 },
      { ...without, forMonth: '2026-01', fen: 200_00 },
      { awardId: without.awardId, forMonth: '2026-02', fen: 300_00 },
    ],
  })

  const first = await desk.create()
  await plantAccount(db, { county: desk.county, holderId: without.payeeId })
  const second = await desk.create()

  expect(first).toMatchObject({ lines: 1, totalFen: 100_00 })
  expect(first.missingAccount.map(({ forMonth, fen, payeeId }) => [forMonth, fen, payeeId])).toEqual([
    ['2026-01', 200_00, without.payeeId],
    ['2026-02', 300_00, null],
  ])
  expect(second).toMatchObject({ lines: 1, totalFen: 200_00 })
})

test('an institution named by the line is paid on its own account', async () => {
  const desk = await office()
  const { awardId } = await plantAward(db, { ...desk, hasAccount: false })
  const home = randomUUID()
  const number = await plantAccount(db, {
    county: desk.county,
    holderId: home,
    name: '县福利院',
    kind: 'organisation',
  })
  await desk.publish({
    lines: [{ awardId, forMonth: '2026-01', fen: 100_00, payeeId: home, payeeKind: 'organisation' }],
  })

  const { batchNo } = await desk.send()
  const { bytes } = await readBatchFile(db.deps, {
    actor: desk.maker,
    county: desk.county,
    input: { batchNo, part: 1 },
  })

  expect(readOrders(CSV, bytes)).toEqual([
    { ref: `${desk.county}000001000001`, payeeName: '县福利院', account: number, amountFen: 100_00 },
  ])
})

test('a merged record is paid on the account of the record it is known under', async () => {
  const desk = await office()
  const { awardId, payeeId } = await plantAward(db, desk)
  const known = await plantAward(db, { ...desk, name: '张三丰' })
  await db.pool.query(`update registry.person set alias_of = $1 where id = $2`, [known.payeeId, payeeId])
  await desk.publish({ lines: [{ awardId, forMonth: '2026-01', fen: 100_00, payeeId }] })

  const { batchNo } = await desk.create()

  expect((await desk.instructions(batchNo)).map(({ payeeName }) => payeeName)).toEqual(['张三丰'])
})

test('a hold on an award keeps its lines out from its month on, shows the money, and releases it when lifted', async () => {
  const desk = await office()
  const { awardId, payeeId } = await plantAward(db, desk)
  await desk.publish({
    lines: ['2026-01', '2026-02', '2026-03'].map((forMonth) => ({ awardId, forMonth, fen: 100_00, payeeId })),
  })
  const hold = {
    awardId,
    fromMonth: '2026-02',
    cause: '资格复核未完成',
    evidence: '复核通知书3号',
    reviewOn: '2026-06-30',
  }

  const { holdId } = await desk.perform(setHold, hold)
  const first = await desk.create()
  const shown = await desk.ask((ctx) => listHolds(ctx))
  await desk.perform(liftHold, { holdId, reason: '复核已完成' }, desk.checker)
  const second = await desk.create()

  expect(first).toMatchObject({ lines: 1, totalFen: 100_00, held: { lines: 2, fen: 200_00 } })
  expect(shown).toMatchObject([
    {
      id: holdId,
      cause: '资格复核未完成',
      held: [
        { forMonth: '2026-02', fen: 100_00 },
        { forMonth: '2026-03', fen: 100_00 },
      ],
    },
  ])
  expect(second).toMatchObject({ lines: 2, totalFen: 200_00, held: { lines: 0, fen: 0 } })
  expect(await desk.ask((ctx) => listHolds(ctx))).toEqual([])
  await expect(desk.perform(liftHold, { holdId, reason: '再次解除' })).rejects.toMatchObject({
    code: 'funds.hold_unknown',
  })
})

test('lifting writes a voided successor and supersedes the hold once; nothing is deleted', async () => {
  const desk = await office()
  const { awardId } = await plantAward(db, desk)
  const hold = {
    awardId,
    fromMonth: '2026-01',
    cause: '账户异常',
    evidence: '银行来函',
    reviewOn: '2026-03-31',
  }

  const { holdId } = await desk.perform(setHold, hold)
  await desk.perform(liftHold, { holdId, reason: '账户已更正' })

  const { rows } = await db.pool.query(
    `select voided, lifted_why, superseded_at is null as live, root_id = $2 as same from funds.hold where county = $1 order by recorded_at`,
    [desk.county, holdId],
  )
  expect(rows).toEqual([
    { voided: false, lifted_why: null, live: false, same: true },
    { voided: true, lifted_why: '账户已更正', live: true, same: true },
  ])
})

test('a hold on a person reaches the award they hold, households that now cover them, and their merged record', async () => {
  const desk = await office()
  const own = await plantAward(db, desk)
  const house = await plantAward(db, { ...desk, holderKind: 'household' })
  const left = await plantAward(db, { ...desk, holderKind: 'household' })
  const other = await plantAward(db, desk)
  const alias = await plantAward(db, desk)
  await db.pool.query(`update registry.person set alias_of = $1 where id = $2`, [own.payeeId, alias.payeeId])
  const cover = (awardId: string, valid: string, superseded: string | null) =>
    db.pool.query(
      `insert into benefits.coverage (county, id, span_id, award_id, person_id, exclusive_key, valid, recorded_at, superseded_at)
       values ($1, $2, $2, $3, $4, $5, $6, now(), $7)`,
      [desk.county, randomUUID(), awardId, own.payeeId, awardId, valid, superseded],
    )
  await cover(house.awardId, '[2025-01-01,)', null)
  await cover(left.awardId, '[2024-01-01,2026-01-01)', null)
  await cover(other.awardId, '[2024-01-01,)', '2025-01-01')
  const awards = [own, house, left, other, alias]
  await desk.publish({ lines: awards.map((award) => ({ ...award, forMonth: '2026-01', fen: 100_00 })) })

  await desk.perform(setHold, {
    personId: own.payeeId,
    fromMonth: '2026-01',
    cause: '失踪待查',
    evidence: '村委会报告',
    reviewOn: '2026-04-01',
  })
  const { batchNo, held } = await desk.create()

  expect(held).toEqual({ lines: 3, fen: 300_00 })
  expect((await desk.instructions(batchNo)).map(({ awardId }) => awardId).toSorted()).toEqual(
    [left.awardId, other.awardId].toSorted(),
  )
})

test('a hold names exactly one award or person, and one that exists', async () => {
  const desk = await office()
  const { awardId, payeeId } = await plantAward(db, desk)
  const hold = { fromMonth: '2026-01', cause: '复核', evidence: '通知', reviewOn: '2026-04-01' }

  await expect(desk.perform(setHold, { ...hold, awardId, personId: payeeId })).rejects.toMatchObject({
    code: 'platform.input_invalid',
  })
  await expect(desk.perform(setHold, hold)).rejects.toMatchObject({ code: 'platform.input_invalid' })
  await expect(desk.perform(setHold, { ...hold, awardId: randomUUID() })).rejects.toMatchObject({
    code: 'funds.hold_target_unknown',
  })
})

test('the maker of a batch cannot approve it: refused by the code, and by the database without the code', async () => {
  const desk = await office()
  const award = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...award, forMonth: '2026-01', fen: 100_00 }] })
  const { batchNo } = await desk.create()

  await expect(desk.perform(approveBatch, { batchNo }, desk.maker)).rejects.toMatchObject({
    code: 'funds.maker_is_checker',
    status: 403,
  })
  const around = db.pool.query(
    `update funds.batch set status = 'approved', approved_by = made_by, approved_at = now() where county = $1 and no = $2`,
    [desk.county, batchNo],
  )
  await expect(around).rejects.toMatchObject({ constraint: 'batch_two_people' })
  await expect(desk.perform(approveBatch, { batchNo }, desk.checker)).resolves.toMatchObject({
    status: 'approved',
  })
  await expect(desk.perform(approveBatch, { batchNo }, desk.checker)).rejects.toMatchObject({
    code: 'funds.batch_state',
  })
})

test('approval draws on the sources in the order given, each to its end, and cancelling gives everything back', async () => {
  const desk = await office(0)
  await desk.budget(60_00, { source: '中央' })
  await desk.budget(50_00, { source: '省级' })
  await desk.budget(500_00, { source: '县级' })
  const award = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...award, forMonth: '2026-01', fen: 150_00 }] })
  const { batchNo } = await desk.create()

  await desk.perform(approveBatch, { batchNo, sources: ['省级', '中央'] }, desk.checker)
  const reserved = () =>
    desk.ask(async (ctx) =>
      Object.fromEntries((await listBudgets(ctx, 2026)).map((b) => [b.source, b.reservedFen])),
    )

  // 150 = 50 (省级, all) + 60 (中央, all) + 40 (县级)
  expect(await reserved()).toEqual({ 省级: 50_00, 中央: 60_00, 县级: 40_00 })
  await desk.perform(cancelBatch, { batchNo })
  expect(await reserved()).toEqual({ 省级: 0, 中央: 0, 县级: 0 })
})

test('returned money goes back to the source drawn on last', async () => {
  const desk = await office(0)
  await desk.budget(70_00, { source: '中央' })
  await desk.budget(500_00, { source: '县级' })
  const awards = [await plantAward(db, desk), await plantAward(db, desk)]
  await desk.publish({ lines: awards.map((award) => ({ ...award, forMonth: '2026-01', fen: 50_00 })) })
  const { batchNo } = await desk.create()
  await desk.perform(approveBatch, { batchNo, sources: ['中央', '县级'] }, desk.checker)
  await desk.file(batchNo)

  await desk.answer(batchNo, { returned: new Map([[`${desk.county}000001000001`, '账号不符']]) })

  // 100 = 70 (中央) + 30 (县级); 50 come back: 30 to 县级, 20 to 中央
  const budgets = await desk.ask((ctx) => listBudgets(ctx, 2026))
  expect(Object.fromEntries(budgets.map((b) => [b.source, b.reservedFen]))).toEqual({ 中央: 50_00, 县级: 0 })
})

test.each([
  { budgetFen: 99_99, fits: false },
  { budgetFen: 100_00, fits: true },
])('a batch of 100 yuan against a budget of $budgetFen fen: approved $fits', async ({ budgetFen, fits }) => {
  const desk = await office(budgetFen)
  const award = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...award, forMonth: '2026-01', fen: 100_00 }] })
  const { batchNo } = await desk.create()

  const approval = desk.perform(approveBatch, { batchNo }, desk.checker)

  if (fits) await expect(approval).resolves.toMatchObject({ status: 'approved' })
  else {
    await expect(approval).rejects.toMatchObject({
      code: 'funds.budget_exceeded',
      details: {
        source: '中央',
        program: 'subsistence_allowance',
        fiscalYear: 2026,
        neededFen: 100_00,
        shortFen: 1,
      },
    })
  }
})

test('a budget of another year or programme does not help; raising the right one does', async () => {
  const desk = await office(0)
  await desk.budget(900_00, { fiscalYear: 2025 })
  await desk.budget(900_00, { program: 'temporary_assistance' })
  const { budgetId } = await desk.budget(10_00)
  const award = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...award, forMonth: '2025-12', fen: 100_00 }] })
  const { batchNo } = await desk.create()

  await expect(desk.perform(approveBatch, { batchNo }, desk.checker)).rejects.toMatchObject({
    details: { shortFen: 90_00 },
  })
  await desk.perform(raiseBudget, { budgetId, addFen: 90_00, basis: '追加文件', version: 1 })
  await expect(
    desk.perform(raiseBudget, { budgetId, addFen: 1, basis: '追加文件', version: 1 }),
  ).rejects.toMatchObject({ code: 'funds.budget_changed' })
  await expect(desk.perform(approveBatch, { batchNo }, desk.checker)).resolves.toMatchObject({
    status: 'approved',
  })
  await expect(desk.budget(1)).rejects.toMatchObject({ code: 'funds.budget_exists' })
})

test('two batches approved at the same moment never exceed a budget', async () => {
  for (let round = 0; round < 5; round++) {
    const desk = await office(150_00)
    const award = await plantAward(db, desk)
    await desk.publish({
      lines: ['2026-01', '2026-02'].map((forMonth) => ({ ...award, forMonth, fen: 100_00 })),
    })
    const first = await desk.create({ upToMonth: '2026-01' })
    const second = await desk.create()

    const outcomes = await Promise.allSettled(
      [first, second].map(({ batchNo }) => desk.perform(approveBatch, { batchNo }, desk.checker)),
    )

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'funds.budget_exceeded' },
    })
    expect(await desk.ask((ctx) => listBudgets(ctx, 2026))).toMatchObject([
      { amountFen: 150_00, reservedFen: 100_00 },
    ])
  }
})

test('the database refuses a reservation beyond the budget even without the code', async () => {
  const desk = await office(100_00)

  const around = db.pool.query(`update funds.budget set reserved_fen = 10001 where county = $1`, [
    desk.county,
  ])

  await expect(around).rejects.toMatchObject({ constraint: 'budget_not_exceeded' })
})

test('two batches made at the same moment never take one line twice', async () => {
  const desk = await office()
  const award = await plantAward(db, desk)
  await desk.publish({
    lines: ['2026-01', '2026-02'].map((forMonth) => ({ ...award, forMonth, fen: 100_00 })),
  })

  const outcomes = await Promise.allSettled([desk.create(), desk.create()])

  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const { rows } = await db.pool.query(`select count(*)::int as n from funds.instruction where county = $1`, [
    desk.county,
  ])
  expect(rows).toEqual([{ n: 2 }])
})

test('a cancelled batch pays nothing; its lines enter the next one; a filed batch is not cancelled', async () => {
  const desk = await office()
  const award = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...award, forMonth: '2026-01', fen: 100_00 }] })

  const first = await desk.create()
  await desk.perform(cancelBatch, { batchNo: first.batchNo })
  const second = await desk.send()

  expect((await desk.instructions(first.batchNo)).map(({ status }) => status)).toEqual(['cancelled'])
  expect(second).toMatchObject({ batchNo: 2, totalFen: 100_00 })
  await expect(desk.file(first.batchNo)).rejects.toMatchObject({ code: 'funds.batch_state' })
  await expect(desk.perform(cancelBatch, { batchNo: second.batchNo })).rejects.toMatchObject({
    code: 'funds.batch_state',
  })
})

test('files add up to the batch, are rendered once, and a second call and a second reading give the same bytes', async () => {
  const desk = await office()
  const awards = await Promise.all(
    Array.from({ length: 5 }, (_, index) => plantAward(db, { ...desk, name: `李四${'甲乙丙丁戊'[index]}` })),
  )
  await desk.publish({
    lines: awards.map((award, index) => ({ ...award, forMonth: '2026-01', fen: 100_00 + index })),
  })
  const { batchNo, totalFen } = await desk.create({ layout: { ...CSV, maxLinesPerFile: 2 } })
  await expect(desk.file(batchNo)).rejects.toMatchObject({ code: 'funds.batch_state' })
  await desk.perform(approveBatch, { batchNo }, desk.checker)

  const [first, second] = await Promise.all([desk.file(batchNo), desk.file(batchNo)])
  const open = (part: number) =>
    readBatchFile(db.deps, { actor: desk.maker, county: desk.county, input: { batchNo, part } })

  expect(second).toEqual(first)
  expect(first.files.map(({ part, lines }) => [part, lines])).toEqual([
    [1, 2],
    [2, 2],
    [3, 1],
  ])
  expect(first.files.reduce((sum, file) => sum + file.totalFen, 0)).toBe(totalFen)
  const orders = (await Promise.all([1, 2, 3].map(open))).flatMap(({ bytes }) => readOrders(CSV, bytes))
  expect(orders.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(totalFen)
  expect((await open(1)).bytes).toEqual((await open(1)).bytes)
  await expect(open(4)).rejects.toMatchObject({ code: 'funds.batch_file_unknown' })
})

test('the account is neither in the clear in the database nor changed by a later account', async () => {
  const desk = await office()
  const { awardId, payeeId } = await plantAward(db, { ...desk, hasAccount: false })
  const number = await plantAccount(db, { county: desk.county, holderId: payeeId })
  await desk.publish({ lines: [{ awardId, payeeId, forMonth: '2026-01', fen: 100_00 }] })
  const { batchNo } = await desk.create()
  await db.pool.query(`update registry.bank_account set superseded_at = now() where holder_id = $1`, [
    payeeId,
  ])
  await plantAccount(db, { county: desk.county, holderId: payeeId })
  await desk.perform(approveBatch, { batchNo }, desk.checker)
  await desk.file(batchNo)

  const { bytes } = await readBatchFile(db.deps, {
    actor: desk.maker,
    county: desk.county,
    input: { batchNo, part: 1 },
  })

  expect(readOrders(CSV, bytes).map(({ account }) => account)).toEqual([number])
  const { rows } = await db.pool.query(`select account_cipher from funds.instruction where county = $1`, [
    desk.county,
  ])
  expect(JSON.stringify(rows)).not.toContain(number)
  expect(JSON.stringify(await desk.instructions(batchNo))).not.toContain('ipher')
})

test('a name the bank cannot write stops the filing with its code, on record, and nothing is filed', async () => {
  const desk = await office()
  const award = await plantAward(db, { ...desk, name: '张𠀀' })
  await desk.publish({ lines: [{ ...award, forMonth: '2026-01', fen: 100_00 }] })
  const { batchNo } = await desk.create({ layout: { ...CSV, encoding: 'gbk', byteOrderMark: false } })
  await desk.perform(approveBatch, { batchNo }, desk.checker)

  await expect(desk.file(batchNo)).rejects.toMatchObject({ code: 'funds.name_outside_charset' })

  const { rows } = await db.pool.query(
    `select b.status, (select count(*)::int from funds.batch_file f where f.county = b.county) as files,
            (select a.code from platform.audit_row a where a.county = b.county and a.event = 'funds.batch.filed') as code
       from funds.batch b where b.county = $1`,
    [desk.county],
  )
  expect(rows).toEqual([{ status: 'approved', files: 0, code: 'funds.name_outside_charset' }])
})

test('one key acts once: the repeated request answers the stored batch; without a key nothing happens', async () => {
  const desk = await office()
  const award = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...award, forMonth: '2026-01', fen: 100_00 }] })
  const input = { programGroup: 'basic_assistance', fiscalYear: 2026, title: '一月', layout: CSV }
  const call = { actor: desk.maker, county: desk.county, input }

  await expect(execute(db.deps, createBatch, call)).rejects.toMatchObject({
    code: 'platform.idempotency_key_missing',
  })
  const first = await execute(db.deps, createBatch, { ...call, idempotencyKey: 'K1' })
  const again = await execute(db.deps, createBatch, { ...call, idempotencyKey: 'K1' })
  expect(again).toEqual(first)
  const filing = {
    actor: desk.maker,
    county: desk.county,
    idempotencyKey: 'K2',
    input: { batchNo: first.batchNo },
  }
  await desk.perform(approveBatch, { batchNo: first.batchNo }, desk.checker)
  expect(await fileBatch(db.deps, filing)).toEqual(await fileBatch(db.deps, filing))
})

test('the settlement of a run puts each payable fen in one heap, and closes when all is answered', async () => {
  const desk = await office()
  const [ready, held, without, sent] = await Promise.all([
    plantAward(db, desk),
    plantAward(db, desk),
    plantAward(db, { ...desk, hasAccount: false }),
    plantAward(db, desk),
  ])
  const first = await desk.publish({ lines: [{ ...sent, forMonth: '2026-01', fen: 50_00 }] })
  await desk.send()
  const second = await desk.publish({
    lines: [ready, held, without].map((award, index) => ({
      ...award,
      forMonth: '2026-01',
      fen: (index + 1) * 100_00,
    })),
  })
  await desk.perform(setHold, {
    awardId: held.awardId,
    fromMonth: '2026-01',
    cause: '复核',
    evidence: '通知',
    reviewOn: '2026-04-01',
  })

  expect(await desk.ask((ctx) => settlementOf(ctx, first))).toMatchObject({
    payableFen: 0,
    inFlight: { lines: 1, fen: 50_00 },
    isClosed: false,
  })
  expect(await desk.ask((ctx) => settlementOf(ctx, second))).toMatchObject({
    payableFen: 600_00,
    ready: { lines: 1, fen: 100_00 },
    held: { lines: 1, fen: 200_00 },
    missingAccount: { lines: 1, fen: 300_00 },
    isClosed: false,
  })
  await desk.answer(1)
  expect(await desk.ask((ctx) => settlementOf(ctx, first))).toMatchObject({
    paid: { lines: 1, fen: 50_00 },
    isClosed: true,
  })
})

test('a town sees the holds, instructions and claims of its own people, another county sees none, and neither makes money move', async () => {
  const desk = await office()
  const town = `${desk.county}100`
  const here = await plantAward(db, { ...desk, town })
  const there = await plantAward(db, { ...desk, town: `${desk.county}200` })
  await desk.publish({
    lines: [here, there].map((award) => ({
      ...award,
      forMonth: '2026-01',
      fen: 100_00,
      town: `${desk.county}${award === here ? 100 : 200}`,
    })),
  })
  await desk.send()
  await desk.publish({
    lines: [here, there].map(({ awardId }) => ({ awardId, forMonth: '2026-01', fen: -40_00 })),
  })
  for (const { awardId } of [here, there]) {
    await desk.perform(setHold, {
      awardId,
      fromMonth: '2026-02',
      cause: '复核',
      evidence: '通知',
      reviewOn: '2026-04-01',
    })
  }
  const clerk = await buildActor(db, {
    login: `clerk_${town}`,
    permissions: FUNDS_PERMISSIONS,
    scope: [town],
    level: 'township',
  })
  const stranger = await buildOffice(db, String(++counties))
  const seen = (actor: typeof clerk) =>
    desk.ask(
      async (ctx) => ({
        instructions: (await listInstructions(ctx, {})).map(({ awardId }) => awardId),
        claims: (await listClaims(ctx)).map(({ awardId }) => awardId),
        holds: (await listHolds(ctx)).map(({ awardId, held }) => [awardId, held]),
      }),
      actor,
    )

  expect(await seen(clerk)).toEqual({
    instructions: [here.awardId],
    claims: [here.awardId],
    holds: [[here.awardId, null]],
  })
  expect((await seen(desk.maker)).claims).toHaveLength(2)
  // A stranger is stopped at the door; behind the door row-level security shows nothing of the other county.
  await expect(seen(stranger.maker)).rejects.toMatchObject({ code: 'platform.outside_scope' })
  const both = { ...stranger.maker, scope: [stranger.county, `${desk.county}999`] }
  expect(await seen(both)).toEqual({ instructions: [], claims: [], holds: [] })
  await expect(
    desk.perform(
      createBatch,
      { programGroup: 'basic_assistance', fiscalYear: 2026, title: '一月', layout: CSV },
      clerk,
    ),
  ).rejects.toMatchObject({
    code: 'funds.whole_county_needed',
  })
})
