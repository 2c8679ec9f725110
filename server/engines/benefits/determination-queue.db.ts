import type { Instant, Month } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { DeterminationKind } from './award.schema.ts'
import type { DeterminationRow } from './determination.db.ts'

/** A determination as it is read: with its award and its hands. */
export interface QueuedRow extends DeterminationRow {
  program: string
  holderKind: 'household' | 'person'
  holderId: string
  town: string | null
  village: string | null
  madeAt: Instant
  editedBy: string | null
  editedAt: Instant | null
  checkedBy: string | null
  refusedAt: Instant | null
  refusedWhy: string | null
  undoneBy: string | null
  undoneAt: Instant | null
  undoneWhy: string | null
}

const COLUMNS =
  sql.raw(`d.id, d.award_id, d.kind, d.outcome, to_char(lower(d.valid), 'YYYY-MM') as from_month,
  to_char(upper(d.valid), 'YYYY-MM') as to_month, d.content, d.cause, d.clause, d.decided_level, d.status, d.made_by, d.made_at,
  d.version, d.editors, d.edited_by, d.edited_at,
  d.checked_by, d.recorded_at, d.refused_at, d.refused_why, d.undone_by, d.undone_at, d.undone_why, d.town, d.village,
  a.program, a.holder_kind, a.holder_id`)

const FROM = sql.raw(
  'from benefits.determination d join benefits.award a on a.county = d.county and a.id = d.award_id',
)

/** What waits, or was refused. */
export interface QueueFilter {
  status: 'proposed' | 'refused'
  program?: string | undefined
  town?: string | undefined
  /** Made and edited by anybody else. */
  notBy?: string | undefined
  /** Whether a county's decisions count too. */
  levels?: readonly string[] | undefined
}

function matching(county: string, { status, program, town, notBy, levels }: QueueFilter) {
  return sql.join(
    [
      sql`d.county = ${county} and d.status = ${status}`,
      ...(program === undefined ? [] : [sql`a.program = ${program}`]),
      ...(town === undefined ? [] : [sql`d.town = ${town}`]),
      ...(notBy === undefined ? [] : [sql`d.made_by <> ${notBy} and not (${notBy}::uuid = any (d.editors))`]),
      ...(levels === undefined ? [] : [sql`d.decided_level = any (${[...levels]})`]),
    ],
    sql` and `,
  )
}

/** The oldest first. */
export async function listQueue(
  db: Db,
  county: string,
  {
    after,
    limit,
    ...filter
  }: QueueFilter & { after?: { at: Instant; id: string } | undefined; limit: number },
): Promise<QueuedRow[]> {
  const rest =
    after === undefined ? sql`` : sql`and (d.made_at, d.id) > (${after.at}::timestamptz, ${after.id}::uuid)`
  const { rows } = await sql<QueuedRow>`
    select ${COLUMNS} ${FROM} where ${matching(county, filter)} ${rest} order by d.made_at, d.id limit ${limit}`.execute(
    db,
  )
  return rows
}

/** At most `most`: a longer queue is not counted through for a number nobody reads. */
export async function countQueue(db: Db, county: string, filter: QueueFilter, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (select 1 ${FROM} where ${matching(county, filter)} limit ${most}) waiting`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}

export async function findDetermination(db: Db, county: string, id: string): Promise<QueuedRow | undefined> {
  const { rows } = await sql<QueuedRow>`
    select ${COLUMNS} ${FROM} where d.county = ${county} and d.id = ${id}`.execute(db)
  return rows[0]
}

/** Everything that was ever decided or proposed about an award, the latest first. */
export async function listDeterminationsOf(db: Db, county: string, awardId: string): Promise<QueuedRow[]> {
  const { rows } = await sql<QueuedRow>`
    select ${COLUMNS} ${FROM} where d.county = ${county} and d.award_id = ${awardId}
     order by d.made_at desc, d.id desc limit 200`.execute(db)
  return rows
}

/** Whom these awards cover by a decision in effect, in any month from now on or before. */
export async function listCovered(
  db: Db,
  county: string,
  awardIds: readonly string[],
): Promise<{ awardId: string; personId: string }[]> {
  const { rows } = await sql<{ awardId: string; personId: string }>`
    select distinct award_id, person_id from benefits.coverage
     where county = ${county} and award_id = any (${[...awardIds]}::uuid[]) and superseded_at is null
     order by award_id, person_id`.execute(db)
  return rows
}

export interface WaitingProposal {
  id: string
  awardId: string
  fromMonth: Month
  toMonth: Month | null
  madeBy: string
  madeAt: Instant
  version: number
}

/** Proposals about these awards that nobody has checked; their awards stay locked, so that two who propose take turns. */
export async function listWaitingForUpdate(
  tx: Tx,
  county: string,
  awardIds: readonly string[],
): Promise<WaitingProposal[]> {
  const ids = [...awardIds]
  await sql`
    select from benefits.award where county = ${county} and id = any (${ids}::uuid[])
     order by id for no key update`.execute(tx)
  const { rows } = await sql<WaitingProposal>`
    select id, award_id, to_char(lower(valid), 'YYYY-MM') as from_month, to_char(upper(valid), 'YYYY-MM') as to_month, made_by, made_at, version
      from benefits.determination
     where county = ${county} and award_id = any (${ids}::uuid[]) and status = 'proposed' order by made_at, id`.execute(
    tx,
  )
  return rows
}

export interface StandingDecision {
  id: string
  awardId: string
  kind: DeterminationKind
  outcome: 'grant' | 'end'
  fromMonth: Month
  toMonth: Month | null
  content: unknown
  status: 'proposed' | 'effective'
}

/** What waits or is in effect about these awards, in the order in which it was made. */
export async function listStanding(
  db: Db,
  county: string,
  awardIds: readonly string[],
): Promise<StandingDecision[]> {
  const { rows } = await sql<StandingDecision>`
    select id, award_id, kind, outcome, content, status, to_char(lower(valid), 'YYYY-MM') as from_month,
           to_char(upper(valid), 'YYYY-MM') as to_month
      from benefits.determination
     where county = ${county} and award_id = any (${[...awardIds]}::uuid[]) and status in ('proposed', 'effective')
     order by made_at, id`.execute(db)
  return rows
}

/** By state; `ids` are those of one list. */
export async function countStates(
  db: Db,
  county: string,
  ids: readonly string[],
): Promise<{ status: DeterminationRow['status']; count: number }[]> {
  const { rows } = await sql<{ status: DeterminationRow['status']; count: number }>`
    select status, count(*) as count from benefits.determination
     where county = ${county} and id = any (${[...ids]}::uuid[]) group by status`.execute(db)
  return rows
}

/** What these are about and how far they have come. */
export async function listStates(
  db: Db,
  county: string,
  ids: readonly string[],
): Promise<DeterminationState[]> {
  const { rows } = await sql<DeterminationState>`
    select d.id, d.status, d.kind, a.program, to_char(lower(d.valid), 'YYYY-MM') as from_month ${FROM}
     where d.county = ${county} and d.id = any (${[...ids]}::uuid[])`.execute(db)
  return rows
}

export interface DeterminationState extends Pick<DeterminationRow, 'id' | 'status' | 'kind' | 'fromMonth'> {
  program: string
}
