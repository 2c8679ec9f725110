import { listNames } from '../../platform/account.db.ts'
import { command, type Ctx } from '../../platform/command.ts'
import type { Instant } from '../../platform/dates.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import { ProposeDeterminations, WithdrawDetermination, type ProposeDetermination } from './award.schema.ts'
import { listWaitingForUpdate, type WaitingProposal } from './determination-queue.db.ts'
import { determinationCommands } from './determination.actions.ts'
import { listDeterminationsForUpdate, updateRefused } from './determination.db.ts'
import { agoText, overlapOf } from './determination-view.rules.ts'
import type { ProgramBook } from './programs.rules.ts'

/** What clerks do on their screens: two of them may have the same award open. */
export function makingCommands(programs: ProgramBook) {
  const { proposeDeterminations } = determinationCommands(programs)

  /** Refused while a colleague's proposal for the same months waits: whoever checks must not meet two answers. */
  const makeDeterminations = command({
    ...proposeDeterminations,
    input: ProposeDeterminations,
    run: async (ctx: Ctx, input) => {
      await requireNoneWaiting(ctx, input.determinations)
      return proposeDeterminations.run(ctx, input)
    },
  })

  return { makeDeterminations }
}

/** `but` is the one that is edited: it does not stand in its own way. */
export async function requireNoneWaiting(
  ctx: Ctx,
  proposals: readonly ProposeDetermination[],
  but?: string,
): Promise<void> {
  const awardIds = [...new Set(proposals.map(({ awardId }) => awardId))]
  const waiting = await listWaitingForUpdate(ctx.tx, ctx.county, awardIds)
  const first = waiting.find(
    (each) => each.id !== but && proposals.some((proposal) => overlapOf(each, proposal)),
  )
  if (first) throw await alreadyProposed(ctx, first)
}

async function alreadyProposed(
  ctx: Ctx,
  { id, awardId, fromMonth, madeBy, madeAt, version }: WaitingProposal,
) {
  const now = await ctx.clock.stamp(ctx.tx)
  const names = await listNames(ctx.tx, [madeBy])
  const who = madeBy === ctx.actor.id ? '您' : (names.get(madeBy) ?? '另一位同事')
  return conflict(
    'benefits.determination_waiting',
    `${who} ${agoText(madeAt, now)}已对这笔待遇提出 ${fromMonth} 起的认定，尚待复核，您这次的没有保存。请先看那一份，把两份逐项合成一份，或者由提出人撤回、复核人退回后再提。`,
    { determinationId: id, awardId, madeAt, version },
  )
}

/** Whoever proposed it takes it back before anybody has checked it. */
export const withdrawDetermination = command({
  event: 'benefits.determination.withdrawn',
  permission: 'benefits.determination.propose',
  input: WithdrawDetermination,
  needsKey: true,
  run: async (ctx: Ctx, { id, why }) => {
    const at = await ctx.clock.stamp(ctx.tx)
    const [row] = await listDeterminationsForUpdate(ctx.tx, ctx.county, [id])
    if (!row) throw notFound('benefits.determination_unknown', '没有这份认定，或不在您的管辖范围内。')
    if (row.status !== 'proposed')
      throw conflict('benefits.determination_state', '该认定的状态已改变，请刷新后查看。')
    if (row.madeBy !== ctx.actor.id)
      throw forbidden('benefits.not_the_maker', '只有提出人能撤回待复核的认定；不同意的，请由复核人退回。')
    await takeBack(ctx, at, { ids: [id], why })
    return { id }
  },
  subject: ({ id }) => ({ determinationId: id }),
})

function takeBack({ tx, county }: Ctx, at: Instant, { ids, why }: { ids: readonly string[]; why: string }) {
  return updateRefused(tx, { county, by: null, at }, { ids, why: `提出人撤回：${why}` })
}

/** Takes back what still waits of many, and says of the others why they stay; what was refused or taken back before is gone. */
export async function withdrawDeterminations(
  ctx: Ctx,
  { ids, reason }: { ids: readonly string[]; reason: string },
): Promise<Map<string, string>> {
  const at = await ctx.clock.stamp(ctx.tx)
  const rows = await listDeterminationsForUpdate(ctx.tx, ctx.county, ids)
  const found = new Map(rows.map((row) => [row.id, row]))
  const kept = new Map<string, string>()
  for (const id of ids) {
    const row = found.get(id)
    if (!row) kept.set(id, '认定已不在您负责的地区')
    else if (row.status === 'effective') kept.set(id, '已由第二人复核，认定已生效')
    else if (row.status === 'proposed' && row.madeBy !== ctx.actor.id)
      kept.set(id, '待复核，只有提出人能撤回；不同意的请由复核人退回')
  }
  const waiting = rows.filter(({ id, status }) => status === 'proposed' && !kept.has(id))
  if (waiting.length > 0) await takeBack(ctx, at, { ids: waiting.map(({ id }) => id), why: reason })
  return kept
}
