import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { SEAL_LOCK } from './sealer.db.ts'

/** Instants as the seals spell them. */
function spelled(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

/** Columns as the verifier reads them; the transaction id as text, because JSON numbers end at 2^53. */
const TABLES: Readonly<Record<string, string>> = {
  audit_row: `'county', county, 'id', id, 'at', ${spelled('at')}, 'actor_id', actor_id, 'event', event, 'outcome', outcome,
    'code', code, 'subject', subject, 'request_id', request_id, 'xact', xact::text`,
  audit_seal: `'county', county, 'n', n, 'sealed_at', ${spelled('sealed_at')}, 'row_count', row_count, 'root', root,
    'first_at', ${spelled('first_at')}, 'last_at', ${spelled('last_at')}, 'mac', mac`,
  audit_sealed: `'county', county, 'seal_n', seal_n, 'position', position, 'audit_id', audit_id, 'leaf', leaf`,
}

/**
 * The three audit tables as `<table>.jsonl`, all of one snapshot. The sealer stands still from before `beforeSnapshot` until the
 * snapshot is taken, so what that copies and what is dumped are of one moment.
 */
export async function dumpAuditTables(
  pool: pg.Pool,
  {
    counties,
    folder,
    beforeSnapshot,
  }: { counties: readonly string[]; folder: string; beforeSnapshot: () => void },
): Promise<void> {
  const client = await pool.connect()
  let failed = true
  try {
    for (const county of counties)
      await client.query('select pg_advisory_lock($1, $2)', [SEAL_LOCK, Number(county)])
    beforeSnapshot()
    await openSnapshot(client, counties)
    await client.query('select pg_advisory_unlock_all()')
    for (const [table, columns] of Object.entries(TABLES))
      await dumpTable(client, { table, columns, file: path.join(folder, `${table}.jsonl`) })
    await client.query('commit')
    failed = false
  } finally {
    client.release(failed) // a connection that failed is closed, and its locks with it
  }
}

async function openSnapshot(client: pg.ClientBase, counties: readonly string[]): Promise<void> {
  if (counties.some((county) => !/^\d{6}$/.test(county)))
    throw new Error('a county of the audit tables is no county code')
  await client.query('begin isolation level repeatable read, read only')
  await client.query(`set local app.scope = '${counties.join(',')}'`)
  await client.query('select pg_current_snapshot()') // the first statement that reads takes the snapshot
}

/** JSON text holds neither raw line breaks nor these control characters, so CSV quotes nothing: one line, one row. */
async function dumpTable(
  client: pg.ClientBase,
  { table, columns, file }: { table: string; columns: string; file: string },
): Promise<void> {
  const rows = `select json_build_object(${columns}) from platform.${table}`
  const stream = client.query(
    copyTo(`copy (${rows}) to stdout with (format csv, quote e'\\x01', delimiter e'\\x02')`),
  )
  await pipeline(stream, createWriteStream(file, { mode: 0o600 }))
}
