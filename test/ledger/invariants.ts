import {
  compareWithObserved,
  covers,
  determinationFor,
  entitlement,
  payable,
  touchedMonths,
  type Month,
  type OracleBooks,
} from '../../oracle/index.ts'
import { listPayables } from '../../server/engines/funds/index.ts'
import { read } from '../../server/platform/command.ts'
import { addMonths } from '../../server/platform/dates.ts'
import { groupBy } from '../../server/platform/group.ts'
import { booksOf, type Observed } from './books.ts'
import { actor, count, look, Violation, type World } from './world.ts'

/** After every step: the books against the oracle, and what the oracle does not know of. Throws `Violation`. */
export async function requireSound(world: World): Promise<void> {
  const observed = await look(world)
  const state = JSON.stringify([world.order, observed.digests])
  if (state === world.soundAt) return
  const books = booksOf(observed, world.cuts)
  const found = [
    ...compareWithObserved(world.history, books),
    ...(await comparePayables(world, books)),
    ...checkCarried(observed, books),
    ...checkLineNumbers(observed),
    ...checkBudgets(observed),
    ...checkBatches(observed),
  ]
  for (const run of observed.runs) {
    if (run.status !== 'published' || world.seenRuns.has(run.no)) continue
    world.seenRuns.add(run.no)
    found.push(...checkStops(world, observed, run.no), ...checkRecoveries(world, observed, run.no))
  }
  if (found.length > 0) throw new Violation(found.join('\n'))
  world.soundAt = state
}

/** What the product would pay or claim is what the plain sum says. */
async function comparePayables(world: World, books: OracleBooks): Promise<string[]> {
  const months = touchedMonths(books).map(({ awardId, month }) => ({ awardId, forMonth: month }))
  if (months.length === 0) return []
  const call = { actor: actor(world, 'maker'), county: world.county }
  const product = await read(world.lane.db.deps, call, (ctx) => listPayables(ctx, months))
  return months.flatMap(({ awardId, forMonth }, index) => {
    const expected = payable(books, awardId, forMonth)
    return product[index] === expected
      ? []
      : [`payable of ${awardId} ${forMonth}: ${product[index]}, expected ${expected}`]
  })
}

/** What is owed can be ordered: lines without a live instruction are left for all of it. */
function checkCarried({ lines, runs, instructions }: Observed, books: OracleBooks): string[] {
  const published = new Set(runs.filter(({ status }) => status === 'published').map(({ no }) => no))
  const live = new Set(
    instructions.filter((each) => ['in_flight', 'paid', 'unknown'].includes(each.status)).map(keyOfLine),
  )
  return touchedMonths(books).flatMap(({ awardId, month }) => {
    const owed = payable(books, awardId, month)
    const open = lines.filter(
      (line) =>
        line.awardId === awardId &&
        line.month === month &&
        line.fen > 0 &&
        published.has(line.runNo) &&
        !live.has(keyOfLine(line)),
    )
    const carried = open.reduce((sum, { fen }) => sum + fen, 0)
    return owed <= carried
      ? []
      : [`(e) ${awardId} ${month}: ${owed} payable, but only ${carried} of lines are left to pay it`]
  })
}

function keyOfLine({ awardId, month, seq }: { awardId: string; month: Month; seq: number }): string {
  return `${awardId} ${month} ${seq}`
}

/** Lines of a month are numbered one after the other, whatever became of their runs: none is written twice, none is lost. */
function checkLineNumbers({ lines }: Observed): string[] {
  return [...groupBy(lines, ({ awardId, month }) => `${awardId} ${month}`)].flatMap(([key, own]) => {
    const numbers = own.map(({ seq }) => seq).sort((a, b) => a - b)
    return numbers.every((seq, index) => seq === index + 1)
      ? []
      : [`lines of ${key} have the numbers ${numbers.join(', ')}`]
  })
}

/** Reserved is what approved batches have out, or may have out. */
function checkBudgets({ budgets, instructions, batches }: Observed): string[] {
  const counted = new Set(
    batches.filter(({ status }) => status === 'approved' || status === 'filed').map(({ no }) => no),
  )
  const out = new Set(['in_flight', 'paid', 'unknown', 'late_paid'])
  return budgets.flatMap(({ program, reservedFen }) => {
    const own = instructions.filter(
      (each) => each.program === program && counted.has(each.batchNo) && out.has(each.status),
    )
    const sum = own.reduce((total, { fen }) => total + fen, 0)
    return sum === reservedFen ? [] : [`budget of ${program}: ${reservedFen} reserved, ${sum} out`]
  })
}

/** Σ files = batch = Σ instructions. */
function checkBatches({ batches, instructions }: Observed): string[] {
  return batches.flatMap(({ no, status, fen, lines, files, filedFen }) => {
    const own = instructions.filter((each) => each.batchNo === no)
    const sum = own.reduce((total, each) => total + each.fen, 0)
    const isWhole =
      sum === fen && own.length === lines && (status !== 'filed' || (files === lines && filedFen === fen))
    return isWhole
      ? []
      : [
          `batch ${no}: ${lines} lines of ${fen}, instructions ${own.length} of ${sum}, files ${files} of ${filedFen}`,
        ]
  })
}

/** (d) Whoever was paid or due last month and is not due now must be ended, planned to end, undone or above the standard. */
function checkStops(world: World, { runs, lines, instructions }: Observed, runNo: number): string[] {
  const run = runs.find(({ no }) => no === runNo)
  const cut = world.cuts.get(runNo)
  if (!run || cut === undefined || run.group !== 'basic_assistance') return []
  const previous = addMonths(run.month, -1)
  const published = new Set(runs.filter(({ status }) => status === 'published').map(({ no }) => no))
  return world.cases.flatMap(({ award, lastPaid }) => {
    const due = lines.filter(
      (line) =>
        line.awardId === award.id &&
        line.month === previous &&
        line.runNo < runNo &&
        published.has(line.runNo),
    )
    const paid = instructions.some(
      (each) => each.awardId === award.id && each.month === previous && each.status === 'paid',
    )
    const hadMoney =
      paid ||
      due.reduce((sum, { fen }) => sum + fen, 0) > 0 ||
      (lastPaid?.month === previous && lastPaid.fen > 0)
    if (!hadMoney || entitlement(world.history, award.id, run.month, cut).fen > 0) return []
    return stopReason(world, award.id, { month: run.month, cut })
      ? []
      : [`(d) run ${runNo}: ${award.id} stops in ${run.month} without a reason`]
  })
}

/** Why nothing is due, read from the determinations as known; undefined = nobody decided that. */
export function stopReason(
  world: World,
  awardId: string,
  { month, cut }: { month: Month; cut: number },
): string | undefined {
  const current = determinationFor(world.history, awardId, month, cut)
  if (current) return current.outcome === 'end' ? 'ended' : 'assessed'
  const own = world.history.determinations.filter(
    (each) => each.awardId === awardId && each.recordedAt <= cut,
  )
  if (own.some((each) => covers(each, month))) return 'undone'
  return own.some((each) => each.to !== null && each.to <= month && each.outcome === 'grant')
    ? 'planned'
    : undefined
}

/** A recovery rests on something decided between the cut of the run before and its own. */
function checkRecoveries(world: World, { runs, lines }: Observed, runNo: number): string[] {
  const run = runs.find(({ no }) => no === runNo)
  const cut = world.cuts.get(runNo) ?? -1
  const base = run?.base === null ? -1 : (world.cuts.get(run?.base ?? -1) ?? -1)
  const isNew = (at: number | undefined) => at !== undefined && at > base && at <= cut
  const { determinations, facts } = world.history
  const reviewed = world.decidedCorrections.filter(({ at }) => at <= cut).map(({ subject }) => subject)
  const changedLaw = [...world.lawRecordedAt].some(
    ([id, recordedAt]) => isNew(recordedAt) && reviewed.includes(id),
  )
  const changedFact = facts.some(
    (fact) => (isNew(fact.recordedAt) || isNew(fact.undoneAt)) && reviewed.includes(fact.personId),
  )
  return lines.flatMap(({ runNo: no, awardId, month, fen }) => {
    if (no !== runNo || fen > 0) return []
    if (changedLaw || changedFact) count(world, 'recoveryDecided')
    const decided = determinations.some(
      (each) =>
        each.awardId === awardId &&
        covers(each, month) &&
        ((isNew(each.recordedAt) && each.kind === 'retroactive') || isNew(each.undoneAt)),
    )
    return decided || changedLaw || changedFact
      ? []
      : [`run ${runNo}: ${awardId} ${month}: ${fen} though nobody decided a recovery`]
  })
}
