import { readFileSync } from 'node:fs'
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

/** The calendar as on file now; deadlines refuse a year that is not in it. */
export async function getWorkingCalendar(db: Db): Promise<WorkingCalendar> {
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
  return workingCalendar({
    format: 'minben-calendar/1',
    years: years.rows.map(({ year, basis }) => ({
      year,
      basis,
      holidays: of(year, 'holiday'),
      makeupWorkdays: of(year, 'makeup_workday'),
    })),
  })
}
