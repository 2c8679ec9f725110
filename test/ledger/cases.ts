import { randomUUID } from 'node:crypto'
import {
  determinationFor,
  type Month,
  type OracleDetermination,
  type OracleProgram,
  type SubsistenceContent,
} from '../../oracle/index.ts'
import { commands } from '../../server/app.ts'
import { addMonths } from '../../server/platform/dates.ts'
import { uuidv7 } from '../../server/platform/uuid.ts'
import { contentFor } from './contents.ts'
import type { Dice } from './dice.ts'
import { act, chosen, count, name, tick, type Case, type World } from './world.ts'

/** Awards and decisions through the real commands; what takes effect is written into the oracle's history. */

export interface Opening {
  program: OracleProgram
  members: string[]
  opens: Month
  residence?: 'urban' | 'rural'
  holderId?: string
  replaces?: { awardId: string; fromMonth: Month }
  lastPaid?: { month: Month; fen: number }
}

export async function openCase(world: World, opening: Opening): Promise<Case | undefined> {
  const { program, members, opens, residence = 'rural', replaces, lastPaid } = opening
  const ofHousehold = program === 'subsistence_allowance'
  const holderId = opening.holderId ?? (ofHousehold ? randomUUID() : (members[0] ?? ''))
  const id = uuidv7()
  const { town, village } = world
  const base = {
    id,
    program,
    holderKind: ofHousehold ? 'household' : 'person',
    holderId,
    town,
    village,
    ledgerOpensMonth: opens,
  }
  name(world, id, 'A')
  const opened = lastPaid
    ? await takeOver(world, { ...base, lastPaidMonth: lastPaid.month, lastPaidFen: lastPaid.fen })
    : await act(world, commands.openAwards, {
        input: { awards: [{ ...base, ...(replaces ? { replaces } : {}) }] },
      })
  if (!opened) return undefined
  tick(world)
  const award = { id, program, area: world.county, opensMonth: opens }
  world.history.awards.push(award)
  const made: Case = {
    award,
    holderId,
    residence,
    members,
    ...(replaces ? { replaces: replaces.awardId } : {}),
    ...(lastPaid ? { lastPaid } : {}),
  }
  world.cases.push(made)
  if (lastPaid) count(world, 'imported')
  return made
}

/** The old system's list, here of one award: proposed by one person, signed by another. */
async function takeOver(world: World, award: unknown) {
  const proposed = await act(world, commands.proposeTakeover, { input: { awards: [award] } })
  if (!proposed) return undefined
  const { takeoverId } = proposed
  return act(world, commands.signTakeover, { who: 'checker', input: { takeoverId } })
}

export interface Decision {
  kind: OracleDetermination['kind']
  outcome?: 'grant' | 'end'
  from: Month
  to?: Month | null
  content?: OracleDetermination['content']
}

/** Proposed by one person; undefined = refused. */
export async function propose(
  world: World,
  one: Case,
  decision: Decision,
): Promise<OracleDetermination | undefined> {
  const { kind, outcome = 'grant', from, to = null } = decision
  const { id: awardId, program } = one.award
  const content = outcome === 'end' ? null : (decision.content ?? contentFor(world, one))
  const clause = kind === 'retroactive' ? '第32条' : ''
  const id = uuidv7()
  name(world, id, 'D')
  const determination = { id, awardId, kind, outcome, from, to, cause: '测试', clause, content }
  const done = await act(world, commands.proposeDeterminations, {
    input: { determinations: [determination] },
  })
  if (!done) return undefined
  const made = {
    id,
    awardId,
    program,
    from,
    to,
    outcome,
    kind,
    clause,
    content,
    recordedAt: Infinity,
  } as OracleDetermination
  world.proposed.push(made)
  return made
}

/** Checked by another person: from now on known. Refused or checked, they are no longer proposals of this model. */
export async function check(world: World, proposed: readonly OracleDetermination[]): Promise<boolean> {
  const ids = proposed.map(({ id }) => id)
  world.proposed = world.proposed.filter(({ id }) => !ids.includes(id))
  const done = await act(world, commands.checkDeterminations, { who: 'checker', input: { ids } })
  if (!done) return false
  const at = tick(world)
  for (const each of proposed.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
    world.history.determinations.push({ ...each, recordedAt: at })
  return true
}

export async function decide(
  world: World,
  one: Case | undefined,
  decision: Decision,
): Promise<OracleDetermination | undefined> {
  if (!one) return undefined
  const proposed = await propose(world, one, decision)
  return proposed && (await check(world, [proposed])) ? proposed : undefined
}

export async function undo(world: World, id: string): Promise<boolean> {
  const done = await act(world, commands.undoDetermination, {
    who: 'checker',
    input: { id, clause: '第32条', why: '测试撤销' },
  })
  if (!done) return false
  const at = tick(world)
  for (const each of world.history.determinations) if (each.id === id) each.undoneAt = at
  count(world, 'undone')
  return true
}

export function effective(world: World, awardId?: string): OracleDetermination[] {
  return world.history.determinations.filter(
    (each) => each.undoneAt === undefined && (awardId === undefined || each.awardId === awardId),
  )
}

/** The last month that a run of the group has settled or is settling. */
export function settledMonth(
  world: World,
  group: 'basic_assistance' | 'temporary_assistance' = 'basic_assistance',
): Month | undefined {
  const counted = ['computing', 'computed', 'checked', 'approved', 'published']
  const months = world.observed.runs
    .filter((run) => run.group === group && counted.includes(run.status))
    .map((run) => run.month)
  return months.toSorted().at(-1)
}

/** People who are covered nowhere from a month on, as the model knows. */
export function freePeople(world: World, from: Month): string[] {
  const months = Array.from({ length: 6 }, (_, index) => addMonths(from, index))
  const isTaken = (personId: string) =>
    world.cases.some(({ award }) =>
      months.some((month) => coveredIn(world, award.id, month).includes(personId)),
    )
  return world.people.map(({ id }) => id).filter((id) => !isTaken(id) && !isDead(world, id))
}

export function isDead(world: World, personId: string): boolean {
  return world.deaths.some((death) => death.personId === personId && death.undoneAt === undefined)
}

/** Who counts for money in a month, as known now. */
export function coveredIn(world: World, awardId: string, month: Month): string[] {
  const determination = determinationFor(world.history, awardId, month, world.order)
  if (!determination || determination.outcome === 'end' || determination.content === null) return []
  const { content } = determination
  if ('covered' in content) return content.covered
  return 'persons' in content ? content.persons : [content.personId]
}

/** A household with 低保 from next month, or backwards with a clause. */
export async function openHousehold(
  world: World,
  dice: Dice,
  fixed: { size?: number; from?: Month; holderId?: string } = {},
): Promise<Case | undefined> {
  const from = fixed.from ?? (dice.oneIn(4) ? addMonths(world.now, -dice.below(4)) : addMonths(world.now, 1))
  const members = freePeople(world, from).slice(0, fixed.size ?? 1 + dice.below(4))
  if (members.length === 0) return undefined
  const residence = dice.oneIn(2) ? 'urban' : 'rural'
  const holder = fixed.holderId === undefined ? {} : { holderId: fixed.holderId }
  const one = await openCase(world, {
    program: 'subsistence_allowance',
    members,
    opens: from,
    residence,
    ...holder,
  })
  if (!one) return undefined
  const kind = from > world.now ? 'initial' : 'retroactive'
  const to = dice.oneIn(6) ? addMonths(from, 1 + dice.below(4)) : null
  await decide(world, one, { kind, from, to, content: contentFor(world, one, dice, from) })
  if (to !== null) count(world, 'plannedEnds')
  return one
}

/** 特困: base and care, two awards of one person. */
export async function openDestitute(
  world: World,
  dice: Dice,
  fixed: { personId?: string; from?: Month; replaces?: { awardId: string; fromMonth: Month } } = {},
): Promise<Case[]> {
  const from = fixed.from ?? addMonths(world.now, 1)
  const personId = fixed.personId ?? chosen(freePeople(world, from), dice)
  if (personId === undefined) return []
  const residence = dice.oneIn(2) ? 'urban' : 'rural'
  const kind = from > world.now ? 'initial' : 'retroactive'
  const made: Case[] = []
  for (const program of ['extreme_poverty_support', 'extreme_poverty_care'] as const) {
    const replaces = fixed.replaces ? { replaces: fixed.replaces } : {}
    const one = await openCase(world, { program, members: [personId], opens: from, residence, ...replaces })
    if (one && (await decide(world, one, { kind, from, content: contentFor(world, one, dice, from) })))
      made.push(one)
  }
  return made
}

/** 临时救助: once, in the month of the decision. */
export async function grantAid(world: World, dice: Dice): Promise<void> {
  const persons = world.people.slice(dice.below(6), 8).map(({ id }) => id)
  const [first = ''] = persons
  const one = await openCase(world, {
    program: 'temporary_assistance',
    members: persons,
    opens: world.now,
    holderId: first,
  })
  if (!one) return
  const content = {
    amountFen: 1 + dice.below(999) * 331,
    persons,
    kind: 'urgent',
    registeredPoor: dice.oneIn(2),
    level: 'county',
    payee: { kind: 'person', id: first },
  }
  await decide(world, one, {
    kind: 'initial',
    from: world.now,
    to: addMonths(world.now, 1),
    content: content as unknown as SubsistenceContent,
  })
}

/** A decision on an award that runs: change, backwards with a clause, end, gradual exit. */
export async function decideAnew(world: World, dice: Dice): Promise<void> {
  const running = world.cases.filter(
    ({ award }) => award.program !== 'temporary_assistance' && effective(world, award.id).length > 0,
  )
  const one = chosen(running, dice)
  if (!one) return
  const next = addMonths(settledMonth(world) ?? world.now, 1)
  const back = addMonths(next, -1 - dice.below(5))
  const some = (from: Month) => (dice.oneIn(3) ? addMonths(from, 1 + dice.below(4)) : null)
  const content = (from: Month) => ({ content: contentFor(world, one, dice, from) })
  const proposed = await proposeOne()
  if (proposed && !dice.oneIn(6)) await check(world, [proposed])

  function proposeOne(): Promise<OracleDetermination | undefined> {
    if (!one) return Promise.resolve(undefined)
    switch (dice.below(8)) {
      case 0:
      case 1:
        return propose(world, one, { kind: 'change', from: next, to: some(next), ...content(next) })
      case 2:
      case 3:
        return propose(world, one, { kind: 'retroactive', from: back, to: some(back), ...content(back) })
      case 4:
        return propose(world, one, { kind: 'end', outcome: 'end', from: next, to: some(next) })
      case 5:
        return propose(world, one, { kind: 'retroactive', outcome: 'end', from: back, to: some(back) })
      case 6:
        return propose(world, one, {
          kind: 'gradual_exit',
          from: next,
          to: addMonths(next, 1 + dice.below(7)),
          ...content(next),
        })
      default:
        return propose(world, one, { kind: 'change', from: back, ...content(back) })
    }
  }
}

export async function undoSome(world: World, dice: Dice): Promise<void> {
  const one = chosen(effective(world), dice)
  if (one) await undo(world, one.id)
}

/** Proposals that waited are checked together, or one is refused. */
export async function checkWaiting(world: World, dice: Dice): Promise<void> {
  const [first] = world.proposed
  if (!first) return
  if (dice.oneIn(4)) {
    world.proposed = world.proposed.slice(1)
    await act(world, commands.refuseDetermination, {
      who: 'checker',
      input: { id: first.id, why: '材料不全' },
    })
  } else await check(world, world.proposed.slice(0, 3))
}
