import { sql, type Db, type Tx } from './db.ts'

/** Ciphertext column of a county table whose key is (county, id). */
export interface CipherColumn {
  /** `schema.table` */
  table: string
  column: string
}

export interface CipherRow {
  id: string
  cipher: string
}

export interface OldCiphers extends CipherColumn {
  county: string
  /** How a ciphertext under the current key begins. */
  prefix: string
}

/** Next rows whose ciphertext is under another key, after `afterId`, locked until the transaction ends. */
export async function lockOldCiphers(
  tx: Tx,
  { table, column, county, prefix }: OldCiphers,
  { afterId, limit }: { afterId: string; limit: number },
): Promise<CipherRow[]> {
  const { rows } = await sql<CipherRow>`
    select id, ${sql.ref(column)} as cipher from ${sql.table(table)}
     where county = ${county} and id > ${afterId} and not starts_with(${sql.ref(column)}, ${prefix})
     order by id limit ${limit} for update`.execute(tx)
  return rows
}

export async function updateCiphers(
  tx: Tx,
  { table, column, county }: CipherColumn & { county: string },
  rows: readonly CipherRow[],
): Promise<void> {
  const ids = rows.map(({ id }) => id)
  const ciphers = rows.map(({ cipher }) => cipher)
  await sql`
    update ${sql.table(table)} as t set ${sql.ref(column)} = n.cipher
      from unnest(${ids}::uuid[], ${ciphers}::text[]) as n (id, cipher)
     where t.county = ${county} and t.id = n.id`.execute(tx)
}

export async function countOldCiphers(
  db: Db,
  { table, column, county, prefix }: OldCiphers,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(table)}
     where county = ${county} and not starts_with(${sql.ref(column)}, ${prefix})`.execute(db)
  return rows[0]?.count ?? 0
}
