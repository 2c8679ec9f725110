import { OPEN } from './calendar.ts'
import { getAward, getPerson, idOf, type Draft, type SubsistenceUnit } from './draft.ts'
import { idNumberWith } from './people.ts'
import type { PlanEvent, PlanPerson, PlantId } from './plan-types.ts'

/** Planted cases that choose their people: rare names, a death entered on a namesake, kin of cadres. */
export function plantPeople(draft: Draft): void {
  const chosen = new Set(draft.data.plants.flatMap((plant) => plant.row ?? []))
  plantNames(draft, chosen)
  plantWrongDeath(draft, chosen)
  plantNearRelatives(draft, chosen)
}

function has(draft: Draft, id: PlantId): boolean {
  return draft.data.plants.some((plant) => plant.id === id)
}

/** Rows that nothing else happens to: one person, on the roll all year. */
function quietUnits(draft: Draft, chosen: ReadonlySet<number>): SubsistenceUnit[] {
  return draft.subsistence.filter(
    ({ row }) =>
      row.residence === 'rural' &&
      row.size === 1 &&
      row.from === 0 &&
      row.last === OPEN &&
      row.dip === 0 &&
      row.sizeWhy === 'same' &&
      !chosen.has(row.number),
  )
}

/** Characters beyond the basic plane, long names and the middle dot, in as many villages as there are names. */
function plantNames(draft: Draft, chosen: Set<number>): void {
  const names = draft.data.plants.find((plant) => plant.id === 'rare-names')?.names ?? []
  const villages = new Set<string>()
  const quiet = quietUnits(draft, chosen)
  for (const name of names) {
    const unit = quiet.find(({ place }) => !villages.has(place.village))
    if (!unit) throw new Error('not enough villages for the rare names')
    villages.add(unit.place.village)
    chosen.add(unit.row.number)
    changePerson(draft, { ...getPerson(draft, unit.household.headPersonId), name })
    markOpening(draft, unit, 'rare-names')
  }
}

/** The death of one man of July is entered on his namesake, undone the same day, and entered on the right one the next. */
function plantWrongDeath(draft: Draft, chosen: Set<number>): void {
  if (!has(draft, 'wrong-death')) return
  const deceased = draft.subsistence.find(
    ({ row }) =>
      row.residence === 'rural' && row.why === 'death' && row.last === 7 && !chosen.has(row.number),
  )
  const candidates = quietUnits(draft, chosen)
  const namesake =
    candidates.find(({ place }) => place.village === deceased?.place.village) ??
    candidates.find(({ place }) => place.town === deceased?.place.town)
  if (!deceased || !namesake) throw new Error('nobody fits the death entered on a namesake')
  chosen.add(deceased.row.number).add(namesake.row.number)

  const right = getPerson(draft, deceased.household.headPersonId)
  const wrong = likeness(draft, getPerson(draft, namesake.household.headPersonId), right)
  changePerson(draft, wrong)
  delayDeath(draft, deceased, '2020-08-12')
  const enteredOn = '2020-08-11'
  const death = draft.events.find((event) => event.kind === 'death' && event.personId === right.id)
  if (death?.kind !== 'death') throw new Error('the death of the namesake is not in the plan')
  const mistake = idOf(draft, 'death', 'mistaken')
  draft.events.push(
    {
      kind: 'death',
      id: mistake,
      on: enteredOn,
      personId: wrong.id,
      diedOn: death.diedOn,
      plant: 'wrong-death',
    },
    {
      kind: 'undo',
      id: idOf(draft, 'undo', 'mistaken'),
      on: enteredOn,
      eventId: mistake,
      reason: '同名人员，身份证号末位不同，登记对象有误',
      plant: 'wrong-death',
    },
  )
}

/** Same name, same birthday, another serial: two numbers that differ at the end only. */
function likeness(draft: Draft, person: PlanPerson, original: PlanPerson): PlanPerson {
  const region = original.idNumber.slice(0, 6)
  const serial = Number(original.idNumber.slice(14, 17))
  for (const step of [2, -2, 4, -4, 6, -6]) {
    const idNumber = idNumberWith(region, original.bornOn, serial + step)
    if (draft.idNumbers.has(idNumber)) continue
    draft.idNumbers.delete(person.idNumber)
    draft.idNumbers.add(idNumber)
    return { ...person, name: original.name, sex: original.sex, bornOn: original.bornOn, idNumber }
  }
  throw new Error('no number is left next to the one of the namesake')
}

function delayDeath(draft: Draft, { awardId, household }: SubsistenceUnit, on: string): void {
  for (const event of draft.events) {
    const isEnd =
      event.kind === 'determination' &&
      event.determination.awardId === awardId &&
      event.determination.outcome === 'end'
    const isDeath = event.kind === 'death' && event.personId === household.headPersonId
    if (!isEnd && !isDeath) continue
    event.on = on
    event.plant = 'wrong-death'
  }
}

const CADRES = [
  { cadreRole: '村党支部书记', relation: '兄弟' },
  { cadreRole: '村委会主任', relation: '父子' },
  { cadreRole: '村务监督委员会主任', relation: '姐弟' },
] as const

/** Three new households that are kin of village cadres, filed apart and visited by the county. */
function plantNearRelatives(draft: Draft, chosen: Set<number>): void {
  if (!has(draft, 'near-relative')) return
  const units = draft.subsistence.filter(
    ({ row }) => row.residence === 'rural' && row.from > 0 && row.last === OPEN && !chosen.has(row.number),
  )
  CADRES.forEach((cadre, index) => {
    const unit = units[index * 60] ?? units[index]
    if (!unit) return
    chosen.add(unit.row.number)
    const head = getPerson(draft, unit.household.headPersonId)
    const cadreName = `${[...head.name][0] ?? ''}${'国明文'.charAt(index)}${'强辉华'.charAt(index)}`
    draft.awards.set(unit.awardId, {
      ...getAward(draft, unit.awardId),
      nearRelative: { ...cadre, cadreName },
    })
    markOpening(draft, unit, 'near-relative')
  })
}

/** Marks the first decision: it is where a visitor finds these people. */
function markOpening(draft: Draft, unit: SubsistenceUnit, plant: PlantId): void {
  const first = draft.events.find((event) => isFirst(event, unit.awardId))
  if (first) first.plant = plant
}

function isFirst(event: PlanEvent, awardId: string): boolean {
  return event.kind === 'determination' && event.determination.awardId === awardId
}

/** Changes a person on file, with the name on their account. */
function changePerson(draft: Draft, person: PlanPerson): void {
  draft.people.set(person.id, person)
  draft.accounts = draft.accounts.map((account) =>
    account.holder.id === person.id ? { ...account, holderName: person.name } : account,
  )
}
