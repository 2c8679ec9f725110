import { sql, type Db } from './db.ts'

export interface TableSize {
  name: string
  /** As the planner has it; −1 = never analysed. */
  rows: number
  bytes: number
}

export async function listTableSizes(db: Db): Promise<TableSize[]> {
  const { rows } = await sql<TableSize>`
    select n.nspname || '.' || c.relname as name, c.reltuples::bigint as rows, pg_total_relation_size(c.oid) as bytes
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
     order by pg_total_relation_size(c.oid) desc, 1`.execute(db)
  return rows
}

export async function listAppliedAt(db: Db): Promise<{ name: string; appliedAt: string }[]> {
  const { rows } = await sql<{ name: string; appliedAt: string }>`
    select name, applied_at from public.migration order by name`.execute(db)
  return rows
}

/** What differs from how PostgreSQL comes, but for what may hold an address with a password or a command line. */
export async function listServerSettings(
  db: Db,
): Promise<{ name: string; setting: string; unit: string | null }[]> {
  const { rows } = await sql<{ name: string; setting: string; unit: string | null }>`
    select name, setting, unit from pg_settings
     where source not in ('default', 'client', 'session') and name !~ 'command|conninfo|passphrase|krb|_file$|_dir$|directory|librar'
     order by name`.execute(db)
  return rows
}

export async function serverVersion(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string }>`select version() as version`.execute(db)
  return rows[0]?.version ?? ''
}
