import { z } from 'zod'
import { requireWholeCounty } from './access.ts'
import { listNames } from './account.db.ts'
import {
  getWorkingCalendar,
  insertCalendarChange,
  insertCalendarYear,
  listCalendarChanges,
  listCalendarEntries,
  lockCalendar,
  replaceCalendarDay,
  undoCalendarYear,
  type DayKind,
} from './calendar.db.ts'
import * as view from './calendar-view.schema.ts'
import { civilDateOf } from './clock.ts'
import { command, type Ctx } from './command.ts'
import { addDays, weekday, yearOf, type PlainDate } from './dates.ts'
import { conflict, invalid, notFound } from './errors.ts'
import { query } from './query.ts'
import { commandRoute, queryRoute, type Route } from './route.ts'
import { uuidv7 } from './uuid.ts'
import { CALENDAR_FORMAT, isWorkingDay, workingCalendar, type WorkingCalendar } from './working-days.ts'

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
    await lockCalendar(ctx.tx)
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

const yearsListed = query({
  event: 'platform.calendar.years_listed',
  permission: 'platform.calendar.read',
  run: async ({ tx, clock, actor }: Ctx, { county }: { county: string }) => {
    const today = civilDateOf(await clock.now(tx))
    const { years } = await getWorkingCalendar(tx)
    const entries = new Map((await listCalendarEntries(tx)).map((entry) => [entry.year, entry]))
    const names = await listNames(
      tx,
      [...entries.values()].map(({ enteredBy }) => enteredBy),
    )
    return {
      today,
      years: [...years]
        .toSorted((a, b) => a - b)
        .map((year) => {
          const entry = entries.get(year)
          const reason =
            actor.permissions.has('platform.calendar.record') && actor.scope.includes(county)
              ? whyKept(year, { isEntered: entry !== undefined, today })
              : '由系统管理员撤回'
          return {
            year,
            enteredBy: entry ? (names.get(entry.enteredBy) ?? null) : null,
            enteredAt: entry?.enteredAt ?? null,
            may: { undo: reason === null, reason },
          }
        }),
    }
  },
  subject: (_, { years }) => ({ years: years.length }),
})

/** Why a year is not taken back; null = it may be. */
function whyKept(
  year: number,
  { isEntered, today }: { isEntered: boolean; today: PlainDate },
): string | null {
  if (!isEntered) return `${year} 年的日历随系统安装，不能撤回。有变动请按通知更正其中的日子。`
  if (year <= yearOf(today)) return `${year} 年已经开始，期限已按它计算，不能撤回。请按通知更正其中的日子。`
  return null
}

const Day = z.iso.date('请填写如 2026-03-01 的日期')

/** 国办发明电〔2020〕27号 */
const NOTICE_NUMBER = /^[\p{Script=Han}]{2,12}〔\d{4}〕\d{1,4}号$/u

export const enterYear = command({
  event: 'platform.calendar.year_entered',
  permission: 'platform.calendar.record',
  needsKey: true,
  input: z.object({
    year: z.int('请填写年份').min(2000).max(2999),
    number: z.string().trim().regex(NOTICE_NUMBER, '请照通知填写文号，如 国办发明电〔2020〕27号'),
    holidays: z.array(Day).min(7, '放假的日子没有填全').max(80),
    makeupWorkdays: z.array(Day).max(40),
  }),
  run: async (ctx: Ctx, { year, number, ...days }) => {
    requireWholeCounty(ctx.actor, ctx.county)
    await lockCalendar(ctx.tx)
    const known = await getWorkingCalendar(ctx.tx)
    if (known.years.has(year))
      throw conflict(
        'platform.calendar_year_known',
        `${year} 年的工作日历已经录入。有变动请按通知更正其中的日子。`,
      )
    const basis = `${number}《国务院办公厅关于${year}年部分节假日安排的通知》`
    const holidays = [...new Set(days.holidays)].toSorted()
    const makeupWorkdays = [...new Set(days.makeupWorkdays)].toSorted()
    const entered = { year, basis, holidays, makeupWorkdays }
    const calendar = workingCalendar({ format: CALENDAR_FORMAT, years: [entered] })
    const made = { id: uuidv7(), enteredBy: ctx.actor.id, enteredAt: await ctx.clock.stamp(ctx.tx) }
    await insertCalendarYear(ctx.tx, { ...entered, ...made })
    return { year, basis, workingDays: workingDaysOf(calendar, year) }
  },
  subject: ({ year }) => ({ year }),
})

const undoYear = command({
  event: 'platform.calendar.year_undone',
  permission: 'platform.calendar.record',
  needsKey: true,
  input: z.object({
    year: z.int().min(2000).max(2999),
    why: z.string().trim().min(2, '请写明撤回的原因').max(200),
  }),
  run: async (ctx: Ctx, { year, why }) => {
    requireWholeCounty(ctx.actor, ctx.county)
    await lockCalendar(ctx.tx)
    const { years } = await getWorkingCalendar(ctx.tx)
    if (!years.has(year))
      throw notFound('platform.calendar_year_unknown', `没有 ${year} 年的工作日历，可能已经撤回。`)
    const isEntered = (await listCalendarEntries(ctx.tx)).some((entry) => entry.year === year)
    const at = await ctx.clock.stamp(ctx.tx)
    const reason = whyKept(year, { isEntered, today: civilDateOf(at) })
    if (reason !== null) throw conflict('platform.calendar_year_kept', reason)
    await undoCalendarYear(ctx.tx, { year, why, by: ctx.actor.id, at })
    return { year }
  },
  subject: ({ year }) => ({ year }),
})

export const calendarRoutes: readonly Route[] = [
  queryRoute(view.listCalendarYearsEndpoint, yearsListed),
  queryRoute(view.getCalendarEndpoint, shown),
  commandRoute(view.enterYearEndpoint, enterYear),
  commandRoute(view.undoYearEndpoint, undoYear),
  commandRoute(view.changeDayEndpoint, changeDay),
]
