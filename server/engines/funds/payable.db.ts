import type { Month } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import { monthKey, type AwardMonth } from './payable.rules.ts'

/** Key of our advisory lock: whoever changes what is payable in a county does it alone. */
const CASH_LOCK = 7303

/**
 * Taken before anything that depends on what is payable is read, kept until commit. Two batches, a receipt beside a
 * batch, a publication beside a batch would otherwise each see money that the other is about to spend.
 */
export async function lockCash(tx: Tx, county: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${CASH_LOCK}, ${Number(county)})`.execute(tx)
}

/**
 * Σ obligation − Σ cash out + Σ receipts + Σ write-offs + Σ kept back elsewhere for this month's claim − Σ kept back here
 * for a claim of elsewhere, in fen, by `monthKey`. Needs a reader of the whole county: runs and receipts have no town.
 */
export async function payablesOf(
  db: Db,
  county: string,
  months: readonly AwardMonth[],
): Promise<Map<string, Fen>> {
  const unique = [...new Map(months.map((each) => [monthKey(each), each])).values()]
  const awardIds = unique.map(({ awardId }) => awardId)
  const forMonths = unique.map(({ forMonth }) => forMonth)
  const { rows } = await sql<{ awardId: string; forMonth: Month; fen: Fen }>`
    select k.award_id, k.for_month, coalesce(m.fen, 0)::bigint as fen
      from unnest(${awardIds}::uuid[], ${forMonths}::text[]) as k (award_id, for_month)
     cross join lateral (
       select sum(x.fen) as fen from (
         select l.fen from benefits.obligation_line l
           join benefits.run r on r.county = l.county and r.no = l.run_no and r.status = 'published'
          where l.county = ${county} and l.for_month = k.for_month and l.award_id = k.award_id
         union all
         select -i.fen from funds.instruction i
          where i.county = ${county} and i.for_month = k.for_month and i.award_id = k.award_id
            and i.status in ('in_flight', 'paid', 'unknown', 'late_paid')
         union all
         select r.fen from funds.receipt r
          where r.county = ${county} and r.for_month = k.for_month and r.award_id = k.award_id
         union all
         select w.fen from funds.write_off w
          where w.county = ${county} and w.for_month = k.for_month and w.award_id = k.award_id and w.status = 'effective'
         union all
         select o.fen from funds.claim_offset o
          where o.county = ${county} and o.from_month = k.for_month and o.from_award = k.award_id and o.reversed_at is null
         union all
         select -o.fen from funds.claim_offset o
          where o.county = ${county} and o.to_month = k.for_month and o.to_award = k.award_id and o.reversed_at is null
       ) x
     ) m`.execute(db)
  return new Map(rows.map((row) => [monthKey(row), row.fen]))
}

/**
 * Σ of the positive published lines that no live instruction settles, in fen, by `monthKey`: what can carry a payable. One look-up
 * by index for each month, as above; as a join the months were searched anew for each line while the tables had no statistics.
 */
export async function unsettledOf(
  db: Db,
  county: string,
  months: readonly AwardMonth[],
): Promise<Map<string, Fen>> {
  const awardIds = months.map(({ awardId }) => awardId)
  const forMonths = months.map(({ forMonth }) => forMonth)
  const { rows } = await sql<AwardMonth & { fen: Fen }>`
    select k.award_id, k.for_month, s.fen
      from (select distinct award_id, for_month from unnest(${awardIds}::uuid[], ${forMonths}::text[]) as u (award_id, for_month)) k
     cross join lateral (
       select sum(l.fen)::bigint as fen from benefits.obligation_line l
         join benefits.run r on r.county = l.county and r.no = l.run_no and r.status = 'published'
        where l.county = ${county} and l.for_month = k.for_month and l.award_id = k.award_id and l.fen > 0
          and (select count(*) from funds.instruction i
                where i.county = ${county} and i.award_id = k.award_id and i.for_month = k.for_month and i.line_seq = l.seq
                  and i.status in ('in_flight', 'paid', 'unknown')) = 0
     ) s
     where s.fen is not null`.execute(db)
  return new Map(rows.map((row) => [monthKey(row), row.fen]))
}
