import { z } from 'zod'
import { requireWholeCounty } from './access.ts'
import { listNames } from './account.db.ts'
import {
  getWorkingCalendar,
  insertCalendarChange,
  listCalendarChanges,
  replaceCalendarDay,
  type DayKind,
} from './calendar.db.ts'
import * as view from './calendar-view.schema.ts'
import { command, type Ctx } from './command.ts'
import { addDays, weekday, yearOf, type PlainDate } from './dates.ts'
import { conflict, invalid, notFound } from './errors.ts'
import { query } from './query.ts'
import { commandRoute, queryRoute, type Route } from './route.ts'
import { uuidv7 } from './uuid.ts'
import { isWorkingDay, type WorkingCalendar } from './working-days.ts'

const TITLE: Readonly<Record<DayKind, string>> = {
  holiday: '放假',
  makeup_workday: '补班',
  plain: '恢复为平常的日子',
}

const shown = query({
  event: 'platform.calendar.shown',
  permission: 'platform.calendar.read',
  run: async ({ tx }: Ctx, { year }: { county: string; year: number }) => {
    const calendar = await getWorkingCalendar(tx)
    const basis = calendar.bases.get(year)
    if (basis === undefined)
      throw notFound(
        'platform.calendar_year_unknown',
        `没有 ${year} 年的工作日历。请先录入国务院办公厅关于 ${year} 年节假日安排的通知。`,
      )
    const changes = await listCalendarChanges(tx, year)
    const names = await listNames(
      tx,
      changes.map(({ changedBy }) => changedBy),
    )
    return {
      ...{ year, basis, days: specialDays(calendar, year), workingDays: workingDaysOf(calendar, year) },
      changes: changes.map(({ kind, changedBy, ...change }) => ({
        ...change,
        title: TITLE[kind],
        changedBy: names.get(changedBy) ?? null,
      })),
    }
  },
  subject: ({ year }) => ({ year }),
})

function specialDays({ holidays, makeupWorkdays }: WorkingCalendar, year: number) {
  const of = (days: ReadonlySet<PlainDate>, kind: 'holiday' | 'makeup_workday') =>
    [...days].filter((day) => yearOf(day) === year).map((day) => ({ day, kind, title: TITLE[kind] }))
  return [...of(holidays, 'holiday'), ...of(makeupWorkdays, 'makeup_workday')].toSorted((a, b) =>
    a.day < b.day ? -1 : 1,
  )
}

/** By month, January first. */
function workingDaysOf(calendar: WorkingCalendar, year: number): number[] {
  const counts = Array<number>(12).fill(0)
  for (let day = `${year}-01-01`; yearOf(day) === year; day = addDays(day, 1)) {
    const month = Number(day.slice(5, 7)) - 1
    if (isWorkingDay(calendar, day)) counts[month] = (counts[month] ?? 0) + 1
  }
  return counts
}

/** The calendar is one for the whole installation: a later notice corrects a day for every county in it. */
export const changeDay = command({
  event: 'platform.calendar.changed',
  permission: 'platform.calendar.record',
  needsKey: true,
  input: z.object({
    day: z.iso.date('请填写如 2026-03-01 的日期'),
    kind: z.enum(['holiday', 'makeup_workday', 'plain']),
    basis: z.string().trim().min(4, '请写明依据的通知').max(200),
  }),
  run: async (ctx: Ctx, { day, kind, basis }) => {
    requireWholeCounty(ctx.actor, ctx.county)
    const known = await getWorkingCalendar(ctx.tx)
    const year = yearOf(day)
    if (!known.bases.has(year))
      throw conflict(
        'platform.calendar_missing',
        `缺少${year}年的工作日历，不能更正其中一天。请先录入全年通知。`,
      )
    if (kind === 'makeup_workday' && weekday(day) < 6)
      throw invalid('platform.calendar_day_kind', `${day} 不是周末，不能列为补班。请核对日期。`)
    await replaceCalendarDay(ctx.tx, day, kind)
    const made = { id: uuidv7(), by: ctx.actor.id, at: await ctx.clock.stamp(ctx.tx) }
    await insertCalendarChange(ctx.tx, { ...made, day, kind, basis })
    return { day, isWorkingDay: isWorkingDay(await getWorkingCalendar(ctx.tx), day) }
  },
  subject: ({ day, kind }) => ({ day, kind }),
})

export const calendarRoutes: readonly Route[] = [
  queryRoute(view.getCalendarEndpoint, shown),
  commandRoute(view.changeDayEndpoint, changeDay),
]
