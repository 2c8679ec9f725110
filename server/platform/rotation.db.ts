import { sql, type Db, type Tx } from './db.ts'

/** Ciphertext column of a county table whose key is (county, id), or of a reference table whose key is id. */
export interface CipherColumn {
  /** `schema.table` */
  table: string
  column: string
  isReference?: boolean
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

/** Rows of a reference table are of no county. */
function inPlace({ county, isReference }: Pick<OldCiphers, 'county' | 'isReference'>) {
  return isReference ? sql`true` : sql`t.county = ${county}`
}

/** Next rows whose ciphertext is under another key, after `afterId`, locked until the transaction ends. */
export async function lockOldCiphers(
  tx: Tx,
  { table, column, prefix, ...place }: OldCiphers,
  { afterId, limit }: { afterId: string; limit: number },
): Promise<CipherRow[]> {
  const { rows } = await sql<CipherRow>`
    select t.id, ${sql.ref(column)} as cipher from ${sql.table(table)} as t
     where ${inPlace(place)} and t.id > ${afterId} and not starts_with(${sql.ref(column)}, ${prefix})
     order by t.id limit ${limit} for update`.execute(tx)
  return rows
}

export async function updateCiphers(
  tx: Tx,
  { table, column, ...place }: OldCiphers,
  rows: readonly CipherRow[],
): Promise<void> {
  const ids = rows.map(({ id }) => id)
  const ciphers = rows.map(({ cipher }) => cipher)
  await sql`
    update ${sql.table(table)} as t set ${sql.ref(column)} = n.cipher
      from unnest(${ids}::uuid[], ${ciphers}::text[]) as n (id, cipher)
     where ${inPlace(place)} and t.id = n.id`.execute(tx)
}

export async function countOldCiphers(
  db: Db,
  { table, column, prefix, ...place }: OldCiphers,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(table)} as t
     where ${inPlace(place)} and not starts_with(${sql.ref(column)}, ${prefix})`.execute(db)
  return rows[0]?.count ?? 0
}
