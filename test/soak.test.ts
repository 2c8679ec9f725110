import { expect, test } from 'vitest'
import { judge, type Sample } from './soak-judge.ts'

/** What the long load (soak.deep.test.ts) would say of samples: it can fail. */

const steady = (fewest: number, most = fewest) => ({ fewest, most })
const LONG = { isLong: true }

function samplesOf(at: (index: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: 40 }, (_, index) => ({
    ...{
      second: index * 10,
      rssMib: 250,
      files: steady(40),
      connections: steady(10),
      heapMib: 80,
      externalMib: 4,
      lagP99Ms: 20,
    },
    ...{ jobs: 0, databaseRssMib: 100, databaseProcesses: 12, databaseFiles: 600, incoming: 0, temporary: 0 },
    ...{ times: { person: [10, 12] } },
    ...at(index),
  }))
}

test('what wavers and stays is no leak, nor is a warm-up', () => {
  const judged = judge(
    samplesOf((index) => ({
      rssMib: index < 10 ? 150 + index * 10 : 250 + (index % 3) * 8,
      files: steady(40, 44 + (index % 3)),
      connections: steady(10, 14 + (index % 2)),
    })),
    LONG,
  )
  expect(judged).toMatchObject({ faults: [], rss: { second: 258, last: 258, ratio: 1 } })
})

test.each<[string, (index: number) => Partial<Sample>, string]>([
  // (250 + 34 × 2) ÷ (250 + 14 × 2) = 1.14
  ['memory', (index) => ({ rssMib: 250 + index * 2 }), 'memory: 278 → 318 MiB'],
  ['files', (index) => ({ files: steady(40, 40 + Math.floor(index / 5)) }), 'files, most: 43 → 47'],
  [
    'connections',
    (index) => ({ connections: steady(10 + Math.floor(index / 5), 20) }),
    'connections, fewest: 12 → 16',
  ],
])('%s that grow slowly are found', (_, at, fault) => {
  expect(judge(samplesOf(at), LONG).faults).toEqual([fault])
})

test('of a short run coarse growth is told, and the teeth of the heap are not', () => {
  const grown = (each: number) =>
    judge(
      samplesOf((index) => ({ rssMib: 220 + index * each })),
      { isLong: false },
    )
  // (220 + 34 × 3) ÷ (220 + 14 × 3) = 1.23; (220 + 34 × 15) ÷ (220 + 14 × 15) = 1.70
  expect([grown(3).faults, grown(15).faults]).toEqual([[], ['memory: 430 → 730 MiB']])
})

test('the slope is in an hour, and answers that grow slower are told', () => {
  const judged = judge(
    samplesOf((index) => ({ rssMib: 250 + index / 10, times: { person: [index] } })),
    LONG,
  )
  // A tenth of a MiB in ten seconds is 36 in an hour; the last answers of the quarters are the 10th, 20th, 30th and 40th.
  expect(judged).toMatchObject({
    rss: { mibPerHour: 36 },
    times: { person: { p95: [9, 19, 29, 39], ratio: 2.05, isStable: false } },
    faults: [],
  })
})
