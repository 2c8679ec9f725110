import { describe, expect, test } from 'vitest'
import { readLianzhou } from './data.ts'
import { buildPlan, eventsOf } from './plan.ts'
import type { PlantId } from './plan-types.ts'

const data = readLianzhou()
const bare = buildPlan({ plants: false })
const planted = buildPlan({ plants: true })

describe('days', () => {
  test('everything is entered after the close of one month and before the run of the next, in order', () => {
    for (const plan of [bare, planted]) {
      let closedOn = plan.openedOn
      expect(plan.opening.every((event) => event.on <= plan.openedOn)).toBe(true)
      for (const { events, calendar } of plan.months) {
        const days = events.map((event) => event.on)
        expect(days).toEqual(days.toSorted())
        expect(days.every((day) => day > closedOn && day < calendar.runOn)).toBe(true)
        const { runOn, approveOn, batchOn, resultsOn, closeOn } = calendar
        expect([runOn, approveOn, batchOn, resultsOn, closeOn]).toEqual(
          [runOn, approveOn, batchOn, resultsOn, closeOn].toSorted(),
        )
        closedOn = closeOn
      }
    }
  })

  test('deaths, births and moves happen before they are entered, in the last month that they leave unchanged', () => {
    for (const event of eventsOf(planted)) {
      if (event.kind === 'death') expect(event.diedOn < event.on).toBe(true)
      if (event.kind === 'birth') expect(event.person.bornOn < event.on).toBe(true)
      if (event.kind === 'membership' || event.kind === 'move')
        expect(event.effectiveOn < event.on).toBe(true)
    }
  })

  test('a converted household loses the allowance before support is decided, on the same day', () => {
    const order = eventsOf(bare).map((event) => event.id)
    const ends = new Map(
      eventsOf(bare).flatMap((event) =>
        event.kind === 'determination' && event.determination.endCause === 'extreme_poverty_support'
          ? [[event.determination.awardId, event]]
          : [],
      ),
    )
    const replacing = bare.awards.filter((award) => award.replacesAwardId !== undefined)
    expect(replacing).toHaveLength(110)
    for (const award of replacing) {
      const end = ends.get(award.replacesAwardId ?? '')
      const start = eventsOf(bare).find(
        (event) => event.kind === 'determination' && event.determination.awardId === award.id,
      )
      expect(end?.on).toBe(start?.on)
      expect(order.indexOf(end?.id ?? '')).toBeLessThan(order.indexOf(start?.id ?? ''))
    }
  })

  test('the raise is published on 10 March, before the incomes re-verified in its wake', () => {
    const march = bare.months[2]?.events ?? []
    const policy = march.findIndex((event) => event.kind === 'policy')
    const retroactive = march.flatMap((event, index) =>
      event.kind === 'determination' && event.determination.kind === 'retroactive' ? [index] : [],
    )
    expect(march[policy]?.on).toBe('2020-03-10')
    expect(retroactive.length).toBeGreaterThan(5000)
    expect(Math.min(...retroactive)).toBeGreaterThan(policy)
  })
})

describe('plants', () => {
  const PLANTS: readonly [PlantId, string][] = [
    ['late-death', '2020-05-14'],
    ['bank-return', '2020-05-08'],
    ['ineligible', '2020-05-25'],
    ['dibao-to-destitute', '2020-03-25'],
    ['dip', '2020-06-24'],
    ['hubei-family', '2020-03-05'],
    ['duplicate-id', '2020-06-09'],
    ['wrong-death', '2020-08-11'],
  ]

  test.each(PLANTS)('%s is entered on %s', (plant, on) => {
    expect(eventsOf(planted).filter((event) => event.plant === plant && event.on === on)).not.toEqual([])
  })

  test.each([
    'member-died',
    'member-joined',
    'institution-admission',
    'grade-change',
    'boundary',
    'near-relative',
    'rare-names',
  ])('%s is marked', (plant) => {
    expect(eventsOf(planted).some((event) => event.plant === plant)).toBe(true)
  })

  test('without plants nothing is marked, nothing comes back, nothing is undone', () => {
    expect(eventsOf(bare).every((event) => event.plant === undefined)).toBe(true)
    expect(bare.months.flatMap((month) => month.returns)).toEqual([])
    expect(eventsOf(bare).some((event) => event.kind === 'undo' || event.kind === 'receipt')).toBe(false)
  })

  test('the namesakes have one name and birthday and numbers that differ in the last three characters only', () => {
    const deaths = eventsOf(planted).flatMap((event) =>
      event.kind === 'death' && event.plant === 'wrong-death' ? [event.personId] : [],
    )
    const [wrong, right] = deaths.map((id) => planted.people.find((person) => person.id === id))
    expect(wrong?.name).toBe(right?.name)
    expect(wrong?.bornOn).toBe(right?.bornOn)
    expect(wrong?.idNumber).not.toBe(right?.idNumber)
    expect(wrong?.idNumber.slice(0, 15)).toBe(right?.idNumber.slice(0, 15))
  })

  test('twelve rare names live in twelve villages', () => {
    const names = data.plants.find((plant) => plant.id === 'rare-names')?.names ?? []
    const villages = planted.people
      .filter((person) => names.includes(person.name))
      .map((person) => person.village)
    expect(new Set(villages).size).toBe(12)
  })

  test('only the April payment of one household comes back, and its name is right again by 8 May', () => {
    const returns = planted.months.flatMap(({ month, returns: answers }) =>
      answers.map((answer) => [month, answer.forMonth, answer.reason]),
    )
    expect(returns).toEqual([['2020-04', '2020-04', 'name_mismatch']])
    const accounts = eventsOf(planted).flatMap((event) => (event.kind === 'account' ? [event.account] : []))
    const [wrong, right] = accounts
    expect(accounts).toHaveLength(2)
    expect(wrong?.number).toBe(right?.number)
    expect(wrong?.holderName).not.toBe(right?.holderName)
  })
})
