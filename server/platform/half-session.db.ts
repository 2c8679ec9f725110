import { sql, type Db, type Tx } from './db.ts'

export async function insertHalfSession(
  tx: Tx,
  half: { id: string; tokenHash: Buffer; accountId: string; device: string; minutes: number },
): Promise<void> {
  await sql`
    insert into platform.half_session (id, token_hash, account_id, device, ends_at)
    values (${half.id}, ${half.tokenHash}, ${half.accountId}, ${half.device},
            clock_timestamp() + make_interval(mins => ${half.minutes}))`.execute(tx)
}

export interface HalfSession {
  id: string
  accountId: string
  county: string | null
  device: string
}

/** Half a session while it is open and its account in use. */
export async function findHalfSession(db: Db, tokenHash: Buffer): Promise<HalfSession | undefined> {
  const { rows } = await sql<HalfSession>`
    select h.id, h.account_id, left(a.scope[1], 6) as county, h.device
      from platform.half_session h join platform.account a on a.id = h.account_id and a.is_active
     where h.token_hash = ${tokenHash} and h.ended_at is null and h.ends_at > clock_timestamp()`.execute(db)
  return rows[0]
}

/** Once only; false = it has ended meanwhile. */
export async function endHalfSession(tx: Tx, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update platform.half_session set ended_at = clock_timestamp() where id = ${id} and ended_at is null`.execute(
    tx,
  )
  return numAffectedRows === 1n
}
