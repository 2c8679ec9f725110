import { sql, type Db, type Tx } from './db.ts'

/** The next number of a series of this county (runs, batches): a counter row, not a sequence, so that it also counts on Citus. */
export async function nextNumber(tx: Tx, county: string, name: string): Promise<number> {
  const { rows } = await sql<{ value: number }>`
    insert into platform.counter (county, name, value) values (${county}, ${name}, 1)
    on conflict (county, name) do update set value = counter.value + 1
    returning value`.execute(tx)
  const [row] = rows
  if (!row) throw new Error(`counter ${name} gave no number`)
  return row.value
}

/** Keeps a number that every clerk of the county may read, also where the rows behind it are out of reach. */
export async function keepNumber(
  tx: Tx,
  counter: { county: string; name: string; value: number },
): Promise<void> {
  await sql`
    insert into platform.counter (county, name, value) values (${counter.county}, ${counter.name}, ${counter.value})
    on conflict (county, name) do update set value = excluded.value`.execute(tx)
}

/** Numbers whose name begins with `prefix`, by the rest of the name. */
export async function listNumbers(db: Db, county: string, prefix: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ name: string; value: number }>`
    select name, value from platform.counter where county = ${county} and starts_with(name, ${prefix})`.execute(
    db,
  )
  return new Map(rows.map(({ name, value }) => [name.slice(prefix.length), value]))
}
