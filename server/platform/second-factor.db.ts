import type { Instant } from './dates.ts'
import { sql, type Db, type Tx } from './db.ts'
import { needsSecondFactor } from './session.db.ts'

/** Seconds of the machine's clock since 1970: an authenticator knows nothing of a simulated one. */
export async function machineSeconds(db: Db): Promise<number> {
  const { rows } = await sql<{ seconds: number }>`
    select extract(epoch from clock_timestamp())::float8 as seconds`.execute(db)
  return rows[0]?.seconds ?? Number.NaN
}

export interface SecondFactor {
  id: string
  secretCipher: string
  /** The latest step that was used. */
  lastStep: number
  turnedOnAt: Instant | null
}

export async function findSecondFactor(db: Db, accountId: string): Promise<SecondFactor | undefined> {
  const { rows } = await sql<SecondFactor>`
    select id, secret_cipher, last_step, turned_on_at from platform.second_factor where account_id = ${accountId}`.execute(
    db,
  )
  return rows[0]
}

/** In place of one whose owner has not shown a code yet. */
export async function insertSecondFactor(
  tx: Tx,
  { id, accountId, secretCipher }: { id: string; accountId: string; secretCipher: string },
): Promise<void> {
  await sql`delete from platform.second_factor where account_id = ${accountId} and turned_on_at is null`.execute(
    tx,
  )
  await sql`
    insert into platform.second_factor (id, account_id, secret_cipher)
    values (${id}, ${accountId}, ${secretCipher})`.execute(tx)
}

export async function turnOnSecondFactor(tx: Tx, id: string): Promise<void> {
  await sql`update platform.second_factor set turned_on_at = clock_timestamp() where id = ${id}`.execute(tx)
}

/** False = this step or a later one was used meanwhile. */
export async function useStep(tx: Tx, id: string, step: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update platform.second_factor set last_step = ${step} where id = ${id} and last_step < ${step}`.execute(
    tx,
  )
  return numAffectedRows === 1n
}

/** With its recovery codes; false = none was turned on. */
export async function deleteSecondFactor(tx: Tx, accountId: string): Promise<boolean> {
  await sql`delete from platform.recovery_code where account_id = ${accountId}`.execute(tx)
  const { rows } = await sql<{ wasOn: boolean }>`
    delete from platform.second_factor where account_id = ${accountId} returning turned_on_at is not null as was_on`.execute(
    tx,
  )
  return rows[0]?.wasOn ?? false
}

/** All earlier ones go. */
export async function replaceRecoveryCodes(
  tx: Tx,
  accountId: string,
  hashes: readonly Buffer[],
): Promise<void> {
  await sql`delete from platform.recovery_code where account_id = ${accountId}`.execute(tx)
  await sql`
    insert into platform.recovery_code (account_id, code_hash)
    select ${accountId}, unnest(${[...hashes]}::bytea[])`.execute(tx)
}

/** False = there is no such code, or it was used. */
export async function useRecoveryCode(tx: Tx, accountId: string, hash: Buffer): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update platform.recovery_code set used_at = clock_timestamp()
     where account_id = ${accountId} and code_hash = ${hash} and used_at is null`.execute(tx)
  return numAffectedRows === 1n
}

export interface SecondFactorState {
  turnedOnAt: Instant | null
  /** By the account itself or by one of its roles. */
  isRequired: boolean
  isRequiredOfAccount: boolean
  hasPassword: boolean
  /** Recovery codes not used yet. */
  codesLeft: number
}

export async function getSecondFactorState(db: Db, accountId: string): Promise<SecondFactorState> {
  const { rows } = await sql<SecondFactorState>`
    select f.turned_on_at, ${needsSecondFactor()} as is_required, a.needs_second_factor as is_required_of_account,
           a.password_hash is not null as has_password,
           (select count(*) from platform.recovery_code c where c.account_id = a.id and c.used_at is null) as codes_left
      from platform.account a left join platform.second_factor f on f.account_id = a.id
     where a.id = ${accountId}`.execute(db)
  const [state] = rows
  if (!state) throw new Error(`no account ${accountId}`)
  return state
}

export async function updateNeedsSecondFactor(tx: Tx, accountId: string, isRequired: boolean): Promise<void> {
  await sql`update platform.account set needs_second_factor = ${isRequired} where id = ${accountId}`.execute(
    tx,
  )
}

/** Roles whose holders in this county must use a second factor. */
export async function listSecondFactorRoles(db: Db, county: string): Promise<Set<string>> {
  const { rows } = await sql<{ role: string }>`
    select role from platform.second_factor_rule where county = ${county}`.execute(db)
  return new Set(rows.map(({ role }) => role))
}

export async function insertSecondFactorRule(
  tx: Tx,
  rule: { county: string; role: string; setBy: string; setAt: Instant },
): Promise<void> {
  await sql`
    insert into platform.second_factor_rule (county, role, set_by, set_at)
    values (${rule.county}, ${rule.role}, ${rule.setBy}, ${rule.setAt}) on conflict do nothing`.execute(tx)
}

export async function deleteSecondFactorRule(tx: Tx, county: string, role: string): Promise<void> {
  await sql`delete from platform.second_factor_rule where county = ${county} and role = ${role}`.execute(tx)
}
