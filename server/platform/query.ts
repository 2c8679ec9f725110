import { requirePermission } from './access.ts'
import { insertAudit } from './audit.db.ts'
import { auditFailure, read, readSnapshot, type Call, type Ctx, type Deps } from './command.ts'

/** A read for a person: scoped, and with its own audit row like a write. */
export interface Query<Input, Result> {
  /** Audit event, past tense: <module>.<noun>.<verb>. */
  event: string
  permission: string
  /** Takes seconds: read in a snapshot of its own that locks nothing; its row follows in a second short transaction. */
  isLong?: boolean
  run: (ctx: Ctx, input: Input) => Promise<Result>
  /** Ids for the audit row; counts are allowed, values are not. */
  subject?: (input: Input, result: Result) => Record<string, unknown>
}

export function query<Input, Result>(definition: Query<Input, Result>): Query<Input, Result> {
  return definition
}

/** One request = one transaction = one audit row; a refused one leaves its row too. */
export async function ask<Input, Result>(
  deps: Deps,
  definition: Query<Input, Result>,
  call: Call & { input: Input; requestId: string },
): Promise<Result> {
  const { actor, county, input, requestId } = call
  const audited = async ({ tx }: Ctx, result: Result) => {
    await insertAudit(tx, {
      county,
      at: deps.clock.expression,
      actorId: actor.id,
      event: definition.event,
      outcome: 'done',
      subject: definition.subject?.(input, result) ?? {},
      requestId,
    })
    return result
  }
  try {
    requirePermission(actor, definition.permission)
    if (!definition.isLong)
      return await read(deps, call, async (ctx) => audited(ctx, await definition.run(ctx, input)))
    const result = await readSnapshot(deps, call, (ctx) => definition.run(ctx, input))
    return await read(deps, call, (ctx) => audited(ctx, result))
  } catch (error) {
    await auditFailure(deps, { event: definition.event, error, requestId, actor, county })
    throw error
  }
}
