import { realClock, type Clock } from './clock.ts'
import type { Instant } from './dates.ts'
import { sql, type Tx } from './db.ts'
import { unavailable } from './errors.ts'

/** Two servers, of which one took over from the other, may be so far apart. */
const ALLOWED_SECONDS = 1

/**
 * A stamp for what is written now, refused where the county's trail is already later: a clock that was set back would put it before
 * what a run has read, and the run could not be computed again. One statement: every row that it sees was stamped before.
 *
 * Throws `platform.clock_set_back`.
 */
export async function stampAfterLast(clock: Clock, tx: Tx, county: string): Promise<Instant> {
  // A demonstration's clock only goes forward.
  if (clock !== realClock) return clock.stamp(tx)
  const { rows } = await sql<{ at: Instant; behind: number | null }>`
    select at, extract(epoch from platform.last_recorded(${county}) - at)::float8 as behind
      from (select clock_timestamp() as at) now`.execute(tx)
  const [row] = rows
  if (!row) throw new Error('the clock gave no row')
  if ((row.behind ?? 0) <= ALLOWED_SECONDS) return row.at
  throw unavailable(
    'platform.clock_set_back',
    '服务器的时钟被拨回了：比最近一条操作记录还早，本次没有办，也没有写入。请系统管理员校准时钟后再办。',
  )
}
