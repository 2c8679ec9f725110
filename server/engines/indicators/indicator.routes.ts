import type { z } from 'zod'
import { requireWholeCounty } from '../../platform/access.ts'
import type { Ctx } from '../../platform/command.ts'
import type { Db } from '../../platform/db.ts'
import { invalid, notFound } from '../../platform/errors.ts'
import { query } from '../../platform/query.ts'
import { queryRoute, type Route } from '../../platform/route.ts'
import * as view from './figure-view.schema.ts'
import { answerFigures } from './indicator.actions.ts'
import { listLastRuns } from './indicator.db.ts'
import { markOf, markText, periodText, type FigureQuestion, type FigureSet } from './indicator.rules.ts'

/** People by their ids, from who knows them; handed over by the composition. */
export type NameReader = (
  db: Db,
  county: string,
  ids: readonly string[],
) => Promise<readonly { id: string; fullName: string }[]>

const READ = 'indicators.figure.read'

interface Asked {
  county: string
  month?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

/** Throws `indicators.period_missing`. */
function questionOf({ county, month, from, to }: Asked): FigureQuestion {
  if (month !== undefined && from === undefined && to === undefined) return { county, kind: 'as_of', month }
  if (month === undefined && from !== undefined && to !== undefined && from <= to)
    return { county, kind: 'period', from, to }
  throw invalid('indicators.period_missing', '请选择一个月份，或者选择起止月份（起不晚于止）。')
}

export function figuresShown(sets: readonly FigureSet[]) {
  return query({
    event: 'indicators.figure.shown',
    permission: READ,
    run: async ({ tx, actor, county }: Ctx, input: Asked) => {
      // Counted under row-level security: a part of the county would be a wrong figure.
      requireWholeCounty(actor, county)
      const question = questionOf(input)
      const runs = await listLastRuns(tx, question)
      const answered = runs.length === 0 ? [] : await answerFigures(tx, sets, question)
      const counts = new Set(
        sets.flatMap(({ indicators }) => indicators.flatMap(({ name, hasList }) => (hasList ? name : []))),
      )
      return {
        period: periodText(question),
        runs,
        figures: answered.map(({ breakdown = {}, ...figure }) => ({
          ...figure,
          breakdown: Object.entries(breakdown).map(([title, value]) => ({ title, value })),
          hasList: counts.has(figure.indicator),
        })),
      }
    },
    subject: (_, { period, figures }) => ({ period, figures: figures.length }),
  })
}

export function countedShown(sets: readonly FigureSet[], readNames: NameReader) {
  return query({
    event: 'indicators.counted.shown',
    permission: READ,
    run: async ({ tx, actor, county }: Ctx, input: z.output<typeof view.listCountedEndpoint.input>) => {
      requireWholeCounty(actor, county)
      const { indicator, limit } = input
      const question = questionOf(input)
      const set = setOf(sets, question, indicator)
      const after = input.after === undefined ? undefined : markOf(input.after)
      const rows = await set.listCounted?.(tx, question, { indicator, after, limit: limit + 1 })
      if (!rows) throw withoutList(indicator)
      const page = rows.slice(0, limit)
      const ids = [...new Set(page.flatMap(({ people }) => people))]
      const names = new Map((await readNames(tx, county, ids)).map(({ id, fullName }) => [id, fullName]))
      const last = page.at(-1)
      return {
        period: periodText(question),
        indicator,
        rows: page.map(({ mark: _, people, ...row }) => ({
          ...row,
          people: people.map((id) => ({ id, fullName: names.get(id) ?? '' })),
        })),
        next: rows.length > limit && last ? markText(last.mark) : null,
      }
    },
    subject: ({ indicator }, { period, rows }) => ({
      indicator,
      period,
      rows: rows.length,
      first: rows[0]?.awardId ?? null,
    }),
  })
}

/** Throws `indicators.figure_unknown`, `indicators.figure_without_list`. */
function setOf(sets: readonly FigureSet[], { kind }: FigureQuestion, indicator: string): FigureSet {
  const set = sets.find((each) => each.indicators.some(({ name }) => name === indicator))
  if (!set) throw notFound('indicators.figure_unknown', `没有“${indicator}”这个统计数字。请从统计页进入。`)
  if (set.kind !== kind) {
    const remedy = set.kind === 'as_of' ? '请选择一个月份' : '请选择起止月份'
    throw invalid('indicators.period_missing', `“${indicator}”不是按这种时间统计的。${remedy}。`)
  }
  if (!set.indicators.some(({ name, hasList }) => name === indicator && hasList)) throw withoutList(indicator)
  return set
}

function withoutList(indicator: string) {
  return notFound(
    'indicators.figure_without_list',
    `“${indicator}”是金额或平均数，没有名单。请打开对应的户数、人数或人次。`,
  )
}

export function figureRoutes(sets: readonly FigureSet[], readNames: NameReader): readonly Route[] {
  return [
    queryRoute(view.listFiguresEndpoint, figuresShown(sets)),
    queryRoute(view.listCountedEndpoint, countedShown(sets, readNames)),
  ]
}
