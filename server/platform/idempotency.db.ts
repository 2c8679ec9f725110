import { createHmac } from 'node:crypto'
import { sql, type Db, type Tx } from './db.ts'
import { conflict, invalid } from './errors.ts'
import type { Instant } from './dates.ts'
import type { KeyRing } from './keys.ts'

export interface StoredOutcome {
  result: unknown
}

/** Keyed: of a registration all but a few digits is known from other tables, and a plain hash would let somebody try them. */
export function bodyHash(keys: KeyRing, event: string, input: unknown): string {
  return createHmac('sm3', keys.indexKey)
    .update('minben-body/1\0')
    .update(event)
    .update('\0')
    .update(JSON.stringify(input ?? null))
    .digest('hex')
}

/**
 * Claims a key for this transaction. A second request with the key waits for the first one's commit, then finds its outcome:
 * the same body answers the stored result, another body is refused.
 */
export async function claimKey(
  tx: Tx,
  claim: { county: string; key: string; actorId: string; event: string; hash: string; at: Instant },
): Promise<StoredOutcome | undefined> {
  const inserted = await sql`
    insert into platform.idempotency_key (county, key, actor_id, event, body_hash, created_at)
    values (${claim.county}, ${claim.key}, ${claim.actorId}, ${claim.event}, ${claim.hash}, ${claim.at})
    on conflict (county, key) do nothing`.execute(tx)
  if (inserted.numAffectedRows === 1n) return undefined
  const { rows } = await sql<{ bodyHash: string; result: string | null; actorId: string }>`
    select body_hash, result, actor_id from platform.idempotency_key where county = ${claim.county} and key = ${claim.key}`.execute(
    tx,
  )
  const [row] = rows
  if (!row || row.actorId !== claim.actorId || row.bodyHash !== claim.hash) {
    throw invalid(
      'platform.idempotency_mismatch',
      '同一操作编号曾用于另一内容，本次未执行。请刷新页面后重新提交。',
    )
  }
  if (row.result === null)
    throw conflict('platform.idempotency_running', '同一操作正在处理，请稍候查看结果。')
  return { result: JSON.parse(row.result) as unknown }
}

export async function storeOutcome(tx: Tx, county: string, key: string, result: unknown): Promise<void> {
  await sql`update platform.idempotency_key set result = ${JSON.stringify(result ?? null)}
             where county = ${county} and key = ${key}`.execute(tx)
}

/** A batch at a time, so that a first pass over years of writes locks nobody out for long. */
const SWEPT_AT_ONCE = 10_000

/** Of all counties: for the sweep, which bypasses row-level security. The key of a write so long ago would be taken as new. */
export async function deleteOldKeys(db: Db, days: number): Promise<number> {
  let deleted = 0
  for (;;) {
    const { numAffectedRows } = await sql`
      delete from platform.idempotency_key k
       using (select county, key from platform.idempotency_key
               where created_at < clock_timestamp() - make_interval(days => ${days}) limit ${SWEPT_AT_ONCE}) old
       where k.county = old.county and k.key = old.key`.execute(db)
    deleted += Number(numAffectedRows ?? 0n)
    if (Number(numAffectedRows ?? 0n) < SWEPT_AT_ONCE) return deleted
  }
}
