import type { Instant } from '../../platform/dates.ts'
import { sql, type Db, type Tx } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'

export interface TownAid {
  awardId: string
  town: string | null
  village: string | null
  amountFen: Fen
  decidedAt: Instant
  isFiled: boolean
}

/** Aid in effect that was a town's to decide: the last decision of each award, and whether the county has it on file. */
function townAid(county: string) {
  return sql`
    select distinct on (d.award_id) d.award_id, d.town, d.village, (d.content->>'amountFen')::bigint as amount_fen,
           d.recorded_at as decided_at, f.award_id is not null as is_filed
      from benefits.determination d
      join benefits.award a on a.county = d.county and a.id = d.award_id and a.program = 'temporary_assistance'
      left join social_assistance.aid_filing f on f.county = d.county and f.award_id = d.award_id
     where d.county = ${county} and d.status = 'effective' and d.outcome = 'grant' and d.decided_level = 'township'
     order by d.award_id, d.recorded_at desc, d.id desc`
}

export async function listTownAid(db: Db, county: string, awardIds: readonly string[]): Promise<TownAid[]> {
  const { rows } =
    await sql<TownAid>`select * from (${townAid(county)}) aid where award_id = any (${[...awardIds]}::uuid[])`.execute(
      db,
    )
  return rows
}

/** Decided by a town and not yet filed with the county, the oldest first. */
export async function unfiledTownAid(db: Db, county: string): Promise<TownAid[]> {
  const { rows } =
    await sql<TownAid>`select * from (${townAid(county)}) aid where not is_filed order by decided_at, award_id`.execute(
      db,
    )
  return rows
}

export async function insertAidFilings(
  tx: Tx,
  { county, by, at }: { county: string; by: string; at: Instant },
  filings: readonly TownAid[],
): Promise<void> {
  await sql`
    insert into social_assistance.aid_filing (county, award_id, town, village, amount_fen, filed_by, filed_at)
    select ${county}, award_id, town, village, amount_fen, ${by}::uuid, ${at}::timestamptz
      from unnest(${filings.map((each) => each.awardId)}::uuid[], ${filings.map((each) => each.town)}::text[],
                  ${filings.map((each) => each.village)}::text[], ${filings.map((each) => each.amountFen)}::bigint[])
        as filing (award_id, town, village, amount_fen)`.execute(tx)
}

/** Who has to decide each proposal. */
export async function listLevels(
  db: Db,
  county: string,
  ids: readonly string[],
): Promise<Map<string, 'township' | 'county'>> {
  const { rows } = await sql<{ id: string; decidedLevel: 'township' | 'county' }>`
    select id, decided_level from benefits.determination where county = ${county} and id = any (${[...ids]}::uuid[])`.execute(
    db,
  )
  return new Map(rows.map(({ id, decidedLevel }) => [id, decidedLevel]))
}
