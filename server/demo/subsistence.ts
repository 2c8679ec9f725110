import { decisionDay, monthOfIndex, OPEN, OPENED_ON, RAISE_MONTH } from './calendar.ts'
import { CLAUSES } from './clauses.ts'
import type { SubsistenceRow } from './data.ts'
import { diceFor } from './dice.ts'
import { getPerson, idOf, standardOf, type Draft, type SubsistenceUnit } from './draft.ts'
import { makeRowHousehold } from './households.ts'
import { makeAccount } from './people.ts'
import type { Place } from './places.ts'
import { recordDip, recordRaise, recordSizeChange } from './subsistence-changes.ts'
import { contentOf, record } from './subsistence-decisions.ts'
import { recordEnd } from './subsistence-end.ts'

/** Makes the household, its award and every decision of the year. */
export function addSubsistenceRow(draft: Draft, row: SubsistenceRow, place: Place): void {
  const household = makeRowHousehold(draft, row, place)
  const unit: SubsistenceUnit = {
    row,
    place,
    household,
    awardId: idOf(draft, 'award', 'subsistence', row.number),
  }
  draft.subsistence.push(unit)
  const dice = diceFor(draft.data.county, 'subsistence', row.number, 'first')
  const isImported = row.from === 0
  const on = isImported ? OPENED_ON : decisionDay(dice, row.from)
  addAward(draft, unit, on)

  record(draft, unit, {
    on,
    purpose: 'initial',
    from: isImported ? monthOfIndex(-dice.below(12)) : monthOfIndex(row.from),
    to: null,
    kind: 'initial',
    clause: CLAUSES.subsistenceGranted,
    reason: '家庭人均收入低于当地低保标准，财产状况符合规定',
    content: contentOf(draft, unit, { index: row.from, state: row.from < RAISE_MONTH ? 'before' : 'after' }),
  })
  recordSizeChange(draft, unit)
  recordRaise(draft, unit)
  recordDip(draft, unit)
  if (row.last < OPEN) recordEnd(draft, unit)
}

function addAward(draft: Draft, { row, place, household, awardId }: SubsistenceUnit, on: string): void {
  const head = getPerson(draft, household.headPersonId)
  const { oldFen, newFen } = standardOf(draft, 'subsistence_allowance', row.residence)
  const oldIncomeYuan = newFen / 100 - row.topUp - row.rise
  draft.accounts.push(
    makeAccount(draft, { holder: { kind: 'person', id: head.id }, holderName: head.name, recordedOn: on }),
  )
  draft.awards.set(awardId, {
    id: awardId,
    program: 'subsistence_allowance',
    holder: { kind: 'household', id: household.id },
    accountHolder: { kind: 'person', id: head.id },
    village: place.village,
    town: place.town,
    createdOn: on,
    imported:
      row.from === 0
        ? { lastPaidMonth: monthOfIndex(0), lastPaidFen: row.size * (oldFen - oldIncomeYuan * 100) }
        : null,
    ledgerOpensMonth: monthOfIndex(Math.max(1, row.from)),
  })
}
