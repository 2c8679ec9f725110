import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from '../../../test/db.ts'
import { buildOffice, type Office } from '../../../test/funds-office.ts'
import { plantAward, type PlantedLine } from '../../../test/ledger.ts'
import { isAppError } from '../../platform/errors.ts'
import {
  addReceipt,
  answerUnknown,
  answerWriteOff,
  approveBatch,
  cancelBatch,
  decideClaim,
  liftHold,
  listBatches,
  listHolds,
  listInstructions,
  offsetClaim,
  proposeWriteOff,
  setHold,
} from './index.ts'

let db: TestDb
let counties = 450000

beforeAll(async () => {
  db = await testDb()
})
afterAll(() => db.close())

const MONTHS = ['2026-01', '2026-02'] as const

/** One deed of a random story; numbers choose among what is there at that moment. */
const Deed = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('publish' as const),
      due: fc.array(fc.nat({ max: 5 }), { minLength: 4, maxLength: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      stop: fc.constantFrom('draft', 'approved', 'filed', 'filed', 'filed'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      which: fc.nat(9),
      moods: fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel_batch' as const), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel_run' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('paper' as const), which: fc.nat(9), isPaid: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('receipt' as const),
      which: fc.nat(9),
      part: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('write_off' as const),
      which: fc.nat(9),
      part: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('offset' as const),
      which: fc.nat(9),
      to: fc.nat(3),
      fen: fc.integer({ min: 1, max: 300 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold' as const), award: fc.nat(1) }) },
)
type Deed = typeof Deed extends fc.Arbitrary<infer Value> ? Value : never

interface Story {
  desk: Office
  awards: { awardId: string; payeeId: string }[]
  runs: number[]
}

/** A refusal is a fine end of a deed; anything else is a bug. */
async function tryDeed(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isAppError(error) || error.status >= 500) throw error
  }
}

function pick<Item>(items: readonly Item[], which: number): Item | undefined {
  return items[which % Math.max(1, items.length)]
}

async function perform(story: Story, deed: Deed): Promise<void> {
  const { desk } = story
  switch (deed.kind) {
    case 'publish':
      return publish(story, deed.due)
    case 'send': {
      const { batchNo } = await desk.create()
      if (deed.stop !== 'draft') await desk.perform(approveBatch, { batchNo }, desk.checker)
      if (deed.stop === 'filed') await desk.file(batchNo)
      return
    }
    case 'answer': {
      const batch = pick(await desk.ask((ctx) => listBatches(ctx, { status: 'filed' })), deed.which)
      if (!batch) return
      const refs = (await desk.instructions(batch.no)).map(({ ref }) => ref)
      const moods = new Map(refs.map((ref, index) => [ref, pick(deed.moods, index) ?? 0]))
      const chosen = refs.filter((ref) => moods.get(ref) !== 3)
      if (chosen.length === 0) return
      await desk.answer(
        batch.no,
        {
          returned: new Map(
            chosen.filter((ref) => moods.get(ref) === 1).map((ref) => [ref, `退汇${deed.which}`]),
          ),
          unknown: new Set(chosen.filter((ref) => moods.get(ref) === 2)),
        },
        (ref) => chosen.includes(ref),
      )
      return
    }
    case 'cancel_batch': {
      const batch = pick(await desk.ask((ctx) => listBatches(ctx)), deed.which)
      if (batch) await desk.perform(cancelBatch, { batchNo: batch.no })
      return
    }
    case 'cancel_run': {
      const last = story.runs.at(-1)
      if (last !== undefined && (await desk.cancelRun(last))) story.runs.pop()
      return
    }
    case 'paper': {
      const open = pick(await desk.ask((ctx) => listInstructions(ctx, { status: 'unknown' })), deed.which)
      if (open)
        await desk.perform(answerUnknown, {
          instructionId: open.id,
          outcome: deed.isPaid ? 'paid' : 'returned',
          paper: '银行函',
        })
      return
    }
    case 'hold': {
      const holds = await desk.ask((ctx) => listHolds(ctx))
      const awardId = story.awards[deed.award]?.awardId
      const standing = holds.find((hold) => hold.awardId === awardId)
      if (standing) await desk.perform(liftHold, { holdId: standing.id, reason: '复核完成' })
      else
        await desk.perform(setHold, {
          awardId,
          fromMonth: MONTHS[1],
          cause: '复核',
          evidence: '通知',
          reviewOn: '2026-06-01',
        })
      return
    }
    case 'receipt':
    case 'write_off':
    case 'offset':
      return onClaim(story, deed)
  }
}

async function onClaim(
  { desk, awards }: Story,
  deed: Extract<Deed, { kind: 'receipt' | 'write_off' | 'offset' }>,
): Promise<void> {
  const claim = pick(await desk.openClaims(), deed.which)
  if (!claim) return
  const claimId = claim.id
  if (deed.kind === 'offset') {
    const toAward = awards[deed.to % 2]?.awardId
    await desk.perform(offsetClaim, {
      claimId,
      toAward,
      toMonth: MONTHS[deed.to < 2 ? 0 : 1],
      fen: deed.fen,
      basis: 'consent',
      evidence: '同意书',
    })
    return
  }
  const fen = Math.ceil(claim.openFen / deed.part)
  if (deed.kind === 'receipt') {
    await desk.perform(decideClaim, { claimId, decision: '追回决定' })
    await desk.perform(addReceipt, { claimId, fen, receivedOn: '2026-03-01', paper: '收据' })
    return
  }
  const { writeOffId } = await desk.perform(proposeWriteOff, { claimId, fen, clause: '确无偿还能力' })
  await desk.perform(answerWriteOff, { writeOffId, agrees: true }, desk.checker)
}

/** A run as benefits writes it: the difference to what was published, never a month below zero. */
async function publish(story: Story, due: readonly number[]): Promise<void> {
  const { desk, awards } = story
  const { rows } = await db.pool.query<{ award_id: string; for_month: string; fen: number }>(
    `select l.award_id, l.for_month, sum(l.fen)::bigint as fen from benefits.obligation_line l
       join benefits.run r on r.county = l.county and r.no = l.run_no and r.status = 'published'
      where l.county = $1 group by 1, 2`,
    [desk.county],
  )
  const lines = awards.flatMap((award, index) =>
    MONTHS.flatMap((forMonth, month): PlantedLine[] => {
      const was = rows.find((row) => row.award_id === award.awardId && row.for_month === forMonth)?.fen ?? 0
      const fen = (due[index * 2 + month] ?? 0) * 100 - was
      return fen === 0 ? [] : [{ ...award, forMonth, fen }]
    }),
  )
  if (lines.length > 0) story.runs.push(await desk.publish({ lines }))
}

interface MonthSums {
  key: string
  obligation: number
  out: number
  back: number
  kept: number
  claims: number
  claimed: number
  unsettled: number
}

/** The books of a county, added up apart from the engine. */
async function books(county: string): Promise<MonthSums[]> {
  const { rows } = await db.pool.query<MonthSums>(
    `select k.award_id || ' ' || k.for_month as key,
       (select coalesce(sum(l.fen), 0)::bigint from benefits.obligation_line l join benefits.run r using (county)
         where l.county = $1 and r.no = l.run_no and r.status = 'published' and (l.award_id, l.for_month) = (k.award_id, k.for_month)) as obligation,
       (select coalesce(sum(fen), 0)::bigint from funds.instruction i
         where county = $1 and (i.award_id, i.for_month) = (k.award_id, k.for_month) and status in ('in_flight', 'paid', 'unknown', 'late_paid')) as out,
       (select coalesce(sum(fen), 0)::bigint from funds.receipt i where county = $1 and (i.award_id, i.for_month) = (k.award_id, k.for_month))
         + (select coalesce(sum(fen), 0)::bigint from funds.write_off i
             where county = $1 and status = 'effective' and (i.award_id, i.for_month) = (k.award_id, k.for_month))
         + (select coalesce(sum(fen), 0)::bigint from funds.claim_offset o
             where county = $1 and reversed_at is null and (o.from_award, o.from_month) = (k.award_id, k.for_month)) as back,
       (select coalesce(sum(fen), 0)::bigint from funds.claim_offset o
         where county = $1 and reversed_at is null and (o.to_award, o.to_month) = (k.award_id, k.for_month)) as kept,
       (select count(*)::int from funds.claim c where county = $1 and status = 'open' and (c.award_id, c.for_month) = (k.award_id, k.for_month)) as claims,
       (select coalesce(sum(open_fen), 0)::bigint from funds.claim c
         where county = $1 and status = 'open' and (c.award_id, c.for_month) = (k.award_id, k.for_month)) as claimed,
       (select coalesce(sum(l.fen), 0)::bigint from benefits.obligation_line l join benefits.run r using (county)
         where l.county = $1 and r.no = l.run_no and r.status = 'published' and l.fen > 0 and (l.award_id, l.for_month) = (k.award_id, k.for_month)
           and not exists (select from funds.instruction i where i.county = $1 and (i.award_id, i.for_month, i.line_seq) = (l.award_id, l.for_month, l.seq)
                              and i.status in ('in_flight', 'paid', 'unknown'))) as unsettled
      from (select distinct award_id, for_month from benefits.obligation_line where county = $1) k`,
    [county],
  )
  return rows
}

async function checkBooks(desk: Office): Promise<void> {
  for (const month of await books(desk.county)) {
    const payable = month.obligation - month.out + month.back - month.kept
    // More out than owed is exactly one open claim of the difference, and nothing else is a claim.
    expect(month).toMatchObject({ claims: payable < 0 ? 1 : 0, claimed: Math.max(0, -payable) })
    // Whatever is still owed can be paid: some line without a live order carries it.
    expect(payable).toBeLessThanOrEqual(month.unsettled)
  }
  const { rows } = await db.pool.query<{ reserved: number; out: number; moved: number }>(
    `select (select sum(reserved_fen)::bigint from funds.budget where county = $1) as reserved,
            (select coalesce(sum(case kind when 'reserve' then fen else -fen end), 0)::bigint from funds.reservation where county = $1) as moved,
            (select coalesce(sum(i.fen), 0)::bigint from funds.instruction i join funds.batch b on b.county = i.county and b.no = i.batch_no
              where i.county = $1 and b.status in ('approved', 'filed') and i.status in ('in_flight', 'paid', 'unknown', 'late_paid')) as out`,
    [desk.county],
  )
  expect(rows).toEqual([{ reserved: rows[0]?.out, moved: rows[0]?.out, out: rows[0]?.out }])
}

/** In the end everything waiting can be ordered: nothing owed is ever stuck. */
async function checkNothingStuck(desk: Office): Promise<void> {
  for (const hold of await desk.ask((ctx) => listHolds(ctx)))
    await desk.perform(liftHold, { holdId: hold.id, reason: '结束' })
  await tryDeed(() => desk.create())
  for (const month of await books(desk.county)) {
    expect(month.obligation - month.out + month.back - month.kept).toBeLessThanOrEqual(0)
  }
}

test('after any story of runs, batches, answers, receipts, write-offs, offsets, holds and cancellations the books agree', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Deed, { minLength: 6, maxLength: 16 }), async (deeds) => {
      const desk = await buildOffice(db, String(++counties))
      await desk.budget(2_000, { source: '中央' })
      await desk.budget(1_000_000, { source: '县级' })
      const story: Story = {
        desk,
        awards: [await plantAward(db, desk), await plantAward(db, desk)],
        runs: [],
      }
      await publish(story, [3, 3, 3, 3])
      for (const deed of deeds) {
        await tryDeed(() => perform(story, deed))
        await checkBooks(desk)
      }
      await checkNothingStuck(desk)
    }),
    { numRuns: 40, seed: 20260101 },
  )
}, 120_000)
