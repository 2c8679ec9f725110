import { command, type Ctx } from '../../platform/command.ts'
import { addMonths } from '../../platform/dates.ts'
import { forbidden, invalid, notFound } from '../../platform/errors.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { insertAwards, listAwardsById, updateOpeningReason, type NewAward } from './award.db.ts'
import { ExplainOpening, ImportAwards, OpenAwards, type OpenAward } from './award.schema.ts'
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
      const rows = awards.map((award) => ({
        ...newAward(programs, award),
        lastPaidMonth: null,
        lastPaidFen: null,
        signedBy: null,
      }))
      await requireReplaced(ctx, rows)
      await insertAwards(ctx.tx, { county: ctx.county, by: ctx.actor.id, at: await ctx.recordedAt() }, rows)
      return { ids: rows.map((row) => row.id) }
    },
    subject: (_, { ids }) => ({ awards: ids.length, first: ids[0] }),
  })

  /** The ledger has a beginning: months up to the last paid one are settled by definition. */
  const importAwards = command({
    event: 'benefits.award.imported',
    isBulk: true,
    permission: 'benefits.award.import',
    input: ImportAwards,
    needsKey: true,
    run: async (ctx: Ctx, { awards, signedBy }) => {
      if (signedBy === ctx.actor.id)
        throw forbidden('benefits.maker_is_checker', '迁移导入要由两人签字，复核人不能是导入人。')
      const rows = awards.map((award) => {
        if (award.ledgerOpensMonth !== addMonths(award.lastPaidMonth, 1)) {
          throw invalid(
            'benefits.opening_gap',
            `台账起始月应为末次发放月（${award.lastPaidMonth}）的次月。`,
            { holderId: award.holderId },
          )
        }
        return {
          ...newAward(programs, award),
          lastPaidMonth: award.lastPaidMonth,
          lastPaidFen: award.lastPaidFen,
          signedBy,
        }
      })
      await insertAwards(ctx.tx, { county: ctx.county, by: ctx.actor.id, at: await ctx.recordedAt() }, rows)
      return { ids: rows.map((row) => row.id) }
    },
    subject: (_, { ids }) => ({ awards: ids.length, first: ids[0] }),
  })

  return { openAwards, importAwards }
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

function newAward(
  programs: ProgramBook,
  award: OpenAward,
): Omit<NewAward, 'lastPaidMonth' | 'lastPaidFen' | 'signedBy'> {
  const program = programs.get(award.program)
  if (!program) throw invalid('benefits.program_unknown', `没有“${award.program}”这项待遇，请核对项目代码。`)
  if (program.holder !== 'either' && program.holder !== award.holderKind) {
    throw invalid(
      'benefits.holder_kind',
      `${program.title}按${program.holder === 'household' ? '户' : '人'}享受，请选择正确的对象。`,
    )
  }
  return {
    id: award.id ?? uuidv7(),
    program: award.program,
    holderKind: award.holderKind,
    holderId: award.holderId,
    town: award.town,
    village: award.village,
    ledgerOpensMonth: award.ledgerOpensMonth,
    replacesId: award.replaces?.awardId ?? null,
    replacesFrom: award.replaces?.fromMonth ?? null,
  }
}

async function requireReplaced(ctx: Ctx, rows: readonly { replacesId: string | null }[]): Promise<void> {
  const ids = rows.flatMap((row) => (row.replacesId ? [row.replacesId] : []))
  if (ids.length === 0) return
  const known = await listAwardsById(ctx.tx, ctx.county, ids)
  if (ids.some((id) => !known.has(id)))
    throw notFound('benefits.award_unknown', '被替代的待遇不存在或不在您的管辖范围内。')
}
