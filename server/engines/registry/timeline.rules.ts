import { addDays, type Instant, type PlainDate } from '../../platform/dates.ts'

/** Days [from, to); null = open. */
export interface DateRange {
  from: PlainDate
  to: PlainDate | null
}

/** One stored stretch of a dated record. All stretches of one record carry its `rootId`; the record itself has id = rootId. */
export interface Span extends DateRange {
  id: string
  rootId: string
}

export interface Laying<S> {
  /** Stored spans that stop being known. */
  superseded: S[]
  /** Records and successors to store; `isKnown` is false for a record that a later one of the same list displaced. */
  inserted: { span: S; isKnown: boolean }[]
}

export interface LayingRules<S> {
  /** Spans of one line exclude each other in time. */
  lineOf: (span: S) => string
  /** What is left of a span that was partly displaced, as a new row. */
  successorOf: (span: S, range: DateRange) => S
  /** True for a record that leaves nothing of what its line said before (a birth, a death). */
  replacesAll?: (span: S) => boolean
}

/** Lays records over what is known, in order: the later one wins in its range, the rest of the earlier one stays. */
export function layOver<S extends Span>(
  current: readonly S[],
  added: readonly S[],
  { lineOf, successorOf, replacesAll = () => false }: LayingRules<S>,
): Laying<S> {
  const lines = groupBy(current, lineOf)
  const stored = new Set(current)
  for (const record of added) {
    const line = lines.get(lineOf(record)) ?? []
    const rest = replacesAll(record) ? [] : line.flatMap((span) => restOf(span, record, successorOf))
    lines.set(lineOf(record), [...rest, record])
  }
  const known = new Set([...lines.values()].flat())
  const successors = [...known].filter((span) => !stored.has(span) && span.id !== span.rootId)
  return {
    superseded: current.filter((span) => !known.has(span)),
    inserted: [
      ...added.map((span) => ({ span, isKnown: known.has(span) })),
      ...successors.map((span) => ({ span, isKnown: true })),
    ],
  }
}

function restOf<S extends Span>(span: S, over: DateRange, successorOf: LayingRules<S>['successorOf']): S[] {
  return overlaps(span, over) ? without(span, over).map((range) => successorOf(span, range)) : [span]
}

/** The stretches in which each of these records shows, given in the order they became known. */
export function foldRecords(records: readonly Span[], options: { replacesAll: boolean }): Omit<Span, 'id'>[] {
  const shown: Omit<Span, 'id'>[] = []
  for (const record of records) {
    const beneath = options.replacesAll ? [] : shown.flatMap((piece) => cut(piece, record))
    shown.splice(0, shown.length, ...beneath, { rootId: record.rootId, from: record.from, to: record.to })
  }
  return shown
}

function cut(piece: Omit<Span, 'id'>, over: DateRange): Omit<Span, 'id'>[] {
  return without(piece, over).map((range) => ({ rootId: piece.rootId, ...range }))
}

export interface SpanDifference<S> {
  superseded: S[]
  missing: Omit<Span, 'id'>[]
}

/** What to supersede and to insert so that the known spans become the wanted ones; equal ones stay. */
export function differenceOf<S extends Span>(
  known: readonly S[],
  wanted: readonly Omit<Span, 'id'>[],
): SpanDifference<S> {
  const keyOf = ({ rootId, from, to }: Omit<Span, 'id'>) => `${rootId} ${from} ${to ?? ''}`
  const knownKeys = new Set(known.map(keyOf))
  const wantedKeys = new Set(wanted.map(keyOf))
  return {
    superseded: known.filter((span) => !wantedKeys.has(keyOf(span))),
    missing: wanted.filter((span) => !knownKeys.has(keyOf(span))),
  }
}

export function covers({ from, to }: DateRange, on: PlainDate): boolean {
  return from <= on && (to === null || on < to)
}

export function overlaps(a: DateRange, b: DateRange): boolean {
  return (b.to === null || a.from < b.to) && (a.to === null || b.from < a.to)
}

/** `range` less `hole`: nothing, one or two stretches. */
export function without(range: DateRange, hole: DateRange): DateRange[] {
  if (!overlaps(range, hole)) return [{ from: range.from, to: range.to }]
  const before = range.from < hole.from ? [{ from: range.from, to: hole.from }] : []
  const after =
    hole.to !== null && (range.to === null || hole.to < range.to) ? [{ from: hole.to, to: range.to }] : []
  return [...before, ...after]
}

/** The form of a `daterange` parameter. */
export function rangeText({ from, to }: { from: PlainDate | null; to: PlainDate | null }): string {
  return `[${from ?? ''},${to ?? ''})`
}

/** The civil day in China (UTC+8 all year) at an instant. */
export function dayAt(instant: Instant): PlainDate {
  const day = instant.slice(0, 10)
  return Number(instant.slice(11, 13)) >= 16 ? addDays(day, 1) : day
}

function groupBy<S>(spans: readonly S[], keyOf: (span: S) => string): Map<string, S[]> {
  const groups = new Map<string, S[]>()
  for (const span of spans) {
    const group = groups.get(keyOf(span))
    if (group) group.push(span)
    else groups.set(keyOf(span), [span])
  }
  return groups
}
