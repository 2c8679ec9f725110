import { changeDay, dayOfLife, monthOfIndex, RAISE_DAYS, RAISE_MONTH } from './calendar.ts'
import { CLAUSES } from './clauses.ts'
import type { SubsistenceRow } from './data.ts'
import { diceFor } from './dice.ts'
import { getPerson, idOf, type Draft, type SubsistenceUnit } from './draft.ts'
import { leaverOf, relationOf } from './households.ts'
import { bornOnFor, makePerson } from './people.ts'
import type { BirthEvent, MembershipEvent } from './plan-types.ts'
import { contentOf, memberIdsIn, record } from './subsistence-decisions.ts'

/** A death, a departure, a birth or a return, and the decision that follows it. */
export function recordSizeChange(draft: Draft, unit: SubsistenceUnit): void {
  const { row } = unit
  if (row.sizeWhy === 'same') return
  const day = diceFor(draft.data.county, 'subsistence', row.number, 'size day')
  const on = changeDay(day, row.sizeMonth)
  if (row.sizeWhy === 'joined') recordJoiner(draft, unit, on)
  else recordLeaver(draft, unit, on)

  const before = memberIdsIn(draft, unit, row.sizeMonth - 1).length
  const after = memberIdsIn(draft, unit, row.sizeMonth).length
  record(draft, unit, {
    on,
    purpose: 'size',
    from: monthOfIndex(row.sizeMonth),
    to: null,
    kind: 'change',
    clause: CLAUSES.subsistenceChanged,
    reason: `${SIZE_REASONS[row.sizeWhy]}，保障人口由${String(before)}人变为${String(after)}人`,
    // Changes from March on are decided before the re-verification of 10 March, so March is known with the old income.
    content: contentOf(draft, unit, {
      index: row.sizeMonth,
      state: row.sizeMonth <= RAISE_MONTH ? 'before' : 'after',
    }),
  })
}

const SIZE_REASONS = { died: '家庭成员死亡', left: '家庭成员迁出', joined: '家庭增加成员' } as const

function recordLeaver(draft: Draft, { row, household }: SubsistenceUnit, on: string): void {
  if (row.sizeWhy !== 'died' && row.sizeWhy !== 'left') return
  const dice = diceFor(draft.data.county, 'subsistence', row.number, 'leaver')
  const leaver = leaverOf(draft, household, row.sizeWhy)
  const base = { id: idOf(draft, 'life', 'subsistence', row.number, 'leaver'), on, personId: leaver.id }
  const day = dayOfLife(dice, row.sizeMonth - 1, on)
  if (row.sizeWhy === 'died') {
    draft.events.push({ kind: 'death', ...base, diedOn: day })
    return
  }
  const relation = relationOf(household, leaver.id)
  draft.events.push({
    kind: 'membership',
    change: 'leave',
    ...base,
    householdId: household.id,
    relation,
    effectiveOn: day,
    cause: relation === 'child' && leaver.sex === 'female' ? 'married_out' : 'moved_out',
  })
}

/** A birth; in larger households sometimes a grandmother who comes to live with them. */
function recordJoiner(draft: Draft, unit: SubsistenceUnit, on: string): void {
  const { row, place, household } = unit
  const dice = diceFor(draft.data.county, 'subsistence', row.number, 'joiner')
  const head = getPerson(draft, household.headPersonId)
  const id = idOf(draft, 'life', 'subsistence', row.number, 'joiner')
  const day = dayOfLife(dice, row.sizeMonth - 1, on)
  const base = { table: 'joiner', key: [row.number], place, povertyRegistered: row.registeredPoor } as const
  if (row.size >= 3 && dice.percent(30)) {
    const headAge = 2019 - Number(head.bornOn.slice(0, 4))
    const bornOn = bornOnFor(dice, Math.min(88, headAge + dice.between(23, 32)))
    const person = makePerson(draft, { ...base, sex: 'female', bornOn })
    const event: MembershipEvent = {
      kind: 'membership',
      change: 'join',
      id,
      on,
      personId: person.id,
      person,
      householdId: household.id,
      relation: 'parent',
      effectiveOn: day,
      cause: 'returned',
    }
    draft.events.push(event)
    return
  }
  const sex = dice.percent(51) ? 'male' : 'female'
  const person = makePerson(draft, { ...base, sex, bornOn: day, surname: surnameOf(head.name) })
  const event: BirthEvent = { kind: 'birth', id, on, person, householdId: household.id, relation: 'child' }
  draft.events.push(event)
}

function surnameOf(name: string): string {
  return name.startsWith('欧阳') ? '欧阳' : name.slice(0, 1)
}

/**
 * The re-verification of March: the income known to be higher, from the first month of the year that the household was
 * on the roll, with arrears of the raise. It ends where the household was already known to have ended, and follows the
 * size where that was already known to have changed.
 */
export function recordRaise(draft: Draft, unit: SubsistenceUnit): void {
  const { row } = unit
  const first = Math.max(1, row.from)
  if (row.rise === 0 || first >= RAISE_MONTH || row.last < first) return
  const on = diceFor(draft.data.county, 'subsistence', row.number, 'raise').pick(RAISE_DAYS)
  const end = row.last < RAISE_MONTH ? row.last + 1 : null
  for (const span of raiseSpans(row, first, end)) {
    record(draft, unit, {
      on,
      purpose: `raise ${String(span.first)}`,
      from: monthOfIndex(span.first),
      to: span.end === null ? null : monthOfIndex(span.end),
      kind: 'retroactive',
      clause: CLAUSES.subsistenceReverified,
      reason: `提标同步复核：家庭人均收入增加${String(row.rise)}元`,
      content: contentOf(draft, unit, { index: span.first, state: 'after' }),
    })
  }
}

function raiseSpans(
  row: SubsistenceRow,
  first: number,
  end: number | null,
): { first: number; end: number | null }[] {
  const isSplit =
    row.sizeMonth > first && row.sizeMonth <= RAISE_MONTH && (end === null || row.sizeMonth < end)
  if (!isSplit) return [{ first, end }]
  return [
    { first, end: row.sizeMonth },
    { first: row.sizeMonth, end },
  ]
}

/** First month of the temporary loss of earnings; it lasts three months. */
export function dipStart(row: SubsistenceRow): number {
  return row.dip === 1 ? 7 : 8
}

export function recordDip(draft: Draft, unit: SubsistenceUnit): void {
  const { row } = unit
  if (row.dip === 0) return
  const first = dipStart(row)
  if (row.sizeMonth >= first) throw new Error(`row ${String(row.number)}: size changes in or after the dip`)
  record(draft, unit, {
    on: changeDay(diceFor(draft.data.county, 'subsistence', row.number, 'dip'), first),
    purpose: 'dip',
    from: monthOfIndex(first),
    to: monthOfIndex(first + 3),
    kind: 'change',
    clause: CLAUSES.subsistenceChanged,
    reason: `外出务工收入减少，${String(first)}—${String(first + 2)}月按核实后的收入计算，期满恢复`,
    content: contentOf(draft, unit, { index: first, state: 'dip' }),
  })
}
