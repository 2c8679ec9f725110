import { copyField } from '../platform/copy.ts'
import { firstDay, type Instant, type Month } from '../platform/dates.ts'
import { decidedFor } from './calendar.ts'
import type { PlannedAward } from './plan.ts'

/** Tables filled by COPY, with the columns in the order of the rows below. */
export const TARGETS = {
  award:
    'benefits.award (county, id, program, holder_kind, holder_id, town, village, ledger_opens_month, created_by, recorded_at)',
  determination:
    'benefits.determination (county, id, award_id, kind, outcome, valid, content, cause, clause, decided_level, status, town, village, made_by, made_at, checked_by, recorded_at)',
  span: 'benefits.determination_span (county, id, award_id, determination_id, kind, outcome, is_change, valid, content, town, village, recorded_at, superseded_at)',
  coverage:
    'benefits.coverage (county, id, span_id, award_id, person_id, exclusive_key, valid, town, village, recorded_at, superseded_at)',
  plan: 'bench.plan (award_id, program, category, persons, due_fen, town, village, from_month, to_month, detail)',
} as const

export type Target = keyof typeof TARGETS
export type Rows = Record<Target, string[]>

export interface RowContext {
  county: string
  maker: string
  checker: string
  makeId: () => string
}

type Field = string | number | null

function row(fields: readonly Field[]): string {
  return `${fields.map(copyField).join('\t')}\n`
}

interface Act {
  determinationId: string
  kind: string
  outcome: 'grant' | 'end'
  from: Month
  to: Month | null
  recordedAt: Instant
  content: string
}

/** Adds the rows of one award: its decisions, the spans they leave, and whom they cover. Returns the first decision's id. */
export function addRows(rows: Rows, award: PlannedAward, context: RowContext): string {
  const { county, maker } = context
  const { id, program, holderKind, holderId, town, village, from, recordedAt } = award
  rows.award.push(row([county, id, program, holderKind, holderId, town, village, from, maker, recordedAt]))
  const plannedEnd = award.end?.isPlanned ? award.end.from : null
  const content = JSON.stringify(award.content)
  const determinationId = context.makeId()
  const first: Act = {
    determinationId,
    kind: 'initial',
    outcome: 'grant',
    from,
    to: plannedEnd,
    recordedAt,
    content,
  }
  const second = secondAct(award, context)
  for (const act of second ? [first, second] : [first])
    rows.determination.push(determinationRow(award, act, context))
  addSpan(rows, award, { act: first, supersededAt: second?.recordedAt ?? null, isChange: true, context })
  if (second === undefined) return first.determinationId
  const rest = { ...first, to: second.from, recordedAt: second.recordedAt }
  addSpan(rows, award, { act: rest, supersededAt: null, isChange: false, context })
  addSpan(rows, award, { act: second, supersededAt: null, isChange: true, context })
  return first.determinationId
}

function secondAct({ change, end }: PlannedAward, { makeId }: RowContext): Act | undefined {
  if (change) {
    const { kind, from, recordedAt, content } = change
    return {
      determinationId: makeId(),
      kind,
      outcome: 'grant',
      from,
      to: null,
      recordedAt,
      content: JSON.stringify(content),
    }
  }
  if (end === undefined || end.isPlanned) return undefined
  const ending = { kind: 'end', outcome: 'end', from: end.from, to: null, content: 'null' } as const
  return { determinationId: makeId(), ...ending, recordedAt: decidedFor(end.from) }
}

function determinationRow(
  { id, town, village }: PlannedAward,
  act: Act,
  { county, maker, checker }: RowContext,
): string {
  const { determinationId, kind, outcome, content, recordedAt } = act
  const clause = kind === 'retroactive' ? '最低生活保障审核确认办法 第三十二条' : ''
  const people = [maker, recordedAt, checker, recordedAt]
  return row([
    county,
    determinationId,
    id,
    kind,
    outcome,
    range(act),
    content,
    '测算',
    clause,
    'county',
    'effective',
    town,
    village,
    ...people,
  ])
}

interface Spanning {
  act: Act
  supersededAt: Instant | null
  isChange: boolean
  context: RowContext
}

function addSpan(rows: Rows, award: PlannedAward, { act, supersededAt, isChange, context }: Spanning): void {
  const { county, makeId } = context
  const { id, town, village } = award
  const spanId = makeId()
  const known = [act.recordedAt, supersededAt]
  const decided = [act.determinationId, act.kind, act.outcome, isChange ? 't' : 'f', range(act), act.content]
  rows.span.push(row([county, spanId, id, ...decided, town, village, ...known]))
  if (act.outcome === 'end') return
  for (const personId of award.covered) {
    rows.coverage.push(
      row([county, makeId(), spanId, id, personId, award.exclusiveKey, range(act), town, village, ...known]),
    )
  }
}

function range({ from, to }: Pick<Act, 'from' | 'to'>): string {
  return `[${firstDay(from)},${to === null ? '' : firstDay(to)})`
}
