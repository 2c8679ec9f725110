import { explainReading } from '../engines/benefits/index.ts'
import { readConfig } from '../platform/config.ts'
import { openCluster } from '../platform/database.ts'
import { addMonths, type Month } from '../platform/dates.ts'
import { fillApart } from './apart.ts'
import { readSettings } from './bench-database.db.ts'
import { benchCalendar, correctedFor } from './calendar.ts'
import { prepareFloor } from './floor.db.ts'
import { median } from './machine.ts'
import { onePass, passText, type Pass, type PassOf } from './pass.ts'
import { countPlannedLines, countWrongBalances } from './population.db.ts'
import { benchLaw, benchPrograms } from './programs.ts'
import { payMonth } from './surroundings.db.ts'
import { COUNTY, leaveWorld, openWorld, type World } from './world.ts'

export interface RunMonthOptions {
  people: number
  history: number
  passes: number
  /** False: no ANALYZE after the load, and nothing gathers statistics behind the bench's back. */
  isAnalyzed?: boolean
  /** After the passes every rate is raised twelve months back and the next month is run. */
  withRaise?: boolean
  isKept?: boolean
  say: (text: string) => void
}

export interface Ratios {
  lines: number
  floorMs: number
  runMs: number
  ratioWall: number
  ratioCpu: number
}

export interface RunMonthResult extends Ratios {
  name: string
  people: number
  history: number
  passes: number
  spreadWall: [least: number, most: number]
  spreadCpu: [least: number, most: number]
  rssMiB: number | undefined
  load1: number
  fillSeconds: number
  /** Award-months whose balance is not the sum of their lines; anything but 0 is a fault. */
  wrongBalances: number
  /** Ratios of the raise against the floor, and per line against the regular run. */
  raise: (Ratios & { rssMiB: number | undefined; perLineWall: number; perLineCpu: number }) | undefined
  settings: Record<string, string>
  roles: string[]
}

const DATABASE = 'minben_bench'
const RAISED_MONTHS = 12

/** F, then a whole run by the product's own commands, pass by pass, on months that follow each other. */
export async function benchRunMonth(options: RunMonthOptions): Promise<RunMonthResult> {
  const { people, history, passes, isAnalyzed = true, isKept = false, say } = options
  // Opened here first, so that the server outlives the process that fills it.
  const cluster = await openCluster(readConfig())
  try {
    const filling = { name: DATABASE, people, history, ahead: passes + 1, isAnalyzed, seed: 1 }
    const { seconds } = await fillApart(filling, say)
    const world = await openWorld(readConfig(), DATABASE)
    try {
      const measured = await measurePasses(world, options, cluster.server?.pid ?? 0)
      return { name: 'run-month', people, history, fillSeconds: seconds, ...measured }
    } finally {
      await leaveWorld(world, { name: DATABASE, isKept })
    }
  } finally {
    if (cluster.server && !cluster.server.attached) await cluster.server.stop()
  }
}

type Measured = Omit<RunMonthResult, 'name' | 'people' | 'history' | 'fillSeconds'>

async function measurePasses(world: World, options: RunMonthOptions, postmaster: number): Promise<Measured> {
  const { history, say } = options
  const settings = await readSettings(world)
  const server = Object.entries(settings.server).map(([name, value]) => `${name}=${value}`)
  const roles = settings.roles.map(
    (role) => `${role.name} rolsuper=${role.isSuperuser} rolbypassrls=${role.bypassesRls}`,
  )
  for (const line of [server.join(' '), ...roles]) say(line)
  const { ahead } = benchCalendar(history, options.passes)
  const [first = ''] = ahead
  const rows = await countPlannedLines(world.owner, first)
  await prepareFloor(world.owner, rows)
  const passes: Pass[] = []
  for (const [index, month] of ahead.entries()) {
    const pass = await onePass(world, { month, rows, postmaster })
    passes.push(pass)
    say(passText(`第 ${index + 1} 遍`, pass))
    await payMonth(world.owner, { county: COUNTY, month, batchNo: index + 2 })
  }
  const [{ runNo = 0 } = {}] = passes
  for (const line of await explainReading(world.deps, benchPrograms, { county: COUNTY, runNo }))
    say(`  ${line}`)
  const regular = summed(passes)
  const raised = options.withRaise
    ? await raise(world, { month: addMonths(ahead.at(-1) ?? first, 1), rows, postmaster })
    : undefined
  if (raised) say(passText('提标', raised))
  return {
    ...regular,
    raise: raised && { ...summed([raised]), ...perLine(raised, regular) },
    wrongBalances: await countWrongBalances(world.owner),
    settings: settings.server,
    roles,
  }
}

function summed(passes: readonly Pass[]) {
  const of = (value: (pass: Pass) => number) => median(passes.map(value))
  const spread = (value: (pass: Pass) => number): [number, number] => {
    const values = passes.map((pass) => rounded(value(pass)))
    return [Math.min(...values), Math.max(...values)]
  }
  return {
    passes: passes.length,
    lines: of((pass) => pass.lines),
    floorMs: Math.round(of((pass) => pass.floorMs)),
    runMs: Math.round(of((pass) => pass.runMs)),
    ratioWall: rounded(of((pass) => pass.ratioWall)),
    ratioCpu: rounded(of((pass) => pass.ratioCpu)),
    spreadWall: spread((pass) => pass.ratioWall),
    spreadCpu: spread((pass) => pass.ratioCpu),
    rssMiB: passes.reduce<number | undefined>(
      (most, { rssMib }) => (rssMib === undefined ? most : Math.max(most ?? 0, rssMib)),
      undefined,
    ),
    load1: rounded(of((pass) => pass.load1)),
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

/** A new standard that has been valid for twelve months: every award gets as many lines, all but the last as arrears. */
async function raise(world: World, pass: PassOf): Promise<Pass> {
  await world.at(correctedFor(pass.month))
  const from: Month = addMonths(pass.month, 1 - RAISED_MONTHS)
  await world.publishLaw(benchLaw(COUNTY, { from, raisePercent: 5 }))
  return onePass(world, pass)
}

/** Both against their own floor, so that a busier moment does not count as slower work. */
function perLine(raised: Pass, regular: Ratios): { perLineWall: number; perLineCpu: number } {
  return {
    perLineWall: rounded(raised.ratioWall / regular.ratioWall),
    perLineCpu: rounded(raised.ratioCpu / regular.ratioCpu),
  }
}
