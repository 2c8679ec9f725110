import type pg from 'pg'
import type { Deps } from '../../platform/command.ts'
import { addMonths, monthsBetween, type Month } from '../../platform/dates.ts'
import { ownConnection, type Db } from '../../platform/db.ts'
import { notFound } from '../../platform/errors.ts'
import { listReviewed, relaxWriter } from './chunk.db.ts'
import { listLawAsKnown, listLawTouched, listNewLaw } from './policy.db.ts'
import { programsOfGroup, type Program, type ProgramBook } from './programs.rules.ts'
import { rateBook } from './rates.rules.ts'
import { steerReader } from './reading.db.ts'
import { steerToMerge } from './run-carry.db.ts'
import type { ChunkSession } from './run-chunk.jobs.ts'
import { isLawSteady, needsBirths, newRateIds, spreadToFactors } from './run-law.rules.ts'
import type { RunContext } from './run-input.rules.ts'
import { findFirstLineMonth } from './run-stream.db.ts'
import { EVER, stageTouched } from './run-touched.db.ts'
import { findRun, hasMonthBegun, listUncounted, type RunRow } from './run.db.ts'

/** One run being computed or replayed: all that its cut fixes, and the connections that work on it. */
export interface Session extends ChunkSession {
  reader: pg.ClientBase
  writer: pg.ClientBase
  run: RunRow
}

export async function withSession<Result>(
  deps: Deps,
  programs: ProgramBook,
  { county, runNo }: { county: string; runNo: number },
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const pool = deps.database.pools.minben_runner
  const run = await findRun(deps.database.runner, county, runNo)
  if (!run) throw notFound('benefits.run_unknown', `没有第 ${runNo} 次核算。`)
  const members = programsOfGroup(programs, run.programGroup)
  const session = await openSession(deps.database.runner, { run, county, members })
  const [reader, writer] = await Promise.all([ownConnection(pool), ownConnection(pool)])
  try {
    await stageTouched(reader, session.reading, session)
    await steerReader(reader)
    await steerReader(writer)
    if (session.carriedFrom !== undefined) await Promise.all([steerToMerge(reader), steerToMerge(writer)])
    await relaxWriter(writer)
    const firstLineMonth = await findFirstLineMonth(reader, county)
    return await work({ ...session, reader, writer, firstLineMonth: firstLineMonth ?? run.month })
  } finally {
    // Ending a connection drops its temporary tables, and frees the run's advisory lock also when an error left a transaction open.
    await Promise.all([reader.end(), writer.end()])
  }
}

async function openSession(
  db: Db,
  { run, county, members }: { run: RunRow; county: string; members: readonly Program[] },
): Promise<Omit<Session, 'reader' | 'writer' | 'firstLineMonth'>> {
  const law = await listLawAsKnown(db, county, run.cut)
  const rates = rateBook(county, law.rates, law.settings)
  const base = run.isFull ? undefined : (run.baseCut ?? undefined)
  const baseRun = run.baseNo === null ? undefined : await findRun(db, county, run.baseNo)
  const baseFormulas = baseRun?.formulas
  const isNewFormula = (key: string) =>
    baseFormulas !== undefined && baseFormulas[key] !== undefined && baseFormulas[key] !== run.formulas[key]
  const touchedLaw =
    base === undefined
      ? new Map<string, Month>()
      : spreadToFactors(await listLawTouched(db, county, { base, cut: run.cut }), law.rates)
  const touchedAll = new Map<string, Month>()
  for (const { key } of members) {
    const from = base === undefined || isNewFormula(key) ? EVER : touchedLaw.get(key)
    if (from !== undefined) touchedAll.set(key, from)
  }
  const usesBirth = needsBirths(members, law.settings)
  const former = run.baseCut === null ? undefined : await listLawAsKnown(db, county, run.baseCut)
  const news = run.baseCut === null ? null : await listNewLaw(db, county, { base: run.baseCut, cut: run.cut })
  const context: RunContext = {
    runNo: run.no,
    month: run.month,
    previousMonth: addMonths(run.month, -1),
    monthsFrom: remembered((month) => monthsBetween(month, run.month)),
    rates,
    facts: { bornOn: () => undefined },
    formulaOf: formulasOf(members, { versions: run.formulas, isNewFormula, usesBirth }),
    isSameLaw: remembered((month) => isLawSteady(law, addMonths(month, -1), month)),
    formerRates: former && rateBook(county, former.rates, former.settings),
    newRates: newRateIds(law.rates, news && news.rateRoots),
    newSettings: news?.settings ?? [],
    reviewed: await listReviewed(db, county, { cut: run.cut, base: run.baseCut }),
    isOneOff: (key) => members.find((program) => program.key === key)?.isOneOff ?? false,
  }
  const reading = {
    county,
    runNo: run.no,
    programs: members.map((program) => program.key),
    month: run.month,
    cut: run.cut,
    base: run.baseCut ?? undefined,
    uncounted: await listUncounted(db, county, run),
  }
  const earliest = [...touchedAll.values()].reduce(
    (least, month) => (month < least ? month : least),
    run.month,
  )
  // Nothing but the awards themselves has changed since the run of the month before: what it wrote for the others holds again.
  const isCarrying =
    base !== undefined &&
    baseRun?.month === context.previousMonth &&
    touchedAll.size === 0 &&
    !usesBirth &&
    members.every(({ isSteady }) => isSteady) &&
    context.isSameLaw(run.month) &&
    !(await hasMonthBegun(db, county, run))
  const carriedFrom = isCarrying ? baseRun.no : undefined
  return { run, reading, context, touchedAll, earliest, usesBirth, carriedFrom }
}

function remembered<Answer>(ask: (month: Month) => Answer): (month: Month) => Answer {
  const answers = new Map<Month, Answer>()
  return (month) => {
    const known = answers.get(month)
    if (known !== undefined) return known
    const answer = ask(month)
    answers.set(month, answer)
    return answer
  }
}

function formulasOf(
  members: readonly Program[],
  {
    versions,
    isNewFormula,
    usesBirth,
  }: {
    versions: Readonly<Record<string, string>>
    isNewFormula: (key: string) => boolean
    usesBirth: boolean
  },
): RunContext['formulaOf'] {
  const formulas = new Map(
    members.map((program) => {
      const version = versions[program.key] ?? program.version
      const assess = program.formulas[version]
      if (!assess) throw new Error(`formula ${program.key}@${version} is gone: a run could not be replayed`)
      const isSteady = program.isSteady && !(usesBirth && program.usesBirth)
      return [program.key, { assess, version, isNew: isNewFormula(program.key), isSteady }] as const
    }),
  )
  return (key) => {
    const formula = formulas.get(key)
    if (!formula) throw new Error(`no formula for ${key} in this run`)
    return formula
  }
}
