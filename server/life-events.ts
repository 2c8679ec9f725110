/** Read this to know what a death, a birth, a move does. Same transaction, in this order; facts raise questions, people decide. */
import { openReviews } from './engines/benefits/index.ts'
import type { LifeEventHandler, LifeEventHooks } from './engines/registry/index.ts'

function askAbout(kind: string): LifeEventHandler {
  return async (ctx, { personId }) => {
    await openReviews(ctx.tx, { county: ctx.county, personId, kind, at: await ctx.recordedAt() })
  }
}

export const lifeEvents: LifeEventHooks = {
  death: [askAbout('death')],
  birth: [],
  residence: [askAbout('residence')],
  income_change: [askAbout('income_change')],
  self_care: [askAbout('self_care')],
  admission: [askAbout('admission')],
}
