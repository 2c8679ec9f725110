/**
 * Where each table lies on a server sharded by county: rows of a county table by its county, a reference table whole on every worker.
 * The statements for an installation that was migrated before it became a coordinator; one that is migrated on a coordinator has
 * its tables placed one by one, by the helpers of the first migration.
 */
export interface PlacedTable {
  name: string
  kind: 'county' | 'reference'
  /** Tables that its foreign keys point at, itself left out. */
  parents: readonly string[]
  /** Distributed or replicated already. */
  isPlaced: boolean
}

/** References first, then each county table after those that it points at. Throws where they point at each other in a circle. */
export function inOrder<Table extends Pick<PlacedTable, 'name' | 'kind' | 'parents'>>(
  tables: readonly Table[],
): Table[] {
  const byName = [...tables].sort((a, b) => compare(a.kind, b.kind) * -1 || compare(a.name, b.name))
  const done = new Set<string>()
  const ordered: Table[] = []
  while (ordered.length < byName.length) {
    const next = byName.find(
      ({ name, parents }) => !done.has(name) && parents.every((parent) => done.has(parent)),
    )
    if (!next) throw new Error('foreign keys of the tables form a circle')
    done.add(next.name)
    ordered.push(next)
  }
  return ordered
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** In one transaction, in this order. */
export function placementStatements(tables: readonly PlacedTable[]): string[] {
  const missing = inOrder(tables).filter(({ isPlaced }) => !isPlaced)
  if (missing.length === 0) return []
  return [
    `set local citus.enable_local_reference_table_foreign_keys = off`,
    `set local citus.multi_shard_modify_mode = 'sequential'`,
    ...missing.map(({ name, kind }) =>
      kind === 'reference'
        ? `select create_reference_table('${name}')`
        : `select create_distributed_table('${name}', 'county')`,
    ),
  ]
}

/** After the commit: rows that the coordinator still holds beside their shards. Each call cascades, so all tables are placed first. */
export function clearingStatements(tables: readonly Pick<PlacedTable, 'name'>[]): string[] {
  return tables.map(({ name }) => `select truncate_local_data_after_distributing_table('${name}')`)
}

/** Settings of the database that the product needs there; each must reach the workers with the transaction. */
export function coordinatorSettings(database: string): string[] {
  const name = `"${database.replaceAll('"', '""')}"`
  return [
    `alter database ${name} set citus.propagate_set_commands = 'local'`,
    `alter database ${name} set citus.enable_local_reference_table_foreign_keys = 'off'`,
  ]
}
