import { firstDay, type Instant, type Month, type PlainDate } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import { groupBy } from '../../platform/group.ts'
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

export interface HoldFilter {
  awardId?: string | undefined
  personId?: string | undefined
  /** The last hold of the page before. */
  after?: { reviewOn: PlainDate; id: string } | undefined
  limit?: number | undefined
}

export async function listLiveHolds(
  db: Db,
  county: string,
  { awardId, personId, after, limit }: HoldFilter = {},
): Promise<Hold[]> {
  const ofAward = awardId === undefined ? sql`` : sql`and award_id = ${awardId}`
  const ofPerson = personId === undefined ? sql`` : sql`and person_id = ${personId}`
  const rest =
    after === undefined ? sql`` : sql`and (review_on, id) > (${after.reviewOn}::date, ${after.id}::uuid)`
  const most = limit === undefined ? sql`` : sql`limit ${limit}`
  const { rows } = await sql<Hold>`
    select ${COLUMNS} from funds.hold
     where county = ${county} and superseded_at is null and not voided ${ofAward} ${ofPerson} ${rest}
     order by review_on, id ${most}`.execute(db)
  return rows
}

/** Live holds of these awards or people themselves. */
export async function listHoldsAbout(
  db: Db,
  county: string,
  ids: readonly string[],
): Promise<Pick<Hold, 'id' | 'awardId' | 'personId'>[]> {
  const { rows } = await sql<Pick<Hold, 'id' | 'awardId' | 'personId'>>`
    select id, award_id, person_id from funds.hold
     where county = ${county} and superseded_at is null and not voided
       and (award_id = any (${[...ids]}::uuid[]) or person_id = any (${[...ids]}::uuid[]))`.execute(db)
  return rows
}

/** Those of these holds that nobody has lifted. */
export async function listLiveAmong(db: Db, county: string, holdIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from funds.hold
     where county = ${county} and id = any (${[...holdIds]}::uuid[]) and superseded_at is null and not voided
     order by id`.execute(db)
  return rows.map(({ id }) => id)
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
 * and those that now cover them, in the months covered. Merged records are few and read once; `offset 0` keeps one look-up by
 * index for each person, where the planner would loop over all awards for each while the tables have no statistics.
 */
function reachOf(county: string) {
  return sql`
    with live as materialized (
      select h.id, h.award_id, h.person_id, h.from_month from funds.hold h
       where h.county = ${county} and h.superseded_at is null and not h.voided
    ), merged as materialized (
      select id, alias_of from registry.person where county = ${county} and alias_of is not null
    ), human as materialized (
      select l.id as hold_id, l.from_month, l.person_id, coalesce(m.alias_of, l.person_id) as known_as
        from live l left join merged m on m.id = l.person_id where l.person_id is not null
    ), held_person as materialized (
      select hold_id, from_month, person_id from human
      union
      select hold_id, from_month, known_as from human
      union
      select h.hold_id, h.from_month, m.id from human h join merged m on m.alias_of = h.known_as
    ), reach as (
      select l.id as hold_id, l.award_id, l.from_month, null::daterange as valid from live l where l.award_id is not null
      union all
      select p.hold_id, a.id, p.from_month, null from held_person p
       cross join lateral (
         select id from benefits.award
          where county = ${county} and holder_kind = 'person' and holder_id = p.person_id offset 0
       ) a
      union all
      select p.hold_id, c.award_id, p.from_month, c.valid from held_person p
       cross join lateral (
         select award_id, valid from benefits.coverage
          where county = ${county} and person_id = p.person_id and superseded_at is null offset 0
       ) c
    )`
}

/** The holds that concern each award and month, by `monthKey`; award-months without a hold are absent. */
export async function holdsOn(
  db: Db,
  county: string,
  months: readonly AwardMonth[],
): Promise<Map<string, string[]>> {
  const reached = groupBy(await listReach(db, county), ({ awardId }) => awardId)
  const holds = new Map<string, string[]>()
  for (const month of months) {
    const reaching = (reached.get(month.awardId) ?? []).filter((each) => reaches(each, month.forMonth))
    const ids = [...new Set(reaching.map(({ holdId }) => holdId))].sort()
    if (ids.length > 0) holds.set(monthKey(month), ids)
  }
  return holds
}

interface Reach {
  holdId: string
  awardId: string
  fromMonth: Month
  /** Days covered; null on both sides = no bound. */
  from: PlainDate | null
  to: PlainDate | null
}

async function listReach(db: Db, county: string): Promise<Reach[]> {
  const { rows } = await sql<Reach>`
    ${reachOf(county)}
    select hold_id, award_id, from_month, lower(valid) as "from", upper(valid) as "to" from reach`.execute(db)
  return rows
}

function reaches({ fromMonth, from, to }: Reach, month: Month): boolean {
  const day = firstDay(month)
  return month >= fromMonth && (from === null || from <= day) && (to === null || day < to)
}

/** Awards that any live hold reaches in a month; without a month, in any. */
export async function listHeldAwards(db: Db, county: string, month: Month): Promise<string[]> {
  const { rows } = await sql<{ awardId: string }>`
    ${reachOf(county)} select distinct award_id from reach
     where from_month <= ${month} and (valid is null or valid @> ${`${month}-01`}::date)`.execute(db)
  return rows.map((row) => row.awardId)
}

/** Awards that these holds reach in any month. */
export async function listAwardsHeldBy(
  db: Db,
  county: string,
  holdIds: readonly string[],
): Promise<string[]> {
  if (holdIds.length === 0) return []
  const { rows } = await sql<{ awardId: string }>`
    ${reachOf(county)} select distinct award_id from reach where hold_id = any (${holdIds}::uuid[])`.execute(
    db,
  )
  return rows.map((row) => row.awardId)
}

/** Which of these people have a live hold of their own, in the whole county: also past the asker's areas. */
export async function listHeldAmong(db: Db, county: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from funds.find_uses(${county}, ${ids}::uuid[])`.execute(db)
  return rows.map(({ id }) => id)
}
