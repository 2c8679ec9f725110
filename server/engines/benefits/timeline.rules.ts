import type { Month } from '../../platform/dates.ts'

/** A determination as the timeline sees it; `to` is exclusive, null = open. */
export interface TimelineAct {
  determinationId: string
  from: Month
  to: Month | null
}

export interface Span extends TimelineAct {
  spanId: string
}

export interface NewSpan {
  determinationId: string
  from: Month
  to: Month | null
  /** True for months in which the determination in force is another than before: these months changed. */
  isChange: boolean
}

export interface TimelineChange {
  /** Rows that stop being known. */
  supersede: string[]
  insert: NewSpan[]
}

const END = '9999-99'

function end(to: Month | null): Month {
  return to ?? END
}

function open(to: Month): Month | null {
  return to === END ? null : to
}

/** Determinations in the order they were recorded, later ones winning in their range: what is in force in each stretch of months. */
export function foldTimeline(acts: readonly TimelineAct[]): TimelineAct[] {
  const cuts = boundaries(acts)
  const pieces: TimelineAct[] = []
  for (const [index, from] of cuts.entries()) {
    const to = cuts[index + 1]
    if (to === undefined) break
    const winner = acts.findLast((act) => act.from <= from && to <= end(act.to))
    if (!winner) continue
    const previous = pieces.at(-1)
    if (previous?.determinationId === winner.determinationId && end(previous.to) === from)
      previous.to = open(to)
    else pieces.push({ determinationId: winner.determinationId, from, to: open(to) })
  }
  return pieces
}

/**
 * What to write so that the known rows become the wanted timeline: untouched rows stay, cut rows are superseded and their
 * remainders re-entered. Only stretches where another determination comes into force are marked as changes.
 */
export function changeTimeline(current: readonly Span[], wanted: readonly TimelineAct[]): TimelineChange {
  const cuts = boundaries([...current, ...wanted])
  const supersede = new Set<string>()
  const insert: NewSpan[] = []
  const remainders = new Map<string, NewSpan[]>()
  for (const [index, from] of cuts.entries()) {
    const to = cuts[index + 1]
    if (to === undefined) break
    const before = at(current, from)
    const after = at(wanted, from)
    if (before?.determinationId === after?.determinationId) {
      if (before)
        extend(remaindersOf(remainders, before.spanId), {
          determinationId: before.determinationId,
          from,
          to: open(to),
          isChange: false,
        })
      continue
    }
    if (before) supersede.add(before.spanId)
    if (after) extend(insert, { determinationId: after.determinationId, from, to: open(to), isChange: true })
  }
  for (const id of supersede) insert.push(...(remainders.get(id) ?? []))
  return { supersede: [...supersede], insert }
}

function remaindersOf(remainders: Map<string, NewSpan[]>, spanId: string): NewSpan[] {
  const known = remainders.get(spanId)
  if (known) return known
  const list: NewSpan[] = []
  remainders.set(spanId, list)
  return list
}

function extend(list: NewSpan[], piece: NewSpan): void {
  const last = list.at(-1)
  if (
    last &&
    last.determinationId === piece.determinationId &&
    last.isChange === piece.isChange &&
    end(last.to) === piece.from
  )
    last.to = piece.to
  else list.push(piece)
}

function at<Act extends TimelineAct>(acts: readonly Act[], month: Month): Act | undefined {
  return acts.find((act) => act.from <= month && month < end(act.to))
}

function boundaries(acts: readonly TimelineAct[]): Month[] {
  return [...new Set(acts.flatMap((act) => [act.from, end(act.to)]))].sort()
}
