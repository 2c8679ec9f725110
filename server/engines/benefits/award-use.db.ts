import type { Month } from '../../platform/dates.ts'
import { sql, type Db } from '../../platform/db.ts'

export interface HeldAward {
  id: string
  holderId: string
  program: string
  lastPaidMonth: Month | null
  lastPaidFen: number | null
}

const HELD = sql.raw('id, holder_id, program, last_paid_month, last_paid_fen')

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
