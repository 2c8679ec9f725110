import type { Instant, Month, PlainDate } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import { monthKey, type AwardMonth } from './payable.rules.ts'

export interface Hold {
  id: string
  rootId: string
  awardId: string | null
  personId: string | null
  fromMonth: Month
  cause: string
  evidence: string
  reviewOn: PlainDate
  town: string | null
  village: string | null
  setBy: string
  recordedAt: Instant
}

const COLUMNS = sql.raw(
  'id, root_id, award_id, person_id, from_month, cause, evidence, review_on, town, village, set_by, recorded_at',
)

export interface NewHold extends Hold {
  county: string
  /** Present on the row that undoes a hold. */
  liftedWhy: string | null
}

export async function insertHold(tx: Tx, hold: NewHold): Promise<void> {
  await sql`
    insert into funds.hold (county, ${COLUMNS}, voided, lifted_why)
    values (${hold.county}, ${hold.id}, ${hold.rootId}, ${hold.awardId}, ${hold.personId}, ${hold.fromMonth}, ${hold.cause},
            ${hold.evidence}, ${hold.reviewOn}, ${hold.town}, ${hold.village}, ${hold.setBy}, ${hold.recordedAt},
            ${hold.liftedWhy !== null}, ${hold.liftedWhy})`.execute(tx)
}

export async function supersedeHold(
  tx: Tx,
  { county, id, at }: { county: string; id: string; at: Instant },
): Promise<void> {
  await sql`
    update funds.hold set superseded_at = ${at}
     where county = ${county} and id = ${id} and superseded_at is null`.execute(tx)
}

/** The hold as it now stands, by the id of any of its rows; undefined when lifted or unknown. */
export async function findLiveHold(tx: Tx, county: string, id: string): Promise<Hold | undefined> {
  const { rows } = await sql<Hold>`
    select ${COLUMNS} from funds.hold
     where county = ${county} and id = ${id} and superseded_at is null and not voided for update`.execute(tx)
  return rows[0]
}

export async function listLiveHolds(
  db: Db,
  county: string,
  { awardId, personId }: { awardId?: string | undefined; personId?: string | undefined } = {},
): Promise<Hold[]> {
  const ofAward = awardId === undefined ? sql`` : sql`and award_id = ${awardId}`
  const ofPerson = personId === undefined ? sql`` : sql`and person_id = ${personId}`
  const { rows } = await sql<Hold>`
    select ${COLUMNS} from funds.hold
     where county = ${county} and superseded_at is null and not voided ${ofAward} ${ofPerson}
     order by review_on, id`.execute(db)
  return rows
}

export interface HoldTarget {
  town: string | null
  village: string | null
}

export async function findHoldTarget(
  db: Db,
  county: string,
  { awardId, personId }: { awardId?: string | undefined; personId?: string | undefined },
): Promise<HoldTarget | undefined> {
  const { rows } =
    awardId === undefined
      ? await sql<HoldTarget>`
          select town, village from registry.person where county = ${county} and id = ${personId ?? null}`.execute(
          db,
        )
      : await sql<HoldTarget>`
          select town, village from benefits.award where county = ${county} and id = ${awardId}`.execute(db)
  return rows[0]
}

/**
 * Where live holds reach: the award itself; for a person, under any record of that human being, the awards held by them
 * and those that now cover them, in the months covered.
 */
function reachOf(county: string) {
  return sql`
    with live as (
      select h.id, h.award_id, h.person_id, h.from_month from funds.hold h
       where h.county = ${county} and h.superseded_at is null and not h.voided
    ), held_person as (
      select l.id as hold_id, l.from_month, l.person_id from live l where l.person_id is not null
      union
      select l.id, l.from_month, q.id from live l
        join registry.person p on p.county = ${county} and p.id = l.person_id
        join registry.person q on q.county = p.county and coalesce(q.alias_of, q.id) = coalesce(p.alias_of, p.id)
    ), reach as (
      select l.id as hold_id, l.award_id, l.from_month, null::daterange as valid from live l where l.award_id is not null
      union all
      select p.hold_id, a.id, p.from_month, null from held_person p
        join benefits.award a on a.county = ${county} and a.holder_kind = 'person' and a.holder_id = p.person_id
      union all
      select p.hold_id, c.award_id, p.from_month, c.valid from held_person p
        join benefits.coverage c on c.county = ${county} and c.person_id = p.person_id and c.superseded_at is null
    )`
}

/** The holds that concern each award and month, by `monthKey`; award-months without a hold are absent. */
export async function holdsOn(
  db: Db,
  county: string,
  months: readonly AwardMonth[],
): Promise<Map<string, string[]>> {
  const awardIds = months.map(({ awardId }) => awardId)
  const forMonths = months.map(({ forMonth }) => forMonth)
  const { rows } = await sql<{ awardId: string; forMonth: Month; holds: string[] }>`
    ${reachOf(county)}
    select k.award_id, k.for_month, array_agg(distinct r.hold_id) as holds
      from (select distinct award_id, for_month from unnest(${awardIds}::uuid[], ${forMonths}::text[]) as u (award_id, for_month)) k
      join reach r on r.award_id = k.award_id and k.for_month >= r.from_month
                  and (r.valid is null or r.valid @> (k.for_month || '-01')::date)
     group by k.award_id, k.for_month`.execute(db)
  return new Map(rows.map((row) => [monthKey(row), row.holds]))
}

/** Awards that any live hold reaches in a month; without a month, in any. */
export async function listHeldAwards(db: Db, county: string, month?: Month): Promise<string[]> {
  const inMonth =
    month === undefined
      ? sql``
      : sql`where from_month <= ${month} and (valid is null or valid @> ${`${month}-01`}::date)`
  const { rows } = await sql<{ awardId: string }>`
    ${reachOf(county)} select distinct award_id from reach ${inMonth}`.execute(db)
  return rows.map((row) => row.awardId)
}
