import { commands } from '../app.ts'
import type { Actor } from '../platform/access.ts'
import { firstDay } from '../platform/dates.ts'
import { groupBy } from '../platform/group.ts'
import type { Office } from './office.ts'
import type {
  AgreementEvent,
  AidEvent,
  DeterminationEvent,
  PlanAward,
  PlanDetermination,
} from './plan-types.ts'
import { partyName, type Roll } from './roll.ts'

/** Decisions, agreements and aid of a plan, in lists; awards come on file with them. */

const AT_MOST = 1000

function* slices<Item>(items: readonly Item[], size = AT_MOST): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}

export async function enterDeterminations(
  office: Office,
  roll: Roll,
  determinations: readonly DeterminationEvent[],
): Promise<void> {
  await openAwardsOf(
    office,
    roll,
    determinations.map((event) => event.determination.awardId),
  )
  for (const part of slices(determinations)) {
    const list = part.map((event) => proposal(roll, event.determination))
    const { ids } = await office.does(office.clerk, commands.proposeDeterminations, { determinations: list })
    await office.does(office.checker, commands.checkDeterminations, { ids })
  }
}

function proposal(roll: Roll, determination: PlanDetermination) {
  const { id, awardId, kind, outcome, from, to, clause, reason, content } = determination
  const payee = roll.award(awardId).accountHolder
  const filled = outcome === 'end' ? null : { payee, ...content }
  return { id, awardId, kind, outcome, from, to, clause, cause: reason, content: filled }
}

/** Awards come on file with their first determination; imported ones were carried over at the opening. */
async function openAwardsOf(office: Office, roll: Roll, awardIds: readonly string[]): Promise<void> {
  const fresh = [...new Set(awardIds)]
    .map((id) => roll.award(id))
    .filter((award) => roll.takeUnopened(award.id))
  const imported = fresh.filter((award) => award.imported !== null)
  for (const part of slices(imported, 5000)) {
    const list = { awards: part.map(importedAward) }
    const { takeoverId } = await office.does(office.clerk, commands.proposeTakeover, list)
    await office.does(office.checker, commands.signTakeover, { takeoverId })
  }
  for (const part of slices(fresh.filter((award) => award.imported === null))) {
    await office.does(office.clerk, commands.openAwards, { awards: part.map(newAward) })
  }
}

function newAward(award: PlanAward) {
  const { id, program, holder, town, village, ledgerOpensMonth } = award
  return { id, program, holderKind: holder.kind, holderId: holder.id, town, village, ledgerOpensMonth }
}

function importedAward(award: PlanAward) {
  return { ...newAward(award), ...award.imported }
}

export async function enterAgreements(
  office: Office,
  roll: Roll,
  agreements: readonly AgreementEvent[],
): Promise<void> {
  for (const part of slices(agreements, 500)) {
    const list = part.map(({ personId, carer, from, to }) => {
      const { town, village } = roll.person(personId)
      const until = to === null ? null : firstDay(to)
      return {
        personId,
        carerKind: carer.kind,
        carerId: carer.id,
        carerName: partyName(roll, carer),
        from: firstDay(from),
        to: until,
        town,
        village,
      }
    })
    await office.does(office.clerk, commands.recordAgreements, { agreements: list })
  }
  for (const event of agreements) roll.agreements.set(event.id, event)
}

export async function enterAid(office: Office, roll: Roll, events: readonly AidEvent[]): Promise<void> {
  await openAwardsOf(
    office,
    roll,
    events.map((event) => event.determination.awardId),
  )
  for (const [key, list] of groupBy(
    events,
    ({ determination }) => `${determination.content.level} ${roll.award(determination.awardId).town}`,
  )) {
    const [level, town = ''] = key.split(' ')
    const maker: Actor = level === 'township' ? office.townClerk(town) : office.clerk
    const checker: Actor = level === 'township' ? office.townChief(town) : office.checker
    const determinations = list.map((event) => proposal(roll, event.determination))
    const { ids } = await office.does(maker, commands.proposeDeterminations, { determinations })
    await office.does(checker, commands.checkDeterminations, { ids })
    const awardIds = list.map((event) => event.determination.awardId)
    if (level === 'township') await office.does(checker, commands.fileTownAid, { awardIds })
  }
}
