import { requireWholeCounty } from '../../platform/access.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { constraintOf, sqlStateOf } from '../../platform/db.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import * as store from './correction.db.ts'
import { DecideCorrection, ProposeCorrection, RejectCorrection } from './correction.schema.ts'

/** A rate, formula or fact correction that lowers settled months: two people decide that recoveries may be written. */
export const proposeCorrection = command({
  event: 'benefits.correction.proposed',
  permission: 'benefits.correction.propose',
  input: ProposeCorrection,
  needsKey: true,
  run: async (ctx: Ctx, input) => {
    requireWholeCounty(ctx.actor, ctx.county)
    const correctionId = uuidv7()
    const at = await ctx.clock.stamp(ctx.tx)
    try {
      const step = { county: ctx.county, id: correctionId, by: ctx.actor.id, at }
      await store.insertCorrection(ctx.tx, step, input)
    } catch (error) {
      if (sqlStateOf(error) !== '23505' || constraintOf(error) !== 'correction_one_open') throw error
      throw conflict(
        'benefits.correction_open',
        '同一事项的更正已有人提出，尚未决定。请先由负责人决定或退回。',
      )
    }
    return { correctionId }
  },
  subject: (_, { correctionId }) => ({ correctionId }),
})

/** Counts in runs whose cut comes after this decision. */
export const decideCorrection = command({
  event: 'benefits.correction.decided',
  permission: 'benefits.run.approve',
  input: DecideCorrection,
  needsKey: true,
  run: async (ctx: Ctx, { correctionId }) => {
    const at = await ctx.recordedAt()
    await requireProposed(ctx, correctionId)
    await store.updateDecided(ctx.tx, { county: ctx.county, id: correctionId, by: ctx.actor.id, at })
    return { correctionId, recordedAt: at }
  },
  subject: ({ correctionId }) => ({ correctionId }),
})

export const rejectCorrection = command({
  event: 'benefits.correction.rejected',
  permission: 'benefits.run.approve',
  input: RejectCorrection,
  needsKey: true,
  run: async (ctx: Ctx, { correctionId, why }) => {
    const at = await ctx.recordedAt()
    await requireProposed(ctx, correctionId)
    await store.updateRejected(ctx.tx, { county: ctx.county, id: correctionId, by: ctx.actor.id, at, why })
    return { correctionId }
  },
  subject: ({ correctionId }) => ({ correctionId }),
})

async function requireProposed(ctx: Ctx, id: string): Promise<void> {
  const correction = await store.findCorrectionForUpdate(ctx.tx, ctx.county, id)
  if (!correction) throw notFound('benefits.correction_unknown', '没有这份更正，或不在您的管辖范围内。')
  if (correction.status !== 'proposed')
    throw conflict('benefits.correction_state', '这份更正已经办理，请刷新后查看。', {
      status: correction.status,
    })
  if (correction.madeBy === ctx.actor.id)
    throw forbidden('benefits.maker_is_checker', '更正要由两人决定，提出人不能自己决定或退回。')
}
