import pg from 'pg'
import { connectRoles, urlOfDatabase, type Database } from '../platform/database.ts'
import { openPool } from '../platform/db.ts'
import { ensureRoles, migrate, type RoleSecrets } from '../platform/migrate.ts'
import type { Instant } from '../platform/dates.ts'

async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Makes the bench's own database anew: migrated, marked as a demonstration because its clock is simulated. */
export async function createBenchDatabase(
  clusterUrl: string,
  { name, secrets, startsAt }: { name: string; secrets: RoleSecrets; startsAt: Instant },
): Promise<void> {
  await withClient(urlOfDatabase(clusterUrl, 'postgres'), async (client) => {
    await client.query(`drop database if exists ${name} with (force)`)
    await client.query(`create database ${name}`)
    await ensureRoles(client, secrets)
  })
  await withClient(urlOfDatabase(clusterUrl, name), async (client) => {
    await migrate(client)
    await client.query(`insert into platform.installation values ('this', true, now())`)
    await client.query(`insert into platform.simulated_clock values ('this', $1)`, [startsAt])
  })
}

export async function dropBenchDatabase(clusterUrl: string, name: string): Promise<void> {
  await withClient(urlOfDatabase(clusterUrl, 'postgres'), (client) =>
    client.query(`drop database if exists ${name} with (force)`),
  )
}

export interface BenchConnection {
  /** Owner of the schema: plants the population, measures the floor, asserts. */
  owner: pg.Pool
  database: Database
  close: () => Promise<void>
}

export function connectBench(clusterUrl: string, name: string, secrets: RoleSecrets): BenchConnection {
  const url = urlOfDatabase(clusterUrl, name)
  const owner = openPool({ url, max: 8, applicationName: 'bench' })
  const database = connectRoles(url, secrets)
  return {
    owner,
    database,
    close: async () => {
      await database.close()
      await owner.end()
    },
  }
}

/** A staff account that holds the given permissions in one county. */
export async function insertStaff(
  owner: pg.Pool,
  { login, permissions, county }: { login: string; permissions: readonly string[]; county: string },
): Promise<void> {
  await owner.query(`insert into platform.role (key, title, permissions) values ($1, $1, $2)`, [
    login,
    permissions,
  ])
  await owner.query(
    `insert into platform.account (id, login, full_name, roles, scope, level, created_at)
     values (gen_random_uuid(), $1, $1, $2, $3, 'county', now())`,
    [login, [login], [county]],
  )
}

export interface Settings {
  server: Record<string, string>
  /** Who asks, and whether row-level security holds for them. */
  roles: { name: string; isSuperuser: boolean; bypassesRls: boolean }[]
}

const SHOWN = [
  'server_version',
  'shared_buffers',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_level',
  'max_wal_size',
  'work_mem',
  'autovacuum',
  'jit',
  'max_parallel_workers_per_gather',
]

export async function readSettings({ database }: BenchConnection): Promise<Settings> {
  const { rows } = await database.pools.minben_runner.query<{ name: string; value: string }>(
    `select name, current_setting(name) as value from unnest($1::text[]) as name`,
    [SHOWN],
  )
  const roles: Settings['roles'] = []
  for (const pool of [database.pools.minben_app, database.pools.minben_runner]) {
    const asked = await pool.query<Settings['roles'][number]>(
      `select current_user as name, rolsuper as "isSuperuser", rolbypassrls as "bypassesRls" from pg_roles where rolname = current_user`,
    )
    roles.push(...asked.rows)
  }
  return { server: Object.fromEntries(rows.map(({ name, value }) => [name, value])), roles }
}
