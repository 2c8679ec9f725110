import type { Clock } from './clock.ts'
import type { Instant } from './dates.ts'
import { sql, sqlStateOf, type Tx } from './db.ts'
import { unavailable } from './errors.ts'

/** First key of our advisory locks: writers of what a run may see share it; a run takes it alone for an instant. */
const COUNTY_LOCK = 7301
/** Rates of areas above the county touch many counties. */
const ABOVE_LOCK = 7302

/** Before anything that a run may see is stamped: whoever stamps holds this until commit, so a cut never misses an open writer. */
export async function shareCounty(tx: Tx, county: string): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${COUNTY_LOCK}, ${Number(county)})`.execute(tx)
}

export async function shareAbove(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${ABOVE_LOCK}, 0)`.execute(tx)
}

/**
 * The knowledge cut: waits for open writers (at most `waitMs`), then stamps. Everything stamped up to the cut is committed,
 * everything later is stamped after it.
 */
export async function takeCut(
  tx: Tx,
  clock: Clock,
  options: { county: string; waitMs: number },
): Promise<Instant> {
  // 0 would mean: wait for ever.
  const waitMs = Math.max(1, Math.trunc(options.waitMs))
  await sql.raw(`set local lock_timeout = '${waitMs}ms'`).execute(tx)
  try {
    await sql`select pg_advisory_xact_lock(${COUNTY_LOCK}, ${Number(options.county)})`.execute(tx)
    await sql`select pg_advisory_xact_lock(${ABOVE_LOCK}, 0)`.execute(tx)
  } catch (error) {
    if (sqlStateOf(error) !== '55P03') throw error
    throw unavailable(
      'platform.cut_waits_for_writers',
      '还有人正在保存资料，本次核算未能开始。请稍候一两分钟再试；若一直如此，请联系系统管理员。',
    )
  }
  const cut = await clock.stamp(tx)
  await sql`select pg_sleep(0.001)`.execute(tx) // the next stamp is later than the cut even at the clock's resolution
  return cut
}
