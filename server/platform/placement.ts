import pg from 'pg'
import {
  clearingStatements,
  coordinatorSettings,
  placementStatements,
  type PlacedTable,
} from './placement.rules.ts'

/** Our tables and where each belongs: one whose comment starts with "reference:" everywhere, all others by county. */
export async function listPlacements(client: Pick<pg.ClientBase, 'query'>): Promise<PlacedTable[]> {
  const { rows } = await client.query<PlacedTable>(
    `select n.nspname || '.' || c.relname as name,
            case when obj_description(c.oid, 'pg_class') like 'reference:%' then 'reference' else 'county' end as kind,
            array(select distinct pn.nspname || '.' || p.relname from pg_constraint k
                    join pg_class p on p.oid = k.confrelid join pg_namespace pn on pn.oid = p.relnamespace
                   where k.conrelid = c.oid and k.contype = 'f' and p.oid <> c.oid) as parents,
            false as "isPlaced"
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
        and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'public', 'graphile_worker')
        and n.nspname not like 'citus%' and n.nspname not like 'columnar%'
      order by 1`,
  )
  return rows
}

export async function isCoordinator(client: Pick<pg.ClientBase, 'query'>): Promise<boolean> {
  const { rowCount } = await client.query(`select from pg_extension where extname = 'citus'`)
  return rowCount === 1
}

/** What a coordinator must be told before the first table is made; nothing on any other server. */
export async function prepareCoordinator(client: pg.ClientBase): Promise<void> {
  if (!(await isCoordinator(client))) return
  const { rows } = await client.query<{ name: string }>('select current_database() as name')
  for (const setting of coordinatorSettings(rows[0]?.name ?? '')) await client.query(setting)
  // Those of the database hold for the sessions after this one.
  await client.query('set citus.enable_local_reference_table_foreign_keys = off')
}

/** Places what is not placed yet; how many tables. Nothing on a server that is no coordinator. */
async function distribute(client: pg.ClientBase): Promise<number> {
  if (!(await isCoordinator(client))) return 0
  const placed = await client.query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name from pg_dist_partition d
       join pg_class c on c.oid = d.logicalrelid join pg_namespace n on n.oid = c.relnamespace`,
  )
  const names = new Set(placed.rows.map(({ name }) => name))
  const tables = (await listPlacements(client)).map((table) => ({
    ...table,
    isPlaced: names.has(table.name),
  }))
  return place(client, tables)
}

/** The statements themselves, apart from the question whether this is a coordinator. */
export async function place(client: pg.ClientBase, tables: readonly PlacedTable[]): Promise<number> {
  const missing = tables.filter(({ isPlaced }) => !isPlaced)
  if (missing.length === 0) return 0
  await client.query('begin')
  try {
    for (const statement of placementStatements(tables)) await client.query(statement)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
  for (const statement of clearingStatements(missing)) await client.query(statement)
  return missing.length
}

export async function distributeTables(adminUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    return await distribute(client)
  } finally {
    await client.end()
  }
}
