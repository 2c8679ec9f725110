import { keepNumber, listNumbers } from '../../platform/counter.db.ts'
import type { Instant, Month } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'

export interface AwardRow {
  id: string
  program: string
  holderKind: 'household' | 'person'
  holderId: string
  town: string | null
  village: string | null
  ledgerOpensMonth: Month
  lastPaidMonth: Month | null
  lastPaidFen: number | null
  replacesId: string | null
  replacesFrom: Month | null
}

const COLUMNS = sql.raw(`id, program, holder_kind, holder_id, town, village, ledger_opens_month,
  last_paid_month, last_paid_fen, replaces_id, replaces_from`)

export interface NewAward extends AwardRow {
  signedBy: string | null
}

/** The columns that an award and a line of a proposed list have in common. */
export function awardColumns(award: AwardRow) {
  return {
    id: award.id,
    program: award.program,
    holder_kind: award.holderKind,
    holder_id: award.holderId,
    town: award.town,
    village: award.village,
    ledger_opens_month: award.ledgerOpensMonth,
    last_paid_month: award.lastPaidMonth,
    last_paid_fen: award.lastPaidFen,
    replaces_id: award.replacesId,
    replaces_from: award.replacesFrom,
  }
}

export async function insertAwards(
  tx: Tx,
  place: { county: string; by: string; at: Instant },
  awards: readonly NewAward[],
): Promise<void> {
  const rows = awards.map((award) => ({
    county: place.county,
    ...awardColumns(award),
    created_by: place.by,
    signed_by: award.signedBy,
    recorded_at: place.at,
  }))
  await insertRows(tx, 'benefits.award', rows)
}

export async function listAwardsById(
  db: Db,
  county: string,
  ids: readonly string[],
): Promise<Map<string, AwardRow>> {
  const { rows } = await sql<AwardRow>`
    select ${COLUMNS} from benefits.award where county = ${county} and id = any (${[...ids]}::uuid[])`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

export async function updateOpeningReason(
  tx: Tx,
  county: string,
  { awardId, reason }: { awardId: string; reason: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update benefits.award set opening_reason = ${reason}
     where county = ${county} and id = ${awardId} and last_paid_month is not null`.execute(tx)
  return numAffectedRows === 1n
}

const SETTLED = 'settled_month.'

/**
 * The last month of each programme group that a run has settled or is settling now. Runs are rows of the whole county; a town that
 * decides for itself sees none of them, so the month is kept as a number that everybody may read.
 */
export async function listSettledMonths(db: Db, county: string): Promise<Map<string, Month>> {
  const numbers = await listNumbers(db, county, SETTLED)
  const settled = [...numbers].filter(([, value]) => value > 0)
  return new Map(
    settled.map(([group, value]) => [
      group,
      `${Math.trunc(value / 100)}-${String(value % 100).padStart(2, '0')}`,
    ]),
  )
}

/** After a run was started, rejected or cancelled. */
export async function keepSettledMonth(tx: Tx, county: string, group: string): Promise<void> {
  const { rows } = await sql<{ month: Month | null }>`
    select max(month) as month from benefits.run
     where county = ${county} and program_group = ${group}
       and status in ('computing', 'computed', 'checked', 'approved', 'published')`.execute(tx)
  const value = Number((rows[0]?.month ?? '0').replace('-', ''))
  await keepNumber(tx, { county, name: `${SETTLED}${group}`, value })
}
