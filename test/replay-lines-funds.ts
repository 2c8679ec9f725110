import { commands } from '../server/app.ts'
import {
  answerBatch,
  fileBatch,
  importResults,
  listClaims,
  readBatchFile,
  readOrders,
  type BankMood,
} from '../server/engines/funds/index.ts'
import { read } from '../server/platform/command.ts'
import { CSV } from './funds-office.ts'
import { does, only, type OtherKey, type Place, type Write, type WriteLines } from './replay-lines.ts'

/** Lines of the money. Half of the planted awards have ended backwards: six claims, and five lines of March that may be paid. */

const HERE = '/api/counties/:county'
const BATCH = { programGroup: 'basic_assistance', fiscalYear: 2020, title: '3月发放' }

/** Every batch before came to nothing, so that there is something to pay. */
async function clearWay(place: Place): Promise<void> {
  const { rows } = await place.db.pool.query<{ no: number }>(
    `select no from funds.batch where county = $1 and status in ('draft', 'approved')`,
    [place.of.county],
  )
  for (const { no } of rows) await does(place, place.of.checker, commands.cancelBatch, { batchNo: no })
  await returnSent(place)
}

async function draft(place: Place): Promise<number> {
  await clearWay(place)
  const made = await does(place, place.of.maker, commands.createBatch, { ...BATCH, layout: CSV })
  return made.batchNo
}

async function approved(place: Place): Promise<number> {
  const batchNo = await draft(place)
  await does(place, place.of.checker, commands.approveBatch, { batchNo })
  return batchNo
}

const callOf = ({ of, count }: Place) => ({
  ...{ actor: of.maker, county: of.county, idempotencyKey: `prepared-${count()}` },
})

/** Filed, and what the bank makes of it: everything comes back, so that it may be paid again by the next. */
async function filed(place: Place, moodOf: (refs: string[]) => BankMood) {
  const { db } = place
  const batchNo = await approved(place)
  await fileBatch(db.deps, { ...callOf(place), input: { batchNo } })
  const { bytes } = await readBatchFile(db.deps, { ...callOf(place), input: { batchNo, part: 1 } })
  const orders = readOrders(CSV, bytes)
  return { batchNo, bytes: answerBatch(CSV, orders, moodOf(orders.map(({ ref }) => ref))) }
}

const allReturned = (refs: readonly string[]) => ({ returned: new Map(refs.map((ref) => [ref, '销户'])) })

async function unknownInstruction(place: Place): Promise<string> {
  const of = await filed(place, (refs) => ({
    ...allReturned(refs.slice(1)),
    unknown: new Set(refs.slice(0, 1)),
  }))
  await importResults(place.db.deps, {
    ...callOf(place),
    input: { batchNo: of.batchNo, bytes: Buffer.from(of.bytes) },
  })
  const found = await only<{ id: string }>(
    place,
    `select id from funds.instruction where county = $1 and batch_no = $2 and status = 'unknown'`,
    [of.batchNo],
  )
  return found.id
}

/** One after the other, so that two calls never share a claim. */
const given = new WeakMap<object, number>()

async function claim(place: Place): Promise<string> {
  const claims = await read(place.db.deps, { actor: place.of.maker, county: place.of.county }, (ctx) =>
    listClaims(ctx, { status: 'open' }),
  )
  const next = given.get(place.of) ?? 0
  given.set(place.of, next + 1)
  const id = claims[next % claims.length]?.id
  if (id === undefined) throw new Error('no open claim')
  return id
}

async function proposedWriteOff(place: Place): Promise<string> {
  await place.db.pool.query(`delete from funds.write_off where county = $1 and status = 'proposed'`, [
    place.of.county,
  ])
  const claimId = await claim(place)
  const input = { claimId, fen: 1, clause: '第三十一条' }
  return (await does(place, place.of.maker, commands.proposeWriteOff, input)).writeOffId
}

async function budget(place: Place): Promise<string> {
  const input = { ...budgetBody(place), source: `专项${place.count()}` }
  return (await does(place, place.of.maker, commands.createBudget, input)).budgetId
}

const budgetBody = ({ count }: Place) => ({
  ...{ fiscalYear: 2030, source: `县级${count()}`, program: 'subsistence_allowance' },
  ...{ amountFen: 100_00, basis: '预算批复' },
})

const holdBody = ({ of }: Place) => ({
  ...{ personId: of.people[0]?.id, fromMonth: '2030-01', reviewOn: '2030-02-01' },
  ...{ cause: '核实住址', evidence: '走访记录' },
})

const line = (make: (place: Place) => Promise<Write>, otherKey: OtherKey) => ({ make, otherKey })
const refused = (code: string) => ({ refused: code })

export const FUNDS_LINES: WriteLines = {
  [`POST ${HERE}/batches`]: line(async (place) => {
    await clearWay(place)
    return { by: place.of.maker, body: { ...BATCH, layout: 'csv_utf8' } }
  }, refused('funds.batch_nothing_to_pay')),
  [`POST ${HERE}/batches/:batchNo/approve`]: line(
    async (place) => ({ by: place.of.checker, path: { batchNo: await draft(place) } }),
    refused('funds.batch_state'),
  ),
  [`POST ${HERE}/batches/:batchNo/cancel`]: line(
    async (place) => ({ by: place.of.checker, path: { batchNo: await approved(place) } }),
    refused('funds.batch_state'),
  ),
  // The files of a batch are made once; whoever asks again gets the same.
  [`POST ${HERE}/batches/:batchNo/file`]: line(
    async (place) => ({ by: place.of.maker, path: { batchNo: await approved(place) } }),
    'no effect',
  ),
  // The same bytes are known again.
  [`POST ${HERE}/batches/:batchNo/results`]: {
    make: async (place) => {
      const { batchNo, bytes } = await filed(place, allReturned)
      const body = { base64: Buffer.from(bytes).toString('base64') }
      return { by: place.of.maker, path: { batchNo }, body }
    },
    otherKey: 'no effect',
  },
  [`POST ${HERE}/instructions/:instructionId/answer`]: line(
    async (place) => ({
      by: place.of.maker,
      path: { instructionId: await unknownInstruction(place) },
      body: { outcome: 'returned', paper: '银行复函' },
    }),
    refused('funds.instruction_not_unknown'),
  ),
  [`POST ${HERE}/budgets`]: line(
    async (place) => ({ by: place.of.maker, body: budgetBody(place) }),
    refused('funds.budget_exists'),
  ),
  [`POST ${HERE}/budgets/:budgetId/raise`]: line(
    async (place) => ({
      by: place.of.checker,
      path: { budgetId: await budget(place) },
      body: { addFen: 100, basis: '追加批复', version: 1 },
    }),
    refused('funds.budget_changed'),
  ),
  // Two reasons may hold one person's money at the same time.
  [`POST ${HERE}/holds`]: line(
    async (place) => ({ by: place.of.maker, body: holdBody(place) }),
    'another effect',
  ),
  [`POST ${HERE}/holds/:holdId/lift`]: line(async (place) => {
    const { holdId } = await does(place, place.of.maker, commands.setHold, holdBody(place))
    return { by: place.of.maker, path: { holdId }, body: { reason: '已核实' } }
  }, refused('funds.hold_unknown')),
  // A later decision stands beside the earlier one.
  [`POST ${HERE}/claims/:claimId/decide`]: line(
    async (place) => ({
      by: place.of.checker,
      path: { claimId: await claim(place) },
      body: { decision: '通知退回' },
    }),
    'another effect',
  ),
  [`POST ${HERE}/claims/:claimId/receipts`]: line(async (place) => {
    const claimId = await claim(place)
    await does(place, place.of.checker, commands.decideClaim, { claimId, decision: '通知退回' })
    const body = { fen: 1_00, receivedOn: '2020-03-12', paper: '收据2号' }
    return { by: place.of.maker, path: { claimId }, body }
  }, 'another effect'),
  [`POST ${HERE}/claims/:claimId/offsets`]: line(async (place) => {
    await clearWay(place)
    const claimId = await claim(place)
    const toAward = place.of.people[2]?.awardId
    const body = { toAward, toMonth: '2020-03', fen: 1, basis: 'consent', evidence: '同意书' }
    return { by: place.of.maker, path: { claimId }, body }
  }, 'another effect'),
  [`POST ${HERE}/claims/:claimId/write-offs`]: line(
    async (place) => ({
      by: place.of.maker,
      path: { claimId: await claim(place) },
      body: { fen: 1, clause: '第三十一条' },
    }),
    refused('funds.write_off_open'),
  ),
  [`POST ${HERE}/write-offs/:writeOffId/answer`]: line(
    async (place) => ({
      by: place.of.checker,
      path: { writeOffId: await proposedWriteOff(place) },
      body: { agrees: true },
    }),
    refused('funds.write_off_answered'),
  ),
}

async function returnSent(place: Place): Promise<void> {
  const { rows } = await place.db.pool.query<{ no: number }>(
    `select distinct b.no from funds.batch b join funds.instruction i on i.county = b.county and i.batch_no = b.no
      where b.county = $1 and b.status = 'filed' and i.status = 'in_flight'`,
    [place.of.county],
  )
  for (const { no } of rows) await returnAll(place, no)
}

async function returnAll(place: Place, batchNo: number): Promise<void> {
  const { deps } = place.db
  const { bytes } = await readBatchFile(deps, { ...callOf(place), input: { batchNo, part: 1 } })
  const orders = readOrders(CSV, bytes)
  const answer = answerBatch(CSV, orders, allReturned(orders.map(({ ref }) => ref)))
  await importResults(deps, { ...callOf(place), input: { batchNo, bytes: answer } })
}
