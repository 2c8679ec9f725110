import type { Instant } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { Outcome } from './bank-file.schema.ts'
import type { InstructionStatus } from './funds.schema.ts'

export async function findResultFile(
  db: Db,
  county: string,
  digest: string,
): Promise<{ id: string; batchNo: number; lines: number } | undefined> {
  const { rows } = await sql<{ id: string; batchNo: number; lines: number }>`
    select id, batch_no, lines from funds.result_file where county = ${county} and digest = ${digest}`.execute(
    db,
  )
  return rows[0]
}

export interface NewResultFile {
  county: string
  id: string
  batchNo: number
  digest: string
  fileId: string
  lines: number
  by: string
  at: Instant
}

export async function insertResultFile(tx: Tx, file: NewResultFile): Promise<void> {
  await sql`
    insert into funds.result_file (county, id, batch_no, digest, file_id, lines, imported_by, imported_at)
    values (${file.county}, ${file.id}, ${file.batchNo}, ${file.digest}, ${file.fileId}, ${file.lines}, ${file.by}, ${file.at})`.execute(
    tx,
  )
}

export interface NewResult {
  id: string
  instructionId: string
  outcome: Outcome
  reasonCode: string
  reason: string
}

const BULK = 5_000

export async function insertResults(
  tx: Tx,
  source: { county: string; resultFileId: string | null; paper: string | null; by: string; at: Instant },
  results: readonly NewResult[],
): Promise<void> {
  const { county, resultFileId, paper, by, at } = source
  for (let start = 0; start < results.length; start += BULK) {
    const rows = JSON.stringify(results.slice(start, start + BULK))
    await sql`
      insert into funds.result (county, id, instruction_id, result_file_id, outcome, reason_code, reason, paper, answered_by, recorded_at)
      select ${county}, n.id, n."instructionId", ${resultFileId}::uuid, n.outcome, n."reasonCode", n.reason, ${paper}::text,
             ${by}::uuid, ${at}::timestamptz
        from json_to_recordset(${rows}::json)
          as n (id uuid, "instructionId" uuid, outcome text, "reasonCode" text, reason text)`.execute(tx)
  }
}

export interface StatusChange {
  id: string
  status: InstructionStatus
  reason: string | null
}

export async function updateInstructions(
  tx: Tx,
  { county, at }: { county: string; at: Instant },
  changes: readonly StatusChange[],
): Promise<void> {
  const alike = groupBy(changes, ({ status, reason }) => `${status}\0${reason ?? ''}`)
  for (const [first, ...others] of alike.values()) {
    if (!first) continue
    const ids = [first, ...others].map((change) => change.id)
    await sql`
      update funds.instruction set status = ${first.status}, reason = ${first.reason}, status_at = ${at}
       where county = ${county} and id = any (${ids}::uuid[])`.execute(tx)
  }
}

/** Of these instructions, those whose line has another live instruction: counted for each, which keeps the look-up by index. */
export async function listReissued(db: Db, county: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    select i.id from funds.instruction i
     where i.county = ${county} and i.id = any (${[...ids]}::uuid[])
       and (select count(*) from funds.instruction o
             where o.county = ${county} and o.award_id = i.award_id and o.for_month = i.for_month and o.line_seq = i.line_seq
               and o.id <> i.id and o.status in ('in_flight', 'paid', 'unknown')) > 0`.execute(db)
  return new Set(rows.map((row) => row.id))
}
