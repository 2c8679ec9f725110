import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from '../../../test/db.ts'
import { buildOffice, CSV, type Office } from '../../../test/funds-office.ts'
import { plantAward } from '../../../test/ledger.ts'
import {
  answerBatch,
  answerUnknown,
  answerWriteOff,
  approveBatch,
  cancelBatch,
  listBudgets,
  proposeWriteOff,
  readBatchFile,
  readOrders,
} from './index.ts'

let db: TestDb
let counties = 442000

beforeAll(async () => {
  db = await testDb()
})
afterAll(() => db.close())

const MONTH = '2026-01'

/** A county with awards of 100, 200 … yuan for one month, sent to the bank in batch 1. */
async function sentBatch(awards = 1, budgetFen = 100_000_000) {
  const desk = await buildOffice(db, String(++counties))
  await desk.budget(budgetFen)
  const people: Awaited<ReturnType<typeof plantAward>>[] = []
  for (let index = 0; index < awards; index++) people.push(await plantAward(db, desk))
  await desk.publish({
    lines: people.map((each, index) => ({ ...each, forMonth: MONTH, fen: (index + 1) * 100_00 })),
  })
  await desk.send()
  const ids = (await desk.instructions(1)).map(({ awardId }) => awardId)
  return {
    desk,
    people,
    refOf: (index: number, batchNo = 1) =>
      refOf(desk, batchNo, ids.indexOf(people[index]?.awardId ?? '') + 1),
    awardId: people[0]?.awardId ?? '',
  }
}

function refOf(desk: Office, batchNo: number, seq: number): string {
  return `${desk.county}${String(batchNo).padStart(6, '0')}${String(seq).padStart(6, '0')}`
}

function returned(...refs: string[]) {
  return { returned: new Map(refs.map((ref) => [ref, '账户已销户'])) }
}

function unknown(...refs: string[]) {
  return { unknown: new Set(refs) }
}

async function statuses(desk: Office, batchNo = 1) {
  return (await desk.instructions(batchNo)).map(({ status }) => status)
}

async function reservedFen(desk: Office) {
  return desk.ask(async (ctx) =>
    (await listBudgets(ctx, 2026)).reduce((sum, each) => sum + each.reservedFen, 0),
  )
}

test('a file in parts: what is answered moves, the rest stays in flight', async () => {
  const { desk, refOf } = await sentBatch(4)

  const first = await desk.answer(
    1,
    { ...returned(refOf(1)), ...unknown(refOf(2)) },
    (ref) => ref !== refOf(3),
  )

  expect(first).toEqual({
    batchNo: 1,
    alreadyImported: false,
    lines: 3,
    paid: 1,
    returned: 1,
    unknown: 1,
    late: 0,
    questions: [],
  })
  const byRef = Object.fromEntries(
    (await desk.instructions(1)).map(({ ref, status, reason }) => [ref, [status, reason]]),
  )
  expect([0, 1, 2, 3].map((index) => byRef[refOf(index)])).toEqual([
    ['paid', null],
    ['returned', '账户已销户'],
    ['unknown', null],
    ['in_flight', null],
  ])
  expect(await reservedFen(desk)).toBe(100_00 + 300_00 + 400_00)
})

test('the same file a second time changes nothing and says so', async () => {
  const { desk, refOf } = await sentBatch(2)
  const { bytes } = await readBatchFile(db.deps, {
    actor: desk.maker,
    county: desk.county,
    input: { batchNo: 1, part: 1 },
  })
  const answer = answerBatch(CSV, readOrders(CSV, bytes), returned(refOf(0)))
  await desk.take(1, answer)
  const before = await db.pool.query(`select * from funds.instruction where county = $1 order by ref`, [
    desk.county,
  ])

  const both = await Promise.all([desk.take(1, answer), desk.take(1, answer)])

  for (const again of both)
    expect(again).toMatchObject({ alreadyImported: true, batchNo: 1, lines: 2, paid: 0, returned: 0 })
  expect(
    (await db.pool.query(`select * from funds.instruction where county = $1 order by ref`, [desk.county]))
      .rows,
  ).toEqual(before.rows)
  const { rows } = await db.pool.query(
    `select (select count(*)::int from funds.result where county = $1) as results, (select count(*)::int from funds.result_file where county = $1) as files`,
    [desk.county],
  )
  expect(rows).toEqual([{ results: 2, files: 1 }])
  expect(await reservedFen(desk)).toBe(200_00)
})

test('the same file sent twice at the same moment counts once', async () => {
  const { desk } = await sentBatch(1)
  const { bytes } = await readBatchFile(db.deps, {
    actor: desk.maker,
    county: desk.county,
    input: { batchNo: 1, part: 1 },
  })
  const answer = answerBatch(CSV, readOrders(CSV, bytes))

  const both = await Promise.all([desk.take(1, answer), desk.take(1, answer)])

  expect(both.map(({ alreadyImported }) => alreadyImported).toSorted()).toEqual([false, true])
})

test.each([
  {
    what: 'a reference that is not in the batch',
    change: (text: string, ref: string) => text.replace(ref, '999999000001000001'),
  },
  { what: 'another amount', change: (text: string) => text.replace('200.00', '200.01') },
  { what: 'an answer without a code', change: (text: string) => text.replace('成功', '') },
])('$what stops the whole file, on record, and nothing is imported', async ({ change }) => {
  const { desk, refOf } = await sentBatch(2)
  const { bytes } = await readBatchFile(db.deps, {
    actor: desk.maker,
    county: desk.county,
    input: { batchNo: 1, part: 1 },
  })
  const text = Buffer.from(answerBatch(CSV, readOrders(CSV, bytes))).toString('utf8')

  const importing = desk.take(1, Buffer.from(change(text, refOf(1)), 'utf8'))

  await expect(importing).rejects.toMatchObject({ code: 'funds.result_file_invalid' })
  expect(await statuses(desk)).toEqual(['in_flight', 'in_flight'])
  const { rows } = await db.pool.query(
    `select code, (select count(*)::int from funds.result where county = $1) as results
       from platform.audit_row where county = $1 and event = 'funds.result.imported'`,
    [desk.county],
  )
  expect(rows).toEqual([{ code: 'funds.result_file_invalid', results: 0 }])
})

test('only a filed batch has an answer', async () => {
  const desk = await buildOffice(db, String(++counties))
  await desk.budget(100_000)
  const award = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...award, forMonth: MONTH, fen: 100_00 }] })
  const { batchNo } = await desk.create()
  const order = {
    ref: refOf(desk, 1, 1),
    payeeName: '张三',
    account: '6217000000000000001',
    amountFen: 100_00,
  }

  await expect(desk.take(batchNo, answerBatch(CSV, [order]))).rejects.toMatchObject({
    code: 'funds.batch_state',
  })
})

test('a returned line is issued again exactly once, in the next batch', async () => {
  const { desk, refOf } = await sentBatch(2)
  await desk.answer(1, returned(refOf(0)))

  const second = await desk.create()

  expect(second).toMatchObject({ lines: 1, totalFen: 100_00 })
  await expect(desk.create()).rejects.toMatchObject({ code: 'funds.batch_nothing_to_pay' })
  expect(await statuses(desk)).toEqual(expect.arrayContaining(['returned', 'paid']))
})

test('what is re-issued after a correction is what is still owed, not what was sent', async () => {
  const { desk, refOf, awardId } = await sentBatch(1)
  await desk.answer(1, returned(refOf(0)))
  await desk.publish({ lines: [{ awardId, forMonth: MONTH, fen: -30_00 }] })

  const second = await desk.create()

  expect(second.totalFen).toBe(100_00 - 30_00)
  expect(await desk.openClaims()).toEqual([])
})

test('unknown is never issued again, neither by a batch nor around it', async () => {
  const { desk, refOf, awardId } = await sentBatch(1)
  await desk.answer(1, unknown(refOf(0)))

  await expect(desk.create()).rejects.toMatchObject({ code: 'funds.batch_nothing_to_pay' })
  const around = db.pool.query(
    `insert into funds.instruction select county, gen_random_uuid(), batch_no, ref || 'X', award_id, for_month, line_seq, program, fen, payee_kind,
            payee_id, payee_name, bank_code, account_cipher, 'in_flight', null, town, village, created_at, status_at
       from funds.instruction where county = $1 and award_id = $2`,
    [desk.county, awardId],
  )
  await expect(around).rejects.toMatchObject({ constraint: 'instruction_one_live' })
  expect(await desk.payable(awardId, MONTH)).toBe(0)
})

test('a named person answers an unknown with a paper: returned can be issued again, paid is settled', async () => {
  const { desk, refOf } = await sentBatch(2)
  await desk.answer(1, unknown(refOf(0), refOf(1)))
  const [first, second] = await desk.instructions(1)

  await desk.perform(
    answerUnknown,
    { instructionId: first?.id, outcome: 'returned', paper: '银行函12号' },
    desk.checker,
  )
  await desk.perform(
    answerUnknown,
    { instructionId: second?.id, outcome: 'paid', paper: '银行函12号' },
    desk.checker,
  )

  expect(await statuses(desk)).toEqual(['returned', 'paid'])
  expect(await reservedFen(desk)).toBe(second?.fen)
  expect(await desk.create()).toMatchObject({ lines: 1, totalFen: first?.fen })
  const { rows } = await db.pool.query(
    `select paper, answered_by from funds.result where county = $1 and paper is not null`,
    [desk.county],
  )
  expect(rows).toEqual([1, 2].map(() => ({ paper: '银行函12号', answered_by: desk.checker.id })))
  await expect(
    desk.perform(answerUnknown, { instructionId: second?.id, outcome: 'returned', paper: '银行函13号' }),
  ).rejects.toMatchObject({ code: 'funds.instruction_not_unknown' })
})

test('a late bounce of what was paid makes it payable again and frees the budget', async () => {
  const { desk, refOf, awardId } = await sentBatch(1)
  await desk.answer(1)
  expect(await desk.payable(awardId, MONTH)).toBe(0)

  expect(await desk.answer(1, returned(refOf(0)))).toMatchObject({ returned: 1 })

  expect(await desk.payable(awardId, MONTH)).toBe(100_00)
  expect(await reservedFen(desk)).toBe(0)
  expect(await desk.create()).toMatchObject({ totalFen: 100_00 })
})

test('late success before re-issue settles the line', async () => {
  const { desk, refOf, awardId } = await sentBatch(1)
  await desk.answer(1, returned(refOf(0)))

  expect(await desk.answer(1)).toMatchObject({ paid: 1, late: 0 })

  expect(await desk.payable(awardId, MONTH)).toBe(0)
  expect(await reservedFen(desk)).toBe(100_00)
  await expect(desk.create()).rejects.toMatchObject({ code: 'funds.batch_nothing_to_pay' })
})

test('late success after re-issue is cash out twice: late_paid and one claim, which a bounce of either closes', async () => {
  const { desk, refOf, awardId } = await sentBatch(1)
  await desk.answer(1, returned(refOf(0)))
  await desk.send()

  expect(await desk.answer(1)).toMatchObject({ paid: 0, late: 1 })

  expect(await statuses(desk)).toEqual(['late_paid'])
  expect(await desk.payable(awardId, MONTH)).toBe(-100_00)
  expect(await desk.openClaims()).toMatchObject([
    { awardId, forMonth: MONTH, openFen: 100_00, decidedBy: null },
  ])
  expect(await reservedFen(desk)).toBe(200_00)

  await desk.answer(2, returned(refOf(0, 2)))

  expect(await desk.openClaims()).toEqual([])
  expect(await desk.payable(awardId, MONTH)).toBe(0)
  await expect(desk.create()).rejects.toMatchObject({ code: 'funds.batch_nothing_to_pay' })
})

test('the late payment bounces after all: its claim closes, unless it was settled meanwhile, then a person must ask', async () => {
  for (const isSettled of [false, true]) {
    const { desk, refOf, awardId } = await sentBatch(1)
    await desk.answer(1, returned(refOf(0)))
    await desk.send()
    await desk.answer(1)
    if (isSettled) {
      const claimId = (await desk.openClaims())[0]?.id
      const { writeOffId } = await desk.perform(proposeWriteOff, {
        claimId,
        fen: 100_00,
        clause: '确无偿还能力',
      })
      await desk.perform(answerWriteOff, { writeOffId, agrees: true }, desk.checker)
    }

    // Another reason than in the first answer: the same bytes would not be taken in twice.
    const bounce = await desk.answer(1, { returned: new Map([[refOf(0), '再次退汇']]) })

    expect(bounce.questions).toEqual(isSettled ? [refOf(0)] : [])
    expect(await statuses(desk)).toEqual([isSettled ? 'late_paid' : 'returned'])
    expect(await desk.openClaims()).toEqual([])
    expect(await desk.payable(awardId, MONTH)).toBe(0)
  }
})

test('a draft batch that re-issues can be cancelled when the first payment turns out to have arrived', async () => {
  const { desk, refOf, awardId } = await sentBatch(1)
  await desk.answer(1, returned(refOf(0)))
  const { batchNo } = await desk.create()
  await desk.answer(1)
  expect(await desk.openClaims()).toMatchObject([{ openFen: 100_00 }])

  await desk.perform(cancelBatch, { batchNo })

  expect(await desk.openClaims()).toEqual([])
  expect(await desk.payable(awardId, MONTH)).toBe(0)
  await expect(desk.create()).rejects.toMatchObject({ code: 'funds.batch_nothing_to_pay' })
})

test('late success of money that was released and promised elsewhere stops the import until the budget is raised', async () => {
  const { desk, refOf } = await sentBatch(1, 100_00)
  await desk.answer(1, returned(refOf(0)))
  const other = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...other, forMonth: MONTH, fen: 100_00 }] })
  const { batchNo } = await desk.create()
  await expect(desk.perform(approveBatch, { batchNo }, desk.checker)).rejects.toMatchObject({
    code: 'funds.budget_exceeded',
  })
  await db.pool.query(`update funds.budget set reserved_fen = 10000 where county = $1`, [desk.county])

  await expect(desk.answer(1)).rejects.toMatchObject({
    code: 'funds.budget_exceeded',
    details: { shortFen: 100_00 },
  })

  expect(await statuses(desk)).toEqual(['returned'])
  await desk.budget(100_00, { source: '县级追加' })
  await expect(desk.answer(1)).resolves.toMatchObject({ late: 1, alreadyImported: false })
})

test('what the bank first returned and now does not know is not paid again', async () => {
  const { desk, refOf } = await sentBatch(1)
  await desk.answer(1, returned(refOf(0)))

  expect(await desk.answer(1, unknown(refOf(0)))).toMatchObject({ unknown: 1 })

  await expect(desk.create()).rejects.toMatchObject({ code: 'funds.batch_nothing_to_pay' })
  expect(await reservedFen(desk)).toBe(100_00)
})

test('an answer that contradicts a payment is a question to the bank: on record, listed, nothing changed', async () => {
  const { desk, refOf } = await sentBatch(1)
  await desk.answer(1)

  expect(await desk.answer(1, unknown(refOf(0)))).toMatchObject({ unknown: 0, questions: [refOf(0)] })

  expect(await statuses(desk)).toEqual(['paid'])
  const { rows } = await db.pool.query(
    `select outcome from funds.result where county = $1 order by recorded_at`,
    [desk.county],
  )
  expect(rows).toEqual([{ outcome: 'paid' }, { outcome: 'unknown' }])
})
