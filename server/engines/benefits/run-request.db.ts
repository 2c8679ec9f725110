import type { Instant } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'

export type AskedStep = 'compute' | 'publish' | 'reject' | 'cancel'

export interface RunRequest {
  id: string
  runNo: number
  step: AskedStep
  reason: string | null
  askedBy: string
  askedAt: Instant
  status: 'waiting' | 'done' | 'failed'
  /** Of the last try that failed; a waiting one is tried again. */
  code: string | null
  message: string | null
  endedAt: Instant | null
}

const COLUMNS = sql.raw('id, run_no, step, reason, asked_by, asked_at, status, code, message, ended_at')

export async function insertRequest(
  tx: Tx,
  county: string,
  request: Pick<RunRequest, 'id' | 'runNo' | 'step' | 'reason' | 'askedBy' | 'askedAt'>,
): Promise<void> {
  const { id, runNo, step, reason, askedBy, askedAt } = request
  await sql`
    insert into benefits.run_request (county, id, run_no, step, reason, asked_by, asked_at, status)
    values (${county}, ${id}, ${runNo}, ${step}, ${reason}, ${askedBy}, ${askedAt}, 'waiting')`.execute(tx)
}

export async function findRequest(db: Db, county: string, id: string): Promise<RunRequest | undefined> {
  const { rows } = await sql<RunRequest>`
    select ${COLUMNS} from benefits.run_request where county = ${county} and id = ${id}`.execute(db)
  return rows[0]
}

/** In the order in which they were asked for. */
export async function listRequests(db: Db, county: string, runNo: number): Promise<RunRequest[]> {
  const { rows } = await sql<RunRequest>`
    select ${COLUMNS} from benefits.run_request where county = ${county} and run_no = ${runNo} order by id`.execute(
    db,
  )
  return rows
}

export interface Failure {
  code: string
  message: string
}

export async function updateDone(
  tx: Tx,
  county: string,
  { id, at }: { id: string; at: Instant },
): Promise<void> {
  await sql`
    update benefits.run_request set status = 'done', code = null, message = null, ended_at = ${at}
     where county = ${county} and id = ${id} and status = 'waiting'`.execute(tx)
}

export async function updateFailed(
  tx: Tx,
  county: string,
  { id, at, code, message }: Failure & { id: string; at: Instant },
): Promise<void> {
  await sql`
    update benefits.run_request set status = 'failed', code = ${code}, message = ${message}, ended_at = ${at}
     where county = ${county} and id = ${id} and status = 'waiting'`.execute(tx)
}

/** It will be tried again. */
export async function updateTried(
  tx: Tx,
  county: string,
  { id, code, message }: Failure & { id: string },
): Promise<void> {
  await sql`
    update benefits.run_request set code = ${code}, message = ${message}
     where county = ${county} and id = ${id} and status = 'waiting'`.execute(tx)
}

export interface RunProgress {
  chunksDone: number
  chunks: number
}

/** Before the work is divided there is no chunk. */
export async function countChunks(db: Db, county: string, runNo: number): Promise<RunProgress> {
  const { rows } = await sql<RunProgress>`
    select count(done_at) as chunks_done, count(*) as chunks from benefits.run_chunk
     where county = ${county} and run_no = ${runNo}`.execute(db)
  return rows[0] ?? { chunksDone: 0, chunks: 0 }
}
