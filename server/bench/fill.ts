import { listLaw, rateBook } from '../engines/benefits/index.ts'
import { addMonths } from '../platform/dates.ts'
import { benchCalendar, correctedFor, cutOf } from './calendar.ts'
import { diceOf, idMaker } from './dice.ts'
import { writeHistory } from './history.db.ts'
import { insertAreas, loadPeople } from './people.db.ts'
import { plannedPeople } from './people.ts'
import { plannedAreas, plannedAwards, type PlannedAward } from './plan.ts'
import { keepStatisticsAway, loadPopulation, settle, type Assessment } from './population.db.ts'
import { benchLaw, benchPrograms } from './programs.ts'
import { writeSurroundings } from './surroundings.db.ts'
import { COUNTY, createWorld, type World } from './world.ts'
import { readConfig } from '../platform/config.ts'

export interface Filling {
  name: string
  people: number
  history: number
  /** Months prepared for the engine's own runs. */
  ahead: number
  isAnalyzed: boolean
  seed: number
  /** Also names, numbers, households and places, for who looks at people and not at money alone. */
  withPeople?: boolean
}

export interface Filled {
  awards: number
  historyLines: number
  seconds: number
}

/** Makes the bench's database and fills it; leaves the simulated clock just before the first run. */
export async function fill(filling: Filling, say: (text: string) => void): Promise<Filled> {
  const started = performance.now()
  const seconds = () => Math.round((performance.now() - started) / 100) / 10
  const calendar = benchCalendar(filling.history, filling.ahead)
  const startsAt = cutOf(addMonths(calendar.opens, -3))
  const world = await createWorld(readConfig(), { name: filling.name, startsAt })
  try {
    if (!filling.isAnalyzed) await keepStatisticsAway(world.owner)
    await world.publishLaw(benchLaw(COUNTY, { from: calendar.opens }))
    const dice = diceOf(filling.seed)
    const awards = await loadPopulation(world.owner, {
      awards: plannedAwards({ people: filling.people, county: COUNTY, calendar, dice }),
      context: {
        county: COUNTY,
        maker: world.staff.maker.id,
        checker: world.staff.checker.id,
        makeId: rowIds(filling.seed),
      },
      assess: await assessment(world, calendar.opens),
      onProgress: () => {},
    })
    say(`${awards} awards with decisions, spans and coverage: ${seconds()} s`)
    if (filling.withPeople) say(`${await fillPeople(world, filling)} people on file: ${seconds()} s`)
    const historyLines = await writeHistory(world.owner, { county: COUNTY, calendar, onProgress: () => {} })
    say(`${calendar.history.length} closed months, ${historyLines} lines: ${seconds()} s`)
    await writeSurroundings(world.owner, COUNTY, calendar.history.at(-1))
    say(`holds, instructions of the last month, audit rows: ${seconds()} s`)
    if (filling.isAnalyzed) await settle(world.owner)
    await world.at(correctedFor(calendar.ahead[0] ?? calendar.opens))
    say(`settled: ${seconds()} s`)
    return { awards, historyLines, seconds: seconds() }
  } finally {
    await world.close()
    // The server keeps running: the bench itself attaches to it.
  }
}

/** The dice fall again as they fell for the awards, so that they cover the same people. */
async function fillPeople(world: World, { people, history, ahead, seed }: Filling): Promise<number> {
  const calendar = benchCalendar(history, ahead)
  const at = cutOf(addMonths(calendar.opens, -2))
  await insertAreas(world.owner, plannedAreas(COUNTY), at)
  const awards = plannedAwards({ people, county: COUNTY, calendar, dice: diceOf(seed) })
  return loadPeople(world.owner, {
    people: plannedPeople(awards, { county: COUNTY, dice: diceOf(seed + 2) }),
    ...{ county: COUNTY, keys: world.deps.keys, makeId: rowIds(seed + 3), by: world.staff.maker.id, at },
  })
}

function rowIds(seed: number): () => string {
  const makeId = idMaker(diceOf(seed + 1))
  const start = Date.parse('2024-01-01T00:00:00Z')
  return () => makeId(start)
}

/** Uses the programme's own formula, so that closed months are what a run would have written. */
async function assessment(
  world: World,
  month: string,
): Promise<(award: PlannedAward, determinationId: string) => Assessment> {
  const law = await listLaw(world.deps.database.app, COUNTY)
  const rates = rateBook(COUNTY, law.rates, law.settings)
  return (award, determinationId) => {
    const program = benchPrograms.get(award.program)
    const assess = program?.formulas[program.version]
    if (!assess) throw new Error(`no programme ${award.program}`)
    const {
      fen,
      shares,
      category,
      payee,
      rates: used,
      inputs,
    } = assess(award.content, { bornOn: () => undefined }, rates, month)
    const detail = JSON.stringify({
      formula: '1',
      determination: determinationId,
      payee,
      shares,
      rates: used,
      inputs,
      causes: [],
    })
    return { category, persons: shares.length, dueFen: fen, detail }
  }
}
