import { commands } from '../../server/app.ts'
import { addMonths } from '../../server/platform/dates.ts'
import type { Dice } from './dice.ts'
import { freePeople, isDead } from './cases.ts'
import { act, chosen, count, recordAccounts, tick, type World } from './world.ts'

/** What happens to people. Facts raise questions; only a birth date moves money by itself, and only where ages count. */

export async function recordDeath(world: World, personId: string, on: string): Promise<string | undefined> {
  const fact = { personId, kind: 'death', value: { on }, from: on, to: null, source: '死亡证明' }
  const done = await act(world, commands.recordFacts, { input: { facts: [fact] } })
  const [factId] = done?.ids ?? []
  if (factId === undefined) return undefined
  world.deaths.push({ personId, factId, at: tick(world) })
  return factId
}

export async function undoDeath(world: World, factId: string): Promise<void> {
  const done = await act(world, commands.undoFact, { input: { factId, reason: '误报' } })
  if (!done) return
  const at = tick(world)
  for (const death of world.deaths) if (death.factId === factId) death.undoneAt = at
}

export async function someDeath(world: World, dice: Dice): Promise<void> {
  const last = world.deaths.findLast((death) => death.undoneAt === undefined)
  if (last && dice.oneIn(2)) {
    await undoDeath(world, last.factId)
    return
  }
  const person = chosen(
    world.people.filter(({ id }) => !isDead(world, id)),
    dice,
  )
  if (person) await recordDeath(world, person.id, `${addMonths(world.now, -dice.below(3))}-03`)
}

const BIRTHS = [
  '1959-12-31',
  '1960-02-29',
  '1960-03-01',
  '2002-01-31',
  '2002-02-01',
  '2002-05-01',
  '1975-01-01',
  '2001-12-31',
]

/** A birth date put right, or the correction taken back. */
export async function correctBirth(world: World, dice: Dice): Promise<void> {
  const person = chosen(world.people, dice)
  if (!person) return
  const agesCount = world.history.settings.some((setting) => setting.key === 'supplement_by_age')
  const corrections = world.history.facts.filter(
    (fact) => fact.personId === person.id && fact.undoneAt === undefined && 'factId' in fact,
  )
  const last = corrections.at(-1)
  if (last && 'factId' in last && dice.oneIn(2)) {
    if (!(await act(world, commands.undoFact, { input: { factId: last.factId, reason: '核对有误' } }))) return
    last.undoneAt = tick(world)
    return
  }
  const on = BIRTHS[dice.below(BIRTHS.length)] ?? '1975-01-01'
  const fact = { personId: person.id, kind: 'birth', value: { on }, from: on, to: null, source: '户口簿' }
  const done = await act(world, commands.recordFacts, { input: { facts: [fact] } })
  if (!done) return
  const recorded = {
    kind: 'birth' as const,
    personId: person.id,
    date: on,
    recordedAt: tick(world),
    factId: done.ids[0] ?? '',
  }
  world.history.facts.push(recorded)
  if (agesCount) count(world, 'birthsCorrected')
}

/** A second record of somebody turns out to be the same human being. */
export async function merge(world: World, personId: string, aliasOf: string): Promise<boolean> {
  const done = await act(world, commands.mergePeople, { input: { personId, aliasOf, reason: '同一人' } })
  if (!done) return false
  tick(world)
  world.aliases.set(personId, aliasOf)
  count(world, 'merges')
  return true
}

/** Two records turn out to be one human being, or turn out not to be. */
export async function mergeSome(world: World, dice: Dice): Promise<void> {
  const [merged] = [...world.aliases.keys()]
  if (merged !== undefined && dice.oneIn(3)) {
    if (await act(world, commands.unmergePeople, { input: { personId: merged, reason: '核对有误' } })) {
      tick(world)
      world.aliases.delete(merged)
    }
    return
  }
  const person = chosen(world.people, dice)
  const other = chosen(
    dice.oneIn(2) ? world.people.filter(({ id }) => freePeople(world, world.now).includes(id)) : world.people,
    dice,
  )
  if (!person || !other) return
  await merge(world, other.id, person.id)
}

/** Somebody brings a bank card. */
export async function bringCard(world: World): Promise<void> {
  const person = world.people.find((each) => !each.hasAccount)
  if (!person) return
  await recordAccounts(world, [person])
  tick(world)
}
