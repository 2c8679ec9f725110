import type { Instant, Month } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { Step } from './project.db.ts'
import type { HandItem } from './project.schema.ts'

export interface TickedItem {
  item: HandItem
  isDone: boolean
  note: string
  doneBy: string
  doneAt: Instant
}

export async function listTicked(db: Db, county: string, projectId: string): Promise<TickedItem[]> {
  const { rows } = await sql<TickedItem>`
    select item, is_done, note, done_by, done_at from golive.check_item
     where county = ${county} and project_id = ${projectId}`.execute(db)
  return rows
}

export async function upsertItem(
  tx: Tx,
  { county, id, by, at }: Step,
  { item, isDone, note }: { item: HandItem; isDone: boolean; note: string },
): Promise<void> {
  await sql`
    insert into golive.check_item (county, project_id, item, is_done, note, done_by, done_at)
    values (${county}, ${id}, ${item}, ${isDone}, ${note}, ${by}, ${at})
    on conflict (county, project_id, item) do update
       set is_done = excluded.is_done, note = excluded.note, done_by = excluded.done_by, done_at = excluded.done_at`.execute(
    tx,
  )
}

export async function hasCalendarYear(db: Db, year: number): Promise<boolean> {
  const { rows } = await sql<{ isKnown: boolean }>`
    select exists (select from platform.calendar_year where year = ${year}) as is_known`.execute(db)
  return rows[0]?.isKnown ?? false
}

/** Programmes without money for the year. */
export async function listWithoutBudget(
  db: Db,
  county: string,
  { programs, year }: { programs: readonly string[]; year: number },
): Promise<string[]> {
  const { rows } = await sql<{ program: string }>`
    select p.program from unnest(${[...programs]}::text[]) as p (program)
     where not exists (select from funds.budget b
                        where b.county = ${county} and b.fiscal_year = ${year} and b.program = p.program and b.amount_fen > 0)
     order by p.program`.execute(db)
  return rows.map(({ program }) => program)
}

/** Accounts of the county that approve or pay and sign in with a password alone. */
export async function countWithoutSecondFactor(
  db: Db,
  county: string,
  permissions: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from platform.account a
     where a.is_active and ${county} = any (a.scope)
       and exists (select from platform.role r where r.key = any (a.roles) and r.permissions && ${[...permissions]}::text[])
       and not exists (select from platform.second_factor f where f.account_id = a.id and f.turned_on_at is not null)`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}

/** Lines of months before the ledger opens, of any run that counts or may come to. */
export async function countEarlyLines(
  db: Db,
  county: string,
  { programs, openingMonth }: { programs: readonly string[]; openingMonth: Month },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from benefits.obligation_line l
      join benefits.run r on r.county = l.county and r.no = l.run_no and r.status not in ('rejected', 'cancelled')
     where l.county = ${county} and l.for_month < ${openingMonth} and l.program = any (${[...programs]})`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}
