import type { Instant, Month } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import type { Layout } from './bank-file.schema.ts'
import type { BatchStatus } from './batch.rules.ts'
import type { InstructionStatus } from './funds.schema.ts'

export interface Batch {
  no: number
  programGroup: string
  fiscalYear: number
  title: string
  layout: Layout
  labels: Record<string, string>
  status: BatchStatus
  lines: number
  totalFen: Fen
  madeBy: string
  madeAt: Instant
  approvedBy: string | null
  approvedAt: Instant | null
  filedAt: Instant | null
  cancelledAt: Instant | null
}

export const BATCH = sql.raw(`no, program_group, fiscal_year, title, layout, labels, status, lines, total_fen,
  made_by, made_at, approved_by, approved_at, filed_at, cancelled_at`)

export interface NewBatch {
  county: string
  no: number
  programGroup: string
  fiscalYear: number
  title: string
  layout: Layout
  labels: Record<string, string>
  lines: number
  totalFen: Fen
  by: string
  at: Instant
}

export async function insertBatch(tx: Tx, batch: NewBatch): Promise<void> {
  await sql`
    insert into funds.batch (county, no, program_group, fiscal_year, title, layout, labels, status, lines, total_fen, made_by, made_at)
    values (${batch.county}, ${batch.no}, ${batch.programGroup}, ${batch.fiscalYear}, ${batch.title}, ${JSON.stringify(batch.layout)},
            ${JSON.stringify(batch.labels)}, 'draft', ${batch.lines}, ${batch.totalFen}, ${batch.by}, ${batch.at})`.execute(
    tx,
  )
}

export async function findBatch(db: Db, county: string, no: number): Promise<Batch | undefined> {
  const { rows } = await sql<Batch>`
    select ${BATCH} from funds.batch where county = ${county} and no = ${no}`.execute(db)
  return rows[0]
}

export async function findBatchForUpdate(tx: Tx, county: string, no: number): Promise<Batch | undefined> {
  const { rows } = await sql<Batch>`
    select ${BATCH} from funds.batch where county = ${county} and no = ${no} for update`.execute(tx)
  return rows[0]
}

export async function listBatches(
  db: Db,
  county: string,
  { status, group }: { status?: BatchStatus | undefined; group?: string | undefined } = {},
): Promise<Batch[]> {
  const inState = status === undefined ? sql`` : sql`and status = ${status}`
  const ofGroup = group === undefined ? sql`` : sql`and program_group = ${group}`
  const { rows } = await sql<Batch>`
    select ${BATCH} from funds.batch where county = ${county} ${inState} ${ofGroup} order by no`.execute(db)
  return rows
}

export interface Step {
  county: string
  no: number
  by: string
  at: Instant
}

export async function updateApproved(tx: Tx, { county, no, by, at }: Step): Promise<void> {
  await sql`
    update funds.batch set status = 'approved', approved_by = ${by}, approved_at = ${at}
     where county = ${county} and no = ${no}`.execute(tx)
}

export async function updateFiled(tx: Tx, { county, no, by, at }: Step): Promise<void> {
  await sql`
    update funds.batch set status = 'filed', filed_by = ${by}, filed_at = ${at}
     where county = ${county} and no = ${no}`.execute(tx)
}

export async function updateCancelled(tx: Tx, { county, no, by, at }: Step): Promise<void> {
  await sql`
    update funds.batch set status = 'cancelled', cancelled_by = ${by}, cancelled_at = ${at}
     where county = ${county} and no = ${no}`.execute(tx)
  await sql`
    update funds.instruction set status = 'cancelled', status_at = ${at}
     where county = ${county} and batch_no = ${no}`.execute(tx)
}

export interface Instruction {
  id: string
  batchNo: number
  ref: string
  awardId: string
  forMonth: Month
  lineSeq: number
  program: string
  fen: Fen
  payeeKind: 'person' | 'organisation'
  payeeId: string
  payeeName: string
  bankCode: string
  accountCipher: string
  status: InstructionStatus
  reason: string | null
  town: string | null
  village: string | null
  createdAt: Instant
  statusAt: Instant
}

export type NewInstruction = Omit<Instruction, 'status' | 'reason' | 'createdAt' | 'statusAt'>

const BULK = 5_000

/** One statement for thousands of rows; the partial unique index refuses a second live instruction of a line. */
export async function insertInstructions(
  tx: Tx,
  { county, at }: { county: string; at: Instant },
  instructions: readonly NewInstruction[],
): Promise<void> {
  for (let start = 0; start < instructions.length; start += BULK) {
    const rows = JSON.stringify(instructions.slice(start, start + BULK))
    await sql`
      insert into funds.instruction (county, id, batch_no, ref, award_id, for_month, line_seq, program, fen, payee_kind, payee_id,
                                     payee_name, bank_code, account_cipher, status, town, village, created_at, status_at)
      select ${county}, n.id, n."batchNo", n.ref, n."awardId", n."forMonth", n."lineSeq", n.program, n.fen, n."payeeKind", n."payeeId",
             n."payeeName", n."bankCode", n."accountCipher", 'in_flight', n.town, n.village, ${at}::timestamptz, ${at}::timestamptz
        from json_to_recordset(${rows}::json) as n (id uuid, "batchNo" integer, ref text, "awardId" uuid, "forMonth" text,
             "lineSeq" integer, program text, fen bigint, "payeeKind" text, "payeeId" uuid, "payeeName" text, "bankCode" text,
             "accountCipher" text, town text, village text)`.execute(tx)
  }
}

export const INSTRUCTION =
  sql.raw(`id, batch_no, ref, award_id, for_month, line_seq, program, fen, payee_kind, payee_id, payee_name,
  bank_code, account_cipher, status, reason, town, village, created_at, status_at`)

export interface InstructionFilter {
  batchNo?: number | undefined
  awardId?: string | undefined
  status?: InstructionStatus | undefined
}

export async function listInstructionRows(
  db: Db,
  county: string,
  { batchNo, awardId, status }: InstructionFilter,
): Promise<Instruction[]> {
  const ofBatch = batchNo === undefined ? sql`` : sql`and batch_no = ${batchNo}`
  const ofAward = awardId === undefined ? sql`` : sql`and award_id = ${awardId}`
  const inState = status === undefined ? sql`` : sql`and status = ${status}`
  const { rows } = await sql<Instruction>`
    select ${INSTRUCTION} from funds.instruction
     where county = ${county} ${ofBatch} ${ofAward} ${inState} order by ref`.execute(db)
  return rows
}

export async function findInstruction(db: Db, county: string, id: string): Promise<Instruction | undefined> {
  const { rows } = await sql<Instruction>`
    select ${INSTRUCTION} from funds.instruction where county = ${county} and id = ${id}`.execute(db)
  return rows[0]
}

/** Totals per programme as the database has them. */
export async function listBatchAmounts(
  db: Db,
  county: string,
  batchNo: number,
): Promise<{ program: string; lines: number; fen: Fen }[]> {
  const { rows } = await sql<{ program: string; lines: number; fen: Fen }>`
    select program, count(*) as lines, sum(fen)::bigint as fen from funds.instruction
     where county = ${county} and batch_no = ${batchNo} group by program order by program`.execute(db)
  return rows
}

export interface BatchFile {
  part: number
  name: string
  lines: number
  totalFen: Fen
  fileId: string
  digest: string
  bytes: number
}

export async function listBatchFiles(db: Db, county: string, batchNo: number): Promise<BatchFile[]> {
  const { rows } = await sql<BatchFile>`
    select f.part, f.name, f.lines, f.total_fen, f.file_id, s.digest, s.bytes
      from funds.batch_file f
      join platform.stored_file s on s.county = f.county and s.id = f.file_id
     where f.county = ${county} and f.batch_no = ${batchNo} order by f.part`.execute(db)
  return rows
}

export async function insertBatchFile(
  tx: Tx,
  { county, batchNo, file }: { county: string; batchNo: number; file: Omit<BatchFile, 'digest' | 'bytes'> },
): Promise<void> {
  await sql`
    insert into funds.batch_file (county, batch_no, part, file_id, name, lines, total_fen)
    values (${county}, ${batchNo}, ${file.part}, ${file.fileId}, ${file.name}, ${file.lines}, ${file.totalFen})`.execute(
    tx,
  )
}

/** Awards paid, or being paid, for a month. */
export async function listPaidAwards(
  db: Db,
  county: string,
  { programs, month }: { programs: readonly string[]; month: Month },
): Promise<string[]> {
  const { rows } = await sql<{ awardId: string }>`
    select distinct award_id from funds.instruction
     where county = ${county} and for_month = ${month} and program = any (${[...programs]}::text[])
       and status in ('in_flight', 'paid', 'unknown', 'late_paid')`.execute(db)
  return rows.map((row) => row.awardId)
}
