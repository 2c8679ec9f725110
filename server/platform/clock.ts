import type { RawBuilder } from 'kysely'
import { sql, type Db } from './db.ts'
import type { Instant, PlainDate } from './dates.ts'

/**
 * What time it is, asked of the database so that all processes agree. An argument everywhere: a rule never asks.
 * Microseconds count: two records of one millisecond must keep their order around a knowledge cut.
 */
export interface Clock {
  stamp: (db: Db) => Promise<Instant>
  /** To look at the time without taking a stamp: a simulated clock is one row, which readers need not queue for. */
  now: (db: Db) => Promise<Instant>
  /** The same inside a statement that writes it down: one question less. */
  expression: RawBuilder<Instant>
}

export const realClock: Clock = {
  stamp: askServer,
  now: askServer,
  expression: sql<Instant>`clock_timestamp()`,
}

async function askServer(db: Db): Promise<Instant> {
  const { rows } = await sql<{ at: Instant }>`select clock_timestamp() as at`.execute(db)
  return only(rows).at
}

/** Monotone, one microsecond a tick; only a database marked as demonstration has the row it reads. */
export const simulatedClock: Clock = {
  stamp: async (db) => {
    const { rows } = await sql<{ at: Instant }>`
      update platform.simulated_clock set now = now + interval '1 microsecond' where id = 'this' returning now as at`.execute(
      db,
    )
    return only(rows).at
  },
  now: async (db) => {
    const { rows } = await sql<{ at: Instant }>`
      select now as at from platform.simulated_clock where id = 'this'`.execute(db)
    return only(rows).at
  },
  expression: sql<Instant>`(select now from platform.simulated_clock where id = 'this')`,
}

/** A clock that stands still. */
export function stoppedClock(at: Instant): Clock {
  const tell = async () => at
  return { stamp: tell, now: tell, expression: sql<Instant>`${at}::timestamptz` }
}

/** Moves the simulated clock forward to an instant; never backwards. */
export async function advanceClock(db: Db, to: Instant): Promise<void> {
  const { numAffectedRows } = await sql`
    update platform.simulated_clock set now = greatest(now, ${to}::timestamptz) where id = 'this'`.execute(db)
  if (numAffectedRows !== 1n)
    throw new Error('simulated clock is not available: this database is not marked as a demonstration')
}

/** The clock this database runs on: simulated only where the installation says it is a demonstration and the clock was set. */
export async function clockOf(db: Db): Promise<Clock> {
  const { rows } = await sql`
    select from platform.installation i join platform.simulated_clock c on true where i.is_demo`.execute(db)
  return rows.length === 1 ? simulatedClock : realClock
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows
  if (row === undefined) throw new Error('the clock gave no row: is the simulated clock set?')
  return row
}

const CHINA_OFFSET_MS = 8 * 3_600_000

/** The civil date in China at an instant; the whole country keeps one time (UTC+8, no summer time). */
export function civilDateOf(at: Instant): PlainDate {
  return new Date(Date.parse(at) + CHINA_OFFSET_MS).toISOString().slice(0, 10)
}
