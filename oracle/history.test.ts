import { describe, expect, test } from 'vitest'
import { determinationFor, entitlement } from './entitlement.ts'
import { granted, historyOf, household, rate } from './examples.ts'
import type { OracleDetermination, OracleHistory } from './types.ts'

const LATE = 1000

function fenOf(history: OracleHistory, month = '2020-03'): number {
  return entitlement(history, 'award', month, LATE).fen
}

describe('which determination and which rate', () => {
  test('the one recorded last wins in its months; undone, what lies beneath shows again', () => {
    const history = historyOf({
      determinations: [
        granted(household(), { id: 'old', recordedAt: 1 }),
        granted(household({ income: [{ kind: 'wage', fen: 120000 }] }), {
          id: 'new',
          from: '2020-03',
          to: '2020-05',
          recordedAt: 7,
          undoneAt: 9,
        }),
      ],
    })
    const winner = (month: string, cut: number) => determinationFor(history, 'award', month, cut)?.id
    expect(winner('2020-03', 0)).toBe(undefined)
    expect(winner('2020-03', 6)).toBe('old')
    expect(winner('2020-02', 8)).toBe('old')
    expect(winner('2020-03', 8)).toBe('new')
    expect(winner('2020-04', 8)).toBe('new')
    expect(winner('2020-05', 8)).toBe('old')
    expect(winner('2020-03', 9)).toBe('old')
  })

  test('an ending gives 0; so do months before the ledger opens', () => {
    const end: OracleDetermination = {
      id: 'end',
      awardId: 'award',
      program: 'subsistence_allowance',
      from: '2020-04',
      to: null,
      outcome: 'end',
      kind: 'end',
      recordedAt: 5,
      content: null,
    }
    const history = historyOf({ determinations: [granted(household(), { from: '2019-01' }), end] })
    expect(fenOf(history, '2019-12')).toBe(0)
    expect(fenOf(history, '2020-03')).toBe(242100)
    expect(fenOf(history, '2020-04')).toBe(0)
  })

  test('the most specific area wins, then the rate recorded last; an undone rate gives way', () => {
    const standard = (fen: number, area: string, recordedAt: number, undoneAt?: number) =>
      rate('subsistence_allowance.standard', { residence: 'urban' }, { fen }, { area, recordedAt, undoneAt })
    const history = historyOf({
      determinations: [granted(household({ members: ['p1'], covered: ['p1'] }))],
      rates: [
        standard(10, '00', 0),
        standard(20, '44', 4),
        standard(30, '4418', 3),
        standard(40, '441882', 5, 8),
        standard(41, '441882', 6, 7),
        standard(99, '4401', 1),
      ],
    })
    const at = (cut: number) => entitlement(history, 'award', '2020-03', cut).fen
    expect([at(1), at(3), at(4), at(5), at(6), at(7), at(8)]).toEqual([10, 30, 30, 40, 41, 40, 30])
  })

  test('in one area the rate with more dimensions wins; a more specific area wins over both', () => {
    const standard = (fen: number, when: Record<string, string>, area: string) =>
      rate('subsistence_allowance.standard', when, { fen }, { area })
    const rates = [standard(20, { residence: 'urban' }, '44'), standard(10, {}, '44')]
    const determinations = [granted(household({ members: ['p1'], covered: ['p1'] }))]
    expect(fenOf(historyOf({ determinations, rates }))).toBe(20)
    expect(fenOf(historyOf({ determinations, rates: [...rates, standard(30, {}, '4418')] }))).toBe(30)
  })

  test('a missing rate names item and month', () => {
    expect(() => fenOf(historyOf({ rates: [] }))).toThrow(/subsistence_allowance\.standard .*2020-03/)
  })

  test('a yearly rate is paid in twelfths, the rest in December: 1 000 fen = 11 × 83 + 87', () => {
    const history = historyOf({
      determinations: [granted(household({ members: ['p1'], covered: ['p1'] }))],
      rates: [
        rate('subsistence_allowance.standard', { residence: 'urban' }, { fen: 1000 }, { per: 'person_year' }),
      ],
    })
    expect(fenOf(history, '2020-11')).toBe(83)
    expect(fenOf(history, '2020-12')).toBe(87)
  })
})
