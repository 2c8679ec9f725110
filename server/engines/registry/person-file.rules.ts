import { addMonths, ageOn, monthOf, monthsBetween, type PlainDate } from '../../platform/dates.ts'
import { sumFen } from '../../platform/money.ts'
import { factText, factTitle, relationTitle, tagsOf } from './file-text.rules.ts'
import type { FileFact } from './person-file.db.ts'
import type { Member } from './household.db.ts'
import type { AwardInFile, CashInFile, Payment } from './file-money.schema.ts'
import type { FileMember, Money, ShownFact } from './person-file.schema.ts'
import { covers } from './timeline.rules.ts'

export interface Names {
  areaOf: (code: string) => string | null
  accountOf: (id: string) => string | null
}

export function factShown(fact: FileFact, names: Names): ShownFact {
  const { id, kind, from, to, source, recordedAt, recordedBy } = fact
  const nameOf = (code: string) => names.areaOf(code) ?? code
  return {
    ...{ id, kind, from, to, source, recordedAt },
    title: factTitle(kind),
    text: factText(fact, nameOf),
    recordedBy: names.accountOf(recordedBy),
  }
}

/** Born on, as the facts of a day say. */
export function bornOn(facts: readonly FileFact[], personIds: readonly string[]): PlainDate | null {
  const birth = facts.find(({ kind, personId }) => kind === 'birth' && personIds.includes(personId))
  return typeof birth?.value.on === 'string' ? birth.value.on : null
}

export function ageOf(born: PlainDate | null, on: PlainDate): number | null {
  return born === null ? null : Math.max(0, ageOn(born, on))
}

export interface MemberKnowledge {
  on: PlainDate
  /** In force on the day. */
  facts: readonly FileFact[]
  nameOf: (personId: string) => string | null
  selfIds: readonly string[]
}

export function memberShown(member: Member, { on, facts, nameOf, selfIds }: MemberKnowledge): FileMember {
  const { personId, relation, from, to } = member
  const own = facts.filter((fact) => fact.personId === personId)
  return {
    ...{ personId, relation, from, to },
    fullName: nameOf(personId),
    relationTitle: relationTitle(relation),
    isHead: relation === 'head',
    isSelf: selfIds.includes(personId),
    age: ageOf(bornOn(own, [personId]), on),
    tags: tagsOf(own),
  }
}

/** The head first, then by age as in a household register. */
export function inHouseOrder(members: readonly FileMember[]): FileMember[] {
  return members.toSorted((a, b) => Number(b.isHead) - Number(a.isHead) || (b.age ?? -1) - (a.age ?? -1))
}

export function inForce<Row extends { from: PlainDate; to: PlainDate | null }>(
  rows: readonly Row[],
  on: PlainDate,
): Row[] {
  return rows.filter((row) => covers(row, on))
}

const ARRIVED = new Set<Payment['status']>(['paid', 'late_paid'])
const UNDER_WAY = new Set<Payment['status']>(['paid', 'late_paid', 'in_flight'])

/** Twelve months up to the day: what was due for each, and what arrived in each. */
export function moneyOf(
  awards: AwardInFile[],
  { payments, holds, claims }: CashInFile,
  on: PlainDate,
): Money {
  const last = monthOf(on)
  const until = payments.filter(({ day }) => day <= on)
  const arrived = until.filter(({ status }) => ARRIVED.has(status))
  const months = monthsBetween(addMonths(last, -11), last).map((month) => {
    const due = awards.flatMap((award) => award.months.filter((each) => each.month === month))
    return {
      month,
      dueFen: sumFen(due.map(({ dueFen }) => dueFen)),
      ownFen: sumFen(due.map(({ ownFen }) => ownFen)),
      paidFen: sumFen(arrived.filter(({ day }) => monthOf(day) === month).map(({ fen }) => fen)),
    }
  })
  const unpaid = until.filter(
    (payment) =>
      (payment.status === 'returned' || payment.status === 'unknown') &&
      !payments.some(
        (other) =>
          other.awardId === payment.awardId &&
          other.forMonth === payment.forMonth &&
          other.id !== payment.id &&
          UNDER_WAY.has(other.status),
      ),
  )
  const paidFen = sumFen(months.map((month) => month.paidFen))
  return { awards, holds, claims, unpaid, months, paidFen }
}
