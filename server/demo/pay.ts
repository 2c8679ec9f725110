import { readFileSync } from 'node:fs'
import { commands, programs } from '../app.ts'
import { computeRun, findRun, listFindings } from '../engines/benefits/index.ts'
import {
  answerBatch,
  fileBatch,
  importResults,
  listInstructions,
  parseLayout,
  readBatchFile,
  readOrders,
  settlementOf,
  type Layout,
} from '../engines/funds/index.ts'
import type { Deps } from '../platform/command.ts'
import type { Month } from '../platform/dates.ts'
import { sumFen } from '../platform/money.ts'
import type { Office } from './office.ts'
import type { PlanMonth } from './plan-types.ts'
import type { Roll } from './roll.ts'

/** A month of one programme group, from knowledge cut to the bank's answers. */
export interface PaidMonth {
  month: Month
  group: string
  runNo: number
  lines: number
  amountFen: number
  batchNo: number | null
  paidFen: number
  returnedLines: number
  isClosed: boolean
}

export interface Paying {
  roll: Roll
  month: PlanMonth
  /** `part`: of the month. */
  report: (step: string, part: number) => void
}

/** With the part of a month's work that is behind when each begins and when its money goes out. */
const GROUPS = [
  ['basic_assistance', '低保、特困供养金和照料护理补贴', 0.3, 0.35],
  ['temporary_assistance', '临时救助', 0.92, 0.96],
] as const

const layout: Layout = parseLayout(
  JSON.parse(readFileSync(new URL('../../policies/layouts/csv-utf8.json', import.meta.url), 'utf8')),
)

/** What the bank and the recipient read for each programme. */
const LABELS = Object.fromEntries([...programs.values()].map(({ key, title }) => [key, title]))

/** Runs, approves, pays and closes a month for each programme group. */
export async function payMonth(deps: Deps, office: Office, paying: Paying): Promise<PaidMonth[]> {
  const paid: PaidMonth[] = []
  for (const [group, title, runsAt, paysAt] of GROUPS)
    paid.push(await payGroup(deps, office, { ...paying, group, title, runsAt, paysAt }))
  await office.goTo(paying.month.calendar.closeOn)
  return paid
}

interface PayingGroup extends Paying {
  group: string
  title: string
  runsAt: number
  paysAt: number
}

async function payGroup(deps: Deps, office: Office, paying: PayingGroup): Promise<PaidMonth> {
  const { month, group, report } = paying
  report(`核算 ${paying.title}`, paying.runsAt)
  await office.goTo(month.calendar.runOn)
  const { runNo } = await office.does(office.clerk, commands.startRun, { group, month: month.month })
  const { lines, amountFen } = await computed(deps, office, runNo)
  await approve(deps, office, { runNo, month })
  const base = { month: month.month, group, runNo, lines, amountFen }
  if (lines === 0) return { ...base, batchNo: null, paidFen: 0, returnedLines: 0, isClosed: true }
  report(`发放 ${paying.title}`, paying.paysAt)
  const settled = await settle(deps, office, paying)
  const settlement = await office.reads(office.fundsClerk, (ctx) => settlementOf(ctx, runNo))
  return { ...base, ...settled, isClosed: settlement.inFlight.lines === 0 && settlement.unknown.lines === 0 }
}

/** Computed once; what an earlier load that broke off had computed is read. */
async function computed(
  deps: Deps,
  { county }: Office,
  runNo: number,
): Promise<Pick<PaidMonth, 'lines' | 'amountFen'>> {
  const run = await findRun(deps.database.runner, county, runNo)
  if (run?.status === 'computing') return computeRun(deps, programs, { county, runNo })
  return { lines: run?.lines ?? 0, amountFen: run?.totalFen ?? 0 }
}

/** The March revision raises many incomes at once: the chief states why before approving. */
async function approve(
  deps: Deps,
  office: Office,
  { runNo, month }: { runNo: number; month: PlanMonth },
): Promise<void> {
  await office.goTo(month.calendar.approveOn)
  const findings = await listFindings(deps.database.runner, office.county, runNo)
  if (findings.some((finding) => finding.kind === 'too_many_corrections')) {
    await office.does(office.chief, commands.answerFinding, {
      runNo,
      kind: 'too_many_corrections',
      answer: '提标同时复核家庭收入，逐户已认定（演示）',
    })
  }
  await office.does(office.checker, commands.checkRun, { runNo })
  await office.does(office.chief, commands.approveRun, { runNo })
  await office.does(office.clerk, commands.publishRun, { runNo })
}

async function settle(
  deps: Deps,
  office: Office,
  { month, group, title }: PayingGroup,
): Promise<Pick<PaidMonth, 'batchNo' | 'paidFen' | 'returnedLines'>> {
  await office.goTo(month.calendar.batchOn)
  const order = {
    programGroup: group,
    fiscalYear: Number(month.calendar.batchOn.slice(0, 4)),
    title: `${month.month} ${title}`,
    layout,
    labels: LABELS,
  }
  const { batchNo } = await office.does(office.fundsClerk, commands.createBatch, order)
  await office.does(office.fundsChief, commands.approveBatch, {
    batchNo,
    sources: ['中央和省级（演示）', '县级（演示）'],
  })
  const filing = { actor: office.fundsClerk, county: office.county, input: { batchNo } }
  const idempotencyKey = office.keyOf(office.fundsClerk, 'bank file', { batchNo })
  const { files } = await fileBatch(deps, { ...filing, idempotencyKey })
  await office.goTo(month.calendar.resultsOn)
  const sent = await office.reads(office.fundsClerk, (ctx) => listInstructions(ctx, { batchNo }))
  const returned = returnedRefs(sent, month)
  // What an earlier load that broke off had brought back from the bank is not asked for again.
  if (sent.some(({ status }) => status === 'in_flight'))
    for (const { part } of files) await takeBack(deps, office, { batchNo, part, returned })
  const paid = sent.filter(({ ref }) => !returned.has(ref))
  return { batchNo, paidFen: sumFen(paid.map(({ fen }) => fen)), returnedLines: returned.size }
}

interface BankPart {
  batchNo: number
  part: number
  returned: ReadonlyMap<string, string>
}

/** One file to the bank and its answer back. */
async function takeBack(deps: Deps, office: Office, { batchNo, part, returned }: BankPart): Promise<void> {
  const call = { actor: office.fundsClerk, county: office.county }
  const { bytes } = await readBatchFile(deps, { ...call, input: { batchNo, part } })
  const answer = answerBatch(layout, readOrders(layout, bytes), { returned })
  const idempotencyKey = office.keyOf(office.fundsClerk, 'bank answer', { batchNo, part })
  await importResults(deps, { ...call, idempotencyKey, input: { batchNo, bytes: answer } })
}

/** The bank pays everything but the lines that the plan lets come back. */
function returnedRefs(
  sent: Awaited<ReturnType<typeof listInstructions>>,
  { returns }: PlanMonth,
): Map<string, string> {
  const reasons = returns.flatMap(({ awardId, forMonth, message }) => {
    const instruction = sent.find((each) => each.awardId === awardId && each.forMonth === forMonth)
    return instruction ? [[instruction.ref, message] as const] : []
  })
  return new Map(reasons)
}
