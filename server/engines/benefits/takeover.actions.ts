import { requireWholeCounty } from '../../platform/access.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { asAward } from './award.actions.ts'
import { insertAwards } from './award.db.ts'
import type { ProgramBook } from './programs.rules.ts'
import { requireSound, requireWhole } from './takeover-check.actions.ts'
import * as store from './takeover.db.ts'
import { ProposeTakeover, SignTakeover, WithdrawTakeover } from './takeover.schema.ts'

/** The old system's list comes over in two acts of two people: months up to the last paid one are then settled by definition. */
export function takeoverCommands(programs: ProgramBook) {
  /** Keeps the list as proposed; nobody is entitled to anything until another person signs it. */
  const proposeTakeover = command({
    event: 'benefits.takeover.proposed',
    isBulk: true,
    permission: 'benefits.award.import',
    input: ProposeTakeover,
    needsKey: true,
    run: async (ctx: Ctx, { awards }) => {
      requireWholeCounty(ctx.actor, ctx.county)
      const rows = awards.map((award): store.TakeoverAward => {
        return { ...asAward(award), lastPaidMonth: award.lastPaidMonth, lastPaidFen: award.lastPaidFen }
      })
      const at = await ctx.clock.stamp(ctx.tx)
      await requireSound(ctx, { programs, at, awards: rows })
      const takeoverId = uuidv7()
      const by = { by: ctx.actor.id, at }
      await store.insertTakeover(ctx.tx, { county: ctx.county, id: takeoverId, ...by }, rows)
      return { takeoverId, ids: rows.map((row) => row.id) }
    },
    subject: (_, { takeoverId, ids }) => ({ takeoverId, awards: ids.length }),
  })

  /** The second signature makes the list awards, known from now on; what may have changed since the proposal is looked at again. */
  const signTakeover = command({
    event: 'benefits.takeover.signed',
    isBulk: true,
    permission: 'benefits.takeover.sign',
    input: SignTakeover,
    needsKey: true,
    run: async (ctx: Ctx, { takeoverId }) => {
      const at = await ctx.recordedAt()
      const takeover = await requireProposed(ctx, takeoverId)
      if (takeover.madeBy === ctx.actor.id)
        throw forbidden('benefits.maker_is_checker', '迁移清单要由两人签字，提出人不能自己签字。')
      const awards = await store.listTakeoverAwards(ctx.tx, ctx.county, takeoverId)
      requireWhole(takeover, awards)
      await requireSound(ctx, { programs, at, awards })
      const signed = awards.map((award) => ({ ...award, signedBy: ctx.actor.id }))
      await insertAwards(ctx.tx, { county: ctx.county, by: takeover.madeBy, at }, signed)
      await store.updateSigned(ctx.tx, { county: ctx.county, id: takeoverId, by: ctx.actor.id, at })
      return { takeoverId, awards: awards.length, recordedAt: at }
    },
    subject: (_, { takeoverId, awards }) => ({ takeoverId, awards }),
  })

  /** By either of the two; a withdrawn list is proposed anew. */
  const withdrawTakeover = command({
    event: 'benefits.takeover.withdrawn',
    permission: 'benefits.takeover.withdraw',
    input: WithdrawTakeover,
    needsKey: true,
    run: async (ctx: Ctx, { takeoverId, why }) => {
      const at = await ctx.clock.stamp(ctx.tx)
      const { awards } = await requireProposed(ctx, takeoverId)
      const step = { county: ctx.county, id: takeoverId, by: ctx.actor.id, at }
      await store.updateWithdrawn(ctx.tx, { ...step, why })
      return { takeoverId, awards }
    },
    subject: (_, { takeoverId, awards }) => ({ takeoverId, awards }),
  })

  return { proposeTakeover, signTakeover, withdrawTakeover }
}

async function requireProposed(ctx: Ctx, takeoverId: string): Promise<store.TakeoverRow> {
  const takeover = await store.findTakeoverForUpdate(ctx.tx, ctx.county, takeoverId)
  if (!takeover) throw notFound('benefits.takeover_unknown', '没有这份迁移清单，或不在您的管辖范围内。')
  if (takeover.status === 'proposed') return takeover
  const state = takeover.status === 'signed' ? '已经签字' : '已经撤回'
  throw conflict('benefits.takeover_state', `这份迁移清单${state}，不能再办理。请刷新后查看。`, {
    status: takeover.status,
  })
}
