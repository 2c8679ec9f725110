import { readFileSync } from 'node:fs'
import { commands } from '../app.ts'
import { listClaims } from '../engines/funds/index.ts'
import { firstDay, type PlainDate } from '../platform/dates.ts'
import { isAppError } from '../platform/errors.ts'
import { groupBy } from '../platform/group.ts'
import { enterAgreements, enterAid, enterDeterminations } from './enter-decisions.ts'
import type { Roll } from './roll.ts'
import type { Office } from './office.ts'
import type { BirthEvent, MembershipEvent, PlanEvent, PlanPerson, ReceiptEvent } from './plan-types.ts'

/** Enters a plan's events through the office's commands, day by day and in the plan's order. */
export async function enterEvents(office: Office, roll: Roll, events: readonly PlanEvent[]): Promise<void> {
  for (const [day, ofDay] of groupBy(events, (event) => event.on)) {
    await office.goTo(day)
    for (const stretch of stretches(ofDay)) await enterStretch(office, roll, stretch)
  }
}

/** Neighbouring events of one kind (determinations: of one outcome) are entered as one list. */
function stretches(events: readonly PlanEvent[]): PlanEvent[][] {
  const lists: PlanEvent[][] = []
  let last = ''
  for (const event of events) {
    const kind = event.kind === 'determination' ? `${event.kind} ${event.determination.outcome}` : event.kind
    if (kind === last) lists.at(-1)?.push(event)
    else lists.push([event])
    last = kind
  }
  return lists
}

async function enterStretch(office: Office, roll: Roll, events: readonly PlanEvent[]): Promise<void> {
  const determinations = events.filter((event) => event.kind === 'determination')
  if (determinations.length > 0) return enterDeterminations(office, roll, determinations)
  const agreements = events.filter((event) => event.kind === 'agreement')
  if (agreements.length > 0) return enterAgreements(office, roll, agreements)
  const aid = events.filter((event) => event.kind === 'aid')
  if (aid.length > 0) return enterAid(office, roll, aid)
  for (const event of events) await enterOne(office, roll, event)
}

async function enterOne(office: Office, roll: Roll, event: PlanEvent): Promise<void> {
  switch (event.kind) {
    case 'policy':
      return enterPolicy(office, event.file)
    case 'area_change':
      await office.does(office.clerk, commands.changeAreas, event.change)
      roll.followMoves(event.change.moves)
      return
    case 'death':
      return enterFact(office, roll, {
        eventId: event.id,
        personId: event.personId,
        kind: 'death',
        value: { on: event.diedOn },
        from: event.diedOn,
      })
    case 'fact':
      return enterOtherFact(office, roll, event)
    case 'birth':
    case 'membership':
      return enterMember(office, roll, event)
    case 'move':
      for (const personId of roll.inHousehold(event.personIds)) {
        await office.does(office.clerk, commands.endMember, {
          personId,
          on: event.effectiveOn,
          reason: '迁出',
        })
      }
      return
    case 'agreement_end':
      return endAgreement(office, roll, event.agreementId, firstDay(event.to))
    case 'account':
      return enterAccount(office, roll, event.account)
    case 'undo':
      await office.does(office.clerk, commands.undoFact, {
        factId: roll.fact(event.eventId),
        reason: event.reason,
      })
      return
    case 'duplicate_application':
      // What is refused leaves no key by which a second try would be known.
      return office.wasLeft(event.on) ? undefined : attemptDuplicate(office, event.attempted)
    case 'receipt':
      return enterReceipt(office, event)
    case 'determination':
    case 'agreement':
    case 'aid':
      throw new Error(`${event.kind} is entered as a list`)
  }
}

export async function enterPolicy(office: Office, file: string): Promise<void> {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  const { policyId } = await office.does(office.clerk, commands.loadPolicy, { text })
  await office.does(office.checker, commands.publishPolicy, { policyId })
}

interface EnteredFact {
  eventId: string
  personId: string
  kind: string
  value: Record<string, unknown>
  from: PlainDate
}

async function enterFact(
  office: Office,
  roll: Roll,
  { eventId, personId, kind, value, from }: EnteredFact,
): Promise<void> {
  const { ids } = await office.does(office.clerk, commands.recordFacts, {
    facts: [{ personId, kind, value, from, source: '演示登记' }],
  })
  if (ids[0]) roll.facts.set(eventId, ids[0])
}

const INCOME_CAUSE = { employment: 'employment', supporter: 'supporter' } as const

async function enterOtherFact(
  office: Office,
  roll: Roll,
  event: Extract<PlanEvent, { kind: 'fact' }>,
): Promise<void> {
  const base = { eventId: event.id, personId: event.personId, from: event.from }
  if (event.fact === 'self_care')
    return enterFact(office, roll, { ...base, kind: 'self_care', value: { grade: event.value } })
  await enterFact(office, roll, {
    ...base,
    kind: 'income_change',
    value: { cause: INCOME_CAUSE[event.fact], note: event.value },
  })
}

async function enterMember(office: Office, roll: Roll, event: BirthEvent | MembershipEvent): Promise<void> {
  if (event.kind === 'membership' && event.change === 'leave') {
    await office.does(office.clerk, commands.endMember, {
      personId: event.personId,
      on: event.effectiveOn,
      reason: '离开本户',
    })
    return
  }
  const personId = event.kind === 'birth' ? event.person.id : event.personId
  const from = event.kind === 'birth' ? event.person.bornOn : event.effectiveOn
  if (event.person) {
    await office.does(office.clerk, commands.registerPeople, { people: [newPerson(event.person)] })
    roll.addPerson(event.person)
  }
  await office.does(office.clerk, commands.addMember, {
    householdId: event.householdId,
    personId,
    relation: event.relation,
    from,
    to: null,
  })
}

export function newPerson({
  id,
  name,
  idNumber,
  sex,
  bornOn,
  village,
  town,
  phone,
  povertyRegistered,
}: PlanPerson) {
  return {
    id,
    fullName: name,
    idNumber,
    sex,
    bornOn,
    village,
    town,
    registeredPoor: povertyRegistered,
    source: '演示登记',
    ...(phone ? { phone } : {}),
  }
}

async function endAgreement(office: Office, roll: Roll, agreementId: string, on: PlainDate): Promise<void> {
  const agreement = roll.agreements.get(agreementId)
  if (!agreement) throw new Error(`agreement ${agreementId} is not on file`)
  await office.does(office.clerk, commands.endAgreement, { personId: agreement.personId, on })
}

async function enterAccount(
  office: Office,
  roll: Roll,
  account: Parameters<Roll['newAccount']>[0],
): Promise<void> {
  await office.does(office.clerk, commands.recordAccounts, { accounts: [roll.newAccount(account)] })
}

/** Money given back: the claim is decided by one person, the receipt entered by another. */
async function enterReceipt(office: Office, { awardId, months, on }: ReceiptEvent): Promise<void> {
  const claims = await office.reads(office.fundsClerk, (ctx) => listClaims(ctx, { awardId }))
  for (const { month, fen } of months) {
    const claim = claims.findLast((each) => each.forMonth === month)
    if (!claim) throw new Error(`no claim of award ${awardId} for ${month}`)
    await office.does(office.fundsChief, commands.decideClaim, {
      claimId: claim.id,
      decision: '通知家属退回（演示）',
    })
    await office.does(office.fundsClerk, commands.addReceipt, {
      claimId: claim.id,
      fen,
      receivedOn: on,
      paper: '银行回单（演示）',
    })
  }
}

/** Another town enters an application with a number already on file: it must be refused, and is. */
async function attemptDuplicate(
  office: Office,
  { name, idNumber, town, village }: { name: string; idNumber: string; town: string; village: string },
): Promise<void> {
  const person = { fullName: name, idNumber, sex: null, bornOn: null, village, town }
  try {
    await office.does(office.townClerk(town), commands.registerPeople, { people: [person] })
  } catch (error) {
    if (isAppError(error) && error.code === 'registry.identity_taken') return
    throw error
  }
  throw new Error('a second application with the same identity number was accepted')
}
