import { createHash, randomUUID } from 'node:crypto'
import { setScope, type Actor } from './access.ts'
import { insertAudit, NOWHERE, type AuditEntry } from './audit.db.ts'
import type { Deps } from './command.ts'
import type { Tx } from './db.ts'
import { notFound } from './errors.ts'
import { endSession, findOpenSession } from './session.db.ts'

/** How long a sign-in lasts at most, how long without a request, and how guessing is stopped (等保 2.0 三级 8.1.4.1). */
export const SESSION = { hours: 12, idleMinutes: 30, halfMinutes: 5, mostFailures: 5, lockMinutes: 15 }

export interface SignedIn {
  sessionId: string
  actor: Actor
  fullName: string
  roleTitles: string[]
  /** They have to set up a second factor before anything else: until then they have no permission at all. */
  needsSecondFactor: boolean
}

/** Undefined = the session has ended, was idle too long, or never was. */
export async function findSignedIn(deps: Deps, token: string): Promise<SignedIn | undefined> {
  const row = await findOpenSession(deps.database.app, hashOfToken(token), SESSION.idleMinutes)
  if (!row) return undefined
  const { sessionId, fullName, roleTitles, needsSecondFactor, permissions, ...actor } = row
  const held = new Set(needsSecondFactor ? [] : permissions)
  return { sessionId, fullName, roleTitles, needsSecondFactor, actor: { ...actor, permissions: held } }
}

/** Ends one of the person's own sessions, the one in use (signed out) or another (revoked). */
export async function endOwnSession(
  deps: Deps,
  { actor, sessionId }: SignedIn,
  id: string = sessionId,
): Promise<void> {
  const deed = { event: 'platform.session.ended', actorId: actor.id, subject: { session: id } }
  const by = id === sessionId ? 'signed_out' : 'revoked'
  const { outcome } = await recorded(deps, countyOfSignIns(actor), async (tx) => {
    const ended = await endSession(tx, { id, accountId: actor.id, by })
    return { ...deed, ...(ended ? DONE : { outcome: 'failed', code: 'platform.session_unknown' }) }
  })
  if (outcome !== 'done')
    throw notFound('platform.session_unknown', '没有这个登录，可能已经结束。请刷新后再看。')
}

/** As `findCredentials` names it: the county of the first area. */
export function countyOfSignIns({ scope }: Actor): string | undefined {
  return scope[0]?.slice(0, 6)
}

export type Deed = Pick<AuditEntry, 'event' | 'actorId' | 'outcome' | 'code'> &
  Partial<Pick<AuditEntry, 'subject' | 'requestId'>>

export const DONE = { outcome: 'done' } as const

/** Gives back what was done, with what came of it; a refused try is committed with its row, so that it counts. */
export function recorded<Done extends Deed>(
  deps: Deps,
  county: string | null | undefined,
  work: (tx: Tx) => Promise<Done>,
): Promise<Done> {
  const place = county ?? NOWHERE
  return deps.database.app.transaction().execute(async (tx) => {
    await setScope(tx, [place])
    const deed = await work(tx)
    // Without a stamp: whoever signs in must not wait for a long command on a demonstration's clock.
    const row = { county: place, at: deps.clock.expression }
    await insertAudit(tx, { subject: {}, requestId: randomUUID(), ...deed, ...row })
    return deed
  })
}

export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
