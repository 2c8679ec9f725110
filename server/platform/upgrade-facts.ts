/** What an upgrade finds before it begins: in the database without changing it, and beside it. */
import { statfs } from 'node:fs/promises'
import type pg from 'pg'
import type { Backfill } from './backfill.ts'
import { isSound, listCopies } from './backup/manifest.ts'
import type { KeyRing } from './keys.ts'

export interface DatabaseFacts {
  serverVersion: string
  /** Bytes of each table with its indexes, by `schema.table`. */
  sizes: Map<string, number>
  databaseBytes: number
  isDemo: boolean | undefined
  /** Other programs of ours that work with it now. */
  connected: number
  backfills: { name: string; title: string; rows: number }[]
}

export async function databaseFacts(
  client: pg.ClientBase,
  backfills: readonly Backfill[],
): Promise<DatabaseFacts> {
  const { rows } = await client.query<{ version: string; bytes: string; connected: string }>(
    `select current_setting('server_version') as version, pg_database_size(current_database()) as bytes,
            (select count(*) from pg_stat_activity where datname = current_database() and usename like 'minben\\_%') as connected`,
  )
  return {
    serverVersion: rows[0]?.version ?? '',
    databaseBytes: Number(rows[0]?.bytes ?? 0),
    connected: Number(rows[0]?.connected ?? 0),
    sizes: await tableSizes(client),
    isDemo: await isDemonstration(client),
    backfills: await openBackfills(client, backfills),
  }
}

async function tableSizes(client: pg.ClientBase): Promise<Map<string, number>> {
  const { rows } = await client.query<{ name: string; bytes: string }>(
    `select n.nspname || '.' || c.relname as name, pg_total_relation_size(c.oid) as bytes
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'graphile_worker')`,
  )
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]))
}

async function tableExists(client: pg.ClientBase, table: string): Promise<boolean> {
  const { rows } = await client.query<{ found: string | null }>('select to_regclass($1)::text as found', [
    table,
  ])
  return (rows[0]?.found ?? null) !== null
}

async function isDemonstration(client: pg.ClientBase): Promise<boolean | undefined> {
  if (!(await tableExists(client, 'platform.installation'))) return undefined
  const { rows } = await client.query<{ is_demo: boolean }>('select is_demo from platform.installation')
  return rows[0]?.is_demo
}

/** Those that have not finished in each county that has rows; the rows as the server guesses them. */
async function openBackfills(
  client: pg.ClientBase,
  backfills: readonly Backfill[],
): Promise<DatabaseFacts['backfills']> {
  const isMarked = await tableExists(client, 'platform.backfill')
  const open: DatabaseFacts['backfills'] = []
  for (const { name, title, table } of backfills) {
    if (!(await tableExists(client, table))) continue
    const finished = isMarked
      ? `county not in (select county from platform.backfill where name = $1 and finished_at is not null)`
      : `$1 <> ''`
    const left = await client.query(`select from ${table} where ${finished} limit 1`, [name])
    if (left.rowCount === 0) continue
    const guess = await client.query<{ rows: number }>(
      `select greatest(reltuples, 0)::float8 as rows from pg_class where oid = $1::regclass`,
      [table],
    )
    open.push({ name, title, rows: guess.rows[0]?.rows ?? 0 })
  }
  return open
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** When the newest copy of the database was finished that a restore would take: its manifest is as it was written under these keys. */
export async function lastCopyAt(folder: string, keys: KeyRing): Promise<Date | undefined> {
  for (const { name, stoppedAt } of (await listCopies(folder)).toReversed())
    if (await isSound(folder, name, keys)) return new Date(stoppedAt)
  return undefined
}
