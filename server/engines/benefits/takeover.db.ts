import type { Instant, Month } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import { awardColumns, type AwardRow } from './award.db.ts'

/** A line of a proposed list: an award that is none yet. */
export interface TakeoverAward extends AwardRow {
  lastPaidMonth: Month
  lastPaidFen: number
}

export interface TakeoverRow {
  id: string
  status: 'proposed' | 'signed' | 'withdrawn'
  /** How many lines, and what the old system paid last for all of them: what the signer compares with its list. */
  awards: number
  lastPaidFen: number
  madeBy: string
  madeAt: Instant
  signedBy: string | null
  /** When it was signed. */
  recordedAt: Instant | null
  withdrawnBy: string | null
  withdrawnWhy: string | null
}

const COLUMNS = sql.raw(`id, status, awards, last_paid_fen, made_by, made_at, signed_by, recorded_at,
  withdrawn_by, withdrawn_why`)

interface Step {
  county: string
  id: string
  by: string
  at: Instant
}

export async function insertTakeover(
  tx: Tx,
  { county, id, by, at }: Step,
  awards: readonly TakeoverAward[],
): Promise<void> {
  const lastPaidFen = awards.reduce((sum, award) => sum + award.lastPaidFen, 0)
  await sql`
    insert into benefits.takeover (county, id, status, awards, last_paid_fen, made_by, made_at)
    values (${county}, ${id}, 'proposed', ${awards.length}, ${lastPaidFen}, ${by}, ${at})`.execute(tx)
  const rows = awards.map((award) => ({ county, takeover_id: id, ...awardColumns(award) }))
  await insertRows(tx, 'benefits.takeover_award', rows)
}

export async function findTakeoverForUpdate(
  tx: Tx,
  county: string,
  id: string,
): Promise<TakeoverRow | undefined> {
  const { rows } = await sql<TakeoverRow>`
    select ${COLUMNS} from benefits.takeover where county = ${county} and id = ${id} for update`.execute(tx)
  return rows[0]
}

/** In the order in which they were proposed. */
export async function listTakeovers(db: Db, county: string): Promise<TakeoverRow[]> {
  const { rows } = await sql<TakeoverRow>`
    select ${COLUMNS} from benefits.takeover where county = ${county} order by made_at, id`.execute(db)
  return rows
}

export async function listTakeoverAwards(
  db: Db,
  county: string,
  takeoverId: string,
): Promise<TakeoverAward[]> {
  const { rows } = await sql<TakeoverAward>`
    select id, program, holder_kind, holder_id, town, village, ledger_opens_month, last_paid_month, last_paid_fen,
           replaces_id, replaces_from
      from benefits.takeover_award where county = ${county} and takeover_id = ${takeoverId} order by id`.execute(
    db,
  )
  return rows
}

export async function updateSigned(tx: Tx, { county, id, by, at }: Step): Promise<void> {
  await sql`
    update benefits.takeover set status = 'signed', signed_by = ${by}, recorded_at = ${at}
     where county = ${county} and id = ${id}`.execute(tx)
}

export async function updateWithdrawn(
  tx: Tx,
  { county, id, by, at, why }: Step & { why: string },
): Promise<void> {
  await sql`
    update benefits.takeover set status = 'withdrawn', withdrawn_by = ${by}, withdrawn_at = ${at}, withdrawn_why = ${why}
     where county = ${county} and id = ${id}`.execute(tx)
}
