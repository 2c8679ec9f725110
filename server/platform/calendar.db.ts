import { readFileSync } from 'node:fs'
import type { Instant, PlainDate } from './dates.ts'
import { sql, type Db, type Tx } from './db.ts'
import {
  workingCalendar,
  type CalendarFile,
  type CalendarYear,
  type WorkingCalendar,
} from './working-days.ts'

const SEED = new URL('./seed/working-calendar.json', import.meta.url)

/** Years not yet on file are entered from the seed; a year that the bureau has entered or corrected is left alone. */
export async function seedCalendar(tx: Tx): Promise<void> {
  const { years } = JSON.parse(readFileSync(SEED, 'utf8')) as CalendarFile
  const { rows } = await sql<{ year: number }>`select year from platform.calendar_year`.execute(tx)
  const known = new Set(rows.map((row) => row.year))
  const missing = years.filter((each) => !known.has(each.year))
  if (missing.length === 0) return
  const at = await sql<{ now: Instant }>`select now()`.execute(tx)
  for (const each of missing) await insertYear(tx, each, at.rows[0]?.now ?? '')
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

export interface CalendarEntry {
  id: string
  year: number
  basis: string
  holidays: PlainDate[]
  makeupWorkdays: PlainDate[]
  enteredBy: string
  enteredAt: Instant
}

/** The year and its days, and beside them who entered it. */
export async function insertCalendarYear(tx: Tx, entry: CalendarEntry): Promise<void> {
  const { id, year, basis, holidays, makeupWorkdays, enteredBy, enteredAt } = entry
  await sql`
    insert into platform.calendar_entry (id, year, basis, holidays, makeup_workdays, entered_by, entered_at)
    values (${id}, ${year}, ${basis}, ${holidays}, ${makeupWorkdays}, ${enteredBy}, ${enteredAt})`.execute(tx)
  await insertYear(tx, entry, enteredAt)
}

async function insertYear(
  tx: Tx,
  { year, basis, holidays, makeupWorkdays }: CalendarYear,
  at: Instant,
): Promise<void> {
  await sql`insert into platform.calendar_year (year, basis, recorded_at) values (${year}, ${basis}, ${at})`.execute(
    tx,
  )
  await sql`
    insert into platform.calendar_day (day, kind)
    select day, 'holiday' from unnest(${[...holidays]}::date[]) as h (day)
    union all
    select day, 'makeup_workday' from unnest(${[...makeupWorkdays]}::date[]) as m (day)`.execute(tx)
}

/** Years that people entered and nobody took back. */
export async function listCalendarEntries(
  db: Db,
): Promise<Pick<CalendarEntry, 'year' | 'enteredBy' | 'enteredAt'>[]> {
  const { rows } = await sql<Pick<CalendarEntry, 'year' | 'enteredBy' | 'enteredAt'>>`
    select year, entered_by, entered_at from platform.calendar_entry where undone_at is null order by year`.execute(
    db,
  )
  return rows
}

/** Who enters a year and who takes it back take turns. */
export async function lockCalendar(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(731004)`.execute(tx)
}

/** The year as if it had never been entered; the entry stays, with the reason. */
export async function undoCalendarYear(
  tx: Tx,
  { year, why, by, at }: { year: number; why: string; by: string; at: Instant },
): Promise<void> {
  await sql`
    update platform.calendar_entry set undone_by = ${by}, undone_at = ${at}, undone_why = ${why}
     where year = ${year} and undone_at is null`.execute(tx)
  await sql`delete from platform.calendar_day where day between ${`${year}-01-01`}::date and ${`${year}-12-31`}::date`.execute(
    tx,
  )
  await sql`delete from platform.calendar_year where year = ${year}`.execute(tx)
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
