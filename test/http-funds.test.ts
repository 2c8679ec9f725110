import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerBatch, FUNDS_PERMISSIONS, readOrders } from '../server/engines/funds/index.ts'
import { buildHttp } from '../server/http.ts'
import { routes } from '../server/routes.ts'
import { asking, type Asking } from './asking.ts'
import { testDb, type TestDb } from './db.ts'
import { CSV } from './funds-office.ts'
import { plantCounty, type PlantedCounty } from './scope-world.ts'

/**
 * Twelve households at 484.00 − 100.00 = 384.00. February: twelve paid, 4 608.00. March: every second award ended from February on, which
 * leaves six claims; the first award is held, so that the draft of March has five lines, 1 920.00.
 */

const COUNTY = '441882'
const EACH = 384_00

let db: TestDb
let http: FastifyInstance
let planted: PlantedCounty
/** Who made both batches; who checks; who may read and nothing else; who comes from the next county. */
let maker: Asking
let checker: Asking
let reader: Asking
let neighbour: Asking

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T08:00:00+08:00' } })
  planted = await plantCounty(db, { county: COUNTY, month: '2020-02' })
  http = await buildHttp(db.deps, { routes, isDemo: true, mostRequests: 1_000_000 })
  const as = (who: Parameters<typeof asking>[3]) => asking(db, http, COUNTY, who)
  maker = await as(planted.maker)
  checker = await as(planted.checker)
  reader = await as({ login: 'reader', permissions: ['funds.ledger.read', 'funds.hold.read'] })
  neighbour = await as({ login: 'neighbour', permissions: FUNDS_PERMISSIONS, scope: ['441881'] })
})
afterAll(async () => {
  await http.close()
  await db.close()
})

async function doneRows(event: string): Promise<number> {
  const { rows } = await db.pool.query(
    `select from platform.audit_row where event = $1 and outcome = 'done' and county = $2`,
    [event, COUNTY],
  )
  return rows.length
}

describe('batches', () => {
  test('are listed with the newest first, page by page, with what became of their money and who did what', async () => {
    const first = await reader.get('/batches?limit=1')
    const { next } = first.body as { next: number }
    const second = await reader.get(`/batches?limit=1&before=${next}`)

    expect(first.body).toMatchObject({
      batches: [{ no: 2, status: 'draft', statusTitle: '待审批', lines: 5, totalFen: 5 * EACH }],
    })
    expect(second.body).toEqual({
      batches: [
        {
          ...{ no: 1, group: 'basic_assistance', title: '2月发放', fiscalYear: 2020 },
          ...{ fromMonth: '2020-02', toMonth: '2020-02', status: 'filed', statusTitle: '已生成银行文件' },
          ...{ lines: 12, totalFen: 12 * EACH, madeBy: 'maker_441882', approvedBy: 'checker_441882' },
          ...{ madeAt: expect.any(String), approvedAt: expect.any(String), filedAt: expect.any(String) },
          cancelledAt: null,
          byStatus: {
            ...{ inFlight: { lines: 0, fen: 0 }, paid: { lines: 12, fen: 12 * EACH } },
            ...{ returned: { lines: 0, fen: 0 }, unknown: { lines: 0, fen: 0 } },
            ...{ latePaid: { lines: 0, fen: 0 }, cancelled: { lines: 0, fen: 0 } },
          },
        },
      ],
      next: null,
    })
  })

  test('show what they take of each source, and what the asker may do or why not', async () => {
    const own = await maker.get('/batches/2')
    const other = await checker.get('/batches/2')
    const filed = await reader.get('/batches/1')

    expect(own.body).toMatchObject({
      programs: [{ program: 'subsistence_allowance', title: '最低生活保障', lines: 5, fen: 5 * EACH }],
      budget: {
        isReserved: false,
        // 100 000.00 − 4 608.00 of February − 1 920.00 = 93 472.00
        sources: [
          { source: '县级', limitFen: 100_000_00, usedFen: 4_608_00, thisFen: 1_920_00, restFen: 93_472_00 },
        ],
        shortFen: 0,
      },
      may: {
        approve: { allowed: false, reason: expect.stringContaining('另一位') },
        file: { allowed: false, reason: expect.stringContaining('待审批') },
        cancel: { allowed: true, reason: null },
      },
    })
    expect(other.body).toMatchObject({ may: { approve: { allowed: true, reason: null } } })
    expect(filed.body).toMatchObject({
      budget: { isReserved: true, sources: [{ usedFen: 0, thisFen: 4_608_00, restFen: 95_392_00 }] },
      files: [{ part: 1, lines: 12, totalFen: 4_608_00 }],
      may: { importResults: { allowed: false, reason: expect.stringContaining('没有这项权限') } },
    })
  })

  test('open their lines page by page, each with a masked account', async () => {
    const first = await reader.get('/batches/1/instructions?limit=7')
    const { next } = first.body as { next: string }
    const second = await reader.get(`/batches/1/instructions?limit=7&after=${next}`)
    const rows = [first, second].flatMap(
      ({ body }) =>
        (body as { instructions: { payeeName: string; account: string; fen: number }[] }).instructions,
    )
    const unknown = await reader.get('/batches/1/instructions?status=unknown')

    expect(rows.map(({ payeeName }) => payeeName).toSorted()).toEqual(
      planted.people.map(({ name }) => name).toSorted(),
    )
    for (const { account, fen } of rows) {
      expect(account).toMatch(/^\*{15}\d{4}$/)
      expect(fen).toBe(EACH)
    }
    expect((second.body as { next: string | null }).next).toBeNull()
    expect(unknown.body).toEqual({ instructions: [], next: null })
  })

  test("of another county are nobody else's, and without the permission nobody sees any", async () => {
    const powerless = await asking(db, http, COUNTY, { login: 'powerless', permissions: [] })
    for (const path of [
      '/batches',
      '/batches/1',
      '/batches/1/instructions',
      '/budgets?year=2020',
      '/holds',
      '/claims',
    ]) {
      expect(await neighbour.get(path)).toMatchObject({
        status: 403,
        body: { code: 'platform.outside_scope' },
      })
      expect(await powerless.get(path)).toMatchObject({
        status: 403,
        body: { code: 'platform.permission_missing' },
      })
    }
    expect(await reader.get('/batches/99')).toMatchObject({
      status: 404,
      body: { code: 'funds.batch_unknown' },
    })
  })

  test('are made with a layout that exists, for a group that exists', async () => {
    const input = { programGroup: 'basic_assistance', fiscalYear: 2020, title: '3月补发', layout: 'csv_utf8' }
    const none = await maker.post('/batches', { ...input, layout: 'papyrus' })
    const group = await maker.post('/batches', { ...input, programGroup: 'nothing' })
    const bare = await maker.post('/batches', input, null)
    const empty = await maker.post('/batches', input)

    expect(none).toMatchObject({ status: 422, body: { code: 'funds.layout_unknown' } })
    expect(group).toMatchObject({ status: 422, body: { details: [{ path: 'programGroup' }] } })
    expect(bare).toMatchObject({ status: 422, body: { code: 'platform.idempotency_key_missing' } })
    expect(empty).toMatchObject({ status: 409, body: { code: 'funds.batch_nothing_to_pay' } })
    expect((await maker.get('/batch-choices')).body).toMatchObject({
      groups: expect.arrayContaining([
        { key: 'basic_assistance', title: expect.stringContaining('最低生活保障') },
      ]),
      layouts: expect.arrayContaining([{ key: 'csv_utf8', title: expect.any(String) }]),
    })
  })
})

describe('the way of a batch', () => {
  test('cancelled and made again, it holds the same lines', async () => {
    const key = randomUUID()
    const cancelled = await maker.post('/batches/2/cancel', {}, key)
    const again = await maker.post('/batches/2/cancel', {}, key)
    const made = await maker.post('/batches', {
      ...{ programGroup: 'basic_assistance', fiscalYear: 2020, title: '3月发放', layout: 'csv_utf8' },
    })

    expect([cancelled.status, cancelled.body]).toEqual([200, { batchNo: 2, status: 'cancelled' }])
    expect([again.status, again.body]).toEqual([200, cancelled.body])
    expect(made.body).toEqual({
      ...{ batchNo: 3, lines: 5, totalFen: 5 * EACH, held: { lines: 1, fen: EACH } },
      ...{ missingAccounts: { lines: 0, fen: 0 }, missingAccount: [] },
    })
  })

  test('it is approved once by another person, and reserves its money once', async () => {
    const refused = await maker.post('/batches/3/approve')
    const key = randomUUID()
    const first = await checker.post('/batches/3/approve', {}, key)
    const again = await checker.post('/batches/3/approve', {}, key)
    const other = await checker.post('/batches/3/approve')

    expect(refused).toMatchObject({ status: 403, body: { code: 'funds.maker_is_checker' } })
    expect([first.status, first.body]).toEqual([200, { batchNo: 3, status: 'approved', totalFen: 5 * EACH }])
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(other).toMatchObject({ status: 409, body: { code: 'funds.batch_state' } })
    const { body } = await reader.get('/budgets?year=2020')
    expect(body).toMatchObject({ budgets: [{ reservedFen: 4_608_00 + 1_920_00, restFen: 93_472_00 }] })
  })

  test('its file is made once; every download gives the same bytes and leaves its row', async () => {
    const early = await maker.get('/batches/3/file')
    const filed = await maker.post('/batches/3/file')
    const twice = await maker.post('/batches/3/file')
    const before = await doneRows('funds.batch_file.opened')
    const [one, two] = [await maker.get('/batches/3/file'), await maker.get('/batches/3/file?part=1')]

    expect(early).toMatchObject({ status: 404, body: { code: 'funds.batch_file_unknown' } })
    expect(twice.body).toEqual(filed.body)
    expect(one.status).toBe(200)
    expect(one.bytes.equals(two.bytes)).toBe(true)
    expect(readOrders(CSV, one.bytes)).toHaveLength(5)
    expect(one.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': expect.stringContaining('441882_000003_001.csv'),
      'cache-control': 'no-store',
    })
    expect(await doneRows('funds.batch_file.opened')).toBe(before + 2)
    expect(await reader.get('/batches/3/file')).toMatchObject({ status: 403 })
    expect(await neighbour.get('/batches/3/file')).toMatchObject({
      status: 403,
      body: { code: 'platform.outside_scope' },
    })
  })

  test("the bank's answer counts once, whatever the key; what the bank does not know is answered by a paper", async () => {
    const { bytes } = await maker.get('/batches/3/file')
    const orders = readOrders(CSV, bytes)
    const doubted = orders[0]?.ref ?? ''
    const answer = answerBatch(CSV, orders, { unknown: new Set([doubted]) })
    const base64 = Buffer.from(answer).toString('base64')
    const first = await maker.post('/batches/3/results', { base64 })
    const again = await maker.post('/batches/3/results', { base64 })

    expect([first.status, first.body]).toEqual([
      200,
      {
        ...{ batchNo: 3, alreadyImported: false, lines: 5, paid: 4, returned: 0, unknown: 1, late: 0 },
        questions: [],
      },
    ])
    expect(again.body).toMatchObject({ alreadyImported: true, paid: 0, unknown: 0 })

    const { body } = await reader.get('/batches/3/instructions?status=unknown')
    const [row] = (body as { instructions: { id: string; ref: string }[] }).instructions
    expect(row?.ref).toBe(doubted)
    const key = randomUUID()
    const step = `/instructions/${row?.id}/answer`
    const paper = { outcome: 'paid', paper: '银行复函2020年1号' }
    const answered = await maker.post(step, paper, key)
    expect([answered.status, answered.body]).toEqual([200, { instructionId: row?.id, status: 'paid' }])
    expect((await maker.post(step, paper, key)).body).toEqual(answered.body)
    expect(await maker.post(step, paper)).toMatchObject({
      status: 409,
      body: { code: 'funds.instruction_not_unknown' },
    })
    expect((await reader.get('/runs/2/settlement')).body).toMatchObject({
      ...{ paid: { lines: 5, fen: 5 * EACH }, held: { lines: 1, fen: EACH }, isClosed: false },
    })
  })

  test('a file of nearly 5 MB is read, a larger one is refused with a code', async () => {
    const full = Buffer.alloc(4_999_999, 'x').toString('base64')
    const over = Buffer.alloc(5_100_000, 'x').toString('base64')
    const huge = Buffer.alloc(6_000_000, 'x').toString('base64')

    expect(await maker.post('/batches/3/results', { base64: full })).toMatchObject({
      status: 422,
      body: { code: 'funds.result_file_invalid' },
    })
    expect(await maker.post('/batches/3/results', { base64: over })).toMatchObject({
      status: 422,
      body: { code: 'platform.input_invalid', details: [{ path: 'base64' }] },
    })
    expect(await maker.post('/batches/3/results', { base64: huge })).toMatchObject({
      status: 413,
      body: { code: 'platform.request_too_large' },
    })
  })
})

test('a budget is registered once, raised against the version that was seen, and shows its papers', async () => {
  const input = {
    ...{ fiscalYear: 2021, source: '中央', program: 'subsistence_allowance' },
    ...{ amountFen: 10_000_00, basis: '中央补助文件' },
  }
  const key = randomUUID()
  const made = await maker.post('/budgets', input, key)
  const { budgetId } = made.body as { budgetId: string }
  const raise = { addFen: 500_00, basis: '追加文件', version: 1 }

  expect((await maker.post('/budgets', input, key)).body).toEqual({ budgetId })
  expect(await maker.post('/budgets', input)).toMatchObject({
    status: 409,
    body: { code: 'funds.budget_exists' },
  })
  expect((await maker.post(`/budgets/${budgetId}/raise`, raise)).body).toEqual({
    ...{ budgetId, amountFen: 10_500_00, version: 2 },
  })
  expect(await maker.post(`/budgets/${budgetId}/raise`, raise)).toMatchObject({
    status: 409,
    body: { code: 'funds.budget_changed' },
  })
  expect((await reader.get('/budgets?year=2021')).body).toEqual({
    budgets: [
      {
        ...{ id: budgetId, fiscalYear: 2021, source: '中央', program: 'subsistence_allowance' },
        ...{
          programTitle: '最低生活保障',
          amountFen: 10_500_00,
          reservedFen: 0,
          restFen: 10_500_00,
          version: 2,
        },
        changes: [
          { fen: 10_000_00, basis: '中央补助文件', madeBy: 'maker_441882', recordedAt: expect.any(String) },
          { fen: 500_00, basis: '追加文件', madeBy: 'maker_441882', recordedAt: expect.any(String) },
        ],
      },
    ],
    may: { create: false, raise: false },
  })
})

describe('holds', () => {
  test('are shown with whom and how much, to a town with its own alone and without the sum', async () => {
    const [first, last] = [planted.people[0], planted.people.at(-1)]
    const town = await asking(db, http, COUNTY, {
      ...{ login: 'town', permissions: ['funds.hold.read'], scope: [last?.town ?? ''] },
    })

    expect((await reader.get('/holds')).body).toMatchObject({
      holds: [
        {
          ...{ awardId: first?.awardId, fullName: first?.name, programTitle: '最低生活保障' },
          ...{ setBy: 'maker_441882', held: [{ forMonth: '2020-03', fen: EACH }] },
        },
        { personId: last?.id, fullName: last?.name, programTitle: null, held: [] },
      ],
      next: null,
      may: { set: false, lift: false },
    })
    expect((await town.get('/holds')).body).toMatchObject({ holds: [{ personId: last?.id, held: null }] })
    const page = await reader.get('/holds?limit=1')
    const { next } = page.body as { next: string }
    expect((await reader.get(`/holds?limit=1&after=${next}`)).body).toMatchObject({
      ...{ holds: [{ personId: last?.id }], next: null },
    })
  })

  test('are set once and lifted once', async () => {
    const key = randomUUID()
    const input = {
      ...{ personId: planted.people[2]?.id, fromMonth: '2020-04', reviewOn: '2020-06-01' },
      ...{ cause: '核实去世', evidence: '村报告' },
    }
    const set = await maker.post('/holds', input, key)
    const { holdId } = set.body as { holdId: string }
    expect((await maker.post('/holds', input, key)).body).toEqual({ holdId })
    const both = await maker.post('/holds', { ...input, awardId: planted.people[2]?.awardId })
    expect(both).toMatchObject({ status: 422, body: { code: 'platform.input_invalid' } })

    expect((await maker.post(`/holds/${holdId}/lift`, { reason: '核实无误' })).body).toEqual({ holdId })
    expect(await maker.post(`/holds/${holdId}/lift`, { reason: '核实无误' })).toMatchObject({
      status: 404,
      body: { code: 'funds.hold_unknown' },
    })
    expect(((await reader.get('/holds')).body as { holds: unknown[] }).holds).toHaveLength(2)
  })
})

describe('claims', () => {
  type Shown = {
    id: string
    awardId: string
    openFen: number
    decision: string | null
    writeOff: { id: string } | null
  }
  const claims = async (rest = '') =>
    (await reader.get(`/claims${rest}`)).body as { claims: Shown[]; next: string | null }

  test('are listed page by page with whose award, what is open and what was decided', async () => {
    const first = await claims('?status=open&limit=4')
    const second = await claims(`?status=open&limit=4&after=${first.next}`)
    const all = [...first.claims, ...second.claims]
    const ending = planted.people.filter((_, index) => index % 2 === 1)

    expect(second.next).toBeNull()
    expect(all.map(({ awardId }) => awardId).toSorted()).toEqual(
      ending.map(({ awardId }) => awardId).toSorted(),
    )
    // Two have given 50.00 back: 384.00 − 50.00 = 334.00.
    expect(all.map(({ openFen }) => openFen).toSorted()).toEqual([
      334_00,
      334_00,
      ...Array<number>(4).fill(EACH),
    ])
    const names = new Map(planted.people.map(({ awardId, name }) => [awardId, name]))
    for (const claim of all)
      expect(claim).toMatchObject({
        ...{ fullName: names.get(claim.awardId), programTitle: '最低生活保障', forMonth: '2020-02' },
        may: { decide: false, addReceipt: false, offset: false, writeOff: false },
      })
  })

  test('are decided before money is received; a receipt counts once and never exceeds the claim', async () => {
    const claim = (await claims('?status=open')).claims.find(({ decision }) => decision === null)
    const url = `/claims/${claim?.id}`
    const receipt = { fen: 84_00, receivedOn: '2020-03-20', paper: '收据9号' }
    const early = await maker.post(`${url}/receipts`, receipt)
    const decided = await checker.post(`${url}/decide`, { decision: '通知退回' })
    const key = randomUUID()
    const first = await maker.post(`${url}/receipts`, receipt, key)
    const again = await maker.post(`${url}/receipts`, receipt, key)
    const over = await maker.post(`${url}/receipts`, { ...receipt, fen: 300_01 })

    expect(early).toMatchObject({ status: 409, body: { code: 'funds.claim_not_decided' } })
    expect(decided.body).toEqual({ claimId: claim?.id, openFen: EACH })
    expect(first.body).toEqual({ receiptId: expect.any(String), openFen: 300_00 })
    expect(again.body).toEqual(first.body)
    expect(over).toMatchObject({ status: 409, body: { code: 'funds.more_than_claim' } })
    expect((await claims(`?awardId=${claim?.awardId}`)).claims).toMatchObject([
      { openFen: 300_00, decision: '通知退回', decidedBy: 'checker_441882' },
    ])
  })

  test('are written off by two people, and kept back only against what is payable', async () => {
    const claim = (await claims('?status=open')).claims.find(({ decision }) => decision === null)
    const url = `/claims/${claim?.id}`
    const proposed = await maker.post(`${url}/write-offs`, { fen: EACH, clause: '第三十条' })
    const { writeOffId } = proposed.body as { writeOffId: string }
    const [shown] = (await claims(`?awardId=${claim?.awardId}`)).claims
    const own = await maker.post(`/write-offs/${writeOffId}/answer`, { agrees: true })
    const agreed = await checker.post(`/write-offs/${writeOffId}/answer`, { agrees: true })

    expect(shown?.writeOff).toMatchObject({
      ...{ id: writeOffId, fen: EACH, proposedBy: 'maker_441882', mayAnswer: false },
    })
    expect(own).toMatchObject({ status: 403, body: { code: 'funds.maker_is_checker' } })
    expect(agreed.body).toEqual({ writeOffId, status: 'effective' })
    expect((await claims(`?status=closed&awardId=${claim?.awardId}`)).claims).toMatchObject([
      { openFen: 0, closedBecause: '已核销', writeOff: null },
    ])

    const open = (await claims('?status=open')).claims[0]
    const toAward = planted.people[0]?.awardId
    const offset = { toAward, toMonth: '2020-03', basis: 'consent', evidence: '本人同意书' }
    expect(await maker.post(`/claims/${open?.id}/offsets`, { ...offset, fen: 1_00 })).toMatchObject({
      ...{ status: 200, body: { offsetId: expect.any(String) } },
    })
    expect(
      await maker.post(`/claims/${open?.id}/offsets`, {
        ...offset,
        toAward: planted.people[2]?.awardId,
        fen: 1,
      }),
    ).toMatchObject({ status: 409, body: { code: 'funds.offset_more_than_payable' } })
  })
})
