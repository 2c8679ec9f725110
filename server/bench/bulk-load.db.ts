import type pg from 'pg'
import { groupBy } from '../platform/group.ts'

interface Definition {
  table: string
  name: string
  definition: string
  isConstraint: boolean
}

/** Foreign keys, exclusion constraints and further indexes of the tables; primary keys (but for those named) and unique constraints stay. */
async function listDefinitions(
  client: pg.ClientBase,
  tables: readonly string[],
  keyless: readonly string[],
): Promise<Definition[]> {
  const { rows } = await client.query<Definition>(
    `select conrelid::regclass::text as "table", conname as name, pg_get_constraintdef(oid) as definition, true as "isConstraint"
       from pg_constraint
      where conrelid = any ($1::text[]::regclass[])
        and (contype in ('x', 'f') or contype = 'p' and conrelid = any ($2::text[]::regclass[]))
     union all
     select i.indrelid::regclass::text, c.relname, pg_get_indexdef(i.indexrelid), false
       from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indrelid = any ($1::text[]::regclass[])
        and not exists (select from pg_constraint where conindid = i.indexrelid)`,
    [tables, keyless],
  )
  return rows
}

/**
 * Does the work with the costly constraints and indexes of the tables away, and puts back exactly what was there. `keyless` tables do
 * without their primary key too.
 */
export async function withoutIndexes(
  pool: pg.Pool,
  tables: readonly string[],
  work: () => Promise<void>,
  keyless: readonly string[] = [],
): Promise<void> {
  const definitions = await onOwnClient(pool, async (client) => {
    const found = await listDefinitions(client, tables, keyless)
    for (const each of found) await client.query(dropping(each))
    return found
  })
  await work()
  // Table by table at the same time: an exclusion constraint keeps one processor busy for a minute per million rows.
  const byTable = groupBy(definitions, ({ table }) => table)
  await Promise.all([...byTable.values()].map((own) => onOwnClient(pool, (client) => restore(client, own))))
}

function dropping({ table, name, isConstraint }: Definition): string {
  const [schema = ''] = table.split('.')
  return isConstraint ? `alter table ${table} drop constraint ${name}` : `drop index ${schema}.${name}`
}

async function restore(client: pg.ClientBase, definitions: readonly Definition[]): Promise<void> {
  await client.query(`set maintenance_work_mem = '512MB'`)
  for (const { table, name, definition, isConstraint } of definitions) {
    await client.query(
      isConstraint ? `alter table ${table} add constraint ${name} ${definition}` : definition,
    )
  }
}

async function onOwnClient<Result>(
  pool: pg.Pool,
  work: (client: pg.ClientBase) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect()
  try {
    return await work(client)
  } finally {
    client.release(true)
  }
}
