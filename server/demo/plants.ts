import { CLAUSES } from './clauses.ts'
import type { PlantData } from './data.ts'
import { getAward, getPerson, idOf, type DestituteUnit, type Draft, type SubsistenceUnit } from './draft.ts'
import { makeAccount } from './people.ts'
import { plantPeople } from './plants-people.ts'
import type { DeterminationEvent, PlanEvent, PlantId } from './plan-types.ts'

/** Puts the planted cases into a finished draft. Rows that already tell the story are only marked. */
export function applyPlants(draft: Draft): void {
  for (const plant of draft.data.plants) {
    const unit = subsistenceUnit(draft, plant)
    if (unit) plantOn(draft, plant.id, unit)
    const person = destituteUnit(draft, plant)
    if (person) markAwards(draft, plant.id, [person.supportAwardId, person.careAwardId], person.personId)
    const partner = draft.destitute.find((candidate) => candidate.row.number === plant.withRow)
    if (partner) markAwards(draft, plant.id, [partner.supportAwardId, partner.careAwardId], partner.personId)
  }
  markAid(draft)
  plantPeople(draft)
}

function subsistenceUnit(draft: Draft, plant: PlantData): SubsistenceUnit | undefined {
  if (plant.table !== 'subsistence') return undefined
  return draft.subsistence.find((unit) => unit.row.number === plant.row)
}

function destituteUnit(draft: Draft, plant: PlantData): DestituteUnit | undefined {
  if (plant.table !== 'destitute') return undefined
  return draft.destitute.find((unit) => unit.row.number === plant.row)
}

function plantOn(draft: Draft, id: PlantId, unit: SubsistenceUnit): void {
  switch (id) {
    case 'late-death':
      plantLateDeath(draft, unit)
      break
    case 'bank-return':
      plantBankReturn(draft, unit)
      break
    case 'ineligible':
      plantJob(draft, unit)
      break
    case 'dip':
      moveDecision(draft, unit, 'dip', DIP_DECIDED_ON)
      break
    case 'duplicate-id':
      plantDuplicate(draft, unit)
      break
    default:
      break
  }
  markAwards(draft, id, [unit.awardId], ...unit.household.members.map((member) => member.personId))
}

const DIP_DECIDED_ON = '2020-06-24'

/** Died 18 February, entered 14 May: March and April are paid in error, recovered by the May run, given back in July. */
function plantLateDeath(draft: Draft, unit: SubsistenceUnit): void {
  const { awardId, row } = unit
  const end = decisionOf(draft, unit, 'end')
  const enteredOn = '2020-05-14'
  replace(draft, end.id, {
    ...end,
    on: enteredOn,
    determination: {
      ...end.determination,
      kind: 'retroactive',
      clause: CLAUSES.subsistenceOverpaid,
      reason: '享受对象于2020年2月18日死亡，5月14日核实登记，3月、4月多发金额予以追回',
    },
  })
  for (const event of draft.events) {
    if (event.kind === 'death' && event.personId === unit.household.headPersonId) {
      replace(draft, event.id, { ...event, on: enteredOn, diedOn: '2020-02-18' })
    }
    // In March nobody knew: the re-verification is open-ended.
    if (
      event.kind === 'determination' &&
      event.determination.awardId === awardId &&
      isRaise(event) &&
      event.determination.to !== null
    ) {
      replace(draft, event.id, { ...event, determination: { ...event.determination, to: null } })
    }
  }
  const fen = row.topUp * row.size * 100
  draft.events.push({
    kind: 'receipt',
    id: idOf(draft, 'receipt', 'late-death'),
    on: '2020-07-08',
    awardId,
    months: ['2020-03', '2020-04'].map((month) => ({ month, fen })),
    plant: 'late-death',
  })
}

function isRaise(event: DeterminationEvent): boolean {
  return event.determination.kind === 'retroactive' && event.determination.outcome === 'grant'
}

/** A new card is entered with a wrong character; the bank returns April; put right, April is paid again in May. */
function plantBankReturn(draft: Draft, { household, awardId }: SubsistenceUnit): void {
  const head = getPerson(draft, household.headPersonId)
  const holder = { kind: 'person', id: head.id } as const
  const wrong = { holder, holderName: misspelt(head.name), recordedOn: '2020-04-08', generation: 2 }
  const right = { ...wrong, holderName: head.name, recordedOn: '2020-05-08' }
  for (const account of [wrong, right]) {
    draft.events.push({
      kind: 'account',
      id: idOf(draft, 'account', head.id, account.recordedOn),
      on: account.recordedOn,
      account: makeAccount(draft, account),
      plant: 'bank-return',
    })
  }
  draft.returns.push({
    month: '2020-04',
    awardId,
    forMonth: '2020-04',
    reason: 'name_mismatch',
    message: '账号与户名不符',
    plant: 'bank-return',
  })
}

function misspelt(name: string): string {
  const characters = [...name]
  const last = characters.pop()
  return [...characters, last === '福' ? '富' : '福'].join('')
}

/** A job from 6 May lifts the household to the standard; decided on 25 May, May is the last month. */
function plantJob(draft: Draft, unit: SubsistenceUnit): void {
  moveDecision(draft, unit, 'end', '2020-05-25')
  const workers = unit.household.members
    .map((member) => getPerson(draft, member.personId))
    .filter((person) => person.bornOn > '1960' && person.bornOn < '2002')
  const worker = workers[0] ?? getPerson(draft, unit.household.headPersonId)
  draft.events.push({
    kind: 'fact',
    id: idOf(draft, 'fact', 'employment', unit.row.number),
    on: '2020-05-25',
    personId: worker.id,
    fact: 'employment',
    value: 'employed',
    from: '2020-05-06',
    plant: 'ineligible',
  })
}

/** Another town enters somebody with an identity number that is on file: refused, nothing is paid twice. */
function plantDuplicate(draft: Draft, unit: SubsistenceUnit): void {
  const head = getPerson(draft, unit.household.headPersonId)
  const town = draft.data.towns.find((candidate) => candidate.code !== unit.place.town) ?? draft.data.towns[0]
  if (!town) throw new Error('a demonstration needs a town')
  draft.events.push({
    kind: 'duplicate_application',
    id: idOf(draft, 'duplicate', head.id),
    on: '2020-06-09',
    existingPersonId: head.id,
    attempted: {
      name: head.name,
      idNumber: head.idNumber,
      town: town.code,
      village: town.villages[0] ?? town.code,
    },
    plant: 'duplicate-id',
  })
}

/** Exactly the limit is decided by the town, the next amount by the county. */
function markAid(draft: Draft): void {
  const wanted = draft.data.plants.map((plant) => plant.id)
  const limitFen = draft.data.townLimitYuan * 100
  for (const fen of wanted.includes('boundary') ? [limitFen, limitFen + 100_00] : []) {
    const event = draft.events.find(
      (candidate) => candidate.kind === 'aid' && candidate.determination.content.amountFen === fen,
    )
    if (event) event.plant = 'boundary'
  }
  for (const event of wanted.includes('hubei-family') ? draft.events : []) {
    if (event.kind === 'aid' && event.determination.content.reliefFirst === true) event.plant = 'hubei-family'
  }
}

function decisionOf(draft: Draft, { row }: SubsistenceUnit, purpose: string): DeterminationEvent {
  const id = idOf(draft, 'determination', 'subsistence', row.number, purpose)
  const event = draft.events.find((candidate) => candidate.id === id)
  if (event?.kind !== 'determination') throw new Error(`row ${String(row.number)} has no decision ${purpose}`)
  return event
}

function moveDecision(draft: Draft, unit: SubsistenceUnit, purpose: string, on: string): void {
  const event = decisionOf(draft, unit, purpose)
  replace(draft, event.id, { ...event, on })
}

function replace(draft: Draft, id: string, event: PlanEvent): void {
  draft.events = draft.events.map((candidate) => (candidate.id === id ? event : candidate))
}

/** Marks what these awards and people live through after the opening. */
function markAwards(
  draft: Draft,
  plant: PlantId,
  awardIds: readonly string[],
  ...personIds: readonly string[]
): void {
  for (const id of awardIds) getAward(draft, id)
  for (const event of draft.events) {
    const isTheirs =
      event.kind === 'determination'
        ? awardIds.includes(event.determination.awardId)
        : 'personId' in event
          ? personIds.includes(event.personId)
          : event.kind === 'birth' && draft.subsistence.some((unit) => isBirthOf(event, unit, awardIds))
    if (isTheirs) event.plant ??= plant
  }
}

function isBirthOf(
  event: Extract<PlanEvent, { kind: 'birth' }>,
  unit: SubsistenceUnit,
  awardIds: readonly string[],
): boolean {
  return awardIds.includes(unit.awardId) && event.householdId === unit.household.id
}
