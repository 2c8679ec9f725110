import type pg from 'pg'
import { sql, type Db } from '../db.ts'

const ARCHIVING = 731006
const COPYING = 731007

/** One process of all archives; for as long as the connection lasts. */
export function tryLockArchive(client: pg.ClientBase): Promise<boolean> {
  return tryLock(client, ARCHIVING)
}

/** One copy at a time. */
export function tryLockCopy(client: pg.ClientBase): Promise<boolean> {
  return tryLock(client, COPYING)
}

async function tryLock(client: pg.ClientBase, lock: number): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    lock,
  ])
  return rows[0]?.locked === true
}

/**
 * Changes whenever a transaction that wrote anything ends: checkpoints and other work of the server for itself have no transaction id,
 * so an idle office hands over no segments. Statistics that the server takes of itself do have one; it takes them after work only.
 */
export async function endedWork(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ ended: string }>('select pg_current_snapshot()::text as ended')
  return only(rows).ended
}

export async function switchSegment(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_switch_wal()')
}

export interface CopyStart {
  at: string
  lsn: string
  segment: string
}

/** The connection must live until `stopCopy`, or the server gives the copy up. */
export async function startCopy(client: pg.ClientBase, label: string): Promise<CopyStart> {
  const { rows } = await client.query<CopyStart>(
    `select ${NOW} as at, lsn::text, pg_walfile_name(lsn) as segment from pg_backup_start($1, fast := true) as lsn`,
    [label],
  )
  return only(rows)
}

export interface CopyStop extends CopyStart {
  label: string
}

/** Does not wait for the archive: that would last for ever where it stands still. */
export async function stopCopy(client: pg.ClientBase): Promise<CopyStop> {
  const { rows } = await client.query<CopyStop>(
    `select ${NOW} as at, lsn::text, pg_walfile_name(lsn) as segment, labelfile as label
       from pg_backup_stop(wait_for_archive := false)`,
  )
  return only(rows)
}

/** Of the clock of the machine, also in a demonstration: the log knows no other. */
const NOW = `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

export interface ServerFacts {
  at: string
  version: string
  timeline: number
  systemIdentifier: string
  segmentBytes: number
}

export async function serverFacts(client: pg.ClientBase): Promise<ServerFacts> {
  const { rows } = await client.query<ServerFacts>(
    `select ${NOW} as at, current_setting('server_version') as version,
            ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int as timeline,
            (select system_identifier::text from pg_control_system()) as "systemIdentifier",
            (select bytes_per_wal_segment from pg_control_init()) as "segmentBytes"`,
  )
  return only(rows)
}

export interface Archiving {
  mode: string
  command: string
  library: string
  /** What the server handed over last, and when. */
  lastSegment: string | null
  lastAt: string | null
  failures: number
  lastFailedAt: string | null
  /** How long the server has been up. */
  upSeconds: number
}

export async function readArchiving(db: Db): Promise<Archiving> {
  const { rows } = await sql<Archiving>`
    select current_setting('archive_mode') as mode, current_setting('archive_command') as command,
           current_setting('archive_library') as library, last_archived_wal as last_segment,
           last_archived_time as last_at, failed_count as failures, last_failed_time as last_failed_at,
           extract(epoch from clock_timestamp() - pg_postmaster_start_time())::bigint as up_seconds
      from pg_stat_archiver`.execute(db)
  return only(rows)
}

/** When the last transaction that a recovery brought was committed. */
export async function lastReplayed(client: pg.ClientBase): Promise<string | undefined> {
  const { rows } = await client.query<{ at: string | null }>(
    `select to_char(pg_last_xact_replay_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
  )
  return only(rows).at ?? undefined
}

export async function setServerPassword(client: pg.ClientBase, password: string): Promise<void> {
  await client.query(`alter role postgres password '${password.replaceAll("'", "''")}'`)
}

/** Rows of every table of ours; the job queue's own are left out, which come and go by the second. */
export async function countTables(client: pg.ClientBase): Promise<Map<string, number>> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'graphile_worker')
        and n.nspname not like 'pg\\_%'
      order by 1`,
  )
  const counts = new Map<string, number>()
  for (const { name } of rows) {
    const counted = await client.query<{ count: string }>(`select count(*) as count from ${name}`)
    counts.set(name, Number(only(counted.rows).count))
  }
  return counts
}

/** Of every county, its last seal. */
export async function lastSeals(client: pg.ClientBase): Promise<Map<string, { n: number; mac: string }>> {
  const { rows } = await client.query<{ county: string; n: string; mac: string }>(
    'select distinct on (county) county, n, mac from platform.audit_seal order by county, n desc',
  )
  return new Map(rows.map(({ county, n, mac }) => [county, { n: Number(n), mac }]))
}

export async function isSealOf(
  client: pg.ClientBase,
  county: string,
  { n, mac }: { n: number; mac: string },
): Promise<boolean> {
  const found = await client.query(
    'select from platform.audit_seal where county = $1 and n = $2 and mac = $3',
    [county, n, mac],
  )
  return found.rowCount === 1
}

/** Names under which stored files are asked for. */
export async function storedFileNames(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ digest: string }>('select distinct digest from platform.stored_file')
  return rows.map(({ digest }) => digest)
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows
  if (row === undefined) throw new Error('the server gave no row')
  return row
}
