import type { Instant } from '../../platform/dates.ts'
import { sql, type Tx } from '../../platform/db.ts'
import type { NewDetermination } from './determination.db.ts'
import { monthRange } from './rates.rules.ts'

/** What the proposal says now is put aside before it is edited. */
export async function keepEarlier(tx: Tx, county: string, id: string): Promise<void> {
  await sql`
    insert into benefits.determination_earlier (county, determination_id, version, kind, outcome, valid, content, cause, clause,
                                                decided_level, town, village, made_by, made_at)
    select county, id, version, kind, outcome, valid, content, cause, clause, decided_level, town, village,
           coalesce(edited_by, made_by), coalesce(edited_at, made_at)
      from benefits.determination where county = ${county} and id = ${id}`.execute(tx)
}

type Edited = Omit<NewDetermination, 'awardId' | 'town' | 'village'>

export async function updateProposal(
  tx: Tx,
  { county, by, at }: { county: string; by: string; at: Instant },
  { id, kind, outcome, from, to, content, cause, clause, decidedLevel }: Edited,
): Promise<void> {
  await sql`
    update benefits.determination
       set kind = ${kind}, outcome = ${outcome}, valid = ${monthRange(from, to)}::daterange,
           content = ${JSON.stringify(content ?? null)}::json, cause = ${cause}, clause = ${clause}, decided_level = ${decidedLevel},
           version = version + 1, edited_by = ${by}, edited_at = ${at},
           editors = case when ${by}::uuid = any (editors) then editors else editors || ${by}::uuid end
     where county = ${county} and id = ${id}`.execute(tx)
}
