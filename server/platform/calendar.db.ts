import { readFileSync } from 'node:fs'
import type { Instant, PlainDate } from './dates.ts'
import { sql, type Db, type Tx } from './db.ts'
import { workingCalendar, type CalendarFile, type WorkingCalendar } from './working-days.ts'

const SEED = new URL('./seed/working-calendar.json', import.meta.url)

/** Years not yet on file are entered from the seed; a year that the bureau has entered or corrected is left alone. */
export async function seedCalendar(tx: Tx): Promise<void> {
  const { years } = JSON.parse(readFileSync(SEED, 'utf8')) as CalendarFile
  const { rows } = await sql<{ year: number }>`select year from platform.calendar_year`.execute(tx)
  const known = new Set(rows.map((row) => row.year))
  for (const { year, basis, holidays, makeupWorkdays } of years.filter((each) => !known.has(each.year))) {
    await sql`insert into platform.calendar_year (year, basis, recorded_at) values (${year}, ${basis}, now())`.execute(
      tx,
    )
    await sql`
      insert into platform.calendar_day (day, kind)
      select day, 'holiday' from unnest(${[...holidays]}::date[]) as h (day)
      union all
      select day, 'makeup_workday' from unnest(${[...makeupWorkdays]}::date[]) as m (day)`.execute(tx)
  }
}

/** The calendar as on file now, with the notice of each year; deadlines refuse a year that is not in it. */
export async function getWorkingCalendar(
  db: Db,
): Promise<WorkingCalendar & { bases: ReadonlyMap<number, string> }> {
  const years = await sql<{
    year: number
    basis: string
  }>`select year, basis from platform.calendar_year order by year`.execute(db)
  const days = await sql<{
    day: string
    kind: string
  }>`select day, kind from platform.calendar_day order by day`.execute(db)
  const of = (year: number, kind: string) =>
    days.rows.filter((row) => row.kind === kind && row.day.startsWith(`${year}-`)).map((row) => row.day)
  const calendar = workingCalendar({
    format: 'minben-calendar/1',
    years: years.rows.map(({ year, basis }) => ({
      year,
      basis,
      holidays: of(year, 'holiday'),
      makeupWorkdays: of(year, 'makeup_workday'),
    })),
  })
  return { ...calendar, bases: new Map(years.rows.map(({ year, basis }) => [year, basis])) }
}

/** `plain` = as the week has it. */
export type DayKind = 'holiday' | 'makeup_workday' | 'plain'

export async function replaceCalendarDay(tx: Tx, day: PlainDate, kind: DayKind): Promise<void> {
  await sql`delete from platform.calendar_day where day = ${day}`.execute(tx)
  if (kind !== 'plain')
    await sql`insert into platform.calendar_day (day, kind) values (${day}, ${kind})`.execute(tx)
}

export interface CalendarChange {
  day: PlainDate
  kind: DayKind
  /** The notice of the correction. */
  basis: string
}

export async function insertCalendarChange(
  tx: Tx,
  { id, day, kind, basis, by, at }: CalendarChange & { id: string; by: string; at: Instant },
): Promise<void> {
  await sql`
    insert into platform.calendar_change (id, day, kind, basis, changed_by, recorded_at)
    values (${id}, ${day}, ${kind}, ${basis}, ${by}, ${at})`.execute(tx)
}

export async function listCalendarChanges(
  db: Db,
  year: number,
): Promise<(CalendarChange & { changedBy: string; recordedAt: Instant })[]> {
  const { rows } = await sql<CalendarChange & { changedBy: string; recordedAt: Instant }>`
    select day, kind, basis, changed_by, recorded_at from platform.calendar_change
     where day between ${`${year}-01-01`}::date and ${`${year}-12-31`}::date order by recorded_at, id`.execute(
    db,
  )
  return rows
}
