import { describe, expect, test } from 'vitest'
import { looksLikeBankCard } from '../platform/bank-card.ts'
import { ageOn } from '../platform/dates.ts'
import { checkIdNumber } from '../platform/id-number.ts'
import { checkUscc } from '../platform/uscc.ts'
import { readLianzhou, subsistenceRow } from './data.ts'
import { countableFen } from './naive-ledger.ts'
import { buildPlan, eventsOf, planFrom } from './plan.ts'
import type { DemoPlan, PlanPerson } from './plan-types.ts'

const data = readLianzhou()
const bare = buildPlan({ plants: false })
const planted = buildPlan({ plants: true })

function everybody(plan: DemoPlan): PlanPerson[] {
  return [
    ...plan.people,
    ...eventsOf(plan).flatMap((event) =>
      (event.kind === 'birth' || event.kind === 'membership') && event.person ? [event.person] : [],
    ),
  ]
}

describe('people', () => {
  test('there are about 15 000, each with an identity number of its own', () => {
    for (const plan of [bare, planted]) {
      const people = everybody(plan)
      expect(people.length).toBeGreaterThan(14_500)
      expect(people.length).toBeLessThan(16_000)
      expect(new Set(people.map((person) => person.id)).size).toBe(people.length)
      expect(new Set(people.map((person) => person.idNumber)).size).toBe(people.length)
    }
  })

  test('every identity number is valid and tells the birth date and sex on file', () => {
    for (const person of everybody(planted)) {
      expect(checkIdNumber(person.idNumber)).toEqual({
        ok: true,
        number: person.idNumber,
        bornOn: person.bornOn,
        sex: person.sex,
      })
    }
  })

  test('ages of the allowance are 18 / 50 / 26 / 6 and of destitute people 14 / 70 / 16 per cent, within two', () => {
    const people = new Map(bare.people.map((person) => [person.id, person]))
    const ageOf = (id: string) => ageOn(people.get(id)?.bornOn ?? '', '2020-01-01')
    const share = (ages: readonly number[], least: number, most: number) =>
      (100 * ages.filter((age) => age >= least && age <= most).length) / ages.length
    const holders = (program: string) => bare.awards.filter((award) => award.program === program)

    const households = new Set(holders('subsistence_allowance').map((award) => award.holder.id))
    const onAllowance = bare.households
      .filter((household) => households.has(household.id))
      .flatMap((household) => household.members.map((member) => ageOf(member.personId)))
    expectNear(share(onAllowance, 0, 17), 18)
    expectNear(share(onAllowance, 18, 59), 50)
    expectNear(share(onAllowance, 60, 79), 26)
    expectNear(share(onAllowance, 80, 120), 6)

    const destitute = holders('extreme_poverty_support').map((award) => ageOf(award.holder.id))
    expectNear(share(destitute, 16, 59), 14)
    expectNear(share(destitute, 60, 79), 70)
    expectNear(share(destitute, 80, 120), 16)
  })

  function expectNear(value: number, target: number): void {
    expect(Math.abs(value - target)).toBeLessThan(2)
  }

  test('every account number has 19 digits and a Luhn digit, and no holder has two at the opening', () => {
    for (const account of planted.accounts) {
      expect(account.number).toMatch(/^\d{19}$/)
      expect(looksLikeBankCard(account.number)).toBe(true)
    }
    const holders = planted.accounts.map((account) => account.holder.id)
    expect(new Set(holders).size).toBe(holders.length)
  })

  test('every award has an account to pay to, and its holder is on file', () => {
    const accounts = new Set(bare.accounts.map((account) => account.holder.id))
    const holders = new Set([...bare.people, ...bare.households].map((holder) => holder.id))
    for (const award of bare.awards) {
      expect(accounts.has(award.accountHolder.id)).toBe(true)
      expect(holders.has(award.holder.id)).toBe(true)
    }
  })

  test('every payee of destitute support has an account', () => {
    const accounts = new Set(bare.accounts.map((account) => account.holder.id))
    for (const event of eventsOf(bare)) {
      if (event.kind !== 'determination' || event.determination.program === 'subsistence_allowance') continue
      if (event.determination.program === 'temporary_assistance') continue
      expect(accounts.has(event.determination.content.payee.id)).toBe(true)
    }
  })

  test('a welfare home and eleven town homes have valid credit codes', () => {
    expect(bare.organisations).toHaveLength(12)
    for (const { uscc } of bare.organisations)
      expect(checkUscc(uscc)).toMatchObject({ ok: true, number: uscc })
  })

  test('nobody belongs to two households', () => {
    const members = bare.households.flatMap((household) => household.members.map((member) => member.personId))
    expect(new Set(members).size).toBe(members.length)
  })
})

describe('places', () => {
  const awardsOf = (program: string) => bare.awards.filter((award) => award.program === program)
  const residence = new Map(bare.households.map((household) => [household.id, household.residence]))
  const urban = new Map(bare.people.map((person) => [person.id, person.residence]))

  test('each town has its quota of rows, urban ones in communities and rural ones in villages', () => {
    for (const town of data.towns) {
      const allowance = awardsOf('subsistence_allowance').filter((award) => award.town === town.code)
      const destitute = awardsOf('extreme_poverty_support').filter((award) => award.town === town.code)
      const isUrban = (award: (typeof allowance)[number]) =>
        (residence.get(award.holder.id) ?? urban.get(award.holder.id)) === 'urban'
      expect(allowance.filter(isUrban)).toHaveLength(town.quota.subsistenceUrban)
      expect(allowance.filter((award) => !isUrban(award))).toHaveLength(town.quota.subsistenceRural)
      expect(destitute.filter(isUrban)).toHaveLength(town.quota.destituteUrban)
      expect(destitute.filter((award) => !isUrban(award))).toHaveLength(town.quota.destituteRural)
      for (const award of [...allowance, ...destitute]) {
        expect(isUrban(award) ? town.communities : town.villages).toContain(award.village)
      }
    }
  })

  test('the villages of a town differ by one household at most', () => {
    for (const town of data.towns) {
      const rows = awardsOf('subsistence_allowance').filter((award) => award.town === town.code)
      const counts = town.villages.map((village) => rows.filter((row) => row.village === village).length)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }
  })

  test('aid of January–September follows the quota of the towns; the stranded family is where it was found', () => {
    const counts = data.towns.map(
      (town) =>
        awardsOf('temporary_assistance').filter(
          (award) => award.town === town.code && award.ledgerOpensMonth <= '2020-09',
        ).length,
    )
    const distance = data.towns.map((town, index) => Math.abs(town.quota.aid - (counts[index] ?? 0)))
    expect(Math.max(...distance)).toBeLessThanOrEqual(1)
  })

  test('in June the town homes have 23, 22, 22 … residents and the welfare home 21', () => {
    const residents = new Map<string, number>()
    const inForce = new Map<string, { payee: string; isGranted: boolean }>()
    for (const event of [bare.opening, ...bare.months.slice(0, 7).map((month) => month.events)].flat()) {
      if (event.kind !== 'determination' || event.determination.program !== 'extreme_poverty_support')
        continue
      const { awardId, from, outcome, content } = event.determination
      if (from > '2020-06') continue
      inForce.set(awardId, { payee: content.payee.id, isGranted: outcome === 'grant' })
    }
    for (const { payee, isGranted } of inForce.values()) {
      if (isGranted) residents.set(payee, (residents.get(payee) ?? 0) + 1)
    }
    const counts = bare.organisations.map((home) => residents.get(home.id))
    expect(counts).toEqual([21, 23, ...Array.from({ length: 10 }, () => 22)])
  })
})

describe('rows and their people', () => {
  test('the same data give the same plan', () => {
    expect(buildPlan({ plants: true })).toEqual(planted)
  })

  test('a row more leaves the people, households and decisions of all others as they were', () => {
    const added = subsistenceRow('1 3 255 20 0 12', data.subsistence.length)
    const more = planFrom({ ...data, subsistence: [...data.subsistence, added] }, { plants: false })
    const people = new Map(more.people.map((person) => [person.id, person]))
    for (const person of bare.people) expect(people.get(person.id)).toEqual(person)
    expect(more.people.length).toBe(bare.people.length + 3)

    const households = new Map(more.households.map((household) => [household.id, household]))
    for (const household of bare.households) expect(households.get(household.id)).toEqual(household)
    const decisions = new Map(eventsOf(more).map((event) => [event.id, event]))
    for (const event of eventsOf(bare)) {
      if (event.kind === 'determination' && event.determination.program === 'subsistence_allowance') {
        expect(decisions.get(event.id)).toEqual(event)
      }
    }
  })

  test('no household earns less than nothing, and none on the roll as much as the standard of 2020', () => {
    const standards = { urban: 80_700, rural: 58_000 }
    for (const event of eventsOf(bare)) {
      if (event.kind !== 'determination' || event.determination.program !== 'subsistence_allowance') continue
      const { content } = event.determination
      for (const source of [...content.income, ...content.deductions]) expect(source.fen).toBeGreaterThan(0)
      const perHead = countableFen(content) / content.members.length
      expect(perHead).toBeGreaterThanOrEqual(0)
      expect(perHead).toBeLessThan(standards[content.residence])
    }
  })

  test('what the old system last paid is size × (standard of 2019 − income per head)', () => {
    const old = { urban: 70_200, rural: 48_400 }
    const first = new Map(
      bare.opening.flatMap((event) =>
        event.kind === 'determination' && event.determination.program === 'subsistence_allowance'
          ? [[event.determination.awardId, event.determination.content]]
          : [],
      ),
    )
    const imported = bare.awards.filter(
      (award) => award.imported && award.program === 'subsistence_allowance',
    )
    expect(imported).toHaveLength(5848)
    for (const award of imported) {
      const content = first.get(award.id)
      const due = content ? old[content.residence] * content.members.length - countableFen(content) : -1
      expect(award.imported).toEqual({ lastPaidMonth: '2019-12', lastPaidFen: due })
      expect(due).toBeGreaterThan(0)
    }
  })
})
