import type { z } from 'zod'
import type { Ctx } from '../../platform/command.ts'
import { monthsBetween } from '../../platform/dates.ts'
import { conflict } from '../../platform/errors.ts'
import { groupBy } from '../../platform/group.ts'
import { sumFen } from '../../platform/money.ts'
import { query } from '../../platform/query.ts'
import { queryRoute, type Route } from '../../platform/route.ts'
import { areaNames } from '../registry/index.ts'
import { programsOfGroup, type ProgramBook } from './programs.rules.ts'
import { listAwardsOfBar, listLinesOfBar, type Bar } from './run-change.actions.ts'
import { listChunksTold } from './run-change.db.ts'
import { factsOf } from './run-change.rules.ts'
import * as view from './run-change.schema.ts'
import { namesOf } from './run-people.actions.ts'
import { sumByTown } from './run-sheet.db.ts'
import { sheetRows } from './run-sheet.rules.ts'
import { getRunSheetEndpoint } from './run-sheet.schema.ts'
import { chunksDrawn, sampleMethod } from './run-sample.rules.ts'
import { drawSample, findFirstMonth, listLinesOfAwards } from './run-sample.db.ts'
import { sourcesOf } from './run-source.actions.ts'
import { requireKnown } from './run-known.rules.ts'
import { findRun, listUncounted, type RunRow } from './run.db.ts'
import { emptySummary, totalOf, type ProgramSummary } from './run-summary.rules.ts'
import { lineShown, peopleOf } from './run-view.rules.ts'

type ChangesInput = z.output<typeof view.listRunChangesEndpoint.input>

/** The list behind a bar of the comparison: its items and their sum are the bar's. */
export function changesShown(programs: ProgramBook) {
  return query({
    event: 'benefits.run.changes_shown',
    permission: 'benefits.run.read',
    run: async (ctx: Ctx, input: ChangesInput) => {
      const { change, program, town, after, limit } = input
      const run = await requireComputed(ctx, input.runNo)
      const uncounted = [...(await listUncounted(ctx.tx, ctx.county, run))]
      const bar: Bar = { run, programs, uncounted, program, town }
      const isFurther = change === 'arrears' || change === 'correction'
      const page = isFurther
        ? await listLinesOfBar(ctx, bar, { kind: change, after, limit })
        : await listAwardsOfBar(ctx, bar, { change, after, limit })
      return { change, bar: town === undefined ? barOf(run, change, program) : null, ...page }
    },
    subject: ({ runNo, change }, { items }) => ({
      runNo,
      change,
      items: items.length,
      first: items[0]?.awardId ?? null,
    }),
  })
}

async function requireComputed(ctx: Ctx, runNo: number): Promise<RunRow> {
  const run = requireKnown(await findRun(ctx.tx, ctx.county, runNo), runNo)
  if (run.comparison !== null) return run
  throw conflict('benefits.run_not_computed', '这次核算还没有算完，算完后才有名单。请稍候再看。')
}

function barOf(
  { comparison }: RunRow,
  change: view.ChangeKind,
  program: string | undefined,
): { count: number; fen: number } {
  const all = comparison ?? {}
  const summary: ProgramSummary = program === undefined ? totalOf(all) : (all[program] ?? emptySummary())
  if (change === 'arrears' || change === 'correction')
    return { count: summary[change].lines, fen: summary[change].fen }
  return { count: summary.changes[change].awards, fen: summary.changes[change].fen }
}

/** What a checker looks at: all months of some awards, drawn so that anybody draws the same. */
export function sampleShown(programs: ProgramBook) {
  return query({
    event: 'benefits.run.sample_shown',
    permission: 'benefits.run.read',
    run: async (ctx: Ctx, { runNo, size }: { county: string; runNo: number; size: number }) => {
      const { tx, county } = ctx
      const run = await requireComputed(ctx, runNo)
      const ranges = chunksDrawn(runNo, await listChunksTold(tx, county, runNo))
      const drawn = await drawSample(tx, { county, runNo, size, ranges })
      const first = (await findFirstMonth(tx, county)) ?? run.month
      const months = monthsBetween(first < run.month ? first : run.month, run.month)
      const lines = await listLinesOfAwards(tx, county, { runNo, awardIds: drawn, months })
      const details = lines.map(({ detail }) => detail)
      const sources = await sourcesOf(ctx, details)
      const names = await namesOf(ctx, details.flatMap(peopleOf))
      const basis = new Map([...sources.rates].map(([id, rate]) => [id, rate.basis]))
      const byAward = groupBy(lines, ({ awardId }) => awardId)
      const awards = drawn.flatMap((awardId) => {
        const own = byAward.get(awardId) ?? []
        const last = own.at(-1)
        if (!last) return []
        const shown = own.map((line) => lineShown(line, { runMonth: run.month, programs, basis, names }))
        const head = shown.at(-1)
        if (!head) return []
        const { program, programTitle, people, town, village } = head
        const fen = sumFen(own.map((line) => line.fen))
        const facts = factsOf(last.detail, sources)
        return [{ ...{ awardId, program, programTitle, people, town, village, fen }, months: shown, facts }]
      })
      return { seed: runNo, method: sampleMethod(runNo, awards.length), awards }
    },
    subject: ({ runNo, size }, { awards }) => ({ runNo, size, awards: awards.length }),
  })
}

/** What three people sign before money goes: by town and programme, beside last month. */
function sheetShown(programs: ProgramBook) {
  return query({
    event: 'benefits.run.sheet_shown',
    permission: 'benefits.run.read',
    run: async (ctx: Ctx, { runNo }: { county: string; runNo: number }) => {
      const { tx, county } = ctx
      const run = await requireComputed(ctx, runNo)
      const sums = await sumByTown(tx, {
        ...{ county, runNo, month: run.month },
        uncounted: [...(await listUncounted(tx, county, run))],
        programs: programsOfGroup(programs, run.programGroup).map(({ key }) => key),
      })
      const names = await areaNames(tx, [...new Set(sums.flatMap(({ town }) => town ?? []))])
      const titleOf = (program: string) => programs.get(program)?.title ?? program
      const nameOf = (town: string | null) => (town === null ? '县本级' : (names.get(town) ?? town))
      return { rows: sheetRows(sums, { titleOf, nameOf }) }
    },
    subject: ({ runNo }, { rows }) => ({ runNo, rows: rows.length }),
  })
}

export function runChangeRoutes(programs: ProgramBook): readonly Route[] {
  return [
    queryRoute(view.listRunChangesEndpoint, changesShown(programs)),
    queryRoute(view.sampleRunEndpoint, sampleShown(programs)),
    queryRoute(getRunSheetEndpoint, sheetShown(programs)),
  ]
}
