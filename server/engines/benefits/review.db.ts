import type { Instant } from '../../platform/dates.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { rewritePlaces, type PlaceMove } from '../../platform/places.db.ts'

/** A fact raises a question on every award that covers the person now; nothing about money changes until somebody decides. */
export async function openReviews(
  tx: Tx,
  { county, personId, kind, at }: { county: string; personId: string; kind: string; at: Instant },
): Promise<void> {
  await sql`
    insert into benefits.review (county, id, award_id, kind, cause_id, status, town, village, opened_at)
    select distinct on (c.award_id) c.county, gen_random_uuid(), c.award_id, ${kind}, ${personId}::uuid, 'open', c.town, c.village, ${at}::timestamptz
      from benefits.coverage c
     where c.county = ${county} and c.person_id = ${personId} and c.superseded_at is null
       and (upper_inf(c.valid) or upper(c.valid) > ${at.slice(0, 10)}::date)`.execute(tx)
}

const PLACED = [
  'award',
  'determination',
  'determination_earlier',
  'determination_span',
  'coverage',
  'review',
  'obligation_line',
  'takeover_award',
].map((table) => `benefits.${table}`)

/** The current place columns of this engine's tables follow a merge of areas. */
export async function rewriteBenefitPlaces(
  tx: Tx,
  county: string,
  moves: readonly PlaceMove[],
): Promise<void> {
  await rewritePlaces(tx, PLACED, { county, moves })
}
