import { addMonths, firstDay, type Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'

export interface AwardInPage {
  id: string
  program: string
  opensMonth: Month
  town: string | null
  village: string | null
}

export interface AwardPage {
  programs: readonly string[]
  town?: string | undefined
  after?: string | undefined
  limit: number
}

/** In the order of ids, along the primary key. */
export async function listAwardPage(
  db: Db,
  county: string,
  { programs, town, after, limit }: AwardPage,
): Promise<AwardInPage[]> {
  const inTown = town === undefined ? sql`` : sql`and town = ${town}`
  const rest = after === undefined ? sql`` : sql`and id > ${after}`
  const { rows } = await sql<AwardInPage>`
    select id, program, ledger_opens_month as opens_month, town, village from benefits.award
     where county = ${county} and program = any (${[...programs]}) ${inTown} ${rest}
     order by id limit ${limit}`.execute(db)
  return rows
}

export interface Grant {
  awardId: string
  determinationId: string
  fromMonth: Month
  toMonth: Month | null
  content: unknown
}

/** What is granted to these awards in any of the months, as known now. */
export async function listGrants(
  db: Db,
  county: string,
  { awardIds, first, last }: { awardIds: readonly string[]; first: Month; last: Month },
): Promise<Grant[]> {
  const { rows } = await sql<Grant>`
    select award_id, determination_id, content, to_char(lower(valid), 'YYYY-MM') as from_month,
           to_char(upper(valid), 'YYYY-MM') as to_month
      from benefits.determination_span
     where county = ${county} and award_id = any (${[...awardIds]}::uuid[]) and superseded_at is null and outcome = 'grant'
       and valid && daterange(${firstDay(first)}, ${firstDay(addMonths(last, 1))})
     order by award_id, valid`.execute(db)
  return rows
}
