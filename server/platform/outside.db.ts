import type { Instant } from './dates.ts'
import { sql, type Db, type Tx } from './db.ts'

export interface OutsideIdentity {
  id: string
  issuer: string
  subject: string
  boundAt: Instant
  boundBy: string
}

export async function listOutsideIdentities(db: Db, accountId: string): Promise<OutsideIdentity[]> {
  const { rows } = await sql<OutsideIdentity>`
    select o.id, o.issuer, o.subject, o.bound_at, coalesce(b.full_name, '') as bound_by
      from platform.outside_identity o left join platform.account b on b.id = o.bound_by
     where o.account_id = ${accountId} order by o.bound_at, o.id`.execute(db)
  return rows
}

export async function insertOutsideIdentity(
  tx: Tx,
  identity: {
    id: string
    issuer: string
    subject: string
    accountId: string
    boundBy: string
    boundAt: Instant
  },
): Promise<void> {
  await sql`
    insert into platform.outside_identity (id, issuer, subject, account_id, bound_by, bound_at)
    values (${identity.id}, ${identity.issuer}, ${identity.subject}, ${identity.accountId}, ${identity.boundBy}, ${identity.boundAt})`.execute(
    tx,
  )
}

/** Of this account only; false = it has no such identity. */
export async function deleteOutsideIdentity(tx: Tx, id: string, accountId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from platform.outside_identity where id = ${id} and account_id = ${accountId}`.execute(tx)
  return numAffectedRows === 1n
}
