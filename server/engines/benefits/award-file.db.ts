import type { Instant, Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import type { AwardRow } from './award.db.ts'
import type { DeterminationKind } from './award.schema.ts'
import type { StoredLine } from './run-lines.db.ts'

/** Reads for the file of a person and for one award: by holder, by person covered, by award; each along an index. */

export interface FileAward extends AwardRow {
  recordedAt: Instant
  createdBy: string
}

const AWARD = sql.raw(`a.id, a.program, a.holder_kind, a.holder_id, a.town, a.village, a.ledger_opens_month,
  a.last_paid_month, a.last_paid_fen, a.replaces_id, a.replaces_from, a.recorded_at, a.created_by`)

/** Held by one of these, or once covering one of these people. `offset 0`: one look-up by index for each award. */
export async function listAwardsAround(
  db: Db,
  county: string,
  {
    holderIds,
    personIds,
    cut,
  }: { holderIds: readonly string[]; personIds: readonly string[]; cut: Instant | null },
): Promise<FileAward[]> {
  const known = cut === null ? sql`` : sql`where a.recorded_at <= ${cut}::timestamptz`
  const { rows } = await sql<FileAward>`
    select ${AWARD}
      from (
        select h.id from benefits.award h where h.county = ${county} and h.holder_id = any (${holderIds}::uuid[])
        union
        select c.award_id from benefits.coverage c where c.county = ${county} and c.person_id = any (${personIds}::uuid[])
      ) k
     cross join lateral (select * from benefits.award where county = ${county} and id = k.id offset 0) a
     ${known}
     order by a.recorded_at, a.id`.execute(db)
  return rows
}

export async function findAward(db: Db, county: string, id: string): Promise<FileAward | undefined> {
  const { rows } = await sql<FileAward>`
    select ${AWARD} from benefits.award a where a.county = ${county} and a.id = ${id}`.execute(db)
  return rows[0]
}

export interface FileSpan {
  id: string
  awardId: string
  determinationId: string
  kind: DeterminationKind
  outcome: 'grant' | 'end'
  fromMonth: Month
  toMonth: Month | null
  content: unknown
}

const MONTHS = sql.raw(
  `to_char(lower(valid), 'YYYY-MM') as from_month, to_char(upper(valid), 'YYYY-MM') as to_month`,
)

/** What is in force in which months, as known at a cut; null = now. */
export async function listSpansKnown(
  db: Db,
  county: string,
  { awardIds, cut }: { awardIds: readonly string[]; cut: Instant | null },
): Promise<FileSpan[]> {
  const known =
    cut === null
      ? sql`superseded_at is null`
      : sql`recorded_at <= ${cut}::timestamptz and (superseded_at is null or superseded_at > ${cut}::timestamptz)`
  const { rows } = await sql<FileSpan>`
    select id, award_id, determination_id, kind, outcome, content, ${MONTHS} from benefits.determination_span
     where county = ${county} and award_id = any (${awardIds}::uuid[]) and ${known}
     order by award_id, lower(valid)`.execute(db)
  return rows
}

export interface FileDetermination extends FileSpan {
  cause: string
  clause: string
  decidedLevel: 'township' | 'county'
  status: 'proposed' | 'effective' | 'refused' | 'undone'
  madeBy: string
  madeAt: Instant
  checkedBy: string | null
  recordedAt: Instant | null
  undoneBy: string | null
  undoneAt: Instant | null
  undoneWhy: string | null
}

/** In the order in which they were made. */
export async function listDeterminationsOf(
  db: Db,
  county: string,
  awardIds: readonly string[],
): Promise<FileDetermination[]> {
  const { rows } = await sql<FileDetermination>`
    select id, award_id, id as determination_id, kind, outcome, content, cause, clause, decided_level, status, made_by, made_at,
           checked_by, recorded_at, undone_by, undone_at, undone_why, ${MONTHS}
      from benefits.determination
     where county = ${county} and award_id = any (${awardIds}::uuid[])
     order by made_at, id`.execute(db)
  return rows
}

export interface PublishedRun {
  no: number
  programGroup: string
  month: Month
  publishedAt: Instant
  cancelledAt: Instant | null
}

/** Runs whose lines count at a cut, by number; also for readers who see no runs. */
export async function listPublishedRuns(
  db: Db,
  county: string,
  cut: Instant | null,
): Promise<Map<number, PublishedRun>> {
  const { rows } = await sql<PublishedRun>`
    select no, program_group, month, published_at, cancelled_at from benefits.published_runs(${county})
     where case when ${cut}::timestamptz is null then cancelled_at is null
                else published_at <= ${cut}::timestamptz
                     and (cancelled_at is null or cancelled_at > ${cut}::timestamptz) end
     order by no`.execute(db)
  return new Map(rows.map((run) => [run.no, run]))
}

export interface AwardLine {
  awardId: string
  forMonth: Month
  seq: number
  runNo: number
  fen: Fen
  dueFen: Fen
}

/** Lines of awards in these months, counted or not; the key begins with the month, so the months are named. */
export async function listLinesOfAwards(
  db: Db,
  county: string,
  { awardIds, months }: { awardIds: readonly string[]; months: readonly Month[] },
): Promise<AwardLine[]> {
  const { rows } = await sql<AwardLine>`
    select award_id, for_month, seq, run_no, fen, due_fen from benefits.obligation_line
     where county = ${county} and for_month = any (${months}::text[]) and award_id = any (${awardIds}::uuid[])
     order by award_id, for_month, seq`.execute(db)
  return rows
}

/** The same with the detail that explains each. */
export type ExplainedRow = StoredLine & { runNo: number }

export async function listExplainedOfAwards(
  db: Db,
  county: string,
  { awardIds, months }: { awardIds: readonly string[]; months: readonly Month[] },
): Promise<ExplainedRow[]> {
  const { rows } = await sql<ExplainedRow>`
    select l.award_id, l.for_month, l.seq, l.run_no, l.fen, l.due_fen, l.persons, l.program, l.category, l.town, l.village, l.detail
      from benefits.explained_line l
     where l.county = ${county} and l.for_month = any (${months}::text[]) and l.award_id = any (${awardIds}::uuid[])
     order by l.award_id, l.for_month, l.seq`.execute(db)
  return rows
}

export interface OpenReview {
  id: string
  awardId: string
  kind: string
  openedAt: Instant
}

export async function listOpenReviews(
  db: Db,
  county: string,
  awardIds: readonly string[],
): Promise<OpenReview[]> {
  const { rows } = await sql<OpenReview>`
    select id, award_id, kind, opened_at from benefits.review
     where county = ${county} and award_id = any (${awardIds}::uuid[]) and status = 'open'
     order by opened_at, id`.execute(db)
  return rows
}

export interface OpenMatter {
  matter: 'proposal' | 'question'
  id: string
  awardId: string
  /** Of the decision, or of the fact that raised the question. */
  kind: string
  fromMonth: Month | null
  cause: string | null
  since: Instant
}

/** What waits for somebody: decisions not checked yet, as known, and questions that facts have raised. */
export async function listOpenMatters(
  db: Db,
  county: string,
  { awardIds, cut }: { awardIds: readonly string[]; cut: Instant | null },
): Promise<OpenMatter[]> {
  const proposed =
    cut === null
      ? sql`status = 'proposed'`
      : sql`made_at <= ${cut}::timestamptz and (status = 'proposed' or recorded_at > ${cut}::timestamptz)`
  const asked =
    cut === null
      ? sql`status = 'open'`
      : sql`opened_at <= ${cut}::timestamptz and (closed_at is null or closed_at > ${cut}::timestamptz)`
  const { rows } = await sql<OpenMatter>`
    select 'proposal' as matter, id, award_id, kind, to_char(lower(valid), 'YYYY-MM') as from_month, cause, made_at as since
      from benefits.determination
     where county = ${county} and award_id = any (${awardIds}::uuid[]) and ${proposed}
    union all
    select 'question', id, award_id, kind, null, null, opened_at
      from benefits.review
     where county = ${county} and award_id = any (${awardIds}::uuid[]) and ${asked}
     order by since, id`.execute(db)
  return rows
}
