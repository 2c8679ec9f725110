import type { Instant, Month } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'
import type { Finding } from './run-input.rules.ts'
import type { RunSummary } from './run-summary.rules.ts'

export type RunStatus =
  'computing' | 'computed' | 'checked' | 'approved' | 'published' | 'rejected' | 'cancelled'

export interface RunRow {
  no: number
  programGroup: string
  month: Month
  isFull: boolean
  cut: Instant
  baseNo: number | null
  baseCut: Instant | null
  formulas: Record<string, string>
  status: RunStatus
  lines: number | null
  totalFen: number | null
  comparison: RunSummary | null
  startedBy: string
  checkedBy: string | null
  approvedBy: string | null
  publishedAt: Instant | null
}

const COLUMNS =
  sql.raw(`no, program_group, month, is_full, cut, base_no, base_cut, formulas, status, lines, total_fen,
  comparison, started_by, checked_by, approved_by, published_at`)

export async function findLastPublished(db: Db, county: string, group: string): Promise<RunRow | undefined> {
  const { rows } = await sql<RunRow>`
    select ${COLUMNS} from benefits.run
     where county = ${county} and program_group = ${group} and status = 'published' order by no desc limit 1`.execute(
    db,
  )
  return rows[0]
}

export async function findRun(db: Db, county: string, no: number): Promise<RunRow | undefined> {
  const { rows } =
    await sql<RunRow>`select ${COLUMNS} from benefits.run where county = ${county} and no = ${no}`.execute(db)
  return rows[0]
}

export async function findRunForUpdate(tx: Tx, county: string, no: number): Promise<RunRow | undefined> {
  const { rows } = await sql<RunRow>`
    select ${COLUMNS} from benefits.run where county = ${county} and no = ${no} for update`.execute(tx)
  return rows[0]
}

export async function listRuns(
  db: Db,
  county: string,
  filter: { group?: string; month?: Month } = {},
): Promise<RunRow[]> {
  const group = filter.group === undefined ? sql`` : sql`and program_group = ${filter.group}`
  const month = filter.month === undefined ? sql`` : sql`and month = ${filter.month}`
  const { rows } = await sql<RunRow>`
    select ${COLUMNS} from benefits.run where county = ${county} ${group} ${month} order by no`.execute(db)
  return rows
}

/** At work or waiting for a step: at most one of each group. */
export async function listOpenRuns(db: Db, county: string): Promise<RunRow[]> {
  const { rows } = await sql<RunRow>`
    select ${COLUMNS} from benefits.run
     where county = ${county} and status in ('computing', 'computed', 'checked', 'approved') order by no`.execute(
    db,
  )
  return rows
}

export async function hasOpenRun(db: Db, county: string, group: string): Promise<boolean> {
  const { rows } = await sql<{ isOpen: boolean }>`
    select exists (select from benefits.run
      where county = ${county} and program_group = ${group}
        and status in ('computing', 'computed', 'checked', 'approved')) as is_open`.execute(db)
  return rows[0]?.isOpen ?? false
}

/** Earlier runs whose lines did not count at a run's cut, as text; the same for a run at work and for its replay years later. */
export async function listUncounted(
  db: Db,
  county: string,
  { no, cut }: { no: number; cut: Instant },
): Promise<Set<string>> {
  const { rows } = await sql<{ no: string }>`
    select no::text from benefits.run
     where county = ${county} and no < ${no}
       and not (published_at is not null and published_at <= ${cut} and (cancelled_at is null or cancelled_at > ${cut}))`.execute(
    db,
  )
  return new Set(rows.map((row) => row.no))
}

/** Whether an earlier run of the group may have left a line of a run's month, counted or not: more than last month decides then. */
export async function hasMonthBegun(
  db: Db,
  county: string,
  { no, month, programGroup }: { no: number; month: Month; programGroup: string },
): Promise<boolean> {
  const { rows } = await sql<{ hasBegun: boolean }>`
    select exists (select from benefits.run
      where county = ${county} and program_group = ${programGroup} and no < ${no} and month >= ${month}) as has_begun`.execute(
    db,
  )
  return rows[0]?.hasBegun ?? true
}

export interface NewRun {
  county: string
  no: number
  group: string
  month: Month
  isFull: boolean
  cut: Instant
  base: { no: number; cut: Instant } | undefined
  formulas: Record<string, string>
  by: string
}

export async function insertRun(tx: Tx, run: NewRun): Promise<void> {
  await sql`
    insert into benefits.run (county, no, program_group, month, is_full, cut, above_cut, base_no, base_cut, formulas, status, started_by, started_at)
    values (${run.county}, ${run.no}, ${run.group}, ${run.month}, ${run.isFull}, ${run.cut}, ${run.cut}, ${run.base?.no ?? null},
            ${run.base?.cut ?? null}, ${JSON.stringify(run.formulas)}, 'computing', ${run.by}, ${run.cut})`.execute(
    tx,
  )
}

export interface Step {
  county: string
  no: number
  by: string
  at: Instant
}

export async function updateChecked(tx: Tx, { county, no, by, at }: Step): Promise<void> {
  await sql`update benefits.run set status = 'checked', checked_by = ${by}, checked_at = ${at} where county = ${county} and no = ${no}`.execute(
    tx,
  )
}

export async function updateApproved(tx: Tx, { county, no, by, at }: Step): Promise<void> {
  await sql`update benefits.run set status = 'approved', approved_by = ${by}, approved_at = ${at} where county = ${county} and no = ${no}`.execute(
    tx,
  )
}

export async function updateComputed(
  tx: Tx,
  { county, no, at }: Omit<Step, 'by'>,
  totals: { lines: number; totalFen: number; comparison: RunSummary },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update benefits.run set status = 'computed', computed_at = ${at}, lines = ${totals.lines}, total_fen = ${totals.totalFen},
           comparison = ${JSON.stringify(totals.comparison)}
     where county = ${county} and no = ${no} and status = 'computing'`.execute(tx)
  return numAffectedRows === 1n
}

/** One UPDATE makes the run's lines count: what a month comes to is the sum of its lines of published runs. */
export async function publishRunRow(tx: Tx, { county, no, by, at }: Step): Promise<void> {
  await sql`
    update benefits.run set status = 'published', published_by = ${by}, published_at = ${at}
     where county = ${county} and no = ${no} and status = 'approved'`.execute(tx)
}

/** A rejected run contributes nothing, but its line numbers stay used: no number is ever written twice. */
export async function rejectRunRow(tx: Tx, { county, no, by, at }: Step): Promise<void> {
  await sql`update benefits.run set status = 'rejected', rejected_by = ${by}, rejected_at = ${at} where county = ${county} and no = ${no}`.execute(
    tx,
  )
}

export async function cancelRunRow(tx: Tx, { county, no, by, at }: Step): Promise<void> {
  await sql`update benefits.run set status = 'cancelled', cancelled_by = ${by}, cancelled_at = ${at} where county = ${county} and no = ${no}`.execute(
    tx,
  )
}

export interface FindingRow {
  no: number
  kind: Finding['kind']
  blocks: boolean
  awardId: string | null
  forMonth: Month | null
  detail: Record<string, unknown>
  answer: string | null
}

export async function listFindings(db: Db, county: string, runNo: number): Promise<FindingRow[]> {
  const { rows } = await sql<FindingRow>`
    select no, kind, blocks, award_id, for_month, detail, answer from benefits.run_finding
     where county = ${county} and run_no = ${runNo} order by no`.execute(db)
  return rows
}

/** Blocking findings that nobody has answered; an opening difference is answered by the award's stated reason. */
function openBlockers(county: string, runNo: number) {
  return sql`
      from benefits.run_finding f
      left join benefits.award a on a.county = f.county and a.id = f.award_id
     where f.county = ${county} and f.run_no = ${runNo} and f.blocks and f.answer is null
       and not (f.kind = 'opening_difference' and a.opening_reason is not null)`
}

export async function listOpenBlockers(db: Db, county: string, runNo: number): Promise<FindingRow[]> {
  const { rows } = await sql<FindingRow>`
    select f.no, f.kind, f.blocks, f.award_id, f.for_month, f.detail, f.answer ${openBlockers(county, runNo)}
     order by f.no limit 200`.execute(db)
  return rows
}

export async function countOpenBlockers(
  db: Db,
  county: string,
  runNo: number,
): Promise<{ kind: FindingRow['kind']; count: number }[]> {
  const { rows } = await sql<{ kind: FindingRow['kind']; count: number }>`
    select f.kind, count(*) as count ${openBlockers(county, runNo)} group by f.kind order by f.kind`.execute(
    db,
  )
  return rows
}

export async function insertFindings(
  tx: Tx,
  { county, runNo, firstNo }: { county: string; runNo: number; firstNo: number },
  findings: readonly Finding[],
): Promise<void> {
  const rows = findings.map((finding, index) => ({
    county,
    run_no: runNo,
    no: firstNo + index,
    kind: finding.kind,
    blocks: finding.blocks,
    award_id: finding.awardId,
    for_month: finding.forMonth,
    detail: JSON.stringify(finding.detail),
  }))
  await insertRows(tx, 'benefits.run_finding', rows)
}

export async function updateFindingAnswer(
  tx: Tx,
  { county, runNo }: { county: string; runNo: number },
  { kind, answer, by }: { kind: string; answer: string; by: string },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update benefits.run_finding set answer = ${answer}, answered_by = ${by}
     where county = ${county} and run_no = ${runNo} and kind = ${kind} and answer is null`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** Awards whose stop this run explains: ended, planned, undone, or by a named automatic fact. */
export async function listExplainedStops(db: Db, county: string, runNo: number): Promise<Set<string>> {
  const { rows } = await sql<{ awardId: string }>`
    select award_id from benefits.run_finding where county = ${county} and run_no = ${runNo} and kind = 'stopped'`.execute(
    db,
  )
  return new Set(rows.map((row) => row.awardId))
}
