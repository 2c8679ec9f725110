import { afterAll, beforeAll, expect, test } from 'vitest'
import { benchCalendar } from '../server/bench/calendar.ts'
import { diceOf } from '../server/bench/dice.ts'
import { plannedPeople, type MadePerson } from '../server/bench/people.ts'
import { plannedAreas, plannedAwards } from '../server/bench/plan.ts'
import { CLASSES, LOOKED_AT, questionsFor, type Question } from '../server/bench/questions.ts'
import { findPeople, recordAreas, registerPeople } from '../server/engines/registry/index.ts'
import type { Actor } from '../server/platform/access.ts'
import { execute, read } from '../server/platform/command.ts'
import { buildActor } from './actors.ts'
import { testDb, type TestDb } from './db.ts'

/**
 * Whoever is asked for stands among the first five. People, names and questions are those of `minben bench search`: the initials are
 * written by hand there, and how many people fit a text is counted from the names, so nothing here is judged by the search itself.
 */
const COUNTY = '441882'
const PEOPLE = 3000
const LABELS = 150

let db: TestDb
let bureau: Actor
let made: MadePerson[] = []
let questions: Question[] = []

beforeAll(async () => {
  db = await testDb()
  const permissions = ['registry.area.record', 'registry.person.register']
  bureau = await buildActor(db, { login: 'bureau', permissions, scope: [COUNTY] })
  const call = { actor: bureau, county: COUNTY }
  const areas = plannedAreas(COUNTY)
  await execute(db.deps, recordAreas, { ...call, input: { areas } })
  const plan = { people: PEOPLE, county: COUNTY, calendar: benchCalendar(1, 1) }
  made = [...plannedPeople(plannedAwards({ ...plan, dice: diceOf(7) }), { county: COUNTY, dice: diceOf(8) })]
  for (let at = 0; at < made.length; at += 1000) {
    const people = made
      .slice(at, at + 1000)
      .map(({ id, fullName, sex, bornOn, idNumber, phone, ...place }) => ({
        ...{ id, fullName, sex, bornOn, idNumber, town: place.town, village: place.village },
        ...(phone === null ? {} : { phone }),
      }))
    await execute(db.deps, registerPeople, { ...call, input: { people } })
  }
  const known = made.map((person) => ({ ...person, idTail: person.idNumber.slice(-4) }))
  const names = new Map(areas.map(({ code, name }) => [code, name.slice(0, -1)]))
  const labels = known.filter(({ phone }) => phone !== null).filter((_, index) => index % 10 === 0)
  questions = questionsFor(labels.slice(0, LABELS), {
    people: known,
    nameOf: (code) => names.get(code) ?? code,
  })
})
afterAll(() => db.close())

function search(text: string, limit = 12) {
  return read(db.deps, { actor: bureau, county: COUNTY }, (ctx) => findPeople(ctx, { text, limit }))
}

test.each(CLASSES.map(({ key, title }) => [title, key] as const))(
  'whoever is asked for by %s stands among the first five',
  async (_, key) => {
    const missed: Question[] = []
    const put = questions.filter((each) => each.class === key)
    for (const question of put) {
      const { people } = await search(question.text)
      const first = people.slice(0, LOOKED_AT).map(({ id }) => id)
      if (!first.includes(question.personId)) missed.push(question)
    }

    expect(put.length).toBeGreaterThan(0)
    expect(missed).toEqual([])
  },
)

test('names and places are narrowed down, and the population is one in which that is needed', () => {
  const refined = new Set(questions.map(({ refinement }) => refinement))
  expect([...refined].toSorted()).toEqual(['bare', 'town', 'village'])
})

test('who has exactly the name stands before who has a longer one, page after page', async () => {
  const counts = new Map<string, number>()
  for (const { fullName } of made) {
    if ([...fullName].length === 2) counts.set(fullName, (counts.get(fullName) ?? 0) + 1)
  }
  const [name = ''] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? []
  const exact = made.filter(({ fullName }) => fullName === name).map(({ id }) => id)
  const longer = made
    .filter(({ fullName }) => fullName !== name && fullName.includes(name))
    .map(({ id }) => id)
  const found: string[] = []
  let after: string | undefined
  do {
    const from = after
    const page = await read(db.deps, { actor: bureau, county: COUNTY }, (ctx) =>
      findPeople(ctx, { text: name, limit: 1, ...(from === undefined ? {} : { after: from }) }),
    )
    found.push(...page.people.map(({ id }) => id))
    after = page.next ?? undefined
  } while (after !== undefined)

  expect([exact.length > 0, longer.length > 0]).toEqual([true, true])
  expect(found).toEqual([...exact.toSorted(), ...longer.toSorted()])
})

test('a name and the last four of the number or of the phone find one person', async () => {
  for (const { id, fullName, idNumber, phone } of made.slice(0, 20)) {
    for (const number of [idNumber, ...(phone === null ? [] : [phone])]) {
      const { people } = await search(`${fullName} ${number.slice(-4)}`)
      expect(people.map((person) => person.id)).toEqual([id])
    }
  }
})

test('a place narrows down, and one that is part of a name hides nobody', async () => {
  const isThere = ({ town }: MadePerson) => town === `${COUNTY}100`
  const namesakes = (person: MadePerson) => made.filter(({ fullName }) => fullName === person.fullName)
  const person = made.find((each) => isThere(each) && !namesakes(each).every(isThere))
  if (!person) throw new Error('nobody in the town has a namesake elsewhere')
  const { people } = await search(`${person.fullName} 连阳`, 100)
  const inTown = namesakes(person).filter(isThere)
  expect(people.map(({ id }) => id).toSorted()).toEqual(inTown.map(({ id }) => id).toSorted())

  const place = { town: `${COUNTY}101`, village: `${COUNTY}101200` }
  const someone = { ...place, fullName: '李东和', idNumber: null, sex: null, bornOn: null }
  const { ids } = await execute(db.deps, registerPeople, {
    ...{ actor: bureau, county: COUNTY },
    input: { people: [someone] },
  })
  const [first] = (await search('李 东和')).people
  expect(first).toMatchObject({ id: ids[0], place: expect.stringMatching(/^九陂镇 .+村$/) as string })
})
