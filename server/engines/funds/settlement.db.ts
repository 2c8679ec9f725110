import { sql, type Db } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import type { InstructionStatus } from './funds.schema.ts'

export async function findRunHead(
  db: Db,
  county: string,
  runNo: number,
): Promise<{ programGroup: string; status: string } | undefined> {
  const { rows } = await sql<{ programGroup: string; status: string }>`
    select program_group, status from benefits.run where county = ${county} and no = ${runNo}`.execute(db)
  return rows[0]
}

/** Instructions of the run's lines by state; a line sent twice counts once in each state. `offset 0`: one look-up by index a line. */
export async function listRunInstructions(
  db: Db,
  county: string,
  runNo: number,
): Promise<{ status: InstructionStatus; lines: number; fen: Fen }[]> {
  const { rows } = await sql<{ status: InstructionStatus; lines: number; fen: Fen }>`
    select i.status, count(*) as lines, sum(i.fen)::bigint as fen
      from benefits.obligation_line l
     cross join lateral (
       select status, fen from funds.instruction
        where county = ${county} and award_id = l.award_id and for_month = l.for_month and line_seq = l.seq offset 0
     ) i
     where l.county = ${county} and l.run_no = ${runNo} and l.fen > 0
     group by i.status`.execute(db)
  return rows
}
