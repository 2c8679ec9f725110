import type pg from 'pg'

/** Class of the locks that say who is at work; the other half is the name under which jobs are taken. */
const AT_WORK = 731003

/** A computer without power is noticed after 10 + 3 × 5 seconds. */
export async function keepAlive(client: pg.ClientBase): Promise<void> {
  await client.query(
    'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3',
  )
}

/** For as long as this connection is open. */
export async function holdName(client: pg.ClientBase, name: string): Promise<void> {
  await client.query('select pg_advisory_lock_shared($1, hashtext($2))', [AT_WORK, name])
}

/** Names that hold jobs and no lock. */
export async function listMissing(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select name from (
       select locked_by as name from graphile_worker._private_jobs where locked_by is not null
       union select locked_by from graphile_worker._private_job_queues where locked_by is not null
     ) held
      where not exists (
        select from pg_locks l
         where l.locktype = 'advisory' and l.granted and l.classid = $1 and l.objsubid = 2
           and l.objid = (hashtext(held.name)::bigint & 4294967295)::oid
           and l.database = (select oid from pg_database where datname = current_database()))`,
    [AT_WORK],
  )
  return rows.map(({ name }) => name)
}

/** Their jobs are tried again by whoever is left. */
export async function freeJobsOf(pool: pg.Pool, names: readonly string[]): Promise<void> {
  await pool.query('select graphile_worker.force_unlock_workers($1::text[])', [[...names]])
}

/** At once, and without counting the try that was broken off. */
export async function putBack(
  pool: pg.Pool,
  { id, attempts }: { id: string; attempts: number },
): Promise<void> {
  await pool.query(
    `select graphile_worker.reschedule_jobs(array[$1]::bigint[], run_at => now(), attempts => $2)`,
    [id, attempts],
  )
}
