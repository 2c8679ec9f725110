import type { Counted, CountedPage } from '../../engines/indicators/index.ts'
import { addMonths, firstDay, type Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'

/** The lists behind the counts of figures.db.ts: the same rows, a page at a time, along the primary key of the lines. */

export interface RollPart {
  month: Month
  program: string
  category: string
}

interface EntitledAward {
  awardId: string
  net: number
  seq: number
}

/** Awards of one programme and class on the roll of a month, from an award on. */
async function listEntitled(
  db: Db,
  county: string,
  { month, program, category, from, limit }: RollPart & { from: string | undefined; limit: number },
): Promise<EntitledAward[]> {
  const rest = from === undefined ? sql`` : sql`and award_id >= ${from}`
  const { rows } = await sql<EntitledAward>`
    select award_id, sum(fen)::bigint as net, max(seq) as seq from report.obligation
     where county = ${county} and for_month = ${month} and program = ${program} ${rest}
       and run_no <= (select max(no) from report.run
                       where county = ${county} and program_group = 'basic_assistance' and month = ${month} and status = 'published')
     group by award_id having sum(fen) > 0 and (array_agg(category order by seq desc))[1] = ${category}
     order by award_id limit ${limit}`.execute(db)
  return rows
}

interface LastLine {
  awardId: string
  seq: number
  town: string | null
  village: string | null
  shares: readonly (readonly [string, number])[]
}

/** Whom the lines of a month cover, by award; only the last line of each award counts. */
async function listCovered(
  db: Db,
  county: string,
  { month, awards }: { month: Month; awards: readonly EntitledAward[] },
): Promise<Map<string, LastLine>> {
  const last = new Map(awards.map(({ awardId, seq }) => [awardId, seq]))
  const { rows } = await sql<LastLine>`
    select award_id, seq, town, village, detail->'shares' as shares from report.obligation
     where county = ${county} and for_month = ${month} and award_id = any (${[...last.keys()]}::uuid[])`.execute(
    db,
  )
  return new Map(rows.filter((row) => last.get(row.awardId) === row.seq).map((row) => [row.awardId, row]))
}

export async function listRollAwards(
  db: Db,
  county: string,
  { after, limit, ...part }: RollPart & CountedPage,
): Promise<Counted[]> {
  const from = after?.id
  const found = await listEntitled(db, county, { ...part, from, limit: limit + 1 })
  const awards = found.filter(({ awardId }) => awardId !== from).slice(0, limit)
  const covered = await listCovered(db, county, { month: part.month, awards })
  return awards.map(({ awardId, net }) => {
    const line = covered.get(awardId)
    const people = (line?.shares ?? []).map(([id]) => id)
    const place = { town: line?.town ?? null, village: line?.village ?? null }
    return { mark: { id: awardId, personId: null }, awardId, people, ...place, fen: net }
  })
}

/** One row for each person covered; their own share is not what the figure is about, so the sum is the award's. */
export async function listRollPersons(
  db: Db,
  county: string,
  { after, limit, ...part }: RollPart & CountedPage,
): Promise<Counted[]> {
  // Every award covers somebody: one award more than rows is enough, the one begun on the page before included.
  const awards = await listEntitled(db, county, { ...part, from: after?.id, limit: limit + 1 })
  const covered = await listCovered(db, county, { month: part.month, awards })
  const persons = awards.flatMap(({ awardId, net }) => {
    const line = covered.get(awardId)
    const place = { town: line?.town ?? null, village: line?.village ?? null }
    const ids = (line?.shares ?? []).map(([id]) => id).toSorted()
    return ids.map((id): Counted => {
      return { mark: { id: awardId, personId: id }, awardId, people: [id], ...place, fen: net }
    })
  })
  return persons
    .filter(({ mark }) => mark.id !== after?.id || (mark.personId ?? '') > (after.personId ?? ''))
    .slice(0, limit)
}

/** Those whom countLiveAgreements counts. */
export async function listLiveAgreements(
  db: Db,
  county: string,
  { month, after, limit }: { month: Month } & CountedPage,
): Promise<Counted[]> {
  const window = `[${firstDay(month)},${firstDay(addMonths(month, 1))})`
  const rest = after === undefined ? sql`` : sql`where person_id > ${after.id}`
  const { rows } = await sql<{ personId: string }>`
    with last_run as materialized (
      select no, cut from report.run
       where county = ${county} and program_group = 'basic_assistance' and month = ${month} and status = 'published'
       order by no desc limit 1
    ), supported as (
      select (l.detail->'shares'->0->>0)::uuid as person_id
        from report.obligation l
       where l.county = ${county} and l.for_month = ${month} and l.program = 'extreme_poverty_support' and l.due_fen > 0
         and l.run_no <= (select no from last_run)
       group by 1 having sum(l.fen) > 0
    )
    select person_id from (
      select person_id from supported
      intersect
      select person_id from report.care_agreement
       where county = ${county} and valid && ${window}::daterange and recorded_at <= (select cut from last_run)
         and (superseded_at is null or superseded_at > (select cut from last_run))
    ) signed ${rest} order by person_id limit ${limit}`.execute(db)
  return rows.map(({ personId }) => {
    const nowhere = { awardId: null, town: null, village: null, fen: null }
    return { mark: { id: personId, personId: null }, people: [personId], ...nowhere }
  })
}

interface AidPeriod {
  from: Month
  to: Month
  category?: string
}

/** Those whom listAid counts. */
export async function listAidAwards(
  db: Db,
  county: string,
  { from, to, category, after, limit }: AidPeriod & CountedPage,
): Promise<Counted[]> {
  const rest = after === undefined ? sql`` : sql`and award_id > ${after.id}`
  const ofClass = category === undefined ? sql`` : sql`and max(category) = ${category}`
  const { rows } = await sql<Omit<LastLine, 'seq'> & { fen: number }>`
    select award_id, sum(fen)::bigint as fen, max(town) as town, max(village) as village,
           (array_agg(detail->'shares' order by run_no desc, seq desc))[1] as shares
      from report.obligation
     where county = ${county} and program = 'temporary_assistance' and run_month >= ${from} and run_month <= ${to} ${rest}
     group by award_id having sum(fen) > 0 ${ofClass}
     order by award_id limit ${limit}`.execute(db)
  return rows.map(({ awardId, fen, town, village, shares }) => {
    const people = shares.map(([id]) => id)
    return { mark: { id: awardId, personId: null }, awardId, people, town, village, fen }
  })
}
