import { randomUUID } from 'node:crypto'
import { commands, programs } from '../server/app.ts'
import { computeRun } from '../server/engines/benefits/index.ts'
import { addMonths } from '../server/platform/dates.ts'
import { subsistence } from './benefits.ts'
import { does, only, type OtherKey, type Place, type Write, type WriteLines } from './replay-lines.ts'

/** Lines of standards, determinations, corrections and the month. Both planted months are published; April may be started. */

const HERE = '/api/counties/:county'
const RUN = { group: 'basic_assistance', month: '2020-04' }

async function rejectOpen(place: Place): Promise<void> {
  const { db, of } = place
  const { rows } = await db.pool.query<{ no: number }>(
    `select no from benefits.run where county = $1 and status in ('computing', 'computed', 'checked', 'approved')`,
    [of.county],
  )
  for (const { no } of rows) await does(place, of.checker, commands.rejectRun, { runNo: no })
  // Steps that were asked for and that no worker of this test carries out.
  await db.pool.query(
    `update benefits.run_request set status = 'failed', code = 'benefits.run_state', message = '测试', ended_at = now()
      where county = $1 and status = 'waiting'`,
    [of.county],
  )
}

async function computed(place: Place): Promise<number> {
  await rejectOpen(place)
  const { runNo } = await does(place, place.of.maker, commands.startRun, RUN)
  await computeRun(place.db.deps, programs, { county: place.of.county, runNo })
  return runNo
}

async function checked(place: Place): Promise<number> {
  const runNo = await computed(place)
  await does(place, place.of.checker, commands.checkRun, { runNo })
  return runNo
}

async function approvedRun(place: Place): Promise<number> {
  const runNo = await checked(place)
  await does(place, place.of.approver, commands.approveRun, { runNo })
  return runNo
}

async function withFinding(place: Place): Promise<number> {
  const runNo = await computed(place)
  await place.db.pool.query(
    `insert into benefits.run_finding (county, run_no, no, kind, blocks, detail) values ($1, $2, -1, 'too_many_corrections', true, '{}')`,
    [place.of.county, runNo],
  )
  return runNo
}

/** Of an award that goes on, in a month that no other proposal speaks of. */
function proposal({ of, count }: Place) {
  const [person] = of.people
  const from = addMonths('2030-01', 3 * count())
  const change = {
    kind: 'change',
    outcome: 'grant',
    from,
    to: addMonths(from, 1),
    cause: '收入变化',
    clause: '',
  }
  return {
    ...{ ...change, awardId: person?.awardId },
    content: subsistence({ persons: [person?.id ?? ''], incomeFen: 50_00 }),
  }
}

async function proposed(place: Place): Promise<string> {
  const input = { determinations: [proposal(place)] }
  const { ids } = await does(place, place.of.maker, commands.proposeDeterminations, input)
  return ids[0] ?? ''
}

async function effective(place: Place): Promise<string> {
  const id = await proposed(place)
  await does(place, place.of.checker, commands.checkDeterminations, { ids: [id] })
  return id
}

const correctionBody = () => ({ kind: 'fact', subject: randomUUID(), clause: '第三十一条' })

async function correction(place: Place): Promise<string> {
  const made = await does(place, place.of.maker, commands.proposeCorrection, correctionBody())
  return made.correctionId
}

const draftBody = ({ count }: Place) => ({
  ...{ title: '提标', document: { title: '关于提标的通知' } },
  rates: [
    {
      ...{ program: 'subsistence_allowance', item: 'standard', when: { residence: 'rural' } },
      ...{ value: { kind: 'amount', fen: 580_00 }, from: addMonths('2040-01', count()) },
    },
  ],
})

async function policy(place: Place): Promise<string> {
  const { of, count } = place
  const month = addMonths('2040-01', count())
  const rate = {
    ...{ program: 'subsistence_allowance', item: 'standard', when: { residence: 'rural' } },
    ...{ yuan: '580.00', per: 'person_month', from: month, to: month, basis: 'b1' },
  }
  const file = {
    ...{ format: 'minben-policy/1', area: of.county, title: '提标', recordedOn: '2020-03-10' },
    ...{ basis: [{ id: 'b1', title: '关于提标的通知' }], rates: [rate], settings: [] },
  }
  return (await does(place, of.maker, commands.loadPolicy, { text: JSON.stringify(file) })).policyId
}

async function importedAward(place: Place): Promise<string> {
  const { rows } = await place.db.pool.query<{ id: string }>(
    `select id from benefits.takeover where county = $1 and status = 'proposed'`,
    [place.of.county],
  )
  for (const { id } of rows) await does(place, place.of.checker, commands.signTakeover, { takeoverId: id })
  const award = await only<{ id: string }>(
    place,
    `select id from benefits.award where county = $1 and last_paid_month is not null and opening_reason is null order by id limit 1`,
  )
  return award.id
}

const line = (make: (place: Place) => Promise<Write>, otherKey: OtherKey) => ({ make, otherKey })
const refused = (code: string) => ({ refused: code })
const runState = refused('benefits.run_state')
const isPending = refused('benefits.run_step_pending')
const changed = refused('benefits.determination_state')

export const BENEFITS_LINES: WriteLines = {
  [`POST ${HERE}/runs`]: line(async (place) => {
    await rejectOpen(place)
    return { by: place.of.maker, body: RUN }
  }, refused('benefits.run_open')),
  [`POST ${HERE}/runs/:runNo/check`]: line(
    async (place) => ({ by: place.of.checker, path: { runNo: await computed(place) } }),
    runState,
  ),
  [`POST ${HERE}/runs/:runNo/approve`]: line(
    async (place) => ({ by: place.of.approver, path: { runNo: await checked(place) } }),
    runState,
  ),
  [`POST ${HERE}/runs/:runNo/publish`]: line(
    async (place) => ({ by: place.of.maker, path: { runNo: await approvedRun(place) } }),
    isPending,
  ),
  [`POST ${HERE}/runs/:runNo/reject`]: line(
    async (place) => ({
      by: place.of.checker,
      path: { runNo: await computed(place) },
      body: { reason: '重新核对' },
    }),
    isPending,
  ),
  [`POST ${HERE}/runs/:runNo/cancel`]: line(async (place) => {
    await rejectOpen(place)
    return { by: place.of.approver, path: { runNo: 2 } }
  }, isPending),
  // What was answered stays answered.
  [`POST ${HERE}/runs/:runNo/answer`]: line(
    async (place) => ({
      by: place.of.approver,
      path: { runNo: await withFinding(place) },
      body: { kind: 'too_many_corrections', answer: '已逐笔核对' },
    }),
    'no effect',
  ),
  [`POST ${HERE}/corrections`]: line(
    async ({ of }) => ({ by: of.maker, body: correctionBody() }),
    refused('benefits.correction_open'),
  ),
  [`POST ${HERE}/corrections/:correctionId/decide`]: line(
    async (place) => ({ by: place.of.approver, path: { correctionId: await correction(place) } }),
    refused('benefits.correction_state'),
  ),
  [`POST ${HERE}/corrections/:correctionId/reject`]: line(
    async (place) => ({
      by: place.of.approver,
      path: { correctionId: await correction(place) },
      body: { why: '依据不足' },
    }),
    refused('benefits.correction_state'),
  ),
  [`POST ${HERE}/determinations`]: {
    make: async (place) => ({ by: place.of.maker, body: { determinations: [proposal(place)] } }),
    otherKey: refused('benefits.determination_waiting'),
    other: ({ body = {} }) => {
      const [first] = body.determinations as { cause: string }[]
      return { body: { determinations: [{ ...first, cause: '另一个原因' }] } }
    },
  },
  // Edited once: whoever sends the version before it again has another one to look at.
  [`POST ${HERE}/determinations/:id/edit`]: line(async (place) => {
    const { awardId, ...said } = proposal(place)
    const input = { determinations: [{ awardId, ...said }] }
    const { ids } = await does(place, place.of.maker, commands.proposeDeterminations, input)
    return {
      by: place.of.maker,
      path: { id: ids[0] ?? '' },
      body: { ...said, cause: '收入又变化', version: 1 },
    }
  }, refused('benefits.determination_changed')),
  [`POST ${HERE}/determinations/check`]: line(async (place) => {
    const id = await proposed(place)
    return { by: place.of.checker, body: { ids: [id], versions: { [id]: 1 } } }
  }, changed),
  [`POST ${HERE}/determinations/:id/refuse`]: line(
    async (place) => ({
      by: place.of.checker,
      path: { id: await proposed(place) },
      body: { why: '缺收入证明' },
    }),
    changed,
  ),
  [`POST ${HERE}/determinations/:id/withdraw`]: line(
    async (place) => ({ by: place.of.maker, path: { id: await proposed(place) }, body: { why: '填错' } }),
    changed,
  ),
  [`POST ${HERE}/determinations/:id/undo`]: line(
    async (place) => ({
      by: place.of.checker,
      path: { id: await effective(place) },
      body: { why: '认定有误', clause: '第三十一条' },
    }),
    changed,
  ),
  // Two drafts may wait; one of them is published.
  [`POST ${HERE}/standards/drafts`]: line(
    async (place) => ({ by: place.of.maker, body: draftBody(place) }),
    'another effect',
  ),
  [`POST ${HERE}/standards/drafts/:policyId/publish`]: line(
    async (place) => ({ by: place.of.checker, path: { policyId: await policy(place) } }),
    refused('benefits.policy_published'),
  ),
  [`POST ${HERE}/standards/drafts/:policyId/withdraw`]: line(
    async (place) => ({
      by: place.of.checker,
      path: { policyId: await policy(place) },
      body: { why: '文件有误' },
    }),
    refused('benefits.policy_withdrawn'),
  ),
  // Last: awards of the old system come to the county with it.
  [`POST ${HERE}/awards/:awardId/opening`]: line(
    async (place) => ({
      by: place.of.maker,
      path: { awardId: await importedAward(place) },
      body: { reason: '旧系统有误' },
    }),
    'no effect',
  ),
}
