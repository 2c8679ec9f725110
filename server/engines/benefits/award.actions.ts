import { command, type Ctx } from '../../platform/command.ts'
import { notFound } from '../../platform/errors.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { requireAreasInForce } from '../registry/index.ts'
import { insertAwards, listAwardsById, updateOpeningReason, type NewAward } from './award.db.ts'
import { requireHolder } from './award.rules.ts'
import { ExplainOpening, OpenAwards, type OpenAward } from './award.schema.ts'
import { requireAfterOpening } from './ledger-opening.actions.ts'
import type { ProgramBook } from './programs.rules.ts'

/** Commands on awards for the given programmes. */
export function awardCommands(programs: ProgramBook) {
  const openAwards = command({
    event: 'benefits.award.opened',
    isBulk: true,
    permission: 'benefits.award.open',
    input: OpenAwards,
    needsKey: true,
    run: async (ctx: Ctx, { awards }) => {
      for (const award of awards) requireHolder(programs, award)
      const rows = awards.map((award): NewAward => {
        return { ...asAward(award), lastPaidMonth: null, lastPaidFen: null, signedBy: null }
      })
      const at = await ctx.recordedAt()
      await requireAreasInForce(ctx, at, rows)
      await requireAfterOpening(ctx, rows)
      await requireReplaced(ctx, rows)
      await insertAwards(ctx.tx, { county: ctx.county, by: ctx.actor.id, at }, rows)
      return { ids: rows.map((row) => row.id) }
    },
    subject: (_, { ids }) => ({ awards: ids.length, first: ids[0] }),
  })

  return { openAwards }
}

/** The first run is compared with the old system's last list; a difference needs its reason before approval. */
export const explainOpening = command({
  event: 'benefits.opening.explained',
  permission: 'benefits.award.import',
  input: ExplainOpening,
  needsKey: true,
  run: async (ctx: Ctx, input) => {
    const isKnown = await updateOpeningReason(ctx.tx, ctx.county, input)
    if (!isKnown) throw notFound('benefits.award_not_imported', '没有这条迁移导入的待遇，请核对编号。')
    return { awardId: input.awardId }
  },
  subject: ({ awardId }) => ({ awardId }),
})

export function asAward(award: OpenAward): Omit<NewAward, 'lastPaidMonth' | 'lastPaidFen' | 'signedBy'> {
  const { id = uuidv7(), program, holderKind, holderId, town, village, ledgerOpensMonth, replaces } = award
  return {
    ...{ id, program, holderKind, holderId, town, village, ledgerOpensMonth },
    replacesId: replaces?.awardId ?? null,
    replacesFrom: replaces?.fromMonth ?? null,
  }
}

/** An award replaces one on file. Throws `benefits.award_unknown`. */
export async function requireReplaced(
  ctx: Ctx,
  rows: readonly { replacesId: string | null }[],
): Promise<void> {
  const ids = rows.flatMap((row) => (row.replacesId ? [row.replacesId] : []))
  if (ids.length === 0) return
  const known = await listAwardsById(ctx.tx, ctx.county, ids)
  if (ids.some((id) => !known.has(id)))
    throw notFound('benefits.award_unknown', '被替代的待遇不存在或不在您的管辖范围内。')
}
