import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { book, noFacts, rate, setting } from '../../../test/rates.ts'
import type { ExplainedLine } from '../../engines/benefits/index.ts'
import { SubsistenceContent } from './content.schema.ts'
import { assessSubsistenceAllowance } from './subsistence-allowance.rules.ts'
import { describeSubsistence, otherHouseholds, stepsOfSubsistence } from './subsistence-sum.rules.ts'

const STANDARD = 'subsistence_allowance.standard'
const RATES = [
  rate(STANDARD, { residence: 'rural' }, { yuan: '580.00' }),
  rate('subsistence_allowance.tier', { residence: 'rural', category: 'B' }, { yuan: '400.00' }),
  rate('subsistence_allowance.supplement', { category: 'severe_disability' }, { percent: '20' }),
]
const exact = book(RATES)
const upToYuan = book(RATES, [setting('subsistence_allowance.rounding', 'up_yuan')])

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`

interface Family {
  members: number
  covered: number
  incomeFen: number
  isTier?: boolean
  isSupplemented?: boolean
}

function content({ members, covered, incomeFen, isTier = false, isSupplemented = false }: Family) {
  const ids = Array.from({ length: members }, (_, n) => id(n + 1))
  return SubsistenceContent.parse({
    ...{ residence: 'rural', members: ids, covered: ids.slice(0, covered), unit: 'household' },
    income: incomeFen === 0 ? [] : [{ kind: 'wage', fen: incomeFen }],
    deductions: [],
    method: isTier ? { kind: 'tier', tier: 'B' } : { kind: 'differential' },
    supplements: isSupplemented ? [{ personId: id(1), category: 'severe_disability' }] : [],
    payee: { kind: 'person', id: id(1) },
  })
}

function lineOf(family: Family, rates = exact): ExplainedLine {
  const assessed = assessSubsistenceAllowance(content(family), noFacts, rates, '2020-03')
  return {
    ...{ forMonth: '2020-03', fen: assessed.fen, dueFen: assessed.fen, wasFen: 0, persons: family.covered },
    ...{ category: assessed.category, inputs: assessed.inputs },
    rates: assessed.rates.map((each) => ({ ...each, basis: '' })),
  }
}

const sumOf = (line: ExplainedLine) => stepsOfSubsistence(line).reduce((sum, { addsFen }) => sum + addsFen, 0)

describe('the sum of 低保 in steps', () => {
  test('reads as on paper: 580.00 × 3 − 620.00 = 1,120.00', () => {
    const line = lineOf({ members: 3, covered: 3, incomeFen: 620_00 })

    expect(line.dueFen).toBe(1_120_00)
    expect(stepsOfSubsistence(line).map(({ label, shown }) => `${label} ${shown}`)).toEqual([
      '农村低保标准 580.00',
      '共同生活人口 × 3',
      '家庭月收入 − 620.00',
    ])
  })

  test('names the part of the household that counts, and the rounding', () => {
    // (580.00 × 3 − 100.01) × 2 ÷ 3 = 1,093.326… → 1,093.33; up to the yuan 1,094.00.
    const family = { members: 3, covered: 2, incomeFen: 100_01 }

    expect(stepsOfSubsistence(lineOf(family)).at(-1)).toMatchObject({ shown: '× 2/3' })
    expect(stepsOfSubsistence(lineOf(family, upToYuan)).at(-1)).toMatchObject({
      label: '尾数进到元',
      addsFen: 67,
    })
    expect(sumOf(lineOf(family, upToYuan))).toBe(1_094_00)
  })

  test('of an income that is not below the standard is nothing', () => {
    const line = lineOf({ members: 1, covered: 1, incomeFen: 600_00 })

    expect([line.dueFen, sumOf(line)]).toEqual([0, 0])
  })

  test('that has ended has no steps', () => {
    expect(
      stepsOfSubsistence({ ...lineOf({ members: 1, covered: 1, incomeFen: 0 }), dueFen: 0, rates: [] }),
    ).toEqual([])
  })

  test('adds up to the fen for every household', () => {
    const family = fc
      .record({
        members: fc.integer({ min: 1, max: 6 }),
        incomeFen: fc.oneof(fc.integer({ min: 0, max: 400_000 }), fc.constantFrom(0, 58_000, 174_000)),
        isTier: fc.boolean(),
        isSupplemented: fc.boolean(),
      })
      .chain((each) => fc.integer({ min: 1, max: each.members }).map((covered) => ({ ...each, covered })))
    fc.assert(
      fc.property(family, fc.constantFrom(exact, upToYuan), (each, rates) => {
        const line = lineOf(each, rates)
        expect(sumOf(line)).toBe(line.dueFen)
      }),
    )
  })
})

test('a decision is described in rows, with what does not count said so', () => {
  const rows = describeSubsistence({
    ...content({ members: 3, covered: 2, incomeFen: 300_00, isSupplemented: true }),
    income: [
      { kind: 'wage', fen: 300_00 },
      { kind: 'transfer', fen: 250_00, disregard: '护理补贴' },
    ],
  })

  expect(rows.map(({ label, text }) => `${label}：${text}`)).toEqual([
    '城乡：农村',
    '共同生活：3 人',
    '保障对象：2 人',
    '工资性收入：每月 300.00 元',
    '转移净收入：每月 250.00 元，不计入收入（护理补贴）',
    '计入的家庭月收入：300.00 元',
    '保障方式：补差',
    '分类施保：重度残疾',
  ])
})

describe('another life', () => {
  const comesTo = (family: Family) =>
    otherHouseholds(content(family), lineOf(family)).map((other) => {
      return [other.text, assessSubsistenceAllowance(other.content, noFacts, exact, '2020-03').fen]
    })

  test('with the income that reaches the standard gives nothing, with one person fewer it gives less', () => {
    // 580.00 × 2 − 620.00 = 540.00
    expect(comesTo({ members: 3, covered: 3, incomeFen: 620_00 })).toEqual([
      ['家庭月收入到 1,740.00 元', 0],
      ['少一人共同生活', 540_00],
    ])
  })

  test('of one person alone, or by a tier, has nobody to leave', () => {
    expect(comesTo({ members: 1, covered: 1, incomeFen: 0 })).toEqual([['家庭月收入到 580.00 元', 0]])
    expect(comesTo({ members: 2, covered: 2, incomeFen: 0, isTier: true })).toEqual([])
  })
})
