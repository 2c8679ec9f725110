import { addDays, firstDay, type Month } from '../platform/dates.ts'
import { monthOfIndex, planCalendar, workingDayIn } from './calendar.ts'
import { CLAUSES } from './clauses.ts'
import type { MemberSketch } from './composition.ts'
import { diceFor, rendezvous, type Dice } from './dice.ts'
import { getPerson, idOf, type Draft, type SubsistenceUnit } from './draft.ts'
import { makeHousehold } from './households.ts'
import { makeAccount } from './people.ts'
import { areasOf, getTown, placesIn, townsBy, type Place } from './places.ts'
import type { AidContent, PlanHousehold, Relation, Sex } from './plan-types.ts'

interface AidRow {
  index: number
  month: Month
  registeredPoor: boolean
  yuan: number
  /** Which of the rows of this month, group and amount. */
  copy: number
}

/** The family stranded in March 2020: five people without local registration, one person-time, decided by the county. */
const STRANDED = { index: 3, yuan: 3000, hukouCounty: '421022' } as const
const STRANDED_FAMILY: readonly [Relation, Sex, number][] = [
  ['head', 'male', 38],
  ['spouse', 'female', 36],
  ['child', 'female', 12],
  ['child', 'male', 8],
  ['parent', 'female', 64],
]

/** Makes every one-off aid of the year, each in its month. */
export function addAid(draft: Draft): void {
  const nextTown = townsBy(draft.data, 'aid')
  const placeIn = {
    urban: placesIn(draft.data, 'aid', 'urban'),
    rural: placesIn(draft.data, 'aid', 'rural'),
  }
  const helped = new Set<string>()
  for (const row of aidRows(draft)) {
    const dice = diceFor(draft.data.county, 'aid', ...keyOf(row))
    const town = nextTown()
    const hasCommunities = getTown(draft.data, town).communities.length > 0
    const place = placeIn[hasCommunities && dice.percent(45) ? 'urban' : 'rural'](town)
    if (isStranded(row)) addStranded(draft, row)
    else addOrdinary(draft, row, { dice, place, helped })
  }
}

function aidRows(draft: Draft): AidRow[] {
  return draft.data.aid.flatMap(({ month, registeredPoor, other }) => {
    const index = Number(month.slice(5))
    return [
      ...rowsOf(registeredPoor, { index, month, registeredPoor: true }),
      ...rowsOf(other, { index, month, registeredPoor: false }),
    ]
  })
}

function rowsOf(
  amounts: readonly (readonly [number, number])[],
  base: Pick<AidRow, 'index' | 'month' | 'registeredPoor'>,
): AidRow[] {
  return amounts.flatMap(([yuan, count]) =>
    Array.from({ length: count }, (_, copy) => ({ ...base, yuan, copy })),
  )
}

function keyOf(row: AidRow): [string, string, number, number] {
  return [row.month, row.registeredPoor ? 'poor' : 'other', row.yuan, row.copy]
}

function isStranded(row: AidRow): boolean {
  return row.index === STRANDED.index && row.yuan === STRANDED.yuan && !row.registeredPoor
}

interface OrdinaryDraft {
  dice: Dice
  place: Place
  helped: Set<string>
}

/** Households on the allowance, and for half of the others a household that is on no roll. */
function addOrdinary(draft: Draft, row: AidRow, { dice, place, helped }: OrdinaryDraft): void {
  const isOnRoll = row.registeredPoor || dice.percent(50)
  const unit = isOnRoll ? unitFor(draft, row, { place, helped }) : undefined
  if (unit) helped.add(unit.household.id)
  const household = unit?.household ?? newHousehold(draft, row, place)
  const why = dice.pick(row.yuan >= 1300 || dice.percent(40) ? URGENT : EXPENDITURE)
  addAward(draft, row, {
    household,
    persons: [household.headPersonId],
    content: { kind: URGENT.includes(why) ? 'urgent' : 'expenditure' },
    reason: why,
    clause: CLAUSES.aidGranted,
  })
}

const URGENT = [
  '突发疾病住院，家庭一时难以负担',
  '家庭成员意外受伤，收入中断',
  '住房因灾受损',
  '疫情期间无法外出务工，收入中断',
]
const EXPENDITURE = ['长期治病自负费用高', '子女就学费用负担重', '残疾康复支出大']

function unitFor(
  draft: Draft,
  row: AidRow,
  { place, helped }: Pick<OrdinaryDraft, 'place' | 'helped'>,
): SubsistenceUnit | undefined {
  const open = draft.subsistence.filter(
    (unit) =>
      unit.row.registeredPoor === row.registeredPoor &&
      unit.row.from <= row.index &&
      unit.row.last > row.index &&
      !helped.has(unit.household.id),
  )
  const near = open.filter((unit) => unit.place.town === place.town)
  const key = keyOf(row).join('/')
  return rendezvous(key, near.length > 0 ? near : open, (unit) => unit.household.id)
}

function newHousehold(draft: Draft, row: AidRow, place: Place): PlanHousehold {
  const dice = diceFor(draft.data.county, 'aid', ...keyOf(row), 'who')
  const age = dice.between(28, 68)
  const members: MemberSketch[] = [{ relation: 'head', sex: dice.percent(64) ? 'male' : 'female', age }]
  if (dice.percent(45)) {
    const sex = members[0]?.sex === 'male' ? 'female' : 'male'
    members.push({ relation: 'spouse', sex, age: Math.max(22, age - dice.between(-2, 4)) })
  }
  if (age < 50 && dice.percent(55)) {
    const oldest = Math.max(1, Math.min(17, age - 24))
    members.push({
      relation: 'child',
      sex: dice.percent(52) ? 'male' : 'female',
      age: dice.between(1, oldest),
    })
  }
  return makeHousehold(draft, {
    table: 'aid',
    key: keyOf(row),
    place,
    members,
    povertyRegistered: row.registeredPoor,
  })
}

function addStranded(draft: Draft, row: AidRow): void {
  const town = draft.data.towns.find((candidate) => candidate.communities.length > 0) ?? draft.data.towns[0]
  if (!town) throw new Error('a demonstration needs a town')
  const residence = town.communities.length > 0 ? 'urban' : 'rural'
  const village = areasOf(town, residence)[0] ?? town.code
  const household = makeHousehold(draft, {
    table: 'aid',
    key: keyOf(row),
    place: { town: town.code, village, residence },
    members: STRANDED_FAMILY.map(([relation, sex, age]) => ({ relation, sex, age })),
    povertyRegistered: false,
    hukouCounty: STRANDED.hukouCounty,
  })
  addAward(draft, row, {
    household,
    persons: household.members.map((member) => member.personId),
    content: { kind: 'urgent', event: 'stranded_by_epidemic', reliefFirst: true },
    reason: '湖北籍一家五口因疫情滞留本市，先行救助',
    clause: CLAUSES.aidUrgent,
  })
}

interface AwardDraft {
  household: PlanHousehold
  persons: string[]
  content: Pick<AidContent, 'kind' | 'event' | 'reliefFirst'>
  reason: string
  clause: string
}

function addAward(
  draft: Draft,
  row: AidRow,
  { household, persons, content, reason, clause }: AwardDraft,
): void {
  const awardId = idOf(draft, 'award', 'aid', ...keyOf(row))
  const determinationId = idOf(draft, 'determination', 'aid', ...keyOf(row))
  const on = aidDay(diceFor(draft.data.county, 'aid', ...keyOf(row), 'day'), row)
  const head = getPerson(draft, household.headPersonId)
  if (!draft.accounts.some((account) => account.holder.id === head.id)) {
    const holder = { kind: 'person', id: head.id } as const
    draft.accounts.push(makeAccount(draft, { holder, holderName: head.name, recordedOn: on }))
  }
  draft.awards.set(awardId, {
    id: awardId,
    program: 'temporary_assistance',
    holder: { kind: 'household', id: household.id },
    accountHolder: { kind: 'person', id: head.id },
    village: household.village,
    town: household.town,
    createdOn: on,
    imported: null,
    ledgerOpensMonth: row.month,
  })
  draft.events.push({
    kind: 'aid',
    id: determinationId,
    on,
    ...(content.reliefFirst === true ? { papersOn: addDays(on, 7) } : {}),
    determination: {
      id: determinationId,
      awardId,
      program: 'temporary_assistance',
      from: row.month,
      to: monthOfIndex(row.index + 1),
      outcome: 'grant',
      kind: 'initial',
      clause,
      reason,
      content: {
        amountFen: row.yuan * 100,
        persons,
        level: row.yuan <= draft.data.townLimitYuan ? 'township' : 'county',
        registeredPoor: row.registeredPoor,
        ...content,
      },
    },
  })
}

function aidDay(dice: Dice, row: AidRow): string {
  if (isStranded(row)) return '2020-03-05'
  return workingDayIn(dice, firstDay(row.month), addDays(planCalendar(row.index).runOn, -1))
}
