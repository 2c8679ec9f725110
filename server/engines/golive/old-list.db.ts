import type { Instant, Month } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import { rewritePlaces, type PlaceMove } from '../../platform/places.db.ts'

export interface OldPaymentRow {
  id: string
  program: string
  month: Month
  holderKind: 'household' | 'person'
  holderId: string
  personId: string
  fen: Fen
  arrearsFen: Fen
  persons: number | null
  town: string | null
  village: string | null
}

export async function insertOldPayments(
  tx: Tx,
  { county, by, at }: { county: string; by: string; at: Instant },
  payments: readonly OldPaymentRow[],
): Promise<void> {
  const rows = payments.map(({ id, program, month, holderKind, holderId, personId, fen, ...rest }) => ({
    ...{ county, id, program, for_month: month, holder_kind: holderKind, holder_id: holderId },
    ...{ person_id: personId, fen, arrears_fen: rest.arrearsFen, persons: rest.persons },
    ...{ town: rest.town, village: rest.village, loaded_by: by, recorded_at: at },
  }))
  await insertRows(tx, 'golive.old_payment', rows)
}

export async function listOldPayments(
  db: Db,
  county: string,
  personIds: readonly string[],
): Promise<{ id: string; personId: string; program: string; month: Month; fen: Fen }[]> {
  const { rows } = await sql<{ id: string; personId: string; program: string; month: Month; fen: Fen }>`
    select id, person_id, program, for_month as month, fen from golive.old_payment
     where county = ${county} and person_id = any (${[...personIds]}::uuid[])`.execute(db)
  return rows
}

export async function deleteOldPayments(tx: Tx, county: string, ids: readonly string[]): Promise<void> {
  await sql`
    delete from golive.old_payment where county = ${county} and id = any (${[...ids]}::uuid[])`.execute(tx)
}

/** Of these lines, those that somebody has signed a comparison with. */
export async function listSignedPayments(db: Db, county: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select o.id from golive.old_payment o
      join golive.project p on p.county = o.county and p.list_month = o.for_month and o.program = any (p.programs)
     where o.county = ${county} and o.id = any (${[...ids]}::uuid[])
       and (p.status in ('signed', 'live') or p.status = 'parallel' and p.first_by is not null)`.execute(db)
  return rows.map(({ id }) => id)
}

const PLACED = ['old_payment', 'compared'].map((table) => `golive.${table}`)

/** The current place columns of this engine's tables follow a merge of areas. */
export async function rewriteGolivePlaces(
  tx: Tx,
  county: string,
  moves: readonly PlaceMove[],
): Promise<void> {
  await rewritePlaces(tx, PLACED, { county, moves })
}
