import type { Instant } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import { rewritePlaces, type PlaceMove } from '../../platform/places.db.ts'
import type { Columns } from './field.rules.ts'

export type BatchStatus = 'uploaded' | 'checking' | 'checked' | 'loading' | 'loaded' | 'undoing' | 'undone'
export type RowStatus = 'ready' | 'wrong' | 'held' | 'known' | 'loaded' | 'kept' | 'undone'

export interface BatchPlace {
  town: string | null
  village: string | null
}

export interface Batch extends BatchPlace {
  id: string
  kind: string
  fileName: string
  digest: string
  headerRow: number
  headers: string[]
  rowCount: number
  columns: Columns
  options: { on?: string; bankCode?: string }
  status: BatchStatus
  /** Of the step under way. */
  doneRows: number
  /** Why the last step was not carried out. */
  code: string | null
  message: string | null
  madeBy: string
  madeAt: Instant
  askedBy: string | null
  checkedAt: Instant | null
  loadedAt: Instant | null
  undoneAt: Instant | null
  undoneWhy: string | null
}

const COLUMNS =
  sql.raw(`id, kind, file_name, digest, header_row, headers, row_count, columns, options, status, done_rows,
  code, message, town, village, made_by, made_at, asked_by, checked_at, loaded_at, undone_at, undone_why`)

export type NewBatch = Pick<
  Batch,
  | 'id'
  | 'kind'
  | 'fileName'
  | 'digest'
  | 'headerRow'
  | 'headers'
  | 'rowCount'
  | 'columns'
  | 'town'
  | 'village'
  | 'madeBy'
  | 'madeAt'
>

export async function insertBatch(tx: Tx, county: string, batch: NewBatch): Promise<void> {
  await sql`
    insert into imports.batch (county, id, kind, file_name, digest, header_row, headers, row_count, columns, options, status,
                               town, village, made_by, made_at)
    values (${county}, ${batch.id}, ${batch.kind}, ${batch.fileName}, ${batch.digest}, ${batch.headerRow},
            ${JSON.stringify(batch.headers)}::jsonb, ${batch.rowCount}, ${JSON.stringify(batch.columns)}::jsonb, '{}', 'uploaded',
            ${batch.town}, ${batch.village}, ${batch.madeBy}, ${batch.madeAt})`.execute(tx)
}

export async function findBatch(db: Db, county: string, id: string): Promise<Batch | undefined> {
  const { rows } = await sql<Batch>`
    select ${COLUMNS} from imports.batch where county = ${county} and id = ${id}`.execute(db)
  return rows[0]
}

export async function findBatchForUpdate(tx: Tx, county: string, id: string): Promise<Batch | undefined> {
  const { rows } = await sql<Batch>`
    select ${COLUMNS} from imports.batch where county = ${county} and id = ${id} for update`.execute(tx)
  return rows[0]
}

/** The newest first: ids follow time. */
export async function listBatches(
  db: Db,
  county: string,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<Batch[]> {
  const rest = after === undefined ? sql`` : sql`and id < ${after}`
  const { rows } = await sql<Batch>`
    select ${COLUMNS} from imports.batch where county = ${county} ${rest} order by id desc limit ${limit}`.execute(
    db,
  )
  return rows
}

/** A step begins: what the last one said is forgotten. */
export async function updateAsked(
  tx: Tx,
  county: string,
  {
    id,
    status,
    by,
    columns,
    options,
    undoneWhy,
  }: Pick<Batch, 'id' | 'status' | 'columns' | 'options' | 'undoneWhy'> & { by: string },
): Promise<void> {
  await sql`
    update imports.batch
       set status = ${status}, asked_by = ${by}, done_rows = 0, code = null, message = null, undone_why = ${undoneWhy},
           columns = ${JSON.stringify(columns)}::jsonb, options = ${JSON.stringify(options)}::jsonb
     where county = ${county} and id = ${id}`.execute(tx)
}

const ENDED_AT = { checked: 'checked_at', loaded: 'loaded_at', undone: 'undone_at' } as const

export async function updateEnded(
  tx: Tx,
  county: string,
  { id, status, at }: { id: string; status: keyof typeof ENDED_AT; at: Instant },
): Promise<void> {
  await sql`
    update imports.batch set status = ${status}, ${sql.ref(ENDED_AT[status])} = ${at}
     where county = ${county} and id = ${id}`.execute(tx)
}

/** What the rows, or those of one state, came to, each once. */
export async function listSubjects(
  db: Db,
  county: string,
  { batchId, status }: { batchId: string; status?: RowStatus },
): Promise<string[]> {
  const inState = status === undefined ? sql`` : sql`and status = ${status}`
  const { rows } = await sql<{ subjectId: string }>`
    select distinct subject_id from imports.batch_row
     where county = ${county} and batch_id = ${batchId} ${inState} and subject_id is not null`.execute(db)
  return rows.map(({ subjectId }) => subjectId)
}

/** The step was not carried out: the batch stands where it stood, and why it was to be undone is forgotten. */
export async function updateFailed(
  tx: Tx,
  county: string,
  { id, status, code, message }: { id: string; status: BatchStatus; code: string; message: string },
): Promise<void> {
  await sql`
    update imports.batch set status = ${status}, code = ${code}, message = ${message}, undone_why = null
     where county = ${county} and id = ${id}`.execute(tx)
}

export async function updateProgress(
  tx: Tx,
  county: string,
  { id, doneRows }: { id: string; doneRows: number },
): Promise<void> {
  await sql`
    update imports.batch set done_rows = ${doneRows} where county = ${county} and id = ${id}`.execute(tx)
}

export interface BatchRow {
  rowNo: number
  unit: number
  status: RowStatus
  subjectId: string | null
  why: string | null
}

export async function deleteFindings(tx: Tx, county: string, batchId: string): Promise<void> {
  await sql`delete from imports.fault where county = ${county} and batch_id = ${batchId}`.execute(tx)
  await sql`delete from imports.batch_row where county = ${county} and batch_id = ${batchId}`.execute(tx)
}

export async function insertBatchRows(
  tx: Tx,
  county: string,
  { batch, rows }: { batch: Pick<Batch, 'id' | 'town' | 'village'>; rows: readonly BatchRow[] },
): Promise<void> {
  const { id, town, village } = batch
  const values = rows.map((row) => ({
    ...{ county, batch_id: id, row_no: row.rowNo, unit: row.unit, status: row.status },
    ...{ subject_id: row.subjectId, why: row.why, town, village },
  }))
  await insertRows(tx, 'imports.batch_row', values)
}

/** Whole units of one state, the first ones. `limit` rows at most, but one unit at least. */
export async function listRowsToDo(
  db: Db,
  county: string,
  {
    batchId,
    status,
    limit,
    order,
  }: { batchId: string; status: RowStatus; limit: number; order: 'asc' | 'desc' },
): Promise<BatchRow[]> {
  const way = order === 'asc' ? sql`asc` : sql`desc`
  const { rows } = await sql<BatchRow>`
    select row_no, unit, status, subject_id, why from imports.batch_row
     where county = ${county} and batch_id = ${batchId} and status = ${status}
     order by unit ${way}, row_no ${way} limit ${limit + 1}`.execute(db)
  const last = rows.at(-1)?.unit
  const whole = rows.length <= limit ? rows : rows.filter(({ unit }) => unit !== last)
  return whole.length > 0 ? whole : listUnit(db, county, { batchId, status, unit: last ?? 0 })
}

async function listUnit(
  db: Db,
  county: string,
  { batchId, status, unit }: { batchId: string; status: RowStatus; unit: number },
): Promise<BatchRow[]> {
  const { rows } = await sql<BatchRow>`
    select row_no, unit, status, subject_id, why from imports.batch_row
     where county = ${county} and batch_id = ${batchId} and status = ${status} and unit = ${unit}
     order by row_no`.execute(db)
  return rows
}

/** Rows that came to the same. */
export async function updateRows(
  tx: Tx,
  county: string,
  {
    batchId,
    rows,
    status,
  }: {
    batchId: string
    rows: readonly { rowNo: number; subjectId: string | null; why: string | null }[]
    status: RowStatus
  },
): Promise<void> {
  if (rows.length === 0) return
  const numbers = rows.map(({ rowNo }) => rowNo)
  const subjects = rows.map(({ subjectId }) => subjectId)
  const reasons = rows.map(({ why }) => why)
  await sql`
    update imports.batch_row as r set status = ${status}, subject_id = coalesce(n.subject_id, r.subject_id), why = n.why
      from unnest(${numbers}::int[], ${subjects}::uuid[], ${reasons}::text[]) as n (row_no, subject_id, why)
     where r.county = ${county} and r.batch_id = ${batchId} and r.row_no = n.row_no`.execute(tx)
}

/** What an earlier undoing had to leave is tried again. */
export async function updateKeptToLoaded(tx: Tx, county: string, batchId: string): Promise<void> {
  await sql`
    update imports.batch_row set status = 'loaded', why = null
     where county = ${county} and batch_id = ${batchId} and status = 'kept'`.execute(tx)
}

export async function countRows(
  db: Db,
  county: string,
  batchIds: readonly string[],
): Promise<{ batchId: string; status: RowStatus; count: number }[]> {
  const { rows } = await sql<{ batchId: string; status: RowStatus; count: number }>`
    select batch_id, status, count(*) as count from imports.batch_row
     where county = ${county} and batch_id = any (${batchIds}::uuid[])
     group by batch_id, status`.execute(db)
  return rows
}

/** Rows of which there is something to say beside faults: known before, or kept when the batch was undone. */
export async function listToldRows(
  db: Db,
  county: string,
  { batchId, status, after, limit }: { batchId: string; status: RowStatus; after: number; limit: number },
): Promise<BatchRow[]> {
  const { rows } = await sql<BatchRow>`
    select row_no, unit, status, subject_id, why from imports.batch_row
     where county = ${county} and batch_id = ${batchId} and status = ${status} and row_no > ${after}
     order by row_no limit ${limit}`.execute(db)
  return rows
}

/** First key of the advisory lock of those who load decisions in a county. */
const DECISIONS_LOCK = 7306

/** One after the other, until commit: an award that another is about to open is not seen, and would be opened twice. */
export async function takeTurns(tx: Tx, county: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${DECISIONS_LOCK}, ${Number(county)})`.execute(tx)
}

const PLACED = ['batch', 'batch_row', 'fault'].map((table) => `imports.${table}`)

/** The current place columns of this engine's tables follow a merge of areas. */
export async function rewriteImportPlaces(
  tx: Tx,
  county: string,
  moves: readonly PlaceMove[],
): Promise<void> {
  await rewritePlaces(tx, PLACED, { county, moves })
}
