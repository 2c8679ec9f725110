import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import type { BatchPlace } from './batch.db.ts'

export interface FaultRow {
  id: string
  rowNo: number
  place: number
  columnTitle: string
  code: string
  reason: string
  remedy: string
  valueCipher: string | null
}

const COLUMNS = sql.raw('id, row_no, place, column_title, code, reason, remedy, value_cipher')

export async function insertFaults(
  tx: Tx,
  county: string,
  { batch, faults }: { batch: BatchPlace & { id: string }; faults: readonly FaultRow[] },
): Promise<void> {
  const { id, town, village } = batch
  const rows = faults.map((fault) => ({
    ...{ county, id: fault.id, batch_id: id, row_no: fault.rowNo, place: fault.place },
    ...{ column_title: fault.columnTitle, code: fault.code, reason: fault.reason, remedy: fault.remedy },
    ...{ value_cipher: fault.valueCipher, town, village },
  }))
  await insertRows(tx, 'imports.fault', rows)
}

export interface FaultPage {
  batchId: string
  code?: string | undefined
  /** The last one of the page before. */
  after?: { rowNo: number; id: string } | undefined
  limit: number
}

/** In the order of the sheet. */
export async function listFaults(
  db: Db,
  county: string,
  { batchId, code, after, limit }: FaultPage,
): Promise<FaultRow[]> {
  const ofCode = code === undefined ? sql`` : sql`and code = ${code}`
  const rest = after === undefined ? sql`` : sql`and (row_no, id) > (${after.rowNo}, ${after.id}::uuid)`
  const { rows } = await sql<FaultRow>`
    select ${COLUMNS} from imports.fault
     where county = ${county} and batch_id = ${batchId} ${ofCode} ${rest}
     order by row_no, id limit ${limit}`.execute(db)
  return rows
}

/** The commonest first. */
export async function countFaults(
  db: Db,
  county: string,
  batchId: string,
): Promise<{ code: string; columnTitle: string; count: number }[]> {
  const { rows } = await sql<{ code: string; columnTitle: string; count: number }>`
    select code, column_title, count(*) as count from imports.fault
     where county = ${county} and batch_id = ${batchId}
     group by code, column_title order by count(*) desc, code, column_title`.execute(db)
  return rows
}
