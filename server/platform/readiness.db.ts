import { setScope } from './access.ts'
import { countiesIn } from './counties.db.ts'
import type { Database } from './database.ts'
import { sql, type Db } from './db.ts'
import { lastSealOf, listRowsPage, sealedAmong } from './sealer.db.ts'

/** Milliseconds of the database's clock. */
export async function databaseNow(db: Db): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms`.execute(db)
  return rows[0]?.ms ?? Number.NaN
}

/** Of all counties; undefined = nothing is recorded yet. Asked by a role that sees behind row-level security. */
export async function lastRecorded(db: Db): Promise<number | undefined> {
  const found: number[] = []
  for (const county of await countiesIn(db, 'platform.audit_row')) {
    const { rows } = await sql<{ ms: number | null }>`
      select (extract(epoch from max(at)) * 1000)::bigint as ms from platform.audit_row where county = ${county}`.execute(
      db,
    )
    found.push(...rows.flatMap(({ ms }) => ms ?? []))
  }
  return found.length === 0 ? undefined : Math.max(...found)
}

const ROWS = 1000

/**
 * When the oldest row without a seal was written, of all counties: the moment is in its id, which also a demonstration takes from the
 * real clock. Undefined = all are sealed.
 */
export async function oldestUnsealed({
  runner,
  sealer,
}: Pick<Database, 'runner' | 'sealer'>): Promise<number | undefined> {
  const found: number[] = []
  for (const county of await countiesIn(runner, 'platform.audit_row')) {
    const ids = await sealer.transaction().execute(async (tx) => {
      await setScope(tx, [county])
      const fromXact = (await lastSealOf(tx, county))?.xactUpto ?? 0
      const page = await listRowsPage(tx, { county, fromXact, after: undefined, limit: ROWS })
      const all = page.map(({ id }) => id)
      const sealed = await sealedAmong(tx, county, all)
      return all.filter((id) => !sealed.has(id))
    })
    found.push(...ids.map(writtenAt))
  }
  return found.length === 0 ? undefined : Math.min(...found)
}

/** A UUID of version 7 begins with the milliseconds. */
function writtenAt(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}

export interface QueueState {
  /** Due and not taken; how long the oldest has been due. */
  waiting: number
  waitingSeconds: number
  running: number
  runningSeconds: number
  /** Not tried again until somebody adds them anew. */
  givenUp: number
}

export async function readQueue(runner: Db): Promise<QueueState> {
  const { rows } = await sql<QueueState>`
    select count(*) filter (where due) as waiting,
           coalesce(extract(epoch from now() - min(run_at) filter (where due)), 0)::int as waiting_seconds,
           count(*) filter (where locked_at is not null) as running,
           coalesce(extract(epoch from now() - min(locked_at)), 0)::int as running_seconds,
           count(*) filter (where attempts >= max_attempts and locked_at is null) as given_up
      from (select run_at, locked_at, attempts, max_attempts,
                   locked_at is null and attempts < max_attempts and run_at <= now() as due
              from graphile_worker.jobs) job`.execute(runner)
  const [row] = rows
  if (!row) throw new Error('the queue gave no row')
  return row
}

export async function listApplied(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from public.migration order by name`.execute(db)
  return rows.map(({ name }) => name)
}

export async function countChecksumFailures(db: Db): Promise<number> {
  const { rows } = await sql<{ failures: number }>`
    select coalesce(checksum_failures, 0) as failures from pg_stat_database where datname = current_database()`.execute(
    db,
  )
  return rows[0]?.failures ?? 0
}
