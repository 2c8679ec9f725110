import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { setScope, type Actor } from './access.ts'
import { insertAudit, type AuditEntry } from './audit.db.ts'
import type { Deps } from './command.ts'
import type { Tx } from './db.ts'
import { AppError, notFound } from './errors.ts'
import { verifyPassword } from './password.ts'
import {
  clearFailedSignIns,
  endSession,
  findCredentials,
  findOpenSession,
  insertSession,
  isLockedForUpdate,
  recordFailedSignIn,
  type Credentials,
} from './session.db.ts'
import { uuidv7 } from './uuid.ts'

/** How long a sign-in lasts at most, how long without a request, and how guessing is stopped (等保 2.0 三级 8.1.4.1). */
export const SESSION = { hours: 12, idleMinutes: 30, mostFailures: 5, lockMinutes: 15 }

/** Records of sign-ins that belong to no county: an unknown name, an account without an area. */
const NOWHERE = '000000'

export interface SignedIn {
  sessionId: string
  actor: Actor
  fullName: string
  roleTitles: string[]
}

export interface SignInInput {
  login: string
  password: string
  device: string
}

/**
 * Opens a session; the token goes into the cookie and nowhere else. An unknown name, a wrong password, a locked and a closed account
 * give the same answer after the same work, so that nobody learns who has an account.
 */
export async function signIn(
  deps: Deps,
  { login, password, device }: SignInInput,
): Promise<{ token: string; signedIn: SignedIn }> {
  const credentials = await findCredentials(deps.database.app, login)
  const matches = await verifyPassword(credentials?.passwordHash ?? undefined, password)
  const token = randomBytes(32).toString('base64url')
  const deed = { event: 'platform.session.opened', actorId: credentials?.accountId ?? null }
  const isOpened = await recorded(deps, credentials?.county, async (tx) => {
    const opened = await tryOpening(tx, { credentials, matches, token, device })
    return { ...deed, ...(opened ? DONE : { outcome: 'refused', code: 'platform.sign_in_refused' }) }
  })
  const signedIn = isOpened ? await findSignedIn(deps, token) : undefined
  if (!signedIn) {
    const remedy = `连续错 ${SESSION.mostFailures} 次会停用 ${SESSION.lockMinutes} 分钟`
    throw new AppError(`登录名或密码不对，或账号暂时停用（${remedy}）。忘记密码请找安全管理员。`, {
      status: 401,
      code: 'platform.sign_in_refused',
    })
  }
  return { token, signedIn }
}

async function tryOpening(
  tx: Tx,
  {
    credentials,
    matches,
    token,
    device,
  }: { credentials: Credentials | undefined; matches: boolean; token: string; device: string },
): Promise<boolean> {
  if (!credentials) return false
  const { accountId, isActive } = credentials
  if (await isLockedForUpdate(tx, accountId)) return false
  if (!matches || !isActive) {
    await recordFailedSignIn(tx, { accountId, ...SESSION })
    return false
  }
  await clearFailedSignIns(tx, accountId)
  await insertSession(tx, { id: uuidv7(), tokenHash: hashOf(token), accountId, device, hours: SESSION.hours })
  return true
}

/** Undefined = the session has ended, was idle too long, or never was. */
export async function findSignedIn(deps: Deps, token: string): Promise<SignedIn | undefined> {
  const row = await findOpenSession(deps.database.app, hashOf(token), SESSION.idleMinutes)
  if (!row) return undefined
  const { sessionId, fullName, roleTitles, permissions, ...actor } = row
  return { sessionId, fullName, roleTitles, actor: { ...actor, permissions: new Set(permissions) } }
}

/** Ends one of the person's own sessions, the one in use (signed out) or another (revoked). */
export async function endOwnSession(
  deps: Deps,
  { actor, sessionId }: SignedIn,
  id: string = sessionId,
): Promise<void> {
  const deed = { event: 'platform.session.ended', actorId: actor.id, subject: { session: id } }
  const by = id === sessionId ? 'signed_out' : 'revoked'
  const isEnded = await recorded(deps, countyOfSignIns(actor), async (tx) => {
    const ended = await endSession(tx, { id, accountId: actor.id, by })
    return { ...deed, ...(ended ? DONE : { outcome: 'failed', code: 'platform.session_unknown' }) }
  })
  if (!isEnded) throw notFound('platform.session_unknown', '没有这个登录，可能已经结束。请刷新后再看。')
}

/** As `findCredentials` names it: the county of the first area. */
export function countyOfSignIns({ scope }: Actor): string | undefined {
  return scope[0]?.slice(0, 6)
}

type Deed = Pick<AuditEntry, 'event' | 'actorId' | 'outcome' | 'code'> &
  Partial<Pick<AuditEntry, 'subject' | 'requestId'>>

const DONE = { outcome: 'done' } as const

/** Whether it was done; a refused try is committed with its row, so that it counts. */
export function recorded(
  deps: Deps,
  county: string | null | undefined,
  work: (tx: Tx) => Promise<Deed>,
): Promise<boolean> {
  const place = county ?? NOWHERE
  return deps.database.app.transaction().execute(async (tx) => {
    await setScope(tx, [place])
    const deed = await work(tx)
    const at = await deps.clock.stamp(tx)
    await insertAudit(tx, { subject: {}, requestId: randomUUID(), ...deed, county: place, at })
    return deed.outcome === 'done'
  })
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
