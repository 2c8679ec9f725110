import type { Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import { BATCH, INSTRUCTION, type Batch, type Instruction } from './batch.db.ts'
import { instructionRef, type BatchStatus } from './batch.rules.ts'
import type { InstructionStatus } from './funds.schema.ts'

export interface BatchPage {
  status?: BatchStatus | undefined
  group?: string | undefined
  before?: number | undefined
  limit: number
}

/** The newest first. */
export async function listBatchPage(
  db: Db,
  county: string,
  { status, group, before, limit }: BatchPage,
): Promise<Batch[]> {
  const inState = status === undefined ? sql`` : sql`and status = ${status}`
  const ofGroup = group === undefined ? sql`` : sql`and program_group = ${group}`
  const rest = before === undefined ? sql`` : sql`and no < ${before}`
  const { rows } = await sql<Batch>`
    select ${BATCH} from funds.batch
     where county = ${county} ${inState} ${ofGroup} ${rest} order by no desc limit ${limit}`.execute(db)
  return rows
}

/** Instructions of one batch, programme and status. */
export interface Tally {
  batchNo: number
  program: string
  status: InstructionStatus
  fromMonth: Month
  toMonth: Month
  lines: number
  fen: Fen
}

/** Of a page of batches: every instruction is looked at, so pages are short. */
export async function listTallies(db: Db, county: string, batchNos: readonly number[]): Promise<Tally[]> {
  const { rows } = await sql<Tally>`
    select batch_no, program, status, min(for_month) as from_month, max(for_month) as to_month,
           count(*) as lines, sum(fen)::bigint as fen
      from funds.instruction
     where county = ${county} and batch_no = any (${[...batchNos]}::integer[])
     group by batch_no, program, status order by batch_no, program, status`.execute(db)
  return rows
}

export interface InstructionPage {
  batchNo: number
  status?: InstructionStatus | undefined
  /** A reference. */
  after?: string | undefined
  limit: number
}

/** In the order of their references, which are those of the bank's file; a reference begins with its batch. */
export async function listInstructionPage(
  db: Db,
  county: string,
  { batchNo, status, after, limit }: InstructionPage,
): Promise<Instruction[]> {
  const inState = status === undefined ? sql`` : sql`and status = ${status}`
  const from = after ?? instructionRef(county, batchNo, 0)
  const { rows } = await sql<Instruction>`
    select ${INSTRUCTION} from funds.instruction
     where county = ${county} and batch_no = ${batchNo} ${inState}
       and ref > ${from} and ref <= ${instructionRef(county, batchNo, 999_999)}
     order by ref limit ${limit}`.execute(db)
  return rows
}
