import { describe, expect, test } from 'vitest'
import { readLianzhou } from './data.ts'
import { decisionsByAward, inForce } from './naive-ledger.ts'
import { buildPlan, eventsOf } from './plan.ts'
import type { DemoPlan, PlanEvent, PlanPerson } from './plan-types.ts'

const { golden } = readLianzhou()
const bare = buildPlan({ plants: false })
const MONTHS = bare.months.map(({ month }) => month)

describe('rolls', () => {
  const decisions = decisionsByAward(bare)
  const people = new Map<string, PlanPerson>(
    [...bare.people, ...eventsOf(bare).flatMap(newPeople)].map((person) => [person.id, person]),
  )

  function newPeople(event: PlanEvent): PlanPerson[] {
    if (event.kind === 'birth') return [event.person]
    return event.kind === 'membership' && event.person ? [event.person] : []
  }

  function grantsOf(month: string, program: string) {
    return [...decisions.values()].flatMap((known) => {
      const decision = inForce(known, month)
      return decision?.outcome === 'grant' && decision.program === program ? [decision] : []
    })
  }

  function subsistenceRoll(month: string, residence: string) {
    const grants = grantsOf(month, 'subsistence_allowance').flatMap((decision) =>
      decision.program === 'subsistence_allowance' && decision.content.residence === residence
        ? [decision.content]
        : [],
    )
    return { households: grants.length, persons: total(grants.map((content) => content.covered.length)) }
  }

  function careRoll(month: string) {
    const grants = grantsOf(month, 'extreme_poverty_care').flatMap((decision) =>
      decision.program === 'extreme_poverty_care' ? [decision.content] : [],
    )
    const having = (grade: string) => grants.filter((content) => content.selfCare === grade).length
    return [having('none'), having('partial'), having('full')]
  }

  test.each([
    ['2020-06', 'urban', 420, 592],
    ['2020-06', 'rural', 5682, 10_438],
    ['2020-11', 'urban', 416, 575],
    ['2020-11', 'rural', 5738, 10_585],
  ])('allowance %s %s: %i households, %i persons', (month, residence, households, persons) => {
    expect(subsistenceRoll(month, residence)).toEqual({ households, persons })
  })

  test('allowance: households and persons of every month', () => {
    const closing = (residence: string) =>
      MONTHS.map((month) => Object.values(subsistenceRoll(month, residence)))
    expect(closing('urban')).toEqual(golden.subsistenceUrban.map((month) => month.slice(14, 16)))
    expect(closing('rural')).toEqual(golden.subsistenceRural.map((month) => month.slice(14, 16)))
  })

  test.each([
    ['2020-06', 59, 2841],
    ['2020-11', 63, 2906],
  ])('destitute people %s: %i urban, %i rural', (month, urban, rural) => {
    const grants = grantsOf(month, 'extreme_poverty_support').flatMap((decision) =>
      decision.program === 'extreme_poverty_support' ? [decision.content.residence] : [],
    )
    expect(grants.filter((residence) => residence === 'urban')).toHaveLength(urban)
    expect(grants.filter((residence) => residence === 'rural')).toHaveLength(rural)
  })

  test('self-care grades: 302/76/2 522 in June, 330/74/2 531 in October, every month as calibrated', () => {
    expect(careRoll('2020-06')).toEqual([302, 76, 2522])
    expect(careRoll('2020-10')).toEqual([330, 74, 2531])
    expect(MONTHS.map(careRoll)).toEqual(golden.care.map((month) => month.slice(0, 3)))
  })

  test('registered poor on the allowance (3 915 in June) and destitute (2 478 in June), every month', () => {
    const poor = (ids: readonly string[]) =>
      ids.filter((id) => people.get(id)?.povertyRegistered === true).length
    const onAllowance = MONTHS.map((month) =>
      poor(
        grantsOf(month, 'subsistence_allowance').flatMap((decision) =>
          decision.program === 'subsistence_allowance' ? decision.content.covered : [],
        ),
      ),
    )
    const destitute = MONTHS.map((month) =>
      poor(
        grantsOf(month, 'extreme_poverty_support').flatMap((decision) =>
          decision.program === 'extreme_poverty_support' ? [decision.content.personId] : [],
        ),
      ),
    )
    expect(onAllowance).toEqual(golden.registeredPoorSubsistence)
    expect(destitute).toEqual(golden.registeredPoorDestitute)
  })

  test('every destitute person has one care agreement in every month of support: 2 900 in June, 2 935 in October', () => {
    const agreements = agreementsOf(bare)
    for (const month of MONTHS) {
      const covered = agreements
        .filter(({ from, to }) => from <= month && (to === null || month < to))
        .map(({ personId }) => personId)
      const supported = grantsOf(month, 'extreme_poverty_support').flatMap((decision) =>
        decision.program === 'extreme_poverty_support' ? [decision.content.personId] : [],
      )
      expect(covered.toSorted()).toEqual(supported.toSorted())
    }
    const count = (month: string) =>
      agreements.filter(({ from, to }) => from <= month && (to === null || month < to)).length
    expect([count('2020-06'), count('2020-10')]).toEqual([2900, 2935])
  })

  test('nobody is covered twice in a month', () => {
    for (const month of MONTHS) {
      const covered = [...decisions.values()].flatMap((known) => {
        const decision = inForce(known, month)
        if (decision?.outcome !== 'grant') return []
        if (decision.program === 'subsistence_allowance') return decision.content.covered
        return decision.program === 'extreme_poverty_support' ? [decision.content.personId] : []
      })
      expect(new Set(covered).size).toBe(covered.length)
    }
  })

  test('stops, deaths, departures and arrivals of the allowance are those of the calibrated path', () => {
    const causes = ['death', 'income', 'moved', 'extreme_poverty_support', 'withdrawn']
    const urbanAndRural = MONTHS.map((_, offset) =>
      causes.map((_cause, column) => sumOfBoth(offset, 6 + column)),
    )
    const planned = MONTHS.map((month) =>
      causes.map(
        (cause) =>
          eventsOf(bare).filter(
            (event) =>
              event.kind === 'determination' &&
              event.determination.program === 'subsistence_allowance' &&
              event.determination.endCause === cause &&
              event.determination.from === month,
          ).length,
      ),
    )
    expect(planned).toEqual(urbanAndRural)
  })

  function sumOfBoth(offset: number, column: number): number {
    return (golden.subsistenceUrban[offset]?.[column] ?? 0) + (golden.subsistenceRural[offset]?.[column] ?? 0)
  }
})

function agreementsOf(plan: DemoPlan) {
  const agreements = new Map<string, { personId: string; from: string; to: string | null }>()
  for (const event of eventsOf(plan)) {
    if (event.kind === 'agreement') {
      const { id, personId, from, to, replaces } = event
      const former = replaces === undefined ? undefined : agreements.get(replaces)
      if (former) former.to = from
      agreements.set(id, { personId, from, to })
    }
    if (event.kind === 'agreement_end') {
      const ended = agreements.get(event.agreementId)
      if (ended) ended.to = event.to
    }
  }
  return [...agreements.values()]
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
