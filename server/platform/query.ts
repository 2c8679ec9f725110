import { requirePermission } from './access.ts'
import { insertAudit } from './audit.db.ts'
import { auditFailure, read, type Call, type Ctx, type Deps } from './command.ts'

/** A read for a person: scoped, and with its own audit row like a write. */
export interface Query<Input, Result> {
  /** Audit event, past tense: <module>.<noun>.<verb>. */
  event: string
  permission: string
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
  try {
    requirePermission(actor, definition.permission)
    return await read(deps, call, async (ctx) => {
      const result = await definition.run(ctx, input)
      await insertAudit(ctx.tx, {
        county,
        at: await deps.clock.stamp(ctx.tx),
        actorId: actor.id,
        event: definition.event,
        outcome: 'done',
        subject: definition.subject?.(input, result) ?? {},
        requestId,
      })
      return result
    })
  } catch (error) {
    await auditFailure(deps, { event: definition.event, error, requestId, actor, county })
    throw error
  }
}
