import type { Instant, Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'

/** One aid with its last decision and its filing. */
export interface AidRow {
  awardId: string
  awardedAt: Instant
  determinationId: string
  month: Month
  content: unknown
  cause: string
  outcome: 'grant' | 'end'
  level: 'township' | 'county'
  status: 'proposed' | 'effective' | 'refused' | 'undone'
  madeBy: string
  madeAt: Instant
  checkedBy: string | null
  recordedAt: Instant | null
  town: string | null
  village: string | null
  filedAt: Instant | null
}

export interface AidPage {
  isUnfiled: boolean
  after?: { at: Instant; id: string } | undefined
  limit: number
}

/** Begun with what towns decided, which an index holds: of all aid nearly everything is filed. */
function unfiled(county: string) {
  return sql`
     and a.id = any (array(
       select t.award_id from benefits.determination t
        where t.county = ${county} and t.status = 'effective' and t.outcome = 'grant' and t.decided_level = 'township'
          and not exists (select from social_assistance.aid_filing g where g.county = t.county and g.award_id = t.award_id)))
     and d.status = 'effective' and d.outcome = 'grant' and d.level = 'township'`
}

/** The last decision of each, looked up one by one: a page needs few of them. */
function aids(county: string, { isUnfiled, after }: Omit<AidPage, 'limit'>) {
  const rest =
    after === undefined
      ? sql``
      : sql`and (a.recorded_at, a.id) < (${after.at}::timestamptz, ${after.id}::uuid)`
  return sql`
      from benefits.award a
      left join social_assistance.aid_filing f on f.county = a.county and f.award_id = a.id
     cross join lateral (
       select id, to_char(lower(valid), 'YYYY-MM') as month, content, cause, outcome, decided_level as level, status,
              made_by, made_at, checked_by, recorded_at
         from benefits.determination
        where county = ${county} and award_id = a.id order by made_at desc, id desc limit 1
     ) d
     where a.county = ${county} and a.program = 'temporary_assistance' ${isUnfiled ? unfiled(county) : sql``} ${rest}`
}

/** The latest first. */
export async function listAids(db: Db, county: string, { limit, ...page }: AidPage): Promise<AidRow[]> {
  const { rows } = await sql<AidRow>`
    select a.id as award_id, a.recorded_at as awarded_at, a.town, a.village, d.id as determination_id, d.month, d.content, d.cause,
           d.outcome, d.level, d.status, d.made_by, d.made_at, d.checked_by, d.recorded_at, f.filed_at
    ${aids(county, page)} order by a.recorded_at desc, a.id desc limit ${limit}`.execute(db)
  return rows
}

/** At most `most`: a longer list is not counted through for a number nobody reads. */
export async function countUnfiled(db: Db, county: string, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (select 1 ${aids(county, { isUnfiled: true })} limit ${most}) waiting`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}
