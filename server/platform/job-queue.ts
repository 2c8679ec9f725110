/** The queue's schema and the way to reach it; apart from jobs.ts because the database is opened before any use-case exists. */
import { setTimeout as wait } from 'node:timers/promises'
import { Logger, runMigrations } from 'graphile-worker'
import type pg from 'pg'
import { openPool, ownConnection } from './db.ts'
import { freeJobsOf, holdName, keepAlive, listMissing } from './job-queue.db.ts'

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

export interface QueueTiming {
  /** How often jobs of the dead are looked for. */
  lookMs?: number
  /** How long somebody may be missing before their jobs are given to others; whose line broke is back by then. */
  graceMs?: number
}

export interface QueuePlace {
  /** Jobs are taken under this name from now on. */
  hold: (name: string) => Promise<void>
  leave: () => Promise<void>
}

/**
 * A place among those who take jobs. graphile-worker leaves the jobs of a program that was killed locked for hours. Here everybody at
 * work holds a lock of their session under their name, which the server lets go of when the process or its computer is gone; whose lock
 * is missing twice, some time apart, is dead, and their jobs are tried again by those who are left.
 */
export async function enterQueue(
  pool: pg.Pool,
  { lookMs = 10_000, graceMs = 2_000 }: QueueTiming = {},
): Promise<QueuePlace> {
  const line = await lifeLine(pool)
  let looking = freeJobsOfDead(pool, graceMs)
  await looking
  const timer = setInterval(() => {
    // While the server is away nobody's jobs can be freed; a later look finds them.
    looking = looking.then(() => freeJobsOfDead(pool, graceMs)).catch(() => {})
  }, lookMs)
  return {
    hold: line.hold,
    leave: async () => {
      clearInterval(timer)
      await looking
      await line.end()
    },
  }
}

const RECONNECT_MS = 200

/** Holds the locks of some names on a connection of its own, and takes them again when it breaks. */
async function lifeLine(pool: pg.Pool) {
  const names: string[] = []
  let hasLeft = false
  let reopening = Promise.resolve()
  let client = await open()

  async function open(): Promise<pg.Client> {
    const opened = await ownConnection(pool)
    try {
      await keepAlive(opened)
      for (const name of names) await holdName(opened, name)
    } catch (error) {
      void opened.end().catch(() => {})
      throw error
    }
    opened.once('end', () => {
      reopening = reopen()
    })
    return opened
  }
  async function reopen(): Promise<void> {
    while (!hasLeft) {
      const opened = await open().catch(() => undefined)
      if (opened) {
        client = opened
        return
      }
      await wait(RECONNECT_MS)
    }
  }
  return {
    hold: async (name: string) => {
      names.push(name)
      // A line that breaks meanwhile is opened again, with this name too.
      await holdName(client, name).catch(() => {})
    },
    end: async () => {
      hasLeft = true
      // One that is being opened is in our hands only then.
      await reopening
      await client.end()
    },
  }
}

async function freeJobsOfDead(pool: pg.Pool, graceMs: number): Promise<void> {
  const missing = await listMissing(pool)
  if (missing.length === 0) return
  await wait(graceMs)
  const still = new Set(await listMissing(pool))
  const dead = missing.filter((name) => still.has(name))
  if (dead.length > 0) await freeJobsOf(pool, dead)
}

/** The caller handles signals; failures are read from the table, not from a log. */
export function optionsOf(pool: pg.Pool) {
  return { pgPool: pool, concurrency: 1, noHandleSignals: true, logger: new Logger(() => () => {}) }
}
