import { listNames } from '../../platform/account.db.ts'
import { civilDateOf } from '../../platform/clock.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { listAwardsById } from './award.db.ts'
import { EditDetermination } from './award.schema.ts'
import { currentRates, proposedOf } from './determination.actions.ts'
import { listDeterminationsForUpdate } from './determination.db.ts'
import { keepEarlier, updateProposal } from './determination-edit.db.ts'
import { requireNoneWaiting } from './determination-make.actions.ts'
import { findDetermination } from './determination-queue.db.ts'
import { agoText } from './determination-view.rules.ts'
import type { ProgramBook } from './programs.rules.ts'

/** A proposal is edited by its maker or a colleague of the same desk until it is checked; what it said before is kept. */
export function editingCommand(programs: ProgramBook) {
  return command({
    event: 'benefits.determination.edited',
    permission: 'benefits.determination.propose',
    input: EditDetermination,
    needsKey: true,
    run: async (ctx: Ctx, { id, version, ...act }) => {
      const { tx, county, actor } = ctx
      const [row] = await listDeterminationsForUpdate(tx, county, [id])
      if (!row) throw notFound('benefits.determination_unknown', '没有这份认定，或不在您的管辖范围内。')
      if (row.status !== 'proposed')
        throw conflict('benefits.determination_state', '该认定已处理过，不能再改。请刷新后查看。')
      if (row.version !== version) throw await changedBy(ctx, id)
      const award = (await listAwardsById(tx, county, [row.awardId])).get(row.awardId)
      const program = award && programs.get(award.program)
      if (!program) throw new Error(`determination ${id} has no award or no programme`)
      await requireNoneWaiting(ctx, [{ ...act, awardId: row.awardId }], id)
      const at = await ctx.clock.stamp(tx)
      const edited = proposedOf(program, act, { rates: await currentRates(ctx), on: civilDateOf(at) })
      await keepEarlier(tx, county, id)
      await updateProposal(tx, { county, by: actor.id, at }, { ...edited, id })
      return { id, version: version + 1 }
    },
    subject: ({ id }, { version }) => ({ determinationId: id, version }),
  })
}

/** Nothing is written over: who was first, and which version to look at. */
async function changedBy(ctx: Ctx, id: string) {
  const row = await findDetermination(ctx.tx, ctx.county, id)
  if (!row) throw new Error(`determination ${id} was locked and is gone`)
  const { version, editedBy, madeBy, editedAt, madeAt } = row
  const by = editedBy ?? madeBy
  const names = await listNames(ctx.tx, [by])
  const who = by === ctx.actor.id ? '您在别的窗口' : (names.get(by) ?? '另一位同事')
  const ago = agoText(editedAt ?? madeAt, await ctx.clock.now(ctx.tx))
  return conflict(
    'benefits.determination_changed',
    `${who} ${ago}已改过这份认定，您这次的没有覆盖上去。请对照两份，逐项选好再提交。`,
    { determinationId: id, version },
  )
}
