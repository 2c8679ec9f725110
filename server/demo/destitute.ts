import { decisionDay, monthOfIndex, OPEN, OPENED_ON } from './calendar.ts'
import { CLAUSES } from './clauses.ts'
import { ageOfDestitute } from './composition.ts'
import type { DestituteRow, SubsistenceRow } from './data.ts'
import { recordChanges, recordDestituteEnd } from './destitute-changes.ts'
import { agreementId, partyOf, record, type DestituteCase } from './destitute-decisions.ts'
import { diceFor } from './dice.ts'
import { getPerson, idOf, standardOf, type Draft } from './draft.ts'
import { bornOnFor, makeAccount, makePerson } from './people.ts'
import type { PlanPerson } from './plan-types.ts'
import type { Place } from './places.ts'
import { conversionDay } from './subsistence-end.ts'

export interface DestituteDraft {
  row: DestituteRow
  place: Place
  /** The subsistence row that this person comes from. */
  partner: SubsistenceRow | undefined
  carerOf: (personId: string, place: Place) => string
  homeOf: (row: DestituteRow, place: Place) => string
}

/** Makes the person unless the allowance knows them, two awards, the agreement and every decision of the year. */
export function addDestituteRow(draft: Draft, given: DestituteDraft): void {
  const { row, place, partner } = given
  const isResident = row.inInstitution || row.admissionMonth > 0
  const person = partner ? convertedPerson(draft, partner) : newPerson(draft, row, place)
  const on = firstDecisionDay(draft, row, partner)
  const unit: DestituteCase = {
    row,
    place,
    personId: person.id,
    supportAwardId: idOf(draft, 'award', 'support', row.number),
    careAwardId: idOf(draft, 'award', 'care', row.number),
    carerId: row.inInstitution ? null : given.carerOf(person.id, place),
    homeId: isResident ? given.homeOf(row, place) : null,
  }
  draft.destitute.push(unit)
  addAwards(draft, unit, { on, partner })
  if (!row.inInstitution && !partner) {
    draft.accounts.push(
      makeAccount(draft, {
        holder: { kind: 'person', id: person.id },
        holderName: person.name,
        recordedOn: on,
      }),
    )
  }

  const dice = diceFor(draft.data.county, 'destitute', row.number, 'first')
  const from = row.from === 0 ? monthOfIndex(-dice.below(12)) : monthOfIndex(row.from)
  record(draft, unit, {
    on,
    purpose: 'initial',
    index: row.from,
    from,
    kind: 'initial',
    clauses: { support: CLAUSES.destituteGranted, care: CLAUSES.destituteCare },
    reason: '无劳动能力、无生活来源、无法定赡养抚养扶养义务人或义务人无履行能力',
  })
  draft.events.push({
    kind: 'agreement',
    id: agreementId(draft, row, 'first'),
    on,
    personId: person.id,
    carer: partyOf(unit, row.from, 'carer'),
    from,
    to: null,
  })
  recordChanges(draft, unit)
  if (row.last < OPEN) recordDestituteEnd(draft, unit)
}

function firstDecisionDay(draft: Draft, row: DestituteRow, partner: SubsistenceRow | undefined): string {
  if (row.from === 0) return OPENED_ON
  if (partner) return conversionDay(draft, partner.number, row.from)
  return decisionDay(diceFor(draft.data.county, 'destitute', row.number, 'day'), row.from)
}

function convertedPerson(draft: Draft, partner: SubsistenceRow): PlanPerson {
  const unit = draft.subsistence.find((candidate) => candidate.row.number === partner.number)
  if (!unit) throw new Error(`subsistence row ${String(partner.number)} has no household`)
  return getPerson(draft, unit.household.headPersonId)
}

function newPerson(draft: Draft, row: DestituteRow, place: Place): PlanPerson {
  const dice = diceFor(draft.data.county, 'destitute', row.number, 'who')
  const person = makePerson(draft, {
    table: 'destitute',
    key: [row.number],
    sex: dice.percent(78) ? 'male' : 'female',
    bornOn: bornOnFor(dice, ageOfDestitute(dice)),
    place,
    povertyRegistered: row.registeredPoor,
    hasPhone: dice.percent(30),
  })
  draft.people.set(person.id, person)
  return person
}

interface AwardDraft {
  on: string
  partner: SubsistenceRow | undefined
}

function addAwards(draft: Draft, unit: DestituteCase, { on, partner }: AwardDraft): void {
  const { row, place, personId } = unit
  const programs = [
    { id: unit.supportAwardId, program: 'extreme_poverty_support', dimension: row.residence },
    { id: unit.careAwardId, program: 'extreme_poverty_care', dimension: row.selfCare },
  ] as const
  for (const { id, program, dimension } of programs) {
    draft.awards.set(id, {
      id,
      program,
      holder: { kind: 'person', id: personId },
      accountHolder: partyOf(unit, row.from, 'payee'),
      village: place.village,
      town: place.town,
      createdOn: on,
      imported:
        row.from === 0
          ? { lastPaidMonth: monthOfIndex(0), lastPaidFen: standardOf(draft, program, dimension).oldFen }
          : null,
      ledgerOpensMonth: monthOfIndex(Math.max(1, row.from)),
      ...(partner && program === 'extreme_poverty_support'
        ? { replacesAwardId: idOf(draft, 'award', 'subsistence', partner.number) }
        : {}),
    })
  }
}
