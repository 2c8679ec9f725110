import { changeDay, dayOfLife, monthOfIndex } from './calendar.ts'
import { CLAUSES } from './clauses.ts'
import {
  agreementId,
  agreementIn,
  monthAfter,
  partyOf,
  record,
  type DestituteCase,
} from './destitute-decisions.ts'
import { diceFor } from './dice.ts'
import { idOf, type Draft } from './draft.ts'
import type { EndCause } from './plan-types.ts'
import { NEIGHBOURS } from './subsistence-end.ts'

/** A new self-care grade, and admission to an institution with a new agreement. */
export function recordChanges(draft: Draft, unit: DestituteCase): void {
  const { row } = unit
  const months = new Set([row.gradeMonth, row.admissionMonth].filter((index) => index > 0))
  for (const index of [...months].toSorted((a, b) => a - b)) {
    const isAdmission = index === row.admissionMonth
    const isGrade = index === row.gradeMonth
    const dice = diceFor(draft.data.county, 'destitute', row.number, 'change', index)
    const on = changeDay(dice, index)
    if (isGrade) {
      draft.events.push({
        kind: 'fact',
        id: idOf(draft, 'fact', 'self_care', row.number),
        on,
        personId: unit.personId,
        fact: 'self_care',
        value: row.newSelfCare,
        from: dayOfLife(dice, index - 1, on),
      })
    }
    record(draft, unit, {
      on,
      purpose: `change ${String(index)}`,
      index,
      from: monthOfIndex(index),
      kind: 'change',
      clauses: {
        support: isAdmission ? CLAUSES.destitutePlace : CLAUSES.destituteGranted,
        care: CLAUSES.destituteCare,
      },
      reason: [
        ...(isAdmission ? ['入住供养服务机构，供养金发放至机构'] : []),
        ...(isGrade ? ['生活自理能力重新评估'] : []),
      ].join('；'),
    })
    if (isAdmission) {
      draft.events.push({
        kind: 'agreement',
        id: agreementId(draft, row, 'institution'),
        on,
        personId: unit.personId,
        carer: partyOf(unit, index, 'carer'),
        from: monthOfIndex(index),
        to: null,
        replaces: agreementId(draft, row, 'first'),
      })
    }
  }
}

const ENDINGS = {
  death: { endCause: 'death', reason: '特困人员死亡，自次月起终止供养' },
  income: { endCause: 'income', reason: '有生活来源，不再符合供养条件' },
  moved: { endCause: 'moved', reason: '户籍迁出本市' },
  withdrawn: { endCause: 'withdrawn', reason: '本人自愿退出' },
  supporter_found: { endCause: 'supporter_found', reason: '法定义务人恢复履行能力' },
} as const satisfies Record<string, { endCause: EndCause; reason: string }>

/** The end of support and care and of the agreement. */
export function recordDestituteEnd(draft: Draft, unit: DestituteCase): void {
  const { row } = unit
  if (row.why === 'open') throw new Error(`destitute row ${String(row.number)} ends without a cause`)
  const on = changeDay(diceFor(draft.data.county, 'destitute', row.number, 'end day'), row.last + 1)
  recordLife(draft, unit, on)
  record(draft, unit, {
    on,
    purpose: 'end',
    index: row.last,
    from: monthAfter(row),
    kind: 'end',
    clauses: { support: CLAUSES.destituteEnded, care: CLAUSES.destituteEnded },
    ...ENDINGS[row.why],
  })
  draft.events.push({
    kind: 'agreement_end',
    id: idOf(draft, 'agreement', row.number, 'end'),
    on,
    agreementId: agreementIn(draft, row, row.last),
    to: monthAfter(row),
  })
}

function recordLife(draft: Draft, { row, personId }: DestituteCase, on: string): void {
  const dice = diceFor(draft.data.county, 'destitute', row.number, 'life')
  const day = dayOfLife(dice, row.last, on)
  const base = { id: idOf(draft, 'life', 'destitute', row.number), on }
  if (row.why === 'death') draft.events.push({ kind: 'death', ...base, personId, diedOn: day })
  if (row.why === 'supporter_found') {
    draft.events.push({ kind: 'fact', ...base, personId, fact: 'supporter', value: 'able', from: day })
  }
  if (row.why === 'moved') {
    draft.events.push({
      kind: 'move',
      ...base,
      householdId: null,
      personIds: [personId],
      toCounty: dice.pick(NEIGHBOURS),
      effectiveOn: day,
    })
  }
}
