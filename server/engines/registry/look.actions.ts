import type { Ctx } from '../../platform/command.ts'
import type { Instant } from '../../platform/dates.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { insertLooks, type Look } from './look.db.ts'
import type { Person } from './person.db.ts'
import type { LookKind } from './person-file.schema.ts'

export interface LookOf {
  what: LookKind
  part?: string | null
  purpose?: string | null
  /** When the request looked at the clock; absent = now. */
  at?: Instant
}

/** One row for each person whose file was opened, where the audit trail has one for the request. */
export async function recordLooks(
  ctx: Ctx,
  people: readonly Pick<Person, 'id' | 'town' | 'village'>[],
  { what, part = null, purpose = null, at: seenAt }: LookOf,
): Promise<void> {
  if (people.length === 0) return
  const at = seenAt ?? (await ctx.clock.now(ctx.tx))
  const looks = people.map(({ id, town, village }): Look => {
    const { actor, requestId } = ctx
    return {
      id: uuidv7(),
      personId: id,
      what,
      part,
      purpose,
      actorId: actor.id,
      at,
      requestId,
      town,
      village,
    }
  })
  await insertLooks(ctx.tx, ctx.county, looks)
}
