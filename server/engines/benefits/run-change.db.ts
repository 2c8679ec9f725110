import { addMonths, type Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import { FINDINGS_PER_CHUNK } from './chunk.db.ts'
import type { MonthlyChange } from './run-input.rules.ts'
import type { RunSummary } from './run-summary.rules.ts'
import type { StoredLine } from './run-lines.db.ts'

/** A run whose bars are opened: its lines and what had been settled before it. */
export interface OpenedRun {
  county: string
  runNo: number
  month: Month
  /** Earlier runs whose lines did not count at its cut. */
  uncounted: readonly string[]
  /** What one run computes together; other lines of the month belong to other runs. */
  programs: readonly string[]
  /** Those whose awards are paid once: that nothing follows needs no reason. */
  oneOff: readonly string[]
}

export interface ChunkTold {
  no: number
  first: string
  last: string
  lines: number
  summary: RunSummary | null
}

/** In the order of the awards. */
export async function listChunksTold(db: Db, county: string, runNo: number): Promise<ChunkTold[]> {
  const { rows } = await sql<ChunkTold>`
    select no, first_id as first, last_id as last, coalesce(lines, 0) as lines, summary from benefits.run_chunk
     where county = ${county} and run_no = ${runNo} order by no`.execute(db)
  return rows
}

export interface ChangedAward {
  awardId: string
  program: string
  town: string | null
  village: string | null
  previousFen: Fen
  currentFen: Fen
  /** Of a stop: why, and the determination that says so. */
  stopReason: string | null
  stopDetermination: string | null
}

export interface ChangePage {
  change: MonthlyChange
  chunk: Pick<ChunkTold, 'no' | 'first' | 'last'>
  program: string | undefined
  town: string | undefined
  after: string | undefined
  limit: number
}

const IS_CHANGE: Readonly<Record<MonthlyChange, ReturnType<typeof sql>>> = {
  new: sql`e.previous_fen = 0 and e.current_fen > 0`,
  ended: sql`e.previous_fen > 0 and e.current_fen = 0 and e.is_stop`,
  raised: sql`e.previous_fen > 0 and e.current_fen > e.previous_fen`,
  lowered: sql`e.previous_fen > e.current_fen and e.current_fen > 0`,
  unchanged: sql`e.previous_fen > 0 and e.current_fen = e.previous_fen`,
}

/**
 * Awards of one chunk whose month differs from the one before in the way asked for, in the order of their ids: the same question that the
 * computation answered (`computeAward`), from what it wrote. An award that is left without money has no line: it stands in last month's
 * lines, or on the old system's list with a finding. Full joins, and no condition that would make them less: on tables without statistics
 * the planner would otherwise look for each award among all.
 */
export async function listChangedAwards(
  db: Db,
  { county, runNo, month, uncounted, programs, oneOff }: OpenedRun,
  { change, chunk, program, town, after, limit }: ChangePage,
): Promise<ChangedAward[]> {
  const previous = addMonths(month, -1)
  const first = after !== undefined && after > chunk.first ? after : chunk.first
  const inChunk = sql`l.award_id >= ${first}::uuid and l.award_id <= ${chunk.last}::uuid and l.program = any (${[...programs]}::text[])`
  const counts = sql`l.run_no <> all (${[...uncounted]}::integer[])`
  const firstFinding = chunk.no * FINDINGS_PER_CHUNK
  const { rows } = await sql<ChangedAward>`
    with told as (
      select f.award_id, bool_or(f.kind = 'rate_missing') as is_missing, bool_or(f.kind in ('stopped', 'continuity')) as is_stop,
             sum((f.detail ->> 'fen')::bigint) filter (where f.kind = 'undecided_recovery') as withheld_fen,
             max(f.detail ->> 'reason') as reason, max(f.detail ->> 'determination') filter (where f.kind in ('stopped', 'continuity')) as determination
        from benefits.run_finding f
       where f.county = ${county} and f.run_no = ${runNo} and f.no >= ${firstFinding} and f.no < ${firstFinding + FINDINGS_PER_CHUNK}
         and f.for_month = ${month} and f.kind in ('rate_missing', 'undecided_recovery', 'stopped', 'continuity')
       group by f.award_id
    ), this as (
      select l.award_id, min(l.program) as program, max(l.due_fen) filter (where l.run_no = ${runNo}) as own_fen,
             sum(l.fen) filter (where l.run_no < ${runNo}) as earlier_fen
        from benefits.obligation_line l
       where l.county = ${county} and l.for_month = ${month} and ${inChunk} and l.run_no <= ${runNo} and ${counts}
       group by l.award_id
    ), last as (
      select l.award_id, min(l.program) as program, sum(l.fen) as fen
        from benefits.obligation_line l
       where l.county = ${county} and l.for_month = ${previous} and ${inChunk} and l.run_no < ${runNo} and ${counts}
       group by l.award_id
    ), award as (
      select a.id, a.program, a.town, a.village, case when a.last_paid_month = ${previous} then a.last_paid_fen end as paid_fen
        from benefits.award a
       where a.county = ${county} and a.id >= ${first}::uuid and a.id <= ${chunk.last}::uuid
    ), each as (
      select coalesce(this.award_id, last.award_id, t.award_id) as award_id, coalesce(this.program, last.program, a.program) as program,
             a.town, a.village, t.reason as stop_reason, t.determination as stop_determination,
             coalesce(t.is_stop, false) or coalesce(last.program, '') = any (${[...oneOff]}::text[]) as is_stop,
             coalesce(a.paid_fen, last.fen, 0)::bigint as previous_fen,
             coalesce(this.own_fen, this.earlier_fen + coalesce(t.withheld_fen, 0), 0)::bigint as current_fen
        from this
        full join last on last.award_id = this.award_id
        full join told t on t.award_id = coalesce(this.award_id, last.award_id)
        full join award a on a.id = coalesce(this.award_id, last.award_id, t.award_id)
       where not coalesce(t.is_missing, false)
    )
    select e.award_id, e.program, e.town, e.village, e.previous_fen, e.current_fen, e.stop_reason, e.stop_determination
      from each e
     where ${IS_CHANGE[change]} and e.award_id is not null
       and ${after === undefined ? sql`true` : sql`e.award_id > ${after}::uuid`}
       and ${program === undefined ? sql`true` : sql`e.program = ${program}`}
       and ${town === undefined ? sql`true` : sql`coalesce(e.town, '') = ${town}`}
     order by e.award_id limit ${limit}`.execute(db)
  return rows
}

/** What a month of awards says of itself: the last line that counted up to a run, with its detail. */
export async function listLastLines(
  db: Db,
  { county, uncounted }: Pick<OpenedRun, 'county' | 'uncounted'>,
  { awardIds, month, upTo }: { awardIds: readonly string[]; month: Month; upTo: number },
): Promise<Map<string, StoredLine>> {
  if (awardIds.length === 0) return new Map()
  const { rows } = await sql<StoredLine>`
    select distinct on (l.award_id) l.award_id, l.for_month, l.seq, l.fen, l.due_fen, l.persons, l.program, l.category, l.town, l.village, l.detail
      from benefits.explained_line l
     where l.county = ${county} and l.for_month = ${month} and l.award_id = any (${[...awardIds]}::uuid[])
       and l.run_no <= ${upTo} and l.run_no <> all (${[...uncounted]}::integer[])
     order by l.award_id, l.seq desc`.execute(db)
  return new Map(rows.map((line) => [line.awardId, line]))
}

export interface FurtherPage {
  kind: 'arrears' | 'correction'
  program: string | undefined
  town: string | undefined
  after: { awardId: string; month: Month; seq: number } | undefined
  limit: number
}

/** Lines of a run that are not its own month's money, award by award; of the county's lines only the pages that the run filled are read. */
export async function listFurtherLines(
  db: Db,
  { county, runNo, month }: Pick<OpenedRun, 'county' | 'runNo' | 'month'>,
  { kind, program, town, after, limit }: FurtherPage,
): Promise<StoredLine[]> {
  const isKind = kind === 'correction' ? sql`l.fen < 0` : sql`l.fen > 0 and l.for_month <> ${month}`
  const rest =
    after === undefined
      ? sql`true`
      : sql`(l.award_id, l.for_month, l.seq) > (${after.awardId}::uuid, ${after.month}::text, ${after.seq}::integer)`
  const { rows } = await sql<StoredLine>`
    select l.award_id, l.for_month, l.seq, l.fen, l.due_fen, l.persons, l.program, l.category, l.town, l.village, l.detail
      from benefits.explained_line l
     where l.county = ${county} and l.run_no = ${runNo} and ${isKind} and ${rest}
       and ${program === undefined ? sql`true` : sql`l.program = ${program}`}
       and ${town === undefined ? sql`true` : sql`l.town = ${town}`}
     order by l.award_id, l.for_month, l.seq limit ${limit}`.execute(db)
  return rows
}
