import { describe, expect, test } from 'vitest'
import { readLianzhou, type SubsistenceRow } from './data.ts'
import { expectedRuns } from './naive-ledger.ts'
import { buildPlan, eventsOf } from './plan.ts'

const data = readLianzhou()
const { golden } = data
const bare = buildPlan({ plants: false })
const planted = buildPlan({ plants: true })
const runs = expectedRuns(bare, data.standards)
const plantedRuns = expectedRuns(planted, data.standards)
const MONTHS = bare.months.map(({ month }) => month)
const YUAN = 100

/** The month with this number: 1 = 2020-01. */
function monthAt(index: number): string {
  return `2020-${String(index).padStart(2, '0')}`
}

describe('what the eleven runs must pay', () => {
  test('subsistence allowance, destitute support and care are the golden totals, to the yuan and the fen', () => {
    expect(runs.map((run) => run.fen.subsistence_allowance / YUAN)).toEqual(golden.runTotals.subsistenceYuan)
    expect(runs.map((run) => run.fen.extreme_poverty_support / YUAN)).toEqual(golden.runTotals.destituteYuan)
    expect(runs.map((run) => run.fen.extreme_poverty_care)).toEqual(golden.runTotals.careFen)
  })

  test('January–June is 20 749 356 and January–November 39 927 915, as published', () => {
    const paid = runs.map((run) => run.fen.subsistence_allowance / YUAN)
    expect(total(paid.slice(0, 6))).toBe(20_749_356)
    expect(total(paid)).toBe(39_927_915)
  })

  test('destitute money July–November is 13 747 452 as published; care to October is 1.00 above the published sum', () => {
    expect(total(runs.slice(6).map((run) => run.fen.extreme_poverty_support / YUAN))).toBe(13_747_452)
    expect(total(runs.slice(0, 10).map((run) => run.fen.extreme_poverty_care))).toBe(356_101_140)
  })

  test('with the plants only March, April and May differ: a death of February is entered in May (349 × 2 = 698)', () => {
    const paid = plantedRuns.map((run) => run.fen.subsistence_allowance / YUAN)
    const expected = [...golden.runTotals.subsistenceYuan]
    expected.splice(2, 3, 4_501_634 + 349, 3_472_696 + 349, 3_493_340 - 698)
    expect(paid).toEqual(expected)
    expect(paid.slice(2, 5)).toEqual([4_501_983, 3_473_045, 3_492_642])
  })

  test('with the plants support and care are unchanged', () => {
    expect(plantedRuns.map((run) => run.fen.extreme_poverty_support / YUAN)).toEqual(
      golden.runTotals.destituteYuan,
    )
    expect(plantedRuns.map((run) => run.fen.extreme_poverty_care)).toEqual(golden.runTotals.careFen)
  })

  test('no line is negative but the two of the late death', () => {
    const negative = (list: typeof runs) =>
      list.flatMap((run) =>
        run.lines.filter((line) => line.fen < 0).map(({ forMonth, fen }) => [forMonth, fen]),
      )
    expect(negative(runs)).toEqual([])
    expect(negative(plantedRuns)).toEqual([
      ['2020-03', -34_900],
      ['2020-04', -34_900],
    ])
  })
})

describe('the same sums from the rows alone: roll × standard − income', () => {
  const standards = { urban: { old: 702, new: 807 }, rural: { old: 484, new: 580 } }

  function sizeIn(row: SubsistenceRow, index: number): number {
    return row.sizeWhy !== 'same' && index >= row.sizeMonth ? row.newSize : row.size
  }

  function isInDip(row: SubsistenceRow, index: number): boolean {
    const first = row.dip === 1 ? 7 : 8
    return row.dip > 0 && index >= first && index < first + 3
  }

  /** What is due for month `index` as known from March on, and what January and February were first paid. */
  function dueAndThen(residence: 'urban' | 'rural', index: number): [number, number] {
    const standard = standards[residence]
    const roll = data.subsistence.filter(
      (row) => row.residence === residence && row.from <= index && row.last >= index,
    )
    const persons = total(roll.map((row) => sizeIn(row, index)))
    const income = total(
      roll.map(
        (row) => sizeIn(row, index) * (standard.new - row.topUp - (isInDip(row, index) ? row.dipFall : 0)),
      ),
    )
    const before = total(roll.map((row) => sizeIn(row, index) * (standard.new - row.topUp - row.rise)))
    const due = persons * standard.new - income
    return [due, index < 3 ? persons * standard.old - before : due]
  }

  test.each([
    ['urban', golden.subsistenceUrban],
    ['rural', golden.subsistenceRural],
  ] as const)('%s: due, first paid and arrears of every month', (residence, expected) => {
    const computed = MONTHS.map((_, offset) => {
      const [due, then] = dueAndThen(residence, offset + 1)
      return [due, then, due - then]
    })
    expect(computed).toEqual(expected.map((month) => month.slice(16)))
  })
})

describe('temporary aid', () => {
  test.each([
    ['January–May', 5, false, 217, 192_900],
    ['January–September', 9, false, 440, 415_700],
    ['January–May, registered poor', 5, true, 62, 57_500],
    ['January–September, registered poor', 9, true, 154, 148_000],
  ])('%s: person-times and yuan', (_period, last, onlyPoor, times, yuan) => {
    const aid = eventsOf(bare).flatMap((event) =>
      event.kind === 'aid' && event.determination.from <= monthAt(last) ? [event.determination.content] : [],
    )
    const counted = aid.filter((content) => !onlyPoor || content.registeredPoor)
    expect([counted.length, total(counted.map((content) => content.amountFen)) / YUAN]).toEqual([times, yuan])
  })

  test('1 500 and less is decided by the town, everything above by the county', () => {
    const levels = eventsOf(bare).flatMap((event) =>
      event.kind === 'aid' ? [event.determination.content] : [],
    )
    for (const { amountFen, level } of levels)
      expect(level).toBe(amountFen <= 150_000 ? 'township' : 'county')
    expect(levels.some((content) => content.amountFen === 150_000)).toBe(true)
    expect(levels.some((content) => content.amountFen === 160_000)).toBe(true)
  })

  test('the stranded family is one aid of 3 000 to five people without local registration', () => {
    const [stranded, ...more] = eventsOf(bare).flatMap((event) =>
      event.kind === 'aid' && event.determination.content.reliefFirst === true ? [event.determination] : [],
    )
    expect(more).toEqual([])
    expect(stranded?.from).toBe('2020-03')
    expect(stranded?.content).toMatchObject({ amountFen: 300_000, level: 'county', registeredPoor: false })
    const family = bare.people.filter((person) => stranded?.content.persons.includes(person.id) === true)
    expect(family.map((person) => person.hukouCounty)).toEqual(Array.from({ length: 5 }, () => '421022'))
  })
})

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
