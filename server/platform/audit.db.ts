import type { RawBuilder } from 'kysely'
import { sql, type Tx } from './db.ts'
import type { Instant } from './dates.ts'
import { uuidv7 } from './uuid.ts'

/** In place of a county where something belongs to none: an unknown name that signs in, the secrets of accounts. */
export const NOWHERE = '000000'

export interface AuditEntry {
  county: string
  /** An instant, or what gives it while the row is written. */
  at: Instant | RawBuilder<Instant>
  actorId: string | null
  event: string
  outcome: 'done' | 'refused' | 'failed' | 'started' | 'finished'
  code?: string | undefined
  /** Ids and counts only: never a name, a number or an input value. */
  subject: Record<string, unknown>
  requestId: string
}

/** Rows are inserted unchained; the sealer chains them once their transaction is certainly finished (xact). */
export async function insertAudit(tx: Tx, entry: AuditEntry): Promise<void> {
  await sql`
    insert into platform.audit_row (county, id, at, actor_id, event, outcome, code, subject, request_id, xact)
    values (${entry.county}, ${uuidv7()}, ${entry.at}, ${entry.actorId}, ${entry.event}, ${entry.outcome},
            ${entry.code ?? null}, ${JSON.stringify(entry.subject)}, ${entry.requestId}, pg_current_xact_id()::text::bigint)`.execute(
    tx,
  )
}
