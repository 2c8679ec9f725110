import type { Tx } from '../../platform/db.ts'
import { rewritePlaces, type PlaceMove } from '../../platform/places.db.ts'

const PLACED = ['hold', 'instruction', 'claim'].map((table) => `funds.${table}`)

/** The current place columns of this engine's tables follow a merge of areas. */
export async function rewriteFundsPlaces(tx: Tx, county: string, moves: readonly PlaceMove[]): Promise<void> {
  await rewritePlaces(tx, PLACED, { county, moves })
}
