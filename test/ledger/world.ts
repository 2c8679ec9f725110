import { randomUUID } from 'node:crypto'
import type { Month, OracleAward, OracleDetermination, OracleHistory } from '../../oracle/index.ts'
import { commands } from '../../server/app.ts'
import type { Actor } from '../../server/platform/access.ts'
import { advanceClock } from '../../server/platform/clock.ts'
import { execute, type Command } from '../../server/platform/command.ts'
import { isAppError } from '../../server/platform/errors.ts'
import { uuidv7 } from '../../server/platform/uuid.ts'
import { plantAreas } from '../people.ts'
import { observe, type Observed } from './books.ts'
import type { Counter, Counts } from './counters.ts'
import type { Dice } from './dice.ts'
import type { Lane, Who } from './lane.ts'

/** One random history and its naive model: what was put in, in which order, and what the office may do next. */

/** A person of the registry as the model knows it. */
export interface Human {
  id: string
  hasAccount: boolean
}

export interface Case {
  award: OracleAward
  holderId: string
  residence: 'urban' | 'rural'
  /** Who lives together, or the one person. */
  members: string[]
  replaces?: string
  /** Imported: what the old system paid last. */
  lastPaid?: { month: Month; fen: number }
}

export interface LiveHold {
  id: string
  awardId?: string
  personId?: string
  from: Month
}

export interface World {
  lane: Lane
  county: string
  town: string
  village: string
  now: Month
  /** Order of what came to be known; also the scale of the cuts. */
  order: number
  cuts: Map<number, number>
  history: OracleHistory
  cases: Case[]
  people: Human[]
  households: Map<string, string[]>
  /** Proposed and not yet checked. */
  proposed: OracleDetermination[]
  holds: LiveHold[]
  aliases: Map<string, string>
  /** Rates and settings by id. */
  lawRecordedAt: Map<string, number>
  decidedCorrections: { subject: string; at: number }[]
  deaths: { personId: string; factId: string; at: number; undoneAt?: number }[]
  splits: Set<string>
  /** Runs whose lines and stops have been looked at. */
  seenRuns: Set<number>
  returnedAt: Map<string, number>
  counts: Counts
  observed: Observed
  isFresh: boolean
  /** What the books were when they were last found in order. */
  soundAt: string
  names: Map<string, string>
  trace: string[]
}

/** What the product did and should not have done. */
export class Violation extends Error {
  override name = 'Violation'
}

export const FIRST_MONTH: Month = '2020-01'

export async function openWorld(lane: Lane, counts: Counts): Promise<World> {
  const county = `${lane.nextCity++}01`
  await lane.db.pool.query(`update platform.simulated_clock set now = '2019-12-10T01:00:00Z'`)
  const village = `${county}100001`
  await plantAreas(lane.db, [village])
  return {
    lane,
    county,
    town: village.slice(0, 9),
    village,
    now: '2019-12',
    order: 0,
    cuts: new Map(),
    history: { awards: [], determinations: [], rates: [], settings: [], facts: [] },
    cases: [],
    people: [],
    households: new Map(),
    proposed: [],
    holds: [],
    aliases: new Map(),
    lawRecordedAt: new Map(),
    decidedCorrections: [],
    deaths: [],
    splits: new Set(),
    seenRuns: new Set(),
    returnedAt: new Map(),
    counts,
    observed: await observe(lane, county),
    isFresh: true,
    soundAt: '',
    names: new Map(),
    trace: [],
  }
}

export function actor(world: World, who: Who): Actor {
  return { ...world.lane.office[who], scope: [world.county] }
}

/** The next place on the scale of knowledge. */
export function tick(world: World): number {
  world.order += 1
  return world.order
}

export function count(world: World, counter: Counter, times = 1): void {
  world.counts[counter] += times
}

/** A readable name for an id, given when it is first needed. */
export function name(world: World, id: string, as: string): string {
  const known = world.names.get(id)
  if (known !== undefined) return known
  const label = `${as}${world.names.size + 1}`
  world.names.set(id, label)
  return label
}

export function tell(world: World, line: string): void {
  world.trace.push(`${world.now} ${line}`)
}

/** Does what a person of the office does. Undefined = refused with a reason; then nothing may have changed. */
export async function act<Input, Result>(
  world: World,
  definition: Command<Input, Result>,
  { who = 'maker', input, key = randomUUID() }: { who?: Who; input: unknown; key?: string },
): Promise<Result | undefined> {
  return attempt(world, `${who} ${definition.event} ${brief(input)}`, () =>
    execute(world.lane.db.deps, definition, {
      actor: actor(world, who),
      county: world.county,
      idempotencyKey: key,
      input,
    }),
  )
}

/** An input as one line, without what is the same everywhere. */
function brief(input: unknown): string {
  return JSON.stringify(input, (key, value: unknown) =>
    ['layout', 'town', 'village', 'cause', 'evidence'].includes(key) ? undefined : value,
  )
}

/** As `act`, for acts that are not one command. */
export async function attempt<Result>(
  world: World,
  what: string,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const before = world.isFresh ? world.observed : undefined
  try {
    const result = await work()
    world.isFresh = false
    tell(world, what)
    return result
  } catch (error) {
    if (!isAppError(error)) throw error
    tell(world, `${what} → ${error.code}`)
    count(world, 'refused')
    if (before) await requireUnchanged(world, before, what)
    return undefined
  }
}

async function requireUnchanged(world: World, before: Observed, what: string): Promise<void> {
  const after = await observe(world.lane, world.county)
  for (const [table, digest] of Object.entries(before.digests)) {
    if (after.digests[table] !== digest) throw new Violation(`refused, but ${table} changed: ${what}`)
  }
  count(world, 'refusedUnchanged')
}

/** As `act`, where a refusal would be a fault of this test. */
export async function must<Input, Result>(
  world: World,
  definition: Command<Input, Result>,
  call: { who?: Who; input: unknown },
): Promise<Result> {
  const result = await act(world, definition, call)
  if (result === undefined) throw new Violation(`refused: ${world.trace.at(-1) ?? definition.event}`)
  return result
}

/** Reads what is in the books now, at most once between two acts. */
export async function look(world: World): Promise<Observed> {
  if (!world.isFresh) {
    world.observed = await observe(world.lane, world.county)
    world.isFresh = true
  }
  return world.observed
}

/** Time passes: to a day of a later month; never back. */
export async function passTo(world: World, month: Month, day = 10): Promise<void> {
  if (month < world.now) return
  world.now = month
  const at = `${month}-${String(day).padStart(2, '0')}T01:00:00Z`
  await advanceClock(world.lane.db.deps.database.app, at)
}

const BIRTHS = [
  '1985-06-15',
  '1960-01-31',
  '1960-02-01',
  '2002-02-01',
  '1960-04-01',
  '2002-03-31',
  '1959-12-31',
  '1990-01-01',
]
const UNBANKED = 2

/** People, most of them with an account. Those born around the age limits come up again and again. */
export async function register(world: World, howMany: number): Promise<void> {
  const people = Array.from({ length: howMany }, (_, index) => {
    const id = uuidv7()
    const bornOn = BIRTHS[index % BIRTHS.length] ?? null
    return {
      id,
      fullName: `测试${index + 1}`,
      idNumber: null,
      sex: null,
      bornOn,
      village: world.village,
      town: world.town,
    }
  })
  await must(world, commands.registerPeople, { input: { people } })
  const at = tick(world)
  for (const [index, { id, bornOn }] of people.entries()) {
    world.people.push({ id, hasAccount: index < howMany - UNBANKED })
    world.history.facts.push({ kind: 'birth', personId: id, date: bornOn, recordedAt: at })
    name(world, id, 'P')
  }
  await recordAccounts(
    world,
    world.people.filter((person) => person.hasAccount),
  )
}

export async function recordAccounts(world: World, holders: readonly Human[]): Promise<void> {
  const { town, village } = world
  const accounts = holders.map(({ id }) => ({
    ...{ holderKind: 'person', holderId: id, holderName: '测试', bankCode: '103588000018' },
    ...{
      number: `62170000${String(world.names.size).padStart(3, '0')}${String(world.people.findIndex((p) => p.id === id)).padStart(8, '0')}`,
    },
    ...{ from: '2019-01-01', town, village },
  }))
  await must(world, commands.recordAccounts, { input: { accounts } })
  for (const holder of holders) holder.hasAccount = true
}

export function chosen<Item>(items: readonly Item[], dice: Dice): Item | undefined {
  return items[dice.below(Math.max(1, items.length))]
}
