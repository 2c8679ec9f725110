import type { InstructionRow, Month, OracleBooks, RunStatus, Share } from '../../oracle/index.ts'
import type { TestDb } from '../db.ts'

/** What the database holds of one county, read behind row-level security, as plain rows. */
export interface Observed {
  runs: {
    no: number
    group: 'basic_assistance' | 'temporary_assistance'
    month: Month
    status: RunStatus
    base: number | null
    isFull: boolean
  }[]
  lines: ObservedLine[]
  withheld: { runNo: number; awardId: string; month: Month }[]
  instructions: ObservedInstruction[]
  receipts: Money[]
  writeOffs: Money[]
  /** As stored: `from` is the claim, `to` is what is kept back. */
  offsets: {
    fromAward: string
    fromMonth: Month
    toAward: string
    toMonth: Month
    fen: number
    runNo: number | null
  }[]
  claims: (Money & { id: string; status: 'open' | 'closed'; decided: boolean })[]
  proposedWriteOffs: { id: string; claimId: string }[]
  balances: Money[]
  batches: {
    no: number
    group: string
    status: string
    fen: number
    lines: number
    files: number | null
    filedFen: number | null
  }[]
  budgets: { program: string; reservedFen: number }[]
  /** Table → digest of its rows of this county. */
  digests: Record<string, string>
}

export interface Money {
  awardId: string
  month: Month
  fen: number
}

export interface ObservedLine extends Money {
  runNo: number
  seq: number
  dueFen: number
  program: string
  shares: [string, number][]
  payee: { kind: string; id: string } | null
}

export interface ObservedInstruction extends Money {
  id: string
  ref: string
  batchNo: number
  seq: number
  program: string
  status: 'in_flight' | 'paid' | 'returned' | 'unknown' | 'late_paid' | 'cancelled'
}

const MONEY = `'awardId', award_id, 'month', for_month, 'fen', fen`

const PARTS: Readonly<Record<Exclude<keyof Observed, 'digests'>, string>> = {
  runs: `select json_build_object('no', no, 'group', program_group, 'month', month, 'status', status, 'base', base_no, 'isFull', is_full) j
           from benefits.run where county = $1 order by no`,
  lines: `select json_build_object(${MONEY}, 'runNo', run_no, 'seq', seq, 'dueFen', due_fen, 'program', program,
                                   'shares', detail -> 'shares', 'payee', detail -> 'payee') j
            from benefits.explained_line where county = $1 order by run_no, award_id, for_month, seq`,
  withheld: `select json_build_object('runNo', run_no, 'awardId', award_id, 'month', for_month) j
               from benefits.run_finding where county = $1 and kind = 'undecided_recovery'`,
  instructions: `select json_build_object(${MONEY}, 'id', id, 'ref', ref, 'batchNo', batch_no, 'seq', line_seq, 'program', program, 'status', status) j
                   from funds.instruction where county = $1 order by ref`,
  receipts: `select json_build_object(${MONEY}) j from funds.receipt where county = $1`,
  writeOffs: `select json_build_object(${MONEY}) j from funds.write_off where county = $1 and status = 'effective'`,
  offsets: `select json_build_object('fromAward', from_award, 'fromMonth', from_month, 'toAward', to_award, 'toMonth', to_month,
                                     'fen', fen, 'runNo', run_no) j
              from funds.claim_offset where county = $1 and reversed_at is null`,
  claims: `select json_build_object('awardId', award_id, 'month', for_month, 'fen', open_fen, 'id', id, 'status', status,
                                    'decided', decided_by is not null) j
             from funds.claim where county = $1 order by opened_at, for_month, id`,
  proposedWriteOffs: `select json_build_object('id', id, 'claimId', claim_id) j from funds.write_off where county = $1 and status = 'proposed'`,
  balances: `select json_build_object(${MONEY}) j from benefits.month_balance where county = $1`,
  batches: `select json_build_object('no', no, 'group', program_group, 'status', status, 'fen', total_fen, 'lines', lines,
                     'files', (select sum(f.lines) from funds.batch_file f where f.county = b.county and f.batch_no = b.no),
                     'filedFen', (select sum(f.total_fen) from funds.batch_file f where f.county = b.county and f.batch_no = b.no)) j
              from funds.batch b where county = $1 order by no`,
  budgets: `select json_build_object('program', program, 'reservedFen', reserved_fen) j from funds.budget where county = $1 order by program`,
}

export async function observe(
  { db, tables }: { db: TestDb; tables: readonly string[] },
  county: string,
): Promise<Observed> {
  const parts = Object.entries(PARTS).map(
    ([key, text]) => `'${key}', (select coalesce(json_agg(j), '[]') from (${text}) x)`,
  )
  const digests = tables.map(
    (table) =>
      `('${table}', (select md5(string_agg(t::text, '' order by t::text)) from ${table} t where county = $1))`,
  )
  const all = `(select json_object_agg(k, d) from (values ${digests.join(', ')}) v (k, d))`
  const text = `select json_build_object(${parts.join(', ')}, 'digests', ${all}) as observed`
  // Named: planning it takes longer than running it.
  const { rows } = await db.pool.query<{ observed: Observed }>({ name: 'observe', text, values: [county] })
  const [row] = rows
  if (!row) throw new Error('nothing observed')
  return row.observed
}

/** The observed rows in the oracle's words; `cuts` are the model's own. */
export function booksOf(observed: Observed, cuts: ReadonlyMap<number, number>): OracleBooks {
  return {
    runs: observed.runs.map(({ no, group, month, status }) => {
      const withheld = observed.withheld.filter((each) => each.runNo === no)
      return { id: String(no), group, month, status, cut: cuts.get(no) ?? -1, withheld }
    }),
    lines: observed.lines.map(({ runNo, awardId, month, fen, seq, dueFen, shares }) => {
      return {
        runId: String(runNo),
        awardId,
        month,
        fen,
        seq,
        entitledFen: dueFen,
        shares: shares.map(shareOf),
      }
    }),
    instructions: observed.instructions.map(instructionOf),
    receipts: observed.receipts,
    writeOffs: observed.writeOffs,
    offsets: observed.offsets.map(({ fromAward, fromMonth, toAward, toMonth, fen }) => {
      return { from: { awardId: toAward, month: toMonth }, to: { awardId: fromAward, month: fromMonth }, fen }
    }),
    claims: observed.claims.filter((claim) => claim.status === 'open'),
    balances: observed.balances,
  }
}

function shareOf([personId, fen]: [string, number]): Share {
  return { personId, fen }
}

/** Late paid is money that went out twice for one line: it counts, and names no line. */
function instructionOf({ id, awardId, month, fen, seq, status }: ObservedInstruction): InstructionRow {
  if (status === 'late_paid') return { id, awardId, month, fen, status: 'paid' }
  return { id, awardId, month, fen, seq, status: status === 'cancelled' ? 'dropped' : status }
}
