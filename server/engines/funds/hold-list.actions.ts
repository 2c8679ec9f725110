import type { Ctx } from '../../platform/command.ts'
import type { Month, PlainDate } from '../../platform/dates.ts'
import { liftHold, setHold } from './hold.actions.ts'
import { listHoldsAbout, listLiveAmong } from './hold.db.ts'

interface ListedHold {
  awardId?: string
  personId?: string
  fromMonth: Month
  cause: string
  evidence: string
  reviewOn: PlainDate
}

/** Holds that come as a list, each by the command that sets one; what was lifted since is passed over by an undoing. */
export const holdStore = {
  permission: setHold.permission,
  find: async ({ tx, county }: Ctx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const holds = await listHoldsAbout(tx, county, ids)
    return new Map(holds.map(({ id, awardId, personId }) => [awardId ?? personId ?? '', id]))
  },
  set: async (ctx: Ctx, hold: ListedHold): Promise<string> => (await setHold.run(ctx, hold)).holdId,
  lift: async (
    ctx: Ctx,
    holdIds: readonly string[],
    reason: string,
  ): Promise<ReadonlyMap<string, string>> => {
    for (const holdId of await listLiveAmong(ctx.tx, ctx.county, holdIds))
      await liftHold.run(ctx, { holdId, reason })
    return new Map()
  },
}
