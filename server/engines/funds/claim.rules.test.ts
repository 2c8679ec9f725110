import { expect, test } from 'vitest'
import { claimChanges, replacementOffsets, type ReplacementPair } from './claim.rules.ts'

const MONTH = { awardId: 'a', forMonth: '2026-01' }
const NONE = { opened: [], changed: [], closed: [] }

test.each([
  { payable: 0, open: 0, changes: NONE },
  { payable: 50, open: 0, changes: NONE },
  { payable: -1, open: 0, changes: { ...NONE, opened: [{ ...MONTH, fen: 1 }] } },
  { payable: -60, open: 60, changes: NONE },
  { payable: -80, open: 60, changes: { ...NONE, changed: [{ id: 'c', fen: 80, grown: 20 }] } },
  { payable: -59, open: 60, changes: { ...NONE, changed: [{ id: 'c', fen: 59, grown: 0 }] } },
  { payable: 0, open: 60, changes: { ...NONE, closed: ['c'] } },
  { payable: 10, open: 60, changes: { ...NONE, closed: ['c'] } },
])('payable $payable with $open open', ({ payable, open, changes }) => {
  const claims = open > 0 ? [{ ...MONTH, id: 'c', openFen: open }] : []

  // The month named twice is one month.
  expect(claimChanges(new Map([['a 2026-01', payable]]), [MONTH, MONTH], claims)).toEqual(changes)
})

test('a claim goes over the replacing awards in order, and one payable serves several claims until it is used up', () => {
  const pair = (claimId: string, openFen: number, toAward: string): ReplacementPair => {
    return { claimId, fromAward: 'old', forMonth: '2026-01', toAward, openFen }
  }
  const pairs = [pair('c1', 100, 'n1'), pair('c1', 100, 'n2'), pair('c2', 50, 'n2'), pair('c2', 50, 'n3')]
  const payables = new Map([
    ['n1 2026-01', 70],
    ['n2 2026-01', 60],
    ['n3 2026-01', -5],
  ])

  // c1: 70 of n1, 30 of n2; c2: the 30 left of n2, nothing of n3, which owes itself.
  expect(
    replacementOffsets(pairs, payables).map(({ claimId, toAward, fen }) => [claimId, toAward, fen]),
  ).toEqual([
    ['c1', 'n1', 70],
    ['c1', 'n2', 30],
    ['c2', 'n2', 30],
  ])
})
