import { sql, type Db } from './db.ts'

/**
 * Counties that have rows in a table (`schema.table`), in order; asked by a role that sees behind row-level security.
 * One step along the index for each county: `distinct` would read the whole table.
 */
export async function countiesIn(db: Db, table: string): Promise<string[]> {
  const counties: string[] = []
  for (;;) {
    const { rows } = await sql<{ county: string | null }>`
      select min(county) as county from ${sql.table(table)} where county > ${counties.at(-1) ?? ''}`.execute(
      db,
    )
    const county = rows[0]?.county
    if (!county) return counties
    counties.push(county)
  }
}
