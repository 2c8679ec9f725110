import type { RawBuilder } from 'kysely'
import type { Actor } from './access.ts'
import type { Instant } from './dates.ts'
import { sql, type Db, type Tx } from './db.ts'

export interface Credentials {
  accountId: string
  county: string | null
  passwordHash: string | null
  isActive: boolean
  hasSecondFactor: boolean
}

/** The county in whose records sign-ins of this account are kept: that of its first area. */
export async function findCredentials(db: Db, login: string): Promise<Credentials | undefined> {
  return findCredentialsOf(db, sql`a.login = ${login}`)
}

/** Of the account that the security administrator bound to an identity of an outside provider. */
export async function findOutsideCredentials(
  db: Db,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<Credentials | undefined> {
  return findCredentialsOf(
    db,
    sql`a.id = (select o.account_id from platform.outside_identity o where o.issuer = ${issuer} and o.subject = ${subject})`,
  )
}

async function findCredentialsOf(db: Db, isWanted: RawBuilder<unknown>): Promise<Credentials | undefined> {
  const { rows } = await sql<Credentials>`
    select a.id as account_id, left(a.scope[1], 6) as county, a.password_hash, a.is_active,
           exists (select from platform.second_factor f where f.account_id = a.id and f.turned_on_at is not null) as has_second_factor
      from platform.account a where ${isWanted}`.execute(db)
  return rows[0]
}

export interface HeldAccount extends Pick<Credentials, 'passwordHash' | 'isActive' | 'hasSecondFactor'> {
  isLocked: boolean
}

/**
 * Holds the account's row, so that tries at the same moment are counted one by one, and says how the account stands now: comparing a
 * password takes long enough for it to be changed. The same two statements for an account that there is not, which is a locked one.
 */
export async function holdAccount(tx: Tx, accountId: string): Promise<HeldAccount> {
  const { rows } = await sql<Omit<HeldAccount, 'hasSecondFactor'>>`
    select coalesce(locked_until > clock_timestamp(), false) as is_locked, password_hash, is_active
      from platform.account where id = ${accountId} for update`.execute(tx)
  // In a statement of its own: one that waited for the row sees other tables as they were before.
  const { rows: factors } = await sql`
    select from platform.second_factor where account_id = ${accountId} and turned_on_at is not null`.execute(
    tx,
  )
  const [row = { isLocked: true, passwordHash: null, isActive: false }] = rows
  return { ...row, hasSecondFactor: factors.length > 0 }
}

/** A locked account is not counted on: the lock ends when it was said to end. */
export async function recordFailedSignIn(
  tx: Tx,
  { accountId, mostFailures, lockMinutes }: { accountId: string; mostFailures: number; lockMinutes: number },
): Promise<void> {
  await sql`
    update platform.account
       set failed_sign_ins = case when failed_sign_ins + 1 >= ${mostFailures} then 0 else failed_sign_ins + 1 end,
           locked_until = case when failed_sign_ins + 1 >= ${mostFailures}
                               then clock_timestamp() + make_interval(mins => ${lockMinutes}) else locked_until end
     where id = ${accountId} and coalesce(locked_until <= clock_timestamp(), true)`.execute(tx)
}

export async function clearFailedSignIns(tx: Tx, accountId: string): Promise<void> {
  await sql`update platform.account set failed_sign_ins = 0, locked_until = null
             where id = ${accountId} and (failed_sign_ins > 0 or locked_until is not null)`.execute(tx)
}

export async function insertSession(
  tx: Tx,
  session: { id: string; tokenHash: Buffer; accountId: string; device: string; hours: number },
): Promise<void> {
  await sql`
    insert into platform.session (id, token_hash, account_id, device, ends_at)
    values (${session.id}, ${session.tokenHash}, ${session.accountId}, ${session.device},
            clock_timestamp() + make_interval(hours => ${session.hours}))`.execute(tx)
}

export interface SessionRow extends Omit<Actor, 'permissions'> {
  sessionId: string
  fullName: string
  roleTitles: string[]
  permissions: string[]
  needsSecondFactor: boolean
}

/** Whether account `a` must use a second factor: by itself, or because its county asks it of one of its roles. */
export function needsSecondFactor(): RawBuilder<boolean> {
  return sql<boolean>`(a.needs_second_factor or exists (
    select from platform.second_factor_rule n
     where n.role = any (a.roles) and n.county = any (array(select left(code, 6) from unnest(a.scope) as area (code)))))`
}

/** The session of a token while it is open, seen lately and its account in use; being asked for counts as being seen. */
export async function findOpenSession(
  db: Db,
  tokenHash: Buffer,
  idleMinutes: number,
): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`
    with open as (
      select s.id, s.account_id, s.seen_at from platform.session s
       where s.token_hash = ${tokenHash} and s.ended_at is null and s.ends_at > clock_timestamp()
         and s.seen_at > clock_timestamp() - make_interval(mins => ${idleMinutes})
    ), seen as (
      update platform.session s set seen_at = clock_timestamp()
        from open where s.id = open.id and open.seen_at < clock_timestamp() - interval '1 minute'
    )
    select open.id as session_id, a.id, a.login, a.full_name, a.scope, a.level,
           array(select r.title from platform.role r where r.key = any (a.roles) order by r.key) as role_titles,
           array(select distinct p from platform.role r cross join unnest(r.permissions) p
                  where r.key = any (a.roles) order by p) as permissions,
           ${needsSecondFactor()} and not exists (
             select from platform.second_factor f where f.account_id = a.id and f.turned_on_at is not null) as needs_second_factor
      from open join platform.account a on a.id = open.account_id and a.is_active`.execute(db)
  return rows[0]
}

export interface OpenSession {
  id: string
  device: string
  createdAt: Instant
  seenAt: Instant
}

export async function listOpenSessions(
  db: Db,
  accountId: string,
  idleMinutes: number,
): Promise<OpenSession[]> {
  const { rows } = await sql<OpenSession>`
    select id, device, created_at, seen_at from platform.session
     where account_id = ${accountId} and ended_at is null and ends_at > clock_timestamp()
       and seen_at > clock_timestamp() - make_interval(mins => ${idleMinutes})
     order by created_at desc`.execute(db)
  return rows
}

/** Of this account only; false = there is no such open session. */
export async function endSession(
  tx: Tx,
  { id, accountId, by }: { id: string; accountId: string; by: 'signed_out' | 'revoked' },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update platform.session set ended_at = clock_timestamp(), ended_by = ${by}
     where id = ${id} and account_id = ${accountId} and ended_at is null`.execute(tx)
  return numAffectedRows === 1n
}

/** Also ends a lock; undefined = no account in use has this name, or it has areas outside the county. */
export async function updatePassword(
  tx: Tx,
  { county, login, hash }: { county: string; login: string; hash: string },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    update platform.account
       set password_hash = ${hash}, password_set_at = clock_timestamp(), failed_sign_ins = 0, locked_until = null
     where login = ${login} and is_active and scope <> '{}'
       and not exists (select from unnest(scope) as area (code) where left(code, 6) <> ${county})
    returning id`.execute(tx)
  return rows[0]?.id
}

export async function updateOwnPassword(tx: Tx, accountId: string, hash: string): Promise<void> {
  await sql`
    update platform.account
       set password_hash = ${hash}, password_set_at = clock_timestamp(), failed_sign_ins = 0, locked_until = null
     where id = ${accountId}`.execute(tx)
}

/** All sign-ins of an account, or all but one; those that wait for their code too. */
export async function endSessionsOf(
  tx: Tx,
  accountId: string,
  { by = 'password_changed', but }: { by?: 'password_changed' | 'revoked'; but?: string } = {},
): Promise<void> {
  const others = but === undefined ? sql`` : sql`and id <> ${but}`
  await sql`update platform.session set ended_at = clock_timestamp(), ended_by = ${by}
             where account_id = ${accountId} and ended_at is null ${others}`.execute(tx)
  await sql`update platform.half_session set ended_at = clock_timestamp()
             where account_id = ${accountId} and ended_at is null`.execute(tx)
}

/** Of these names, those that have a password. */
export async function listWithPassword(db: Db, logins: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ login: string }>`
    select login from platform.account where login = any (${[...logins]}::text[]) and password_hash is not null`.execute(
    db,
  )
  return rows.map(({ login }) => login)
}
