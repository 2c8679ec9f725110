import { changeDay, dayOfLife, lateDecisionDay, monthOfIndex, RAISE_MONTH } from './calendar.ts'
import { CLAUSES } from './clauses.ts'
import type { SubsistenceRow } from './data.ts'
import { diceFor } from './dice.ts'
import { idOf, type Draft, type SubsistenceUnit } from './draft.ts'
import type { EndCause } from './plan-types.ts'
import { contentOf, memberIdsIn, record } from './subsistence-decisions.ts'
import { dipStart } from './subsistence-changes.ts'

const ENDINGS = {
  death: { endCause: 'death', reason: '享受对象死亡，自次月起停发' },
  income: { endCause: 'income', reason: '家庭人均收入达到或超过低保标准' },
  moved: { endCause: 'moved', reason: '全家户籍迁出本市' },
  destitute: { endCause: 'extreme_poverty_support', reason: '转为特困人员救助供养，不再享受低保' },
  withdrawn: { endCause: 'withdrawn', reason: '家庭自愿放弃' },
} as const satisfies Record<string, { endCause: EndCause; reason: string }>

export function recordEnd(draft: Draft, unit: SubsistenceUnit): void {
  const { row, household } = unit
  if (row.why === 'open') throw new Error(`row ${String(row.number)} ends without a cause`)
  const dice = diceFor(draft.data.county, 'subsistence', row.number, 'end')
  const on = endDay(draft, row)
  const id = idOf(draft, 'life', 'subsistence', row.number, 'end')
  if (row.why === 'death') {
    draft.events.push({
      kind: 'death',
      id,
      on,
      personId: household.headPersonId,
      diedOn: dayOfLife(dice, row.last, on),
    })
  }
  if (row.why === 'moved') {
    draft.events.push({
      kind: 'move',
      id,
      on,
      householdId: household.id,
      personIds: memberIdsIn(draft, unit, row.last),
      toCounty: dice.pick(NEIGHBOURS),
      effectiveOn: dayOfLife(dice, row.last, on),
    })
  }
  const inDip = row.dip !== 0 && row.last >= dipStart(row) && row.last < dipStart(row) + 3
  record(draft, unit, {
    on,
    purpose: 'end',
    from: monthOfIndex(row.last + 1),
    to: null,
    kind: 'end',
    clause: CLAUSES.subsistenceChanged,
    ...ENDINGS[row.why],
    content: contentOf(draft, unit, {
      index: row.last,
      state: inDip ? 'dip' : row.last < RAISE_MONTH ? 'before' : 'after',
    }),
  })
}

/** A change to support for destitute people is one decision: both sides are dated by the destitute row. */
function endDay(draft: Draft, row: SubsistenceRow): string {
  if (row.why === 'destitute') return conversionDay(draft, row.number, row.last + 1)
  return changeDay(diceFor(draft.data.county, 'subsistence', row.number, 'end day'), row.last + 1)
}

/** The day on which support replaces the allowance from month `index`: in the month before, after its payment is closed. */
export function conversionDay(draft: Draft, subsistenceRow: number, index: number): string {
  const dice = diceFor(draft.data.county, 'conversion', subsistenceRow)
  return lateDecisionDay(dice, index)
}

export const NEIGHBOURS = ['441823', '441881', '441825', '441826', '440281', '431124', '440605', '441802']
