import { firstDay, type Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'

export interface HeldAward {
  id: string
  holderId: string
  program: string
  ledgerOpensMonth: Month
  lastPaidMonth: Month | null
  lastPaidFen: number | null
}

const HELD = sql.raw('id, holder_id, program, ledger_opens_month, last_paid_month, last_paid_fen')

/** Awards on file of these holders. */
export async function listHeldAwards(
  db: Db,
  county: string,
  holderIds: readonly string[],
): Promise<HeldAward[]> {
  const { rows } = await sql<HeldAward>`
    select ${HELD} from benefits.award
     where county = ${county} and holder_id = any (${holderIds}::uuid[])`.execute(db)
  return rows
}

/** What these holders have on a list of the old system that nobody has signed yet. */
export async function listUnsignedAwards(
  db: Db,
  county: string,
  holderIds: readonly string[],
): Promise<HeldAward[]> {
  const { rows } = await sql<HeldAward>`
    select ${HELD} from benefits.takeover_award
     where county = ${county} and holder_id = any (${holderIds}::uuid[])
       and takeover_id = any (array(
         select id from benefits.takeover where county = ${county} and status = 'proposed'))`.execute(db)
  return rows
}

/** Which of these people and households are named where, in the whole county: also past the asker's areas. */
export async function listUses(
  db: Db,
  county: string,
  ids: readonly string[],
): Promise<{ id: string; reason: string }[]> {
  const { rows } = await sql<{ id: string; reason: string }>`
    select id, reason from benefits.find_uses(${county}, ${ids}::uuid[])`.execute(db)
  return rows
}

/** Who of these people is covered from this month on, by which award, under a key that allows one. */
export async function listCoveredFrom(
  db: Db,
  county: string,
  { personIds, exclusiveKey, from }: { personIds: readonly string[]; exclusiveKey: string; from: Month },
): Promise<{ personId: string; awardId: string }[]> {
  const { rows } = await sql<{ personId: string; awardId: string }>`
    select person_id, award_id from benefits.coverage
     where county = ${county} and person_id = any (${[...personIds]}::uuid[]) and exclusive_key = ${exclusiveKey}
       and superseded_at is null and valid && daterange(${firstDay(from)}, null)`.execute(db)
  return rows
}
