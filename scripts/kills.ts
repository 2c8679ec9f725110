/**
 * `npm run test:kills`: one run of the bench's county twice from the same start, once undisturbed, once killed from outside with SIGKILL
 * at random moments, the computing process and the database by turns, and taken up again each time. Both must leave the same rows.
 * Works in a folder and a database server of its own below MINBEN_VAR, and removes them.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { fillApart } from '../server/bench/apart.ts'
import { benchCalendar, cutOf } from '../server/bench/calendar.ts'
import { diceOf } from '../server/bench/dice.ts'
import * as store from '../server/bench/kills.db.ts'
import { countWrongBalances } from '../server/bench/population.db.ts'
import { COUNTY, openWorld } from '../server/bench/world.ts'
import { readConfig } from '../server/platform/config.ts'
import { openCluster } from '../server/platform/database.ts'
import { drawMoments, LEAST_KILLS, type Moment } from './kills-moments.ts'
import { asOwner, CALM, KILLED, runCalm, runToEnd, type Calm, type Place } from './kills-place.ts'
import { strike, type Strike } from './kills-strike.ts'

interface Options {
  people: number
  history: number
  kills: number
  seed: number
  chunkSize: number | undefined
  isKept: boolean
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      people: { type: 'string', default: '1000000' },
      // Two closed months: corrections of the first then lie in the run, with findings and claims.
      history: { type: 'string', default: '2' },
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      chunk: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  })
  return {
    people: whole('people', values.people, 100),
    history: whole('history', values.history, 0),
    kills: whole('kills', values.kills, LEAST_KILLS),
    seed: whole('seed', values.seed, 0),
    chunkSize: values.chunk === undefined ? undefined : whole('chunk', values.chunk, 1),
    isKept: values.keep,
  }
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new Error(`--${name} ${text}: it must be a whole number from ${least} on`)
}

const started = performance.now()

function say(text: string): void {
  console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(7)} s  ${text}`)
}

/** Fills the county, starts the run of the next month, which fixes its cut, and copies everything. */
async function prepare(place: Place, { people, history, seed }: Options): Promise<void> {
  await fillApart({ name: CALM, people, history, ahead: 1, isAnalyzed: true, seed }, say)
  const [month = ''] = benchCalendar(history, 1).ahead
  const world = await openWorld(place.config, CALM)
  await world.at(cutOf(month))
  place.runNo = await world.startRun(month)
  await world.close()
  await store.copyDatabase(place.cluster.adminUrl, { from: CALM, to: KILLED })
  say(`run ${place.runNo} of ${month} started, database copied`)
}

/** Kills survived, all of them struck unless one was not. */
async function strikeAll(place: Place, moments: readonly Moment[], calm: Calm): Promise<number> {
  let amid = 0
  let doneBefore = 0
  for (const moment of moments) {
    const struck = await strike(place, moment, { calm, doneBefore })
    say(`${String(moment.no).padStart(2)}/${moments.length}  ${momentText(moment, struck, calm)}`)
    for (const fault of struck.faults) say(`       FAULT ${fault}`)
    if (struck.faults.length > 0) return moment.no - 1
    if (struck.isAmidWriting) amid += 1
    doneBefore = struck.done
  }
  say(`${amid} of ${moments.length} kills hit a transaction that had already written`)
  return moments.length
}

function momentText({ step, victim, chunk }: Moment, struck: Strike, calm: Calm): string {
  const chunks = calm.chunks.length
  const at = { chunk: `chunk ${chunk} of ${chunks}`, finish: 'all chunks written', publish: 'publication' }[
    step
  ]
  const amid = struck.isAmidWriting ? 'amid a writing transaction' : 'between transactions'
  const after = `${struck.told} chunks told, ${struck.done} kept with ${struck.lines} lines`
  const recovery = struck.recoveryMs === undefined ? '' : `, server back after ${struck.recoveryMs} ms`
  return `SIGKILL ${victim.padEnd(10)} ${at} + ${struck.delayMs} ms, ${amid}; ${after}${recovery}`
}

/** Names of what differs between the two databases; empty when nothing does. */
async function compare(place: Place, calm: Calm): Promise<string[]> {
  const run = { county: COUNTY, runNo: place.runNo }
  return asOwner(place, KILLED, async (owner) => {
    const outcome = await store.readOutcome(owner, run)
    const names = [...new Set([...Object.keys(calm.outcome), ...Object.keys(outcome)])]
    const differences = names
      .filter((name) => outcome[name] !== calm.outcome[name])
      .map((name) => `${name}: ${outcome[name]} instead of ${calm.outcome[name]}`)
    const wrong = await countWrongBalances(owner)
    return wrong === 0 ? differences : [...differences, `${wrong} balances are not the sum of their lines`]
  })
}

async function test(place: Place, options: Options): Promise<boolean> {
  await prepare(place, options)
  const calm = await runCalm(place)
  const lines = calm.chunks.reduce((sum, chunk) => sum + chunk.linesFound, 0)
  const pace = `${Math.round(calm.chunkMs)} ms a chunk, publication ${Math.round(calm.publishMs)} ms`
  say(`undisturbed: ${calm.chunks.length} chunks, ${lines} lines, ${pace}`)
  for (const name of ['lines', 'balances', 'findings', 'claims', 'deeds'])
    say(`  ${name}: ${calm.outcome[name]}`)
  const moments = drawMoments(diceOf(options.seed), { kills: options.kills, chunks: calm.chunks.length })
  say(
    `seed ${options.seed}: chunks ${moments.flatMap(({ chunk }) => chunk || []).join(' ')}, then the end and the publication`,
  )
  const survived = await strikeAll(place, moments, calm)
  if (survived === moments.length) await runToEnd(place, KILLED)
  const differences = survived === moments.length ? await compare(place, calm) : ['the run was not finished']
  for (const difference of differences) say(`DIFFERENT ${difference}`)
  const digest = createHash('sha256').update(JSON.stringify(calm.outcome)).digest('hex')
  const verdict = differences.length === 0 ? `same digest ${digest}` : 'NOT the same'
  console.log(`${survived} of ${moments.length} kills survived: ${lines} lines, ${verdict}`)
  return differences.length === 0
}

async function main(options: Options): Promise<boolean> {
  const home = mkdtempSync(path.join(readConfig().varDir, 'kills-'))
  // For the processes started from here too: neither the user's folder nor a server that is not ours to kill.
  process.env.MINBEN_VAR = home
  delete process.env.DATABASE_URL
  const config = readConfig()
  const place: Place = { config, cluster: await openCluster(config), runNo: 0, chunkSize: options.chunkSize }
  const leave = async () => {
    await place.cluster.server?.stop()
    if (options.isKept) say(`kept: ${home}`)
    else rmSync(home, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void leave().finally(() => process.exit(1)))
  try {
    return await test(place, options)
  } finally {
    await leave()
  }
}

process.exitCode = (await main(readOptions())) ? 0 : 1
