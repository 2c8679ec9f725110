import type { TestDb } from './db.ts'

/** What stands in every table, by table: how many rows, and a digest of them. */
export type Digest = Readonly<Record<string, { rows: number; digest: string }>>

/** Tables that every request writes: the trail, its seals, the keys, the sign-ins, the clock of a demonstration. */
const OF_REQUESTS = /^platform\.(audit_|idempotency_key$|session$|simulated_clock$)/

export async function digestOf({ pool }: TestDb): Promise<Digest> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema$|graphile_worker$)' order by 1`,
  )
  const names = tables.map(({ name }) => name).filter((name) => !OF_REQUESTS.test(name))
  const parts = names.map(
    (name) =>
      `select '${name}' as name, count(*)::int as rows, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest from ${name} t`,
  )
  // What is asked for beside a request stands in the queue; when it is tried again is the queue's own.
  parts.push(
    `select 'jobs', count(*)::int, md5(coalesce(string_agg(key || payload::text, '|' order by id), '')) from graphile_worker._private_jobs`,
  )
  parts.push(
    `select 'ended sign-ins', count(*)::int, md5(coalesce(string_agg(id::text, '|' order by id), '')) from platform.session where ended_at is not null`,
  )
  const { rows } = await pool.query<{ name: string; rows: number; digest: string }>(parts.join(' union all '))
  return Object.fromEntries(rows.map(({ name, ...rest }) => [name, rest]))
}

/** Tables that differ, with how many rows more there are. */
export function changesBetween(before: Digest, after: Digest): Record<string, number> {
  const changed = Object.entries(after).filter(([name, { digest }]) => before[name]?.digest !== digest)
  return Object.fromEntries(changed.map(([name, { rows }]) => [name, rows - (before[name]?.rows ?? 0)]))
}
