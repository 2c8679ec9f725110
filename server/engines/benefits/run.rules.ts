import type { Month } from '../../platform/dates.ts'
import type { Fen } from '../../platform/money.ts'
import { lineKind, type Cause, type LineDetail, type ObligationLine } from './line.rules.ts'
import { isMissingRate } from './rates.rules.ts'
import { causesOf, isDecided, type Reason } from './run-cause.rules.ts'
import { checkOpening, stopFinding } from './run-finding.rules.ts'
import type {
  AwardInput,
  AwardLooked,
  AwardOutcome,
  Due,
  Finding,
  MonthlyChange,
  RunContext,
} from './run-input.rules.ts'

/** One award in one run: Δ = entitled as known at the cut − Σ published lines, for each month it has to look at. */
export function computeAward(award: AwardInput, look: AwardLooked, ctx: RunContext): AwardOutcome {
  const outcome: AwardOutcome = { lines: [], findings: [], change: undefined, previousFen: 0, currentFen: 0 }
  // Something may have been recorded for a month still to come: the run's own month is looked at in any case.
  const first = look.touchedFrom !== undefined && look.touchedFrom < ctx.month ? look.touchedFrom : ctx.month
  const from = first < award.opensMonth ? award.opensMonth : first
  let current: Due | undefined = NOTHING
  let stated: Stated | undefined
  for (const month of ctx.monthsFrom(from)) {
    current = dueOf(award, { month, before: current, ctx, findings: outcome.findings })
    if (current === undefined) continue
    stated = enterLine(award, { month, due: current, stated, look, ctx, outcome })
  }
  outcome.previousFen = previousFen(award, ctx.previousMonth, look)
  // A month without its rates is neither due nor stopped: nobody knows yet, and the finding says so.
  if (current === undefined) return { ...outcome, currentFen: outcome.previousFen }
  outcome.currentFen = current.assessed?.fen ?? 0
  outcome.change = changeOf(outcome.previousFen, outcome.currentFen)
  // Last month counts as it was and as this run leaves it: money given for it only now stops with this month as well.
  const arrears = outcome.lines.find((line) => line.forMonth === ctx.previousMonth)?.fen ?? 0
  const isStop = outcome.currentFen === 0 && outcome.previousFen + Math.max(0, arrears) > 0
  if (isStop && !ctx.isOneOff(award.program))
    outcome.findings.push(stopFinding(award, { current, look, ctx }))
  return outcome
}

/** Also of a month before the ledger opens. */
const NOTHING: Due = { span: undefined, assessed: undefined }

interface Asked {
  month: Month
  /** What the month before came to; the same again need not be worked out again. */
  before: Due | undefined
  ctx: RunContext
  findings: Finding[]
}

function dueOf(award: AwardInput, { month, before, ctx, findings }: Asked): Due | undefined {
  const span = award.spans.find((each) => each.from <= month && (each.to === null || month < each.to))
  if (!span || span.outcome === 'end') return { span, assessed: undefined }
  const { assess, isSteady } = ctx.formulaOf(award.program)
  if (isSteady && before?.span === span && ctx.isSameLaw(month)) return before
  try {
    return { span, assessed: assess(span.content, ctx.facts, ctx.rates, month) }
  } catch (error) {
    if (!isMissingRate(error)) throw error
    findings.push({
      kind: 'rate_missing',
      blocks: true,
      awardId: award.id,
      forMonth: month,
      detail: { ...error.details },
    })
    return undefined
  }
}

/** The last line of the award that states its detail. */
interface Stated {
  due: Due
  line: ObligationLine
  /** Its month had been settled before, so that its causes are told. */
  isSettled: boolean
  /** Where later lines say that it is stated: one object for all of them. */
  place: { month: Month; seq: number }
}

interface Entering {
  month: Month
  due: Due
  stated: Stated | undefined
  look: AwardLooked
  ctx: RunContext
  outcome: AwardOutcome
}

function enterLine(
  award: AwardInput,
  { month, due, stated, look, ctx, outcome }: Entering,
): Stated | undefined {
  const balance = look.balance(award.id, month)
  const wasFen = balance?.fen ?? 0
  const dueFen = due.assessed?.fen ?? 0
  const fen = dueFen - wasFen
  // Nothing published yet: a rejected or cancelled run has left a number behind and explained nothing.
  if (wasFen === 0) checkOpening(award, { month, dueFen, span: due.span, findings: outcome.findings })
  if (fen === 0) return stated
  const isSettled = month !== ctx.month || balance !== undefined
  const causes = isSettled ? causesLike(stated, award, { month, due, look, ctx }) : NO_CAUSES
  if (fen < 0 && !isDecided(award, { month, due, causes, ctx })) {
    outcome.findings.push({
      kind: 'undecided_recovery',
      blocks: true,
      awardId: award.id,
      forMonth: month,
      detail: { fen, causes },
    })
    return stated
  }
  const isSame = stated !== undefined && isSaidBy(stated, due, causes)
  const detail = isSame ? stated.line.detail : detailOf(due, causes, ctx.formulaOf(award.program).version)
  const line: ObligationLine = {
    forMonth: month,
    awardId: award.id,
    seq: (balance?.seq ?? 0) + 1,
    runNo: ctx.runNo,
    fen,
    dueFen,
    persons: detail.shares.length,
    program: award.program,
    category: due.assessed?.category ?? '',
    town: award.town,
    village: award.village,
    kind: lineKind(month, ctx.month, fen),
    detail,
    statedIn: isSame ? stated.place : null,
  }
  outcome.lines.push(line)
  return isSame ? stated : { due, line, isSettled, place: { month, seq: line.seq } }
}

const NO_CAUSES: readonly Cause[] = []

/** Where the same is due as in an earlier month, only what was undone and new settings can make the causes differ. */
function causesLike(
  stated: Stated | undefined,
  award: AwardInput,
  { month, due, look, ctx }: Reason,
): readonly Cause[] {
  const isAlike = stated?.isSettled && isSameDue(stated.due, due)
  if (isAlike && look.undone.length === 0 && ctx.newSettings.length === 0) return stated.line.detail.causes
  return causesOf(award, { month, due, look, ctx })
}

function isSameDue(one: Due, other: Due): boolean {
  return one.span === other.span && one.assessed === other.assessed
}

function isSaidBy(stated: Stated, due: Due, causes: readonly Cause[]): boolean {
  if (!isSameDue(stated.due, due)) return false
  const said = stated.line.detail.causes
  return (
    causes === said ||
    (causes.length === said.length &&
      causes.every((cause, index) => cause.every((part, place) => part === said[index]?.[place])))
  )
}

function detailOf({ span, assessed }: Due, causes: readonly Cause[], formula: string): LineDetail {
  return {
    formula,
    determination: span?.determinationId ?? null,
    payee: assessed?.payee ?? null,
    shares: assessed?.shares ?? [],
    rates: assessed?.rates ?? [],
    inputs: assessed?.inputs ?? {},
    causes,
  }
}

function previousFen(award: AwardInput, previous: Month, look: AwardLooked): Fen {
  if (award.lastPaidMonth === previous) return award.lastPaidFen ?? 0
  return look.balance(award.id, previous)?.fen ?? 0
}

function changeOf(previous: Fen, current: Fen): MonthlyChange | undefined {
  if (previous === 0 && current === 0) return undefined
  if (previous === 0) return 'new'
  if (current === 0) return 'ended'
  if (previous === current) return 'unchanged'
  return current > previous ? 'raised' : 'lowered'
}
