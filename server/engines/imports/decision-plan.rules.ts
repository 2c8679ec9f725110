import { isDeepStrictEqual } from 'node:util'
import type { Month } from '../../platform/dates.ts'
import type { StandingAward, StandingDecision } from '../benefits/index.ts'
import type { ProgramForm, SaidOf } from './decision-form.rules.ts'
import type { DecisionRow } from './decisions.rules.ts'
import type { FaultCode, Params } from './fault.rules.ts'

export interface Planned {
  /** Null = it is opened with the proposal. */
  award: StandingAward | null
  /** Exclusive. A change reaches as far as what it changes: what is decided about later months stays. */
  to: Month | null
  content: unknown
}

export type Plan =
  | { proposal: Planned }
  /** On file already: why nothing is done. */
  | { known: string }
  | { fault: FaultCode; field: string; params?: Params }

export interface PlanOf extends Omit<SaidOf, 'before'> {
  form: ProgramForm
  /** Of the holder and the programme. */
  awards: readonly StandingAward[]
}

/** What a row would propose about which award, as far as the decisions on file tell. */
export function planOf(row: DecisionRow, of: PlanOf): Plan {
  const target = row.act === 'initial' ? awardForNew(row, of.awards) : awardInForce(row, of.awards)
  if ('fault' in target || 'known' in target) return target
  const { award } = target
  if (award && row.from < award.ledgerOpensMonth)
    return { fault: 'month_before_opens', field: 'from', params: { month: award.ledgerOpensMonth } }
  const made = contentOf(row, of, award)
  if ('fault' in made) return { ...made, field: 'whole', fault: 'content_refused', params: made }
  const { content } = made
  const to = changedBy(row, award)?.toMonth ?? null
  return (
    waitingPlan(row, of.awards, { to, content }) ??
    samePlan(row, award, content) ?? { proposal: { award, to, content } }
  )
}

type Target = { award: StandingAward | null } | Exclude<Plan, { proposal: Planned }>

/** One that nobody has decided about (the old system's, or of a proposal that was taken back), or a new one. */
function awardForNew(row: DecisionRow, awards: readonly StandingAward[]): Target {
  const decided = awards
    .flatMap(({ decisions }) => decisions)
    .find((each) => isSameAct(each, row, 'effective'))
  if (decided) return { known: '这份认定已生效，未重复提出' }
  if (awards.some(({ spans }) => spans.some((span) => isGrantFrom(span, row.from))))
    return { fault: 'award_in_force', field: 'program' }
  const undecided = awards.filter(({ spans }) => spans.length === 0)
  const usable = undecided.find((each) => each.lastPaidMonth !== null || each.ledgerOpensMonth <= row.from)
  return { award: usable ?? null }
}

function awardInForce(row: DecisionRow, awards: readonly StandingAward[]): Target {
  const { from, act } = row
  const award = awards.find(({ spans }) => spans.some((span) => isGrantIn(span, from)))
  if (award) return { award }
  const ended = awards.flatMap(({ decisions }) => decisions).find((each) => isSameAct(each, row, 'effective'))
  if (ended && act === 'end') return { known: '这份认定已生效，未重复提出' }
  const spans = awards.flatMap((each) => each.spans)
  const later = spans.filter(({ outcome, fromMonth }) => outcome === 'grant' && fromMonth > from)
  const [first] = later.map(({ fromMonth }) => fromMonth).sort()
  if (first) return { fault: 'month_before_decided', field: 'from', params: { month: first } }
  const month = endOf(spans)
  if (month) return { fault: 'award_ended', field: 'program', params: { month } }
  return { fault: awards.length > 0 ? 'award_undecided' : 'award_missing', field: 'program' }
}

type Span = StandingAward['spans'][number]

function isGrantIn({ outcome, fromMonth, toMonth }: Span, month: Month): boolean {
  return outcome === 'grant' && fromMonth <= month && isBefore(month, toMonth)
}

function isGrantFrom({ outcome, toMonth }: Span, month: Month): boolean {
  return outcome === 'grant' && isBefore(month, toMonth)
}

/** The first month in which nothing is given any more. */
function endOf(spans: readonly Span[]): Month | undefined {
  const ends = spans.flatMap(({ outcome, fromMonth, toMonth }) =>
    outcome === 'end' ? [fromMonth] : (toMonth ?? []),
  )
  return ends.sort().at(-1)
}

function changedBy(row: DecisionRow, award: StandingAward | null): Span | undefined {
  return row.act === 'change' ? award?.spans.find((each) => isGrantIn(each, row.from)) : undefined
}

function contentOf(
  row: DecisionRow,
  { form, personId, members }: PlanOf,
  award: StandingAward | null,
): ReturnType<ProgramForm['make']> {
  if (row.act === 'end') return { content: null }
  const span = changedBy(row, award)
  const before = award?.decisions.find(({ id }) => id === span?.determinationId)?.content
  return form.make(row.said, { personId, members, before })
}

/** A proposal about the same months waits: the same one was uploaded before, another one is answered first. */
function waitingPlan(
  row: DecisionRow,
  awards: readonly StandingAward[],
  { to, content }: Omit<Planned, 'award'>,
): Exclude<Plan, { proposal: Planned }> | undefined {
  const waiting = awards
    .flatMap(({ decisions }) => decisions)
    .filter(({ status }) => status === 'proposed')
    .find(({ fromMonth, toMonth }) => isBefore(row.from, toMonth) && isBefore(fromMonth, to))
  if (!waiting) return undefined
  if (isSameAct(waiting, row, 'proposed') && isDeepStrictEqual(waiting.content, content))
    return { known: '这份认定已提出、待复核，未重复提出' }
  return { fault: 'decision_waiting', field: 'from', params: { month: waiting.fromMonth } }
}

/** Null = no end. */
function isBefore(month: Month, end: Month | null): boolean {
  return end === null || month < end
}

function samePlan(
  row: DecisionRow,
  award: StandingAward | null,
  content: unknown,
): Exclude<Plan, { proposal: Planned }> | undefined {
  const span = changedBy(row, award)
  const inForce = award?.decisions.find(({ id }) => id === span?.determinationId)
  if (!inForce || !isDeepStrictEqual(inForce.content, content)) return undefined
  if (isSameAct(inForce, row, 'effective')) return { known: '这份认定已生效，未重复提出' }
  return { fault: 'decision_same', field: 'act' }
}

function isSameAct(
  { kind, fromMonth, status }: StandingDecision,
  { act, from }: DecisionRow,
  wanted: StandingDecision['status'],
): boolean {
  return status === wanted && kind === act && fromMonth === from
}
