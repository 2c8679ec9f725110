import { describe, expect, test } from 'vitest'
import { checkIdNumber } from '../platform/id-number.ts'
import { expectedRuns } from './naive-ledger.ts'
import { eventsOf } from './plan.ts'
import { buildSmallPlan, smallData, villageAfter } from './small-plan.ts'

const data = smallData()
const bare = buildSmallPlan({ plants: false })
const planted = buildSmallPlan({ plants: true })

describe('the small scenario', () => {
  test('has about 300 people with valid, unique numbers', () => {
    expect(planted.people.length).toBeGreaterThan(270)
    expect(planted.people.length).toBeLessThan(330)
    expect(planted.people.every((person) => checkIdNumber(person.idNumber).ok)).toBe(true)
    expect(new Set(planted.people.map((person) => person.idNumber)).size).toBe(planted.people.length)
  })

  test('pays in every run what the rows say: top-up at the time × members', () => {
    const due = (index: number, isLater: boolean) =>
      data.subsistence
        .filter((row) => row.from <= index && row.last >= index)
        .reduce((sum, row) => {
          const size = row.sizeWhy !== 'same' && index >= row.sizeMonth ? row.newSize : row.size
          const first = row.dip === 1 ? 7 : 8
          const fall = row.dip > 0 && index >= first && index < first + 3 ? row.dipFall : 0
          const raise = row.residence === 'urban' ? 105 : 96
          return sum + size * (row.topUp + fall + (isLater ? 0 : row.rise - raise))
        }, 0)
    const expected = Array.from({ length: 11 }, (_, offset) => {
      const index = offset + 1
      if (index < 3) return due(index, false)
      const arrears = due(1, true) - due(1, false) + due(2, true) - due(2, false)
      return due(index, true) + (index === 3 ? arrears : 0)
    })
    const runs = expectedRuns(bare, data.standards)
    expect(runs.map((run) => run.fen.subsistence_allowance / 100)).toEqual(expected)
  })

  test('has every kind of event', () => {
    const kinds = new Set(eventsOf(planted).map((event) => event.kind))
    expect([...kinds].toSorted()).toEqual([
      'account',
      'agreement',
      'agreement_end',
      'aid',
      'area_change',
      'birth',
      'death',
      'determination',
      'duplicate_application',
      'fact',
      'membership',
      'move',
      'policy',
      'receipt',
      'undo',
    ])
  })

  test('has every cause of an end and every plant', () => {
    const causes = new Set(
      eventsOf(planted).flatMap((event) =>
        event.kind === 'determination' && event.determination.endCause ? [event.determination.endCause] : [],
      ),
    )
    expect(causes.size).toBe(6)
    const plants = new Set(eventsOf(planted).flatMap((event) => event.plant ?? []))
    expect([...plants].toSorted()).toEqual(data.plants.map((plant) => plant.id).toSorted())
  })
})

describe('the merge of 九陂镇 on 2020-06-30', () => {
  const change = planted.areaChange
  if (!change || planted.areas.kind !== 'rows') throw new Error('the small scenario carries a merge')
  const before = planted.areas.rows
  const after = [...before.filter((area) => !change.end.includes(area.code)), ...change.begin]

  test('ends 13 stations and 154 village committees and begins 13 village committees and 154 groups', () => {
    const ended = (level: string) =>
      before.filter((area) => area.level === level && change.end.includes(area.code)).length
    const begun = (level: string) => change.begin.filter((area) => area.level === level).length
    expect([ended('service_station'), ended('village'), change.end.length]).toEqual([13, 154, 167])
    expect([begun('village'), begun('village_group'), change.begin.length]).toEqual([13, 154, 167])
  })

  test('no code is used twice, each area has a parent in force, and names within a level differ', () => {
    for (const areas of [before, after]) {
      const codes = new Set(areas.map((area) => area.code))
      expect(codes.size).toBe(areas.length)
      expect(new Set(areas.map((area) => area.name)).size).toBe(areas.length)
      expect(areas.filter((area) => !codes.has(area.parent ?? '')).map((area) => area.level)).toEqual([
        'county',
      ])
    }
    const allCodes = [...before, ...change.begin].map((area) => area.code)
    expect(new Set(allCodes).size).toBe(allCodes.length)
  })

  test('before it, everybody lives in a village or community; after it, in exactly one that is in force', () => {
    const home = (areas: typeof before) =>
      new Set(
        areas
          .filter((area) => area.level === 'village' || area.level === 'community')
          .map((area) => area.code),
      )
    for (const person of planted.people) {
      expect(home(before).has(person.village)).toBe(true)
      expect(home(after).has(villageAfter(change, person.village))).toBe(true)
    }
    const merged = planted.people.filter((person) => person.town === '441882109')
    expect(merged.length).toBeGreaterThan(200)
    expect(new Set(merged.map((person) => villageAfter(change, person.village))).size).toBe(13)
  })

  test('is entered among the events of July, and what follows names villages in force', () => {
    const july = planted.months[6]?.events ?? []
    expect(july.filter((event) => event.kind === 'area_change').map((event) => event.on)).toEqual([
      '2020-06-30',
    ])
    const ended = new Set(change.end)
    for (const award of planted.awards) {
      expect(ended.has(award.village)).toBe(award.createdOn < change.on && award.town === '441882109')
    }
    for (const event of eventsOf(planted)) {
      if (event.kind === 'birth' && event.on >= change.on) expect(ended.has(event.person.village)).toBe(false)
    }
  })
})
