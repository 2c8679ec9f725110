import { firstDay, monthsBetween, type Month } from '../../platform/dates.ts'
import { isAppError } from '../../platform/errors.ts'
import type { Fen } from '../../platform/money.ts'
import { lineKind, type Cause, type LineDetail, type ObligationLine } from './line.rules.ts'
import type { Assess, Assessed, AutomaticFacts } from './programs.rules.ts'
import type { RatesOf, UsedRate } from './rates.rules.ts'

export interface SpanInput {
  determinationId: string
  kind: string
  outcome: 'grant' | 'end'
  from: Month
  /** Exclusive; null = open. */
  to: Month | null
  /** Came into force with something recorded since the base run's cut. */
  isNew: boolean
  content: unknown
}

export interface AwardInput {
  id: string
  program: string
  opensMonth: Month
  lastPaidMonth: Month | null
  lastPaidFen: Fen | null
  town: string | null
  village: string | null
  spans: readonly SpanInput[]
}

export interface Balance {
  fen: Fen
  seq: number
}

export interface UndoneAct {
  determinationId: string
  from: Month
  to: Month | null
}

/** All that a run knows besides the award itself, fixed by its cut. */
export interface RunContext {
  runNo: number
  month: Month
  previousMonth: Month
  rates: RatesOf
  /** The law as known at the base run's cut; undefined before the first run. */
  formerRates: RatesOf | undefined
  facts: AutomaticFacts
  formulaOf: (program: string) => { assess: Assess<unknown>; version: string; isNew: boolean }
  /** Rates recorded since the base run's cut, each with the row as which it was published. */
  newRates: ReadonlyMap<string, string>
  /** Settings recorded since the base run's cut, in force on the days [fromDay, toDay). */
  newSettings: readonly { id: string; program: string; key: string; fromDay: string; toDay: string | null }[]
  /** Corrections that two people reviewed: recoveries they cause may be written. */
  reviewed: ReadonlySet<string>
  isOneOff: (program: string) => boolean
}

export interface AwardLooked {
  /** First month to look at besides the run's own; undefined = only the run's month. */
  touchedFrom: Month | undefined
  /** Shared by all awards of a chunk: a function made for each would cost more than the look itself. */
  balance: (awardId: string, month: Month) => Balance | undefined
  undone: readonly UndoneAct[]
  newFacts: readonly string[]
}

export type FindingKind =
  | 'undecided_recovery'
  | 'opening_difference'
  | 'rate_missing'
  | 'stopped'
  | 'continuity'
  | 'too_many_corrections'

export interface Finding {
  kind: FindingKind
  blocks: boolean
  awardId: string | null
  forMonth: Month | null
  detail: Readonly<Record<string, unknown>>
}

export type MonthlyChange = 'new' | 'ended' | 'raised' | 'lowered' | 'unchanged'

export interface AwardOutcome {
  lines: ObligationLine[]
  findings: Finding[]
  change: MonthlyChange | undefined
  previousFen: Fen
  currentFen: Fen
}

/** One award in one run: Δ = entitled as known at the cut − Σ published lines, for each month it has to look at. */
export function computeAward(award: AwardInput, look: AwardLooked, ctx: RunContext): AwardOutcome {
  const outcome: AwardOutcome = { lines: [], findings: [], change: undefined, previousFen: 0, currentFen: 0 }
  // Something may have been recorded for a month still to come: the run's own month is looked at in any case.
  const first = look.touchedFrom !== undefined && look.touchedFrom < ctx.month ? look.touchedFrom : ctx.month
  const from = first < award.opensMonth ? award.opensMonth : first
  let current: Due | undefined = NOTHING
  for (const month of from === ctx.month ? [from] : monthsBetween(from, ctx.month)) {
    const due = dueOf(award, month, ctx, outcome.findings)
    if (month === ctx.month) current = due
    if (due === undefined) continue
    enterLine(award, { month, due, look, ctx, outcome })
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

interface Due {
  span: SpanInput | undefined
  assessed: Assessed | undefined
}

const NOTHING: Due = { span: undefined, assessed: undefined }

function dueOf(award: AwardInput, month: Month, ctx: RunContext, findings: Finding[]): Due | undefined {
  const span = award.spans.find((each) => each.from <= month && (each.to === null || month < each.to))
  if (!span || span.outcome === 'end') return { span, assessed: undefined }
  try {
    return { span, assessed: ctx.formulaOf(award.program).assess(span.content, ctx.facts, ctx.rates, month) }
  } catch (error) {
    if (!isAppError(error) || !isMissingRate(error)) throw error
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

interface Entering {
  month: Month
  due: Due
  look: AwardLooked
  ctx: RunContext
  outcome: AwardOutcome
}

function enterLine(award: AwardInput, { month, due, look, ctx, outcome }: Entering): void {
  const balance = look.balance(award.id, month)
  const wasFen = balance?.fen ?? 0
  const dueFen = due.assessed?.fen ?? 0
  const fen = dueFen - wasFen
  // Nothing published yet: a rejected or cancelled run has left a number behind and explained nothing.
  if (wasFen === 0) checkOpening(award, { month, dueFen, span: due.span, findings: outcome.findings })
  if (fen === 0) return
  const isSettled = month !== ctx.month || balance !== undefined
  const causes = isSettled ? causesOf(award, { month, due, look, ctx }) : []
  if (fen < 0 && !isDecided(award, { month, due, causes, ctx })) {
    outcome.findings.push({
      kind: 'undecided_recovery',
      blocks: true,
      awardId: award.id,
      forMonth: month,
      detail: { fen, causes },
    })
    return
  }
  const formula = ctx.formulaOf(award.program)
  const detail: LineDetail = {
    formula: formula.version,
    kind: lineKind(month, ctx.month, fen),
    was: wasFen,
    determination: due.span?.determinationId ?? null,
    payee: due.assessed?.payee ?? null,
    shares: due.assessed?.shares ?? [],
    rates: due.assessed?.rates ?? [],
    inputs: due.assessed?.inputs ?? {},
    causes,
  }
  outcome.lines.push({
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
    detail,
  })
}

function causesOf(award: AwardInput, { month, due, look, ctx }: Omit<Entering, 'outcome'>): Cause[] {
  const causes: Cause[] = []
  if (due.span?.isNew) causes.push(['determination', due.span.determinationId, due.span.kind])
  for (const act of look.undone) {
    if (act.from <= month && (act.to === null || month < act.to)) causes.push(['undone', act.determinationId])
  }
  for (const rate of (due.assessed?.rates ?? []).flatMap(withSources)) {
    const news = ctx.newRates.get(rate.id)
    if (news !== undefined && !causes.some(([, id]) => id === news)) causes.push(['rate', news])
  }
  for (const id of newSettingsOf(award, { month, due, ctx })) causes.push(['setting', id])
  const formula = ctx.formulaOf(award.program)
  if (formula.isNew) causes.push(['formula', formula.version])
  for (const personId of look.newFacts) causes.push(['fact', personId])
  return causes
}

/** New settings that the formula asks for in this month. */
function newSettingsOf(
  award: AwardInput,
  { month, due, ctx }: { month: Month; due: Due; ctx: RunContext },
): string[] {
  const day = firstDay(month)
  const inForce = ctx.newSettings.filter(
    (each) => each.fromDay <= day && (each.toDay === null || day < each.toDay),
  )
  if (inForce.length === 0 || !due.span || !due.assessed) return []
  const asked = new Set<string>()
  const setting: RatesOf['setting'] = (program, key, on) => {
    asked.add(`${program}.${key}`)
    return ctx.rates.setting(program, key, on)
  }
  ctx.formulaOf(award.program).assess(due.span.content, ctx.facts, { ...ctx.rates, setting }, month)
  return inForce.filter(({ program, key }) => asked.has(`${program}.${key}`)).map(({ id }) => id)
}

function withSources(rate: UsedRate): UsedRate[] {
  return rate.of ? [rate, ...withSources(rate.of)] : [rate]
}

/**
 * A recovery is written only when its causes were decided by people (architecture.md §2.7). Something decided about the award is not
 * enough where a rate, setting, formula or fact that nobody reviewed lowers the month as well.
 */
function isDecided(
  award: AwardInput,
  { month, due, causes, ctx }: { month: Month; due: Due; causes: readonly Cause[]; ctx: RunContext },
): boolean {
  const open = causes.filter((cause) => !isDecision(cause) && !ctx.reviewed.has(`${cause[0]}:${cause[1]}`))
  if (open.length === causes.length) return false
  const isOpen = (kind: Cause[0]) => open.some((cause) => cause[0] === kind)
  const isLawOpen = isOpen('rate') || isOpen('setting')
  return !isOpen('formula') && !isOpen('fact') && !(isLawOpen && isLoweredByLaw(award, { month, due, ctx }))
}

function isDecision([kind, , how]: Cause): boolean {
  return kind === 'undone' || (kind === 'determination' && how === 'retroactive')
}

/** Whether the same determination gave more under the law as known before. */
function isLoweredByLaw(
  award: AwardInput,
  { month, due, ctx }: { month: Month; due: Due; ctx: RunContext },
): boolean {
  if (!ctx.formerRates || !due.span || !due.assessed) return false
  try {
    return (
      ctx.formulaOf(award.program).assess(due.span.content, ctx.facts, ctx.formerRates, month).fen >
      due.assessed.fen
    )
  } catch (error) {
    if (!isMissingRate(error)) throw error
    return false
  }
}

function isMissingRate(error: unknown): boolean {
  return isAppError(error) && error.code === 'benefits.rate_missing'
}

/** The first month is compared with the last one the old system paid; a difference must be explained before approval. */
function checkOpening(
  award: AwardInput,
  {
    month,
    dueFen,
    span,
    findings,
  }: { month: Month; dueFen: Fen; span: SpanInput | undefined; findings: Finding[] },
): void {
  if (month !== award.opensMonth || award.lastPaidFen === null || award.lastPaidFen === dueFen) return
  // A decision made here since the take-over (a change, an end) is the explanation; the imported one cannot explain itself.
  const isDecidedHere = span !== undefined && span.kind !== 'initial'
  const detail = {
    lastPaidMonth: award.lastPaidMonth,
    lastPaidFen: award.lastPaidFen,
    dueFen,
    determination: isDecidedHere ? span.determinationId : null,
  }
  findings.push({
    kind: 'opening_difference',
    blocks: !isDecidedHere,
    awardId: award.id,
    forMonth: month,
    detail,
  })
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

/** Whoever was due last month and is not now must show why; without a reason the run cannot be approved (continuity guard). */
function stopFinding(
  award: AwardInput,
  { current, look, ctx }: { current: Due; look: AwardLooked; ctx: RunContext },
): Finding {
  const reason = stopReason(award, { current, look, month: ctx.month })
  const kind = reason === undefined ? 'continuity' : 'stopped'
  const detail = { reason: reason ?? null, determination: current.span?.determinationId ?? null }
  return { kind, blocks: reason === undefined, awardId: award.id, forMonth: ctx.month, detail }
}

function stopReason(
  award: AwardInput,
  { current, look, month }: { current: Due; look: AwardLooked; month: Month },
): string | undefined {
  if (current.span?.outcome === 'end') return 'ended'
  if (current.assessed?.zeroBecause) return current.assessed.zeroBecause
  if (current.span) return undefined
  if (look.undone.some((act) => act.from <= month && (act.to === null || month < act.to))) return 'undone'
  const planned = award.spans.some((span) => span.to !== null && span.to <= month && span.outcome === 'grant')
  return planned ? 'planned_end' : undefined
}
