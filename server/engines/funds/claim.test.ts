import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from '../../../test/db.ts'
import { buildOffice, type Office } from '../../../test/funds-office.ts'
import { plantAward } from '../../../test/ledger.ts'
import {
  addReceipt,
  answerWriteOff,
  cancelBatch,
  decideClaim,
  fundsHooks,
  listClaims,
  offsetClaim,
  proposeWriteOff,
  setHold,
} from './index.ts'

let db: TestDb
let counties = 443000

beforeAll(async () => {
  db = await testDb()
})
afterAll(() => db.close())

const MONTH = '2026-01'

async function office() {
  const desk = await buildOffice(db, String(++counties))
  await desk.budget(100_000_000)
  return desk
}

/** 100 yuan paid for one month, then corrected by −60: a claim of 60. */
async function claimOf60() {
  const desk = await office()
  const award = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...award, forMonth: MONTH, fen: 100_00 }] })
  await desk.send()
  await desk.answer(1)
  await desk.publish({ lines: [{ awardId: award.awardId, forMonth: MONTH, fen: -60_00 }] })
  return { desk, ...award, claimId: await onlyClaim(desk) }
}

async function onlyClaim(desk: Office): Promise<string> {
  const claims = await desk.openClaims()
  expect(claims).toHaveLength(1)
  return claims[0]?.id ?? ''
}

async function claims(desk: Office) {
  return (await desk.ask((ctx) => listClaims(ctx))).map(({ status, openFen, closedBy }) => [
    status,
    openFen,
    closedBy,
  ])
}

function receipt(claimId: string, fen: number) {
  return { claimId, fen, receivedOn: '2026-03-02', paper: '收据5号' }
}

const DECIDED = { decision: '追回决定书8号，一次退还' }

test('a correction of what was paid opens exactly one claim, in flight or paid alike; a second one grows it', async () => {
  const desk = await office()
  const award = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...award, forMonth: MONTH, fen: 100_00 }] })
  await desk.create()

  await desk.publish({ lines: [{ awardId: award.awardId, forMonth: MONTH, fen: -60_00 }] })
  await desk.publish({ lines: [{ awardId: award.awardId, forMonth: MONTH, fen: -15_00 }] })

  expect(await desk.openClaims()).toMatchObject([
    { awardId: award.awardId, forMonth: MONTH, openedFen: 75_00, openFen: 75_00 },
  ])
  expect(await desk.payable(award.awardId, MONTH)).toBe(-75_00)
})

test('the database holds the promise of one open claim per award and month', async () => {
  const { desk } = await claimOf60()

  const second = db.pool.query(
    `insert into funds.claim (county, id, award_id, for_month, status, opened_fen, open_fen, opened_at)
     select county, gen_random_uuid(), award_id, for_month, 'open', 1, 1, now() from funds.claim where county = $1`,
    [desk.county],
  )

  await expect(second).rejects.toMatchObject({ constraint: 'claim_one_open' })
})

test('arrears of the same month first extinguish the claim; only the rest is paid', async () => {
  const { desk, awardId, payeeId } = await claimOf60()

  await desk.publish({ lines: [{ awardId, payeeId, forMonth: MONTH, fen: 20_00 }] })
  expect(await claims(desk)).toEqual([['open', 40_00, null]])
  await expect(desk.create()).rejects.toMatchObject({ code: 'funds.batch_nothing_to_pay' })
  await desk.publish({ lines: [{ awardId, payeeId, forMonth: MONTH, fen: 65_00 }] })

  expect(await claims(desk)).toEqual([['closed', 0, 'arrears']])
  expect(await desk.create()).toMatchObject({ totalFen: 65_00 - 40_00 })
})

test('arrears of another month are paid although a claim is open', async () => {
  const { desk, awardId, payeeId } = await claimOf60()

  await desk.publish({ lines: [{ awardId, payeeId, forMonth: '2026-02', fen: 30_00 }] })

  expect(await desk.create()).toMatchObject({ totalFen: 30_00 })
  expect(await claims(desk)).toEqual([['open', 60_00, null]])
})

test('a receipt needs a decision, may come in parts, and never exceeds the claim', async () => {
  const { desk, awardId, claimId } = await claimOf60()

  await expect(desk.perform(addReceipt, receipt(claimId, 10_00))).rejects.toMatchObject({
    code: 'funds.claim_not_decided',
  })
  await desk.perform(decideClaim, { claimId, ...DECIDED }, desk.checker)
  await expect(desk.perform(addReceipt, receipt(claimId, 60_01))).rejects.toMatchObject({
    code: 'funds.more_than_claim',
  })
  await expect(desk.perform(addReceipt, receipt(claimId, 25_00))).resolves.toMatchObject({ openFen: 35_00 })
  await expect(desk.perform(addReceipt, receipt(claimId, 35_01))).rejects.toMatchObject({
    code: 'funds.more_than_claim',
  })
  await desk.perform(addReceipt, receipt(claimId, 35_00))

  expect(await claims(desk)).toEqual([['closed', 0, 'receipt']])
  expect(await desk.payable(awardId, MONTH)).toBe(0)
  await expect(desk.perform(addReceipt, receipt(claimId, 1))).rejects.toMatchObject({
    code: 'funds.claim_closed',
  })
})

test('two receipts at the same moment never take more than the claim', async () => {
  const { desk, claimId } = await claimOf60()
  await desk.perform(decideClaim, { claimId, ...DECIDED })

  const outcomes = await Promise.allSettled(
    [40_00, 40_00].map((fen) => desk.perform(addReceipt, receipt(claimId, fen))),
  )

  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(await claims(desk)).toEqual([['open', 20_00, null]])
})

test('a claim that grows needs a new decision; one that shrinks keeps it; both decisions stay on record', async () => {
  const { desk, awardId, payeeId, claimId } = await claimOf60()
  await desk.perform(decideClaim, { claimId, ...DECIDED })

  await desk.publish({ lines: [{ awardId, payeeId, forMonth: MONTH, fen: 10_00 }] })
  expect((await desk.openClaims())[0]?.decidedBy).toBe(desk.maker.id)
  await desk.publish({ lines: [{ awardId, forMonth: MONTH, fen: -30_00 }] })
  expect(await desk.openClaims()).toMatchObject([{ openFen: 80_00, decidedBy: null }])
  await expect(desk.perform(addReceipt, receipt(claimId, 10_00))).rejects.toMatchObject({
    code: 'funds.claim_not_decided',
  })
  await desk.perform(decideClaim, { claimId, decision: '补充决定书9号' })

  const { rows } = await db.pool.query(
    `select fen, decision from funds.claim_decision where county = $1 order by recorded_at`,
    [desk.county],
  )
  expect(rows).toEqual([
    { fen: 60_00, decision: DECIDED.decision },
    { fen: 80_00, decision: '补充决定书9号' },
  ])
})

test('a write-off needs two people, in the code and in the database, and is refused or effective once', async () => {
  const { desk, awardId, claimId } = await claimOf60()
  const proposal = { claimId, fen: 60_00, clause: '救助对象死亡且无遗产' }

  const first = await desk.perform(proposeWriteOff, proposal)
  await expect(desk.perform(proposeWriteOff, proposal)).rejects.toMatchObject({
    code: 'funds.write_off_open',
  })
  expect(await claims(desk)).toEqual([['open', 60_00, null]])
  await expect(
    desk.perform(answerWriteOff, { writeOffId: first.writeOffId, agrees: true }),
  ).rejects.toMatchObject({ code: 'funds.maker_is_checker' })
  const around = db.pool.query(
    `update funds.write_off set status = 'effective', checked_by = decided_by, checked_at = now() where county = $1`,
    [desk.county],
  )
  await expect(around).rejects.toMatchObject({ constraint: 'write_off_two_people' })
  await desk.perform(answerWriteOff, { writeOffId: first.writeOffId, agrees: false }, desk.checker)
  expect(await claims(desk)).toEqual([['open', 60_00, null]])
  const second = await desk.perform(proposeWriteOff, proposal)
  await desk.perform(answerWriteOff, { writeOffId: second.writeOffId, agrees: true }, desk.checker)

  expect(await claims(desk)).toEqual([['closed', 0, 'write_off']])
  expect(await desk.payable(awardId, MONTH)).toBe(0)
  await expect(
    desk.perform(answerWriteOff, { writeOffId: second.writeOffId, agrees: true }, desk.checker),
  ).rejects.toMatchObject({ code: 'funds.write_off_answered' })
})

test('a write-off proposed before money came back is not effective beyond what is still open', async () => {
  const { desk, claimId } = await claimOf60()
  const { writeOffId } = await desk.perform(proposeWriteOff, { claimId, fen: 60_00, clause: '确无偿还能力' })
  await desk.perform(decideClaim, { claimId, ...DECIDED })
  await desk.perform(addReceipt, receipt(claimId, 10_00))

  const answer = desk.perform(answerWriteOff, { writeOffId, agrees: true }, desk.checker)

  await expect(answer).rejects.toMatchObject({
    code: 'funds.more_than_claim',
    details: { fen: 60_00, openFen: 50_00 },
  })
})

test('an offset by consent keeps back arrears of another month, at most what is payable there and what is open here', async () => {
  const { desk, awardId, payeeId, claimId } = await claimOf60()
  await desk.publish({ lines: [{ awardId, payeeId, forMonth: '2026-02', fen: 50_00 }] })
  const offset = {
    claimId,
    toAward: awardId,
    toMonth: '2026-02',
    basis: 'consent',
    evidence: '本人同意书2号',
  }

  await expect(desk.perform(offsetClaim, { ...offset, fen: 50_01 })).rejects.toMatchObject({
    code: 'funds.offset_more_than_payable',
  })
  await expect(desk.perform(offsetClaim, { ...offset, fen: 60_01 })).rejects.toMatchObject({
    code: 'funds.more_than_claim',
  })
  await expect(desk.perform(offsetClaim, { ...offset, toMonth: MONTH, fen: 1 })).rejects.toMatchObject({
    code: 'funds.offset_same_month',
  })
  await desk.perform(offsetClaim, { ...offset, fen: 20_00 })

  expect(
    await desk.payables([
      { awardId, forMonth: MONTH },
      { awardId, forMonth: '2026-02' },
    ]),
  ).toEqual([-40_00, 30_00])
  expect(await claims(desk)).toEqual([['open', 40_00, null]])
  expect(await desk.create()).toMatchObject({ totalFen: 30_00 })
  await expect(desk.perform(offsetClaim, { ...offset, fen: 1 })).rejects.toMatchObject({
    code: 'funds.offset_more_than_payable',
  })
})

test('a replacing award pays the claim of the replaced one in the same months, from the month of replacement on', async () => {
  const desk = await office()
  const old = await plantAward(db, desk)
  const months = ['2026-01', '2026-02', '2026-03']
  await desk.publish({ lines: months.map((forMonth) => ({ ...old, forMonth, fen: 100_00 })) })
  await desk.send()
  await desk.answer(1)
  const next = await plantAward(db, { ...desk, replaces: { awardId: old.awardId, fromMonth: '2026-02' } })

  await desk.publish({
    lines: months.flatMap((forMonth) => [
      { awardId: old.awardId, forMonth, fen: -100_00 },
      { ...next, forMonth, fen: forMonth === '2026-02' ? 130_00 : 70_00 },
    ]),
  })

  // 2026-01 lies before the replacement: claim 100, arrears 70. 2026-02: 100 of 130 kept back. 2026-03: 70 of 100.
  const at = (awardId: string) => months.map((forMonth) => ({ awardId, forMonth }))
  expect(await desk.payables(at(old.awardId))).toEqual([-100_00, 0, -30_00])
  expect(await desk.payables(at(next.awardId))).toEqual([70_00, 30_00, 0])
  expect((await desk.openClaims()).map(({ forMonth, openFen }) => [forMonth, openFen])).toEqual([
    ['2026-01', 100_00],
    ['2026-03', 30_00],
  ])
  const { rows } = await db.pool.query(
    `select to_month, fen, basis, evidence from funds.claim_offset where county = $1 order by to_month`,
    [desk.county],
  )
  expect(rows).toEqual([
    { to_month: '2026-02', fen: 100_00, basis: 'replacement', evidence: next.awardId },
    { to_month: '2026-03', fen: 70_00, basis: 'replacement', evidence: next.awardId },
  ])
})

test('cancelling a run takes its claims and its replacement offsets back', async () => {
  const desk = await office()
  const old = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...old, forMonth: MONTH, fen: 100_00 }] })
  await desk.send()
  await desk.answer(1)
  const next = await plantAward(db, { ...desk, replaces: { awardId: old.awardId, fromMonth: MONTH } })
  const runNo = await desk.publish({
    lines: [
      { awardId: old.awardId, forMonth: MONTH, fen: -100_00 },
      { ...next, forMonth: MONTH, fen: 70_00 },
    ],
  })
  expect(await claims(desk)).toEqual([['open', 30_00, null]])

  expect(await desk.cancelRun(runNo)).toBe(true)

  expect(await claims(desk)).toEqual([['closed', 0, 'run_cancelled']])
  expect(await desk.payables([old, next].map(({ awardId }) => ({ awardId, forMonth: MONTH })))).toEqual([
    0, 0,
  ])
})

test('a claim that the cancelled run had extinguished is open again', async () => {
  const { desk, awardId, payeeId } = await claimOf60()
  const runNo = await desk.publish({ lines: [{ awardId, payeeId, forMonth: MONTH, fen: 60_00 }] })
  expect(await desk.openClaims()).toEqual([])

  await desk.cancelRun(runNo)

  expect(await desk.openClaims()).toMatchObject([{ awardId, openFen: 60_00 }])
})

test('a held line that a run had emptied is payable again when that run is cancelled', async () => {
  const desk = await office()
  const award = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...award, forMonth: MONTH, fen: 100_00 }] })
  const runNo = await desk.publish({ lines: [{ awardId: award.awardId, forMonth: MONTH, fen: -100_00 }] })
  const other = await plantAward(db, desk)
  await desk.publish({ lines: [{ ...other, forMonth: MONTH, fen: 1_00 }] })
  await desk.create() // finds the first line without money and puts its run aside

  expect(await desk.cancelRun(runNo)).toBe(true)

  expect(await desk.create()).toMatchObject({ lines: 1, totalFen: 100_00 })
})

test('a run is not cancelled once cash knew of it: an order, a receipt, a write-off, an offset by hand', async () => {
  const ordered = await office()
  const award = await plantAward(db, ordered)
  const orderedRun = await ordered.publish({ lines: [{ ...award, forMonth: MONTH, fen: 100_00 }] })
  const { batchNo } = await ordered.create()
  expect(await ordered.cancelRun(orderedRun)).toBe(false)
  await ordered.perform(cancelBatch, { batchNo })
  expect(await ordered.cancelRun(orderedRun)).toBe(true)

  for (const deed of ['none', 'receipt', 'write_off', 'offset'] as const) {
    const { desk, awardId, payeeId, claimId } = await claimOf60()
    await desk.publish({ lines: [{ awardId, payeeId, forMonth: '2026-02', fen: 50_00 }] })
    if (deed === 'receipt') {
      await desk.perform(decideClaim, { claimId, ...DECIDED })
      await desk.perform(addReceipt, receipt(claimId, 1_00))
    } else if (deed === 'write_off') {
      const { writeOffId } = await desk.perform(proposeWriteOff, {
        claimId,
        fen: 1_00,
        clause: '确无偿还能力',
      })
      await desk.perform(answerWriteOff, { writeOffId, agrees: true }, desk.checker)
    } else if (deed === 'offset') {
      await desk.perform(offsetClaim, {
        claimId,
        toAward: awardId,
        toMonth: '2026-02',
        fen: 1_00,
        basis: 'consent',
        evidence: '同意书',
      })
    }
    expect([deed, await desk.cancelRun(2)]).toEqual([deed, deed === 'none'])
  }
})

test('the continuity guard hears who was paid, who is held, and whom a run leaves without money', async () => {
  const desk = await office()
  const [goesOn, stops, held, back, takenBack] = [
    await plantAward(db, desk),
    await plantAward(db, desk),
    await plantAward(db, desk),
    await plantAward(db, desk),
    await plantAward(db, desk),
  ]
  await desk.publish({
    lines: [goesOn, stops, held, back, takenBack].map((award) => ({
      ...award,
      forMonth: MONTH,
      fen: 100_00,
    })),
  })
  await desk.send()
  const returnedRef = (await desk.instructions(1)).find(({ awardId }) => awardId === back.awardId)?.ref ?? ''
  await desk.answer(1, { returned: new Map([[returnedRef, '账号不符']]) })
  await desk.publish({ lines: [{ awardId: takenBack.awardId, forMonth: MONTH, fen: -100_00 }] })
  await desk.perform(setHold, {
    awardId: held.awardId,
    fromMonth: '2026-02',
    cause: '复核',
    evidence: '通知',
    reviewOn: '2026-04-01',
  })
  const runNo = await desk.publish({
    status: 'approved',
    lines: [goesOn, held].map((award) => ({ ...award, forMonth: '2026-02', fen: 100_00 })),
  })
  const programs = ['subsistence_allowance']
  const { county } = desk

  const paid = await desk.step((tx) => fundsHooks.paidAwards(tx, county, { programs, month: MONTH }))
  const question = { county, runNo, previous: MONTH, month: '2026-02', programs }
  const stoppedBut = (explained: string[]) =>
    desk.step((tx) => fundsHooks.paidButNotDue(tx, { ...question, explained: new Set(explained) }))
  const stopped = await stoppedBut([])

  expect([...paid].toSorted()).toEqual(
    [goesOn, stops, held, takenBack].map(({ awardId }) => awardId).toSorted(),
  )
  expect(stopped).toEqual([stops.awardId])
  expect(await stoppedBut([stops.awardId])).toEqual([])
  expect(await desk.step((tx) => fundsHooks.heldAwards(tx, county, MONTH))).toEqual(new Set())
  expect(await desk.step((tx) => fundsHooks.heldAwards(tx, county, '2026-02'))).toEqual(
    new Set([held.awardId]),
  )
})
