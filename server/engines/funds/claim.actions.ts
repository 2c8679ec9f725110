import { command, type Ctx } from '../../platform/command.ts'
import { constraintOf, sqlStateOf } from '../../platform/db.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import { formatYuan, type Fen } from '../../platform/money.ts'
import {
  answerWriteOffRow,
  decide,
  findClaimForUpdate,
  findWriteOffForUpdate,
  insertOffsets,
  insertReceipt,
  insertWriteOff,
  type Claim,
  type Deed,
  type WriteOff,
} from './claim.db.ts'
import { requireWithinClaim, type ClaimCause } from './claim.rules.ts'
import { syncClaims } from './claim-sync.actions.ts'
import { AddReceipt, AnswerWriteOff, DecideClaim, OffsetClaim, ProposeWriteOff } from './funds.schema.ts'
import { lockCash, payablesOf } from './payable.db.ts'
import { monthKey, requireWholeCounty, type AwardMonth } from './payable.rules.ts'

/** That something is owed follows from the ledger; that and how it is collected is a second decision, taken here. */
export const decideClaim = command({
  event: 'funds.claim.decided',
  permission: 'funds.claim.decide',
  input: DecideClaim,
  needsKey: true,
  run: async (ctx: Ctx, { claimId, decision }) => {
    const deed = await openDeed(ctx, claimId, 0)
    await decide(ctx.tx, deed, decision)
    return { claimId, openFen: deed.claim.openFen }
  },
  subject: ({ claimId }) => ({ claimId }),
})

/** Money given back, against a decided claim and never more than it. */
export const addReceipt = command({
  event: 'funds.receipt.added',
  permission: 'funds.receipt.add',
  input: AddReceipt,
  needsKey: true,
  run: async (ctx: Ctx, { claimId, fen, receivedOn, paper }) => {
    const deed = await openDeed(ctx, claimId, fen)
    if (deed.claim.decidedBy === null) {
      throw conflict(
        'funds.claim_not_decided',
        '这笔应追回款还没有作出追回决定，不能登记收款。请先办理追回决定。',
      )
    }
    const receiptId = await insertReceipt(ctx.tx, deed, { receivedOn, paper })
    await settle(deed, ctx, { months: [deed.claim], cause: 'receipt' })
    return { receiptId, openFen: deed.claim.openFen - fen }
  },
  subject: ({ claimId }, { receiptId }) => ({ claimId, receiptId }),
})

/** The first of two signatures; nothing changes yet. */
export const proposeWriteOff = command({
  event: 'funds.write_off.proposed',
  permission: 'funds.write_off.propose',
  input: ProposeWriteOff,
  needsKey: true,
  run: async (ctx: Ctx, { claimId, fen, clause }) => {
    const deed = await openDeed(ctx, claimId, fen)
    return { writeOffId: await insertOnlyProposal(ctx, deed, clause) }
  },
  subject: ({ claimId }, { writeOffId }) => ({ claimId, writeOffId }),
})

async function insertOnlyProposal(ctx: Ctx, deed: Deed, clause: string): Promise<string> {
  try {
    return await insertWriteOff(ctx.tx, deed, clause)
  } catch (error) {
    if (sqlStateOf(error) !== '23505' || constraintOf(error) !== 'write_off_one_proposed') throw error
    throw conflict('funds.write_off_open', '这笔应追回款已有一份核销申请待复核。请先复核那一份。')
  }
}

/** The second signature: another person agrees, or refuses. */
export const answerWriteOff = command({
  event: 'funds.write_off.answered',
  permission: 'funds.write_off.answer',
  input: AnswerWriteOff,
  needsKey: true,
  run: async (ctx: Ctx, { writeOffId, agrees }) => {
    requireWholeCounty(ctx.actor, ctx.county)
    await lockCash(ctx.tx, ctx.county)
    const writeOff = await requireProposed(ctx, writeOffId)
    const status = agrees ? ('effective' as const) : ('refused' as const)
    const answer = { county: ctx.county, id: writeOffId, status, by: ctx.actor.id }
    if (agrees) {
      const deed = await openDeed(ctx, writeOff.claimId, writeOff.fen)
      await answerWriteOffRow(ctx.tx, { ...answer, at: deed.at })
      await settle(deed, ctx, { months: [deed.claim], cause: 'write_off' })
    } else {
      await answerWriteOffRow(ctx.tx, { ...answer, at: await ctx.clock.stamp(ctx.tx) })
    }
    return { writeOffId, status }
  },
  subject: ({ writeOffId }, { status }) => ({ writeOffId, status }),
})

async function requireProposed(ctx: Ctx, id: string): Promise<WriteOff> {
  const writeOff = await findWriteOffForUpdate(ctx.tx, ctx.county, id)
  if (!writeOff) throw notFound('funds.write_off_unknown', '找不到这份核销申请，请刷新后再试。')
  if (writeOff.status !== 'proposed') {
    throw conflict('funds.write_off_answered', '这份核销申请已经复核过，不必重复办理。')
  }
  if (writeOff.decidedBy === ctx.actor.id) {
    throw forbidden('funds.maker_is_checker', '提出核销的人不能复核，请由另一位负责人复核。')
  }
  return writeOff
}

/** Arrears of another month, award or person kept back against the claim: only by consent or by a clause, with evidence. */
export const offsetClaim = command({
  event: 'funds.claim.offset',
  permission: 'funds.claim.offset',
  input: OffsetClaim,
  needsKey: true,
  run: async (ctx: Ctx, { claimId, toAward, toMonth, fen, basis, evidence }) => {
    const deed = await openDeed(ctx, claimId, fen)
    const { claim, county, by, at } = deed
    const target = { awardId: toAward, forMonth: toMonth }
    if (monthKey(target) === monthKey(claim)) {
      throw conflict('funds.offset_same_month', '同一待遇同一月份的补发已自动抵扣，请选择其他月份或待遇。')
    }
    await requirePayable(ctx, target, fen)
    const offset = { claimId, fromAward: claim.awardId, fromMonth: claim.forMonth, toAward, toMonth, fen }
    const [offsetId = ''] = await insertOffsets(ctx.tx, { county, by, at }, [
      { ...offset, basis, evidence, runNo: null },
    ])
    await settle(deed, ctx, { months: [claim, target], cause: 'offset' })
    return { offsetId, openFen: claim.openFen - fen }
  },
  subject: ({ claimId }, { offsetId }) => ({ claimId, offsetId }),
})

async function requirePayable(ctx: Ctx, target: AwardMonth, fen: Fen): Promise<void> {
  const payable = (await payablesOf(ctx.tx, ctx.county, [target])).get(monthKey(target)) ?? 0
  if (fen <= payable) return
  throw conflict(
    'funds.offset_more_than_payable',
    `${target.forMonth} 尚可发放 ${formatYuan(Math.max(0, payable))} 元，不够抵扣 ${formatYuan(fen)} 元。已进入批次的款项不能再抵扣。`,
    { fen, payableFen: payable },
  )
}

/** Under the cash lock: the claim is open and covers the amount. */
async function openDeed(ctx: Ctx, claimId: string, fen: Fen): Promise<Deed> {
  requireWholeCounty(ctx.actor, ctx.county)
  await lockCash(ctx.tx, ctx.county)
  const at = await ctx.clock.stamp(ctx.tx)
  const claim = await findClaimForUpdate(ctx.tx, ctx.county, claimId)
  if (!claim) throw notFound('funds.claim_unknown', '找不到这笔应追回款，或不在您的管辖范围内。')
  requireOpen(claim)
  requireWithinClaim(fen, claim.openFen)
  return { county: ctx.county, claim, fen, by: ctx.actor.id, at }
}

function requireOpen({ status }: Claim): void {
  if (status === 'open') return
  throw conflict('funds.claim_closed', '这笔应追回款已经结清，不必再办理。请刷新后查看。')
}

function settle(
  { county, at }: Deed,
  ctx: Ctx,
  { months, cause }: { months: readonly AwardMonth[]; cause: ClaimCause },
): Promise<void> {
  return syncClaims(ctx.tx, { county, months, at, cause })
}
