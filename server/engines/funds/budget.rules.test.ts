import { expect, test } from 'vitest'
import { inSourceOrder, outlookOver, releaseFrom, reserveOver, type BudgetState } from './budget.rules.ts'

function budget(id: string, amountFen: number, reservedFen = 0): BudgetState {
  return { id, source: id, program: 'p', amountFen, reservedFen }
}

const WANTED = { program: 'p', fiscalYear: 2026 }

test.each([
  { named: [], order: ['a', 'b', 'c'] },
  { named: ['c'], order: ['c', 'a', 'b'] },
  { named: ['c', 'b'], order: ['c', 'b', 'a'] },
  { named: ['elsewhere', 'b'], order: ['b', 'a', 'c'] },
])('sources named $named are drawn on in the order $order', ({ named, order }) => {
  const budgets = ['b', 'c', 'a'].map((id) => budget(id, 1))

  expect(inSourceOrder(budgets, named).map(({ id }) => id)).toEqual(order)
})

test.each([
  { fen: 10, parts: [['a', 10]] },
  { fen: 60, parts: [['a', 60]] },
  {
    fen: 61,
    parts: [
      ['a', 60],
      ['c', 1],
    ],
  }, // b has nothing left
  {
    fen: 90,
    parts: [
      ['a', 60],
      ['c', 30],
    ],
  },
])('$fen from a (60 free), b (full), c (30 free) → $parts', ({ fen, parts }) => {
  const budgets = [budget('a', 100, 40), budget('b', 50, 50), budget('c', 30)]

  const reserved = reserveOver(budgets, { ...WANTED, fen })

  expect(reserved.map((part) => [part.budgetId, part.fen])).toEqual(parts)
})

test.each([
  // 100 − 40 = 60 free in a, 30 free in c.
  { fen: 70, run: [60, 0, 10], rest: [0, 0, 20], short: 0 },
  { fen: 90, run: [60, 0, 30], rest: [0, 0, 0], short: 0 },
  { fen: 91, run: [60, 0, 30], rest: [0, 0, 0], short: 1 },
  { fen: 0, run: [0, 0, 0], rest: [60, 0, 30], short: 0 },
])('an outlook on $fen takes $run, leaves $rest and is short of $short', ({ fen, run, rest, short }) => {
  const budgets = [budget('a', 100, 40), budget('b', 50, 50), budget('c', 30)]

  const { sources, shortFen } = outlookOver(budgets, fen)

  expect(sources.map(({ runFen }) => runFen)).toEqual(run)
  expect(sources.map(({ restFen }) => restFen)).toEqual(rest)
  for (const { limitFen, usedFen, runFen, restFen } of sources)
    expect(limitFen - usedFen - runFen).toBe(restFen)
  expect(shortFen).toBe(short)
})

test('one fen too much is refused with the last source and what is missing', () => {
  const budgets = [budget('a', 100, 40), budget('c', 30)]

  expect(() => reserveOver(budgets, { ...WANTED, fen: 91 })).toThrow(
    expect.objectContaining({
      code: 'funds.budget_exceeded',
      details: expect.objectContaining({ source: 'c', shortFen: 1 }),
    }),
  )
  expect(() => reserveOver([], { ...WANTED, fen: 5 })).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ source: null, shortFen: 5 }) }),
  )
})

test.each([
  { fen: 20, parts: [['c', 20]] },
  { fen: 30, parts: [['c', 30]] },
  {
    fen: 31,
    parts: [
      ['c', 30],
      ['a', 1],
    ],
  },
  {
    fen: 90,
    parts: [
      ['c', 30],
      ['a', 60],
    ],
  },
])('$fen given back to what was drawn as a 60, c 30 → $parts', ({ fen, parts }) => {
  const released = releaseFrom(
    [
      { budgetId: 'a', fen: 60 },
      { budgetId: 'c', fen: 30 },
    ],
    fen,
  )

  expect(released.map((part) => [part.budgetId, part.fen])).toEqual(parts)
})

test('more than was drawn is never given back', () => {
  expect(() => releaseFrom([{ budgetId: 'a', fen: 60 }], 61)).toThrow('more released')
})
