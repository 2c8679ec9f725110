import { sql, type Tx } from './db.ts'

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
