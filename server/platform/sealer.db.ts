import type { AuditRow, Seal, SealedMember } from './audit-seal.ts'
import { insertRows, sql, type Db, type Tx } from './db.ts'

/** First key of the advisory lock: one sealer per county, and none while a verifier takes its copy. */
export const SEAL_LOCK = 7305

/** Instants as the seals spell them: UTC, six decimals. */
function spelled(column: string) {
  return sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

/** For this connection until `unlockSeals`; false when another one has it. */
export async function tryLockSeals(db: Db, county: string): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_lock(${SEAL_LOCK}, ${Number(county)}) as locked`.execute(db)
  return rows[0]?.locked === true
}

export async function unlockSeals(db: Db, county: string): Promise<void> {
  await sql`select pg_advisory_unlock(${SEAL_LOCK}, ${Number(county)})`.execute(db)
}

/** The transaction id below which every transaction was finished when this transaction took its snapshot. */
export async function snapshotXmin(tx: Tx): Promise<number> {
  const { rows } = await sql<{ xmin: number }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin`.execute(tx)
  const [row] = rows
  if (!row) throw new Error('the snapshot has no xmin')
  return row.xmin
}

export async function lastSealOf(tx: Tx, county: string): Promise<(Seal & { xactUpto: number }) | undefined> {
  const { rows } = await sql<Seal & { xactUpto: number }>`
    select county, n, ${spelled('sealed_at')} as sealed_at, row_count, root, ${spelled('first_at')} as first_at,
           ${spelled('last_at')} as last_at, mac, xact_upto
      from platform.audit_seal where county = ${county} order by n desc limit 1`.execute(tx)
  return rows[0]
}

/** In order of number. */
export async function listSealsFrom(tx: Tx, county: string, from: number): Promise<Seal[]> {
  const { rows } = await sql<Seal>`
    select county, n, ${spelled('sealed_at')} as sealed_at, row_count, root, ${spelled('first_at')} as first_at,
           ${spelled('last_at')} as last_at, mac
      from platform.audit_seal where county = ${county} and n >= ${from} order by n`.execute(tx)
  return rows
}

/** A page, the newest first. */
export async function listSealsBefore(
  db: Db,
  county: string,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<Seal[]> {
  const rest = before === undefined ? sql`` : sql`and n < ${before}`
  const { rows } = await sql<Seal>`
    select county, n, ${spelled('sealed_at')} as sealed_at, row_count, root, ${spelled('first_at')} as first_at,
           ${spelled('last_at')} as last_at, mac
      from platform.audit_seal where county = ${county} ${rest} order by n desc limit ${limit}`.execute(db)
  return rows
}

/** Visible rows of transaction `fromXact` and later, sealed or not, in the order of sealing; the page after `after`. */
export async function listRowsPage(
  tx: Tx,
  page: { county: string; fromXact: number; after: Pick<AuditRow, 'xact' | 'id'> | undefined; limit: number },
): Promise<AuditRow[]> {
  const { xact, id } = page.after ?? { xact: '-1', id: '00000000-0000-0000-0000-000000000000' }
  const { rows } = await sql<AuditRow>`
    select county, id, ${spelled('at')} as at, actor_id, event, outcome, code, subject, request_id, xact::text as xact
      from platform.audit_row r
     where county = ${page.county} and r.xact >= ${page.fromXact} and (r.xact, r.id) > (${xact}::bigint, ${id}::uuid)
     order by r.xact, r.id limit ${page.limit}`.execute(tx)
  return rows
}

/** Asked by a list and not by a join: on tables without statistics the planner reads all seals once per row. */
export async function sealedAmong(tx: Tx, county: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ auditId: string }>`
    select audit_id from platform.audit_sealed where county = ${county} and audit_id = any (${ids}::uuid[])`.execute(
    tx,
  )
  return new Set(rows.map(({ auditId }) => auditId))
}

export async function insertSeal(
  tx: Tx,
  { seal, members, xactUpto }: { seal: Seal; members: readonly SealedMember[]; xactUpto: number },
): Promise<void> {
  const { county, n } = seal
  await sql`
    insert into platform.audit_seal (county, n, sealed_at, row_count, root, mac, first_at, last_at, xact_upto)
    values (${county}, ${n}, ${seal.sealedAt}, ${seal.rowCount}, ${seal.root}, ${seal.mac}, ${seal.firstAt}, ${seal.lastAt},
            ${xactUpto})`.execute(tx)
  const rows = members.map(({ position, auditId, leaf }) => {
    return { county, seal_n: n, position, audit_id: auditId, leaf }
  })
  await insertRows(tx, 'platform.audit_sealed', rows)
}

/** Six decimals: the database leaves out trailing zeros. */
export async function spelledInstant(db: Db, at: string): Promise<string> {
  const { rows } = await sql<{ at: string }>`
    select to_char(${at}::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`.execute(db)
  const [row] = rows
  if (!row) throw new Error('no instant')
  return row.at
}
