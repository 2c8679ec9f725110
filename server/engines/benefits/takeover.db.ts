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
  withdrawnAt: Instant | null
  withdrawnWhy: string | null
}

const COLUMNS = sql.raw(`id, status, awards, last_paid_fen, made_by, made_at, signed_by, recorded_at,
  withdrawn_by, withdrawn_at, withdrawn_why`)

const LINE =
  sql.raw(`id, program, holder_kind, holder_id, town, village, ledger_opens_month, last_paid_month, last_paid_fen,
  replaces_id, replaces_from`)

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

export async function findTakeover(db: Db, county: string, id: string): Promise<TakeoverRow | undefined> {
  const { rows } = await sql<TakeoverRow>`
    select ${COLUMNS} from benefits.takeover where county = ${county} and id = ${id}`.execute(db)
  return rows[0]
}

/** In the order in which they were proposed; of the whole county, or those asked for. */
export async function listTakeovers(db: Db, county: string, ids?: readonly string[]): Promise<TakeoverRow[]> {
  const asked = ids === undefined ? sql`` : sql`and id = any (${ids}::uuid[])`
  const { rows } = await sql<TakeoverRow>`
    select ${COLUMNS} from benefits.takeover where county = ${county} ${asked} order by made_at, id`.execute(
    db,
  )
  return rows
}

export async function listTakeoverAwards(
  db: Db,
  county: string,
  takeoverId: string,
): Promise<TakeoverAward[]> {
  const { rows } = await sql<TakeoverAward>`
    select ${LINE} from benefits.takeover_award
     where county = ${county} and takeover_id = ${takeoverId} order by id`.execute(db)
  return rows
}

/** In the order of ids. */
export async function listTakeoverPage(
  db: Db,
  county: string,
  { takeoverId, after, limit }: { takeoverId: string; after: string | undefined; limit: number },
): Promise<TakeoverAward[]> {
  const rest = after === undefined ? sql`` : sql`and id > ${after}`
  const { rows } = await sql<TakeoverAward>`
    select ${LINE} from benefits.takeover_award
     where county = ${county} and takeover_id = ${takeoverId} ${rest} order by id limit ${limit}`.execute(db)
  return rows
}

export interface TakeoverPart {
  program: string
  town: string | null
  awards: number
  lastPaidFen: number
}

/** What the list comes to in each town and programme. */
export async function listTakeoverParts(db: Db, county: string, takeoverId: string): Promise<TakeoverPart[]> {
  const { rows } = await sql<TakeoverPart>`
    select program, town, count(*) as awards, sum(last_paid_fen)::bigint as last_paid_fen
      from benefits.takeover_award where county = ${county} and takeover_id = ${takeoverId}
     group by program, town order by program, town`.execute(db)
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
