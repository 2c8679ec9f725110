import { sql, type Tx } from './db.ts'

/** Every resident and row of an old village moves to a new one. */
export interface PlaceMove {
  fromVillage: string
  village: string
  town: string
}

/** Rewrites the current town and village columns of tables of one module, set-wise. History stays in the registry's facts. */
export async function rewritePlaces(
  tx: Tx,
  tables: readonly string[],
  { county, moves }: { county: string; moves: readonly PlaceMove[] },
): Promise<void> {
  const list = sql`unnest(${moves.map((move) => move.fromVillage)}::text[], ${moves.map((move) => move.village)}::text[],
    ${moves.map((move) => move.town)}::text[]) as m (from_village, village, town)`
  for (const table of tables) {
    await sql`update ${sql.table(table)} r set town = m.town, village = m.village from ${list}
               where r.county = ${county} and r.village = m.from_village`.execute(tx)
  }
}
