import type { PlainDate } from '../platform/dates.ts'
import type { AgreementEvent, DemoPlan, PartyRef, PlanAccount, PlanAward, PlanPerson } from './plan-types.ts'

/** What the loader has to look up in its plan while it enters it; nothing here is read from or written to the database. */
export interface Roll {
  award: (id: string) => PlanAward
  person: (id: string) => PlanPerson
  addPerson: (person: PlanPerson) => void
  organisationName: (id: string) => string
  /** After a merge: what is entered later names the villages in force. */
  followMoves: (moves: Readonly<Record<string, string>>) => void
  /** True the first time an award is asked for. */
  takeUnopened: (awardId: string) => boolean
  /** Those of the people who live in a household on file. */
  inHousehold: (personIds: readonly string[]) => string[]
  newAccount: (account: PlanAccount) => Record<string, unknown>
  /** Event id → the fact it recorded. */
  facts: Map<string, string>
  fact: (eventId: string) => string
  agreements: Map<string, AgreementEvent>
}

export function rollOf(plan: DemoPlan): Roll {
  const awards = new Map(plan.awards.map((award) => [award.id, award]))
  const people = new Map(plan.people.map((person) => [person.id, person]))
  const organisations = new Map(plan.organisations.map((organisation) => [organisation.id, organisation]))
  const housed = new Set(
    plan.households.flatMap((household) => household.members.map((member) => member.personId)),
  )
  const opened = new Set<string>()
  const facts = new Map<string, string>()
  const person = (id: string) => found(people.get(id), 'person', id)
  return {
    award: (id) => found(awards.get(id), 'award', id),
    person,
    addPerson: (added) => {
      people.set(added.id, added)
      housed.add(added.id)
    },
    followMoves: (moves) => {
      for (const each of [...people.values()])
        people.set(each.id, { ...each, village: moves[each.village] ?? each.village })
      for (const each of [...organisations.values()])
        organisations.set(each.id, { ...each, village: moves[each.village] ?? each.village })
    },
    organisationName: (id) => found(organisations.get(id), 'organisation', id).name,
    takeUnopened: (id) => {
      if (opened.has(id)) return false
      opened.add(id)
      return true
    },
    inHousehold: (ids) => ids.filter((id) => housed.has(id)),
    newAccount: ({ holder, holderName, number, bankCode, recordedOn }) => {
      const place =
        holder.kind === 'person'
          ? person(holder.id)
          : found(organisations.get(holder.id), 'organisation', holder.id)
      return accountOf({
        holder,
        holderName,
        number,
        bankCode,
        from: recordedOn,
        town: place.town,
        village: place.village,
      })
    },
    facts,
    fact: (eventId) => found(facts.get(eventId), 'fact of event', eventId),
    agreements: new Map(),
  }
}

interface AccountFields {
  holder: PartyRef
  holderName: string
  number: string
  bankCode: string
  from: PlainDate
  town: string
  village: string
}

function accountOf({ holder, ...fields }: AccountFields): Record<string, unknown> {
  return { holderKind: holder.kind, holderId: holder.id, ...fields }
}

export function partyName(roll: Roll, party: PartyRef): string {
  return party.kind === 'person' ? roll.person(party.id).name : roll.organisationName(party.id)
}

function found<Value>(value: Value | undefined, what: string, id: string): Value {
  if (value === undefined) throw new Error(`the plan has no ${what} ${id}`)
  return value
}
