import { quantilesOf } from '../server/bench/office-client.ts'

/** What a long load did to a process, read off the samples that were taken meanwhile. */

/** What a sample counts; every figure that is not judged is there to find a cause by. */
export interface Sample {
  /** Seconds since the load began. */
  second: number
  rssMib: number
  /** Since the sample before: pools open and close with the load. */
  files: Range
  connections: Range
  heapMib: number
  externalMib: number
  lagP99Ms: number
  jobs: number
  databaseRssMib: number
  databaseProcesses: number
  databaseFiles: number
  /** Segments of the log that wait to be put into the archive. */
  incoming: number
  /** Of PostgreSQL's sorting, and half-written ones in the data directory. */
  temporary: number
  /** Milliseconds of the requests that ended since the sample before. */
  times: Readonly<Record<string, readonly number[]>>
}

export interface Range {
  fewest: number
  most: number
}

export interface Judged {
  rss: Compared & { ratio: number; mibPerHour: number }
  files: Record<keyof Range, Compared>
  connections: Record<keyof Range, Compared>
  databaseRss: Compared
  /** Of each kind by quarter, and the last against the second. Said, not judged: the machine has others' work to do. */
  times: Record<string, { p50: number[]; p95: number[]; ratio: number; isStable: boolean }>
  /** The rest by quarter: the middle one of what is always there, the most of what comes and goes. */
  rest: Record<keyof typeof REST, number[]>
  faults: string[]
}
interface Compared {
  second: number
  last: number
}

/**
 * At this load the heap grows by half and is swept every hundred seconds, and how many connections are open at most hangs on who
 * happens to ask at once. In a quarter of a long run that evens out; of a short one only coarse growth is told.
 */
const LONG = { leastRss: 0.9, mostRss: 1.1, held: ['fewest', 'most'] } as const
const SHORT = { leastRss: 0, mostRss: 1.6, held: ['fewest'] } as const
/** A connection that somebody happens to have open, and one more. */
const MORE = 2
const STABLE = 1.5

/** The first quarter warms up; the last is held against the second. */
export function judge(samples: readonly Sample[], { isLong }: { isLong: boolean }): Judged {
  const quarters = quartersOf(samples)
  const compared = (value: (sample: Sample) => number, sum: (values: number[]) => number): Compared => {
    const [, second = 0, , last = 0] = quarters.map((each) => sum(each.map(value)))
    return { second, last }
  }
  const held = (range: (sample: Sample) => Range) => ({
    fewest: compared((sample) => range(sample).fewest, (values) => Math.min(...values)), // prettier-ignore
    most: compared((sample) => range(sample).most, mostOf), // prettier-ignore
  })
  const rss = compared(({ rssMib }) => rssMib, medianOf)
  const judged = {
    rss: { ...rss, ratio: round(rss.last / rss.second, 3), mibPerHour: slopeOf(quarters.slice(1).flat()) },
    files: held(({ files }) => files),
    connections: held(({ connections }) => connections),
    databaseRss: compared(({ databaseRssMib }) => databaseRssMib, medianOf),
    times: timesOf(quarters),
    rest: restOf(quarters),
  }
  return { ...judged, faults: faultsOf(judged, isLong ? LONG : SHORT) }
}

function faultsOf(
  { rss, files, connections }: Omit<Judged, 'faults'>,
  { leastRss, mostRss, held }: typeof LONG | typeof SHORT,
): string[] {
  const isFlat = rss.ratio >= leastRss && rss.ratio <= mostRss
  return [
    ...(isFlat ? [] : [`memory: ${rss.second} → ${rss.last} MiB`]),
    ...held.flatMap((which) => [
      ...moreThan(`files, ${which}`, files[which]),
      ...moreThan(`connections, ${which}`, connections[which]),
    ]),
  ]
}

function moreThan(what: string, { second, last }: Compared): string[] {
  return last <= second + MORE ? [] : [`${what}: ${second} → ${last}`]
}

function quartersOf(samples: readonly Sample[]): Sample[][] {
  const at = (quarter: number) => Math.round((samples.length * quarter) / 4)
  return [0, 1, 2, 3].map((quarter) => samples.slice(at(quarter), at(quarter + 1)))
}

function mostOf(values: readonly number[]): number {
  return Math.max(...values)
}

const REST = {
  rssMib: medianOf,
  heapMib: medianOf,
  externalMib: medianOf,
  lagP99Ms: mostOf,
  jobs: mostOf,
  databaseRssMib: medianOf,
  databaseProcesses: mostOf,
  databaseFiles: mostOf,
  incoming: mostOf,
  temporary: mostOf,
}

function restOf(quarters: readonly (readonly Sample[])[]): Judged['rest'] {
  const keys = Object.keys(REST) as (keyof typeof REST)[]
  const entries = keys.map((key) => [
    key,
    quarters.map((each) => REST[key](each.map((sample) => sample[key]))),
  ])
  return Object.fromEntries(entries) as Judged['rest']
}

function timesOf(quarters: readonly (readonly Sample[])[]): Judged['times'] {
  const kinds = new Set(quarters.flat().flatMap(({ times }) => Object.keys(times)))
  return Object.fromEntries(
    [...kinds].toSorted().map((kind) => {
      const each = quarters.map((samples) => quantilesOf(samples.flatMap(({ times }) => times[kind] ?? [])))
      const p95 = each.map((quantiles) => quantiles.p95)
      const [, second = 0, , last = 0] = p95
      const ratio = round(last / second, 2)
      return [kind, { p50: each.map(({ p50 }) => p50), p95, ratio, isStable: ratio <= STABLE }]
    }),
  )
}

function medianOf(values: readonly number[]): number {
  return quantilesOf(values).p50
}

/** Of the line with the least squares, in MiB an hour. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length
  const [seconds, sizes] = [samples.map(({ second }) => second), samples.map(({ rssMib }) => rssMib)]
  const [middle, size] = [mean(seconds), mean(sizes)]
  const up = mean(samples.map(({ second, rssMib }) => (second - middle) * (rssMib - size)))
  return round((up / mean(seconds.map((second) => (second - middle) ** 2))) * 3600, 1)
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
