import { requireWholeCounty } from '../../platform/access.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { conflict, forbidden, invalid, notFound } from '../../platform/errors.ts'
import type { Instant } from '../../platform/dates.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { requireAreasInForce } from '../registry/index.ts'
import { asAward, requireReplaced } from './award.actions.ts'
import { insertAwards, listAwardsById } from './award.db.ts'
import { requireHolder, requireOpening } from './award.rules.ts'
import type { ProgramBook } from './programs.rules.ts'
import * as store from './takeover.db.ts'
import { ProposeTakeover, SignTakeover, WithdrawTakeover } from './takeover.schema.ts'

/** The old system's list comes over in two acts of two people: months up to the last paid one are then settled by definition. */
export function takeoverCommands(programs: ProgramBook) {
  const requireSound = async (
    ctx: Ctx,
    at: Instant,
    awards: readonly store.TakeoverAward[],
  ): Promise<void> => {
    for (const award of awards) {
      requireHolder(programs, award)
      requireOpening(award)
    }
    await requireAreasInForce(ctx, at, awards)
    await requireReplaced(ctx, awards)
    await requireNew(ctx, awards)
  }

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
      await requireSound(ctx, at, rows)
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
      await requireSound(ctx, at, awards)
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

/** Whoever signs has a count and a sum before his eyes: the lines must still add up to them. */
function requireWhole(takeover: store.TakeoverRow, awards: readonly store.TakeoverAward[]): void {
  const fen = awards.reduce((sum, award) => sum + award.lastPaidFen, 0)
  if (awards.length === takeover.awards && fen === takeover.lastPaidFen) return
  throw conflict(
    'benefits.takeover_incomplete',
    '迁移清单的户数或金额与提出时不同，未签字。请撤回后重新提出，并联系系统管理员核查。',
    { awards: awards.length, proposed: takeover.awards },
  )
}

async function requireNew(ctx: Ctx, awards: readonly { id: string }[]): Promise<void> {
  const ids = awards.map((award) => award.id)
  if (new Set(ids).size < ids.length)
    throw invalid('benefits.award_repeated', '清单中有待遇编号重复，请核对后重新提出。')
  const known = await listAwardsById(ctx.tx, ctx.county, ids)
  if (known.size === 0) return
  throw conflict(
    'benefits.award_exists',
    `清单中有 ${known.size} 笔待遇已在台账中，不能再次导入。请从清单中去掉后重新提出。`,
    { awards: [...known.keys()].slice(0, 50) },
  )
}
