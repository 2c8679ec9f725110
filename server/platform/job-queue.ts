/** The queue's schema and the way to reach it; apart from jobs.ts because the database is opened before any use-case exists. */
import { Logger, runMigrations } from 'graphile-worker'
import type pg from 'pg'
import { openPool, ownConnection } from './db.ts'

const GRANTS = [
  'grant usage on schema graphile_worker to minben_runner',
  'grant select, insert, update, delete on all tables in schema graphile_worker to minben_runner',
  'grant usage on all sequences in schema graphile_worker to minben_runner',
]

/**
 * Brings the queue's own schema up to date and gives the runner its rights on it. Requests reach the queue through
 * `platform.add_job` alone. Under a lock: two processes that start together would trip over each other's grants.
 */
export async function migrateJobs(adminUrl: string): Promise<void> {
  const pool = queuePool(adminUrl, 2)
  try {
    const client = await pool.connect()
    await client.query('select pg_advisory_lock(731002)')
    try {
      await runMigrations(optionsOf(pool))
      for (const grant of GRANTS) await client.query(grant)
    } finally {
      client.release(true) // closes the connection, and the lock with it
    }
  } finally {
    await pool.end()
  }
}

/** The worker listens on a connection of its own, so it gets a pool of its own and leaves the runner's to the handlers. */
export function queuePool(url: string, max: number): pg.Pool {
  return openPool({ url, max, applicationName: 'minben_jobs' })
}

/** Held, shared, by every program that takes jobs. */
const TAKING_JOBS = 731003

/**
 * The jobs of a program that was killed stay locked for hours. Whoever finds nobody else at work knows that every lock is a dead one's
 * and frees it, so that the job is tried again.
 */
export async function enterQueue(pool: pg.Pool): Promise<{ leave: () => Promise<void> }> {
  const client = await ownConnection(pool)
  const { rows } = await client.query<{ isAlone: boolean }>('select pg_try_advisory_lock($1) as "isAlone"', [
    TAKING_JOBS,
  ])
  if (rows[0]?.isAlone) {
    await client.query(
      `select graphile_worker.force_unlock_workers(array(
         select distinct locked_by from graphile_worker._private_jobs where locked_by is not null))`,
    )
  }
  await client.query('select pg_advisory_lock_shared($1)', [TAKING_JOBS])
  if (rows[0]?.isAlone) await client.query('select pg_advisory_unlock($1)', [TAKING_JOBS])
  return { leave: () => client.end() }
}

/** The caller handles signals; failures are read from the table, not from a log. */
export function optionsOf(pool: pg.Pool) {
  return { pgPool: pool, concurrency: 1, noHandleSignals: true, logger: new Logger(() => () => {}) }
}
