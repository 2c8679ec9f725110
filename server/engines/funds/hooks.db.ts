import type { Instant, Month } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { ReplacementPair } from './claim.rules.ts'
import type { AwardMonth } from './payable.rules.ts'

export interface StopQuestion {
  county: string
  runNo: number
  previous: Month
  month: Month
  programs: readonly string[]
  /** Awards whose stop the run has given a reason for: they need not be asked about. */
  explained: ReadonlySet<string>
}

/**
 * Paid and still due for `previous`, and what is published together with the lines of this run leaves nothing due for `month`.
 * Whoever is no longer due for `previous` was stopped by the run that took it back, with its reason.
 */
export async function listPaidButNotDue(db: Db, question: StopQuestion): Promise<string[]> {
  const { county, runNo, previous, month } = question
  const paid = await listPaidWithoutLine(db, question)
  const awardIds = paid.filter((id) => !question.explained.has(id))
  if (awardIds.length === 0) return []
  const { rows } = await sql<{ awardId: string }>`
    select k.award_id from unnest(${awardIds}::uuid[]) as k (award_id)
     where coalesce((${dueWith({ county, runNo, month })}), 0) <= 0 and (${dueWith({ county, runNo, month: previous })}) > 0`.execute(
    db,
  )
  return rows.map((row) => row.awardId)
}

/** Awards paid for `previous` for which this run has no line that leaves something due for `month`: nearly all have one. */
async function listPaidWithoutLine(
  db: Db,
  { county, runNo, previous, month, programs }: StopQuestion,
): Promise<string[]> {
  // On fresh tables the planner would look for each award among all. Both lists lie in the order of the awards: read once, side by side.
  await setWays(db, 'off')
  const { rows } = await sql<{ awardId: string }>`
    select i.award_id from funds.instruction i
     where i.county = ${county} and i.for_month = ${previous} and i.program = any (${[...programs]}::text[])
       and i.status in ('in_flight', 'paid', 'unknown', 'late_paid')
       and not exists (select from benefits.obligation_line l
                        where l.county = ${county} and l.for_month = ${month} and l.award_id = i.award_id
                          and l.run_no = ${runNo} and l.due_fen > 0)`.execute(db)
  await setWays(db, 'on')
  return [...new Set(rows.map((row) => row.awardId))]
}

/** Ways of reading that are worse than two indexes side by side, however many rows there are. */
async function setWays(db: Db, state: 'on' | 'off'): Promise<void> {
  for (const way of ['nestloop', 'hashjoin', 'bitmapscan', 'seqscan', 'sort'])
    await sql.raw(`set local enable_${way} = ${state}`).execute(db)
}

/** What an award `k` is due for a month by what is published together with the lines of a run, in fen; null = no line. */
function dueWith({ county, runNo, month }: { county: string; runNo: number; month: Month }) {
  return sql`
    select sum(l.fen) from benefits.obligation_line l
      join benefits.run r on r.county = l.county and r.no = l.run_no and (r.status = 'published' or r.no = ${runNo})
     where l.county = ${county} and l.for_month = ${month} and l.award_id = k.award_id`
}

/** Award-months where a run may have moved a claim: its negative lines, and its lines where a claim is open. */
export async function listClaimMonths(db: Db, county: string, runNo: number): Promise<AwardMonth[]> {
  const { rows } = await sql<AwardMonth>`
    select l.award_id, l.for_month from benefits.obligation_line l
     where l.county = ${county} and l.run_no = ${runNo} and l.fen < 0
    union
    select c.award_id, c.for_month from funds.claim c
     where c.county = ${county} and c.status = 'open'
       and (select true from benefits.obligation_line l
             where l.county = ${county} and l.run_no = ${runNo} and l.award_id = c.award_id and l.for_month = c.for_month and l.seq > 1 limit 1)`.execute(
    db,
  )
  return rows
}

/**
 * Open claims of replaced awards, with the awards that replace them in the claim's month. Claim by claim: without statistics the
 * planner would go through all awards for each claim.
 */
export async function listReplacementPairs(db: Db, county: string): Promise<ReplacementPair[]> {
  const { rows } = await sql<ReplacementPair>`
    select c.id as claim_id, c.award_id as from_award, c.for_month, c.open_fen, a.id as to_award
      from funds.claim c
     cross join lateral (
       select a.id from benefits.award a
        where a.county = ${county} and a.replaces_id = c.award_id and c.for_month >= a.replaces_from offset 0) a
     where c.county = ${county} and c.status = 'open'
     order by c.for_month, c.id, a.id`.execute(db)
  return rows
}

/**
 * Whether cash was moved, knowing of a run, since it was published: an instruction, a receipt, a write-off or an offset by
 * hand for an award and month that its lines or its own offsets touch.
 */
export async function isRunUsed(db: Db, county: string, runNo: number): Promise<boolean> {
  const { rows } = await sql<{ isUsed: boolean }>`
    with since as (
      select r.published_at as at from benefits.run r where r.county = ${county} and r.no = ${runNo}
    ), moved as (
      select i.award_id, i.for_month from since s
        join funds.batch b on b.county = ${county} and b.made_at >= s.at and b.status <> 'cancelled'
        join funds.instruction i on i.county = b.county and i.batch_no = b.no
      union
      select r.award_id, r.for_month from funds.receipt r, since s where r.county = ${county} and r.recorded_at >= s.at
      union
      select w.award_id, w.for_month from funds.write_off w, since s where w.county = ${county} and w.checked_at >= s.at
      union
      select o.from_award, o.from_month from funds.claim_offset o, since s
       where o.county = ${county} and o.recorded_at >= s.at and o.run_no is distinct from ${runNo}
      union
      select o.to_award, o.to_month from funds.claim_offset o, since s
       where o.county = ${county} and o.recorded_at >= s.at and o.run_no is distinct from ${runNo}
    )
    select exists (
      select from moved m
       where exists (select from benefits.obligation_line l
                      where l.county = ${county} and l.for_month = m.for_month and l.award_id = m.award_id and l.run_no = ${runNo})
          or exists (select from funds.claim_offset o
                      where o.county = ${county} and o.run_no = ${runNo}
                        and (o.from_award = m.award_id and o.from_month = m.for_month
                          or o.to_award = m.award_id and o.to_month = m.for_month))
    ) as is_used`.execute(db)
  return rows[0]?.isUsed ?? false
}

export async function findPublishedAt(db: Db, county: string, runNo: number): Promise<Instant | null> {
  const { rows } = await sql<{ publishedAt: Instant | null }>`
    select published_at from benefits.run where county = ${county} and no = ${runNo}`.execute(db)
  return rows[0]?.publishedAt ?? null
}

/** Undoes the offsets that a run's publication made; returns the award-months on both sides. */
export async function reverseOffsets(
  tx: Tx,
  { county, runNo, by, at }: { county: string; runNo: number; by: string; at: Instant },
): Promise<AwardMonth[]> {
  const { rows } = await sql<{ fromAward: string; fromMonth: Month; toAward: string; toMonth: Month }>`
    update funds.claim_offset set reversed_by = ${by}, reversed_at = ${at}
     where county = ${county} and run_no = ${runNo} and reversed_at is null
    returning from_award, from_month, to_award, to_month`.execute(tx)
  return rows.flatMap((row) => [
    { awardId: row.fromAward, forMonth: row.fromMonth },
    { awardId: row.toAward, forMonth: row.toMonth },
  ])
}

/** Award-months whose claim a run's cancelling may open, change or close: its negative lines, its lines where a claim ever was. */
export async function listCancelledMonths(db: Db, county: string, runNo: number): Promise<AwardMonth[]> {
  const { rows } = await sql<AwardMonth>`
    select l.award_id, l.for_month from benefits.obligation_line l
     where l.county = ${county} and l.run_no = ${runNo} and l.fen < 0
    union
    select c.award_id, c.for_month from funds.claim c
      join benefits.obligation_line l
        on l.county = c.county and l.for_month = c.for_month and l.award_id = c.award_id and l.run_no = ${runNo}
     where c.county = ${county}`.execute(db)
  return rows
}
