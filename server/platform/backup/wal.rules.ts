/** Names and order of the segments of a PostgreSQL log, across the timelines that restores begin. */

export interface Segment {
  timeline: number
  /** 16 hex digits; their order as text is the order in the log, and timelines share it. */
  position: string
}

export interface Ancestor {
  timeline: number
  /** Where the next timeline left it. */
  leftAt: string
}

/** The timelines that led to one, oldest first. */
export interface Line {
  timeline: number
  ancestors: readonly Ancestor[]
}

const SEGMENT = /^([0-9A-F]{8})([0-9A-F]{16})$/
const HISTORY = /^([0-9A-F]{8})\.history$/
const ARCHIVED = /^[0-9A-F]{24}(\.partial|\.[0-9A-F]{8}\.backup)?$|^[0-9A-F]{8}\.history$/

/** What a server hands over: segments, histories of timelines, notes on backups. */
export function isArchivable(name: string): boolean {
  return ARCHIVED.test(name)
}

export function parseSegment(name: string): Segment | undefined {
  const [, timeline, position] = SEGMENT.exec(name) ?? []
  return timeline && position ? { timeline: Number.parseInt(timeline, 16), position } : undefined
}

export function historyName(timeline: number): string {
  return `${hex8(timeline)}.history`
}

export function isHistory(name: string): boolean {
  return HISTORY.test(name)
}

/** The newest timeline that has a history; the first has none. */
export function newestTimeline(names: readonly string[]): number {
  return Math.max(1, ...names.map((name) => Number.parseInt(HISTORY.exec(name)?.[1] ?? '1', 16)))
}

export function parseHistory(text: string): Ancestor[] {
  return text.split('\n').flatMap((line) => {
    const [, timeline, leftAt] = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/.exec(line) ?? []
    return timeline && leftAt ? [{ timeline: Number(timeline), leftAt }] : []
  })
}

/** A place in the log (`1A/2B3C4D5E`) as a number. */
export function placeOf(lsn: string): number {
  const [high = '0', low = '0'] = lsn.split('/')
  return Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16)
}

/** Whether a copy that ended there can be brought along the line. */
export function isOnLine(copy: { timeline: number; stopLsn: string }, line: Line): boolean {
  if (copy.timeline === line.timeline) return true
  const ancestor = line.ancestors.find(({ timeline }) => timeline === copy.timeline)
  return ancestor !== undefined && placeOf(copy.stopLsn) <= placeOf(ancestor.leftAt)
}

export function nextPosition(position: string, segmentBytes: number): string {
  const perLog = 2 ** 32 / segmentBytes
  const log = Number.parseInt(position.slice(0, 8), 16)
  const segment = Number.parseInt(position.slice(8), 16) + 1
  return segment < perLog ? hex8(log) + hex8(segment) : hex8(log + 1) + hex8(0)
}

export interface Chain {
  /** Names of segments to be brought, in order. */
  names: string[]
  /** The position that is not in the archive although later ones are; what follows it cannot be brought. */
  missing: string | undefined
}

/** The segments from a copy's first one along the line, up to the first that is missing; `until` is the last position wanted. */
export function chainOf(
  names: readonly string[],
  first: Segment,
  { line, segmentBytes, until = 'G' }: { line: Line; segmentBytes: number; until?: string | undefined },
): Chain {
  const timelines = new Set([line.timeline, ...line.ancestors.map(({ timeline }) => timeline)])
  const wanted = names.filter((name) => {
    const segment = parseSegment(name)
    return (
      segment &&
      timelines.has(segment.timeline) &&
      segment.position >= first.position &&
      segment.position <= until
    )
  })
  const positions = [...new Set(wanted.map((name) => name.slice(8)))].sort()
  let expected = first.position
  for (const position of positions) {
    if (position !== expected) break
    expected = nextPosition(expected, segmentBytes)
  }
  const last = positions.at(-1)
  return {
    names: wanted.filter((name) => name.slice(8) < expected).sort(),
    missing: last === undefined || last >= expected ? expected : undefined,
  }
}

function hex8(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0')
}
