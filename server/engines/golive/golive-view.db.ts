import { sql, type Db } from '../../platform/db.ts'
import type { Fen } from '../../platform/money.ts'
import type { ProjectRow } from './project.db.ts'

export interface Loaded {
  people: number
  households: number
  takeovers: number
  unsigned: number
  determined: number
  accounts: number
  holds: number
  oldLines: number
  oldFen: Fen
}

/** What has come over so far: of the whole county, and of the awards of these programmes. */
export async function countLoaded(
  db: Db,
  county: string,
  { programs, listMonth }: Pick<ProjectRow, 'programs' | 'listMonth'>,
): Promise<Loaded> {
  const keys = [...programs]
  const { rows } = await sql<Loaded>`
    select (select count(*) from registry.person p
             where p.county = ${county} and p.alias_of is null and p.withdrawn_at is null) as people,
           (select count(*) from registry.household h where h.county = ${county} and h.withdrawn_at is null) as households,
           (select count(*) from benefits.award a
             where a.county = ${county} and a.program = any (${keys}) and a.last_paid_month is not null) as takeovers,
           (select coalesce(sum(t.awards), 0)::bigint from benefits.takeover t
             where t.county = ${county} and t.status = 'proposed') as unsigned,
           (select count(distinct s.award_id) from benefits.determination_span s
              join benefits.award a on a.county = s.county and a.id = s.award_id and a.program = any (${keys})
             where s.county = ${county} and s.superseded_at is null) as determined,
           (select count(*) from registry.bank_account k
             where k.county = ${county} and k.superseded_at is null and not k.voided and upper_inf(k.valid)) as accounts,
           (select count(*) from funds.hold h where h.county = ${county} and h.superseded_at is null and not h.voided) as holds,
           o.lines as old_lines, o.fen as old_fen
      from (select count(*) as lines, coalesce(sum(fen), 0)::bigint as fen from golive.old_payment
             where county = ${county} and for_month = ${listMonth} and program = any (${keys})) o`.execute(db)
  const [row] = rows
  if (!row) throw new Error('a count without a row')
  return row
}
