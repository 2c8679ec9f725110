import type pg from 'pg'
import { sql, type Db } from '../../platform/db.ts'
import type { Instant } from '../../platform/dates.ts'
import type { AwardRange, Reading } from './reading.db.ts'
import type { RunSummary } from './run-summary.rules.ts'

export interface Chunk extends AwardRange {
  no: number
  isDone: boolean
  lines: number
  totalFen: number
  summary: RunSummary | null
}

/** Finding numbers of a chunk follow its number, so that chunks do not have to know of each other. */
export const FINDINGS_PER_CHUNK = 100_000

/** Leads the key of the advisory lock that one computing process of a run holds; county and number follow as digits. */
const RUN_LOCK = 7304

export async function lockRun(client: pg.ClientBase, { county, runNo }: Reading): Promise<boolean> {
  const key = `${RUN_LOCK}${county}${String(runNo).padStart(7, '0')}`
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock($1::bigint) as locked',
    [key],
  )
  return rows[0]?.locked ?? false
}

/**
 * Inside the transaction that writes a chunk or closes the computation: holds off a rejection until its end and tells whether one
 * came before. Lines of a run that is no longer computing would use numbers that no balance knows.
 */
export async function isStillComputing(client: pg.ClientBase, { county, runNo }: Reading): Promise<boolean> {
  const { rows } = await client.query<{ status: string }>(
    'select status from benefits.run where county = $1 and no = $2 for share',
    [county, runNo],
  )
  return rows[0]?.status === 'computing'
}

/**
 * A chunk that a crash of the server takes back is computed again, so its commit need not wait for the disk. The commit that closes the
 * computation does wait, and all chunks are on disk before it.
 */
export async function relaxWriter(client: pg.ClientBase): Promise<void> {
  await client.query('set synchronous_commit = off')
}

export async function findChunks(client: pg.ClientBase, { county, runNo }: Reading): Promise<Chunk[]> {
  const { rows } = await client.query<Chunk>(
    `select no, first_id as first, last_id as last, done_at is not null as "isDone", coalesce(lines, 0) as lines,
            coalesce(total_fen, 0) as "totalFen", summary
       from benefits.run_chunk where county = $1 and run_no = $2 order by no`,
    [county, runNo],
  )
  return rows
}

export async function insertChunks(
  client: pg.ClientBase,
  { county, runNo }: Reading,
  ranges: readonly AwardRange[],
): Promise<void> {
  await client.query(
    `insert into benefits.run_chunk (county, run_no, no, first_id, last_id)
     select $1, $2, n, first, last from unnest($3::uuid[], $4::uuid[]) with ordinality as range (first, last, n)`,
    [county, runNo, ranges.map((range) => range.first), ranges.map((range) => range.last)],
  )
}

export async function updateChunkDone(
  client: pg.ClientBase,
  { county, runNo }: Reading,
  done: { no: number; lines: number; totalFen: number; summary: RunSummary },
): Promise<void> {
  await client.query(
    `update benefits.run_chunk set lines = $4, total_fen = $5, summary = $6, done_at = now()
      where county = $1 and run_no = $2 and no = $3`,
    [county, runNo, done.no, done.lines, done.totalFen, JSON.stringify(done.summary)],
  )
}

/**
 * Corrections decided by a second person up to the cut, as `kind:subject`. A person's fact may be corrected again: its review speaks
 * only of what came to be known since the base cut, so it was proposed after it.
 */
export async function listReviewed(
  db: Db,
  county: string,
  { cut, base }: { cut: Instant; base: Instant | null },
): Promise<Set<string>> {
  const { rows } = await sql<{ kind: string; subject: string }>`
    select kind, subject from benefits.correction
     where county = ${county} and status = 'decided' and recorded_at <= ${cut}
       and (kind <> 'fact' or ${base}::timestamptz is null or made_at > ${base}::timestamptz)`.execute(db)
  return new Set(rows.map(({ kind, subject }) => `${kind}:${subject}`))
}
