import { keepNumber, listNumbers } from '../../platform/counter.db.ts'
import type { Instant, Month } from '../../platform/dates.ts'
import { insertRows, sql, type Db, type Tx } from '../../platform/db.ts'

export interface LedgerOpening {
  program: string
  opensMonth: Month
  /** Null while the old system still pays. */
  openedAt: Instant | null
}

const OPENS = 'ledger_opens.'

/** Of the whole county: a town sees none of these rows. */
export async function listLedgerOpenings(
  db: Db,
  county: string,
  programs: readonly string[],
): Promise<LedgerOpening[]> {
  const { rows } = await sql<LedgerOpening>`
    select program, opens_month, opened_at from benefits.ledger_opening
     where county = ${county} and program = any (${[...programs]})`.execute(db)
  return rows
}

/** The same months for everybody of the county, by programme. */
export async function listOpeningMonths(db: Db, county: string): Promise<Map<string, Month>> {
  const numbers = await listNumbers(db, county, OPENS)
  const set = [...numbers].filter(([, value]) => value > 0)
  return new Map(
    set.map(([program, value]) => [
      program,
      `${Math.trunc(value / 100)}-${String(value % 100).padStart(2, '0')}`,
    ]),
  )
}

export async function insertLedgerOpenings(
  tx: Tx,
  { county, by, at }: { county: string; by: string; at: Instant },
  { programs, month }: { programs: readonly string[]; month: Month },
): Promise<void> {
  const rows = programs.map((program) => ({ county, program, opens_month: month, set_by: by, set_at: at }))
  await insertRows(tx, 'benefits.ledger_opening', rows)
  for (const program of programs)
    await keepNumber(tx, { county, name: `${OPENS}${program}`, value: Number(month.replace('-', '')) })
}

export async function deleteLedgerOpenings(
  tx: Tx,
  county: string,
  programs: readonly string[],
): Promise<void> {
  await sql`
    delete from benefits.ledger_opening
     where county = ${county} and program = any (${[...programs]}) and opened_at is null`.execute(tx)
  for (const program of programs) await keepNumber(tx, { county, name: `${OPENS}${program}`, value: 0 })
}

export async function updateLedgerOpened(
  tx: Tx,
  { county, by, at }: { county: string; by: string; at: Instant },
  programs: readonly string[],
): Promise<void> {
  await sql`
    update benefits.ledger_opening set opened_by = ${by}, opened_at = ${at}
     where county = ${county} and program = any (${[...programs]}) and opened_at is null`.execute(tx)
}

/** Of awards of the old system that nobody has explained yet; one reason for all of them. */
export async function updateOpeningReasons(
  tx: Tx,
  county: string,
  { awardIds, reason }: { awardIds: readonly string[]; reason: string },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update benefits.award set opening_reason = ${reason}
     where county = ${county} and id = any (${[...awardIds]}::uuid[]) and last_paid_month is not null
       and opening_reason is null`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** Whether anything of these programmes has been published yet. */
export async function hasPublishedRun(db: Db, county: string, groups: readonly string[]): Promise<boolean> {
  const { rows } = await sql<{ isAny: boolean }>`
    select exists (select from benefits.run
      where county = ${county} and program_group = any (${[...groups]}) and status = 'published') as is_any`.execute(
    db,
  )
  return rows[0]?.isAny ?? false
}
