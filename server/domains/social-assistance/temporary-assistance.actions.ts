import { awardCommands, determinationCommands, programBook } from '../../engines/benefits/index.ts'
import { listPeople, requirePlace } from '../../engines/registry/index.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { addMonths } from '../../platform/dates.ts'
import { constraintOf, sqlStateOf } from '../../platform/db.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { insertAidFilings, listLevels, listTownAid } from './temporary-assistance.db.ts'
import { temporaryAssistance } from './temporary-assistance.program.ts'
import { FileTownAid, GrantTemporaryAid, type NewAid } from './temporary-assistance.schema.ts'

const ofAid = programBook([temporaryAssistance])
const { openAwards } = awardCommands(ofAid)
const { proposeDeterminations } = determinationCommands(ofAid)

/**
 * Opens a one-off award for each and proposes its determination. Another person checks the determinations as any other; the answer
 * names the level that has to (社会救助暂行办法 第48条).
 */
export const grantTemporaryAid = command({
  event: 'social_assistance.aid.granted',
  permission: 'social_assistance.aid.grant',
  input: GrantTemporaryAid,
  needsKey: true,
  run: async (ctx: Ctx, { aids }) => {
    for (const aid of aids) requirePlace(ctx.actor, ctx.county, aid)
    await requireKnownPeople(ctx, aids)
    const awards = aids.map(({ awardId, holderKind, holderId, town, village, month }) => ({
      ...(awardId === undefined ? {} : { id: awardId }),
      ...{ program: temporaryAssistance.key, holderKind, holderId, town, village, ledgerOpensMonth: month },
    }))
    const { ids: awardIds } = await openAwards.run(ctx, { awards })
    const determinations = aids.map((aid, index) => proposalOf(aid, awardIds[index] ?? ''))
    const { ids } = await proposeDeterminations.run(ctx, { determinations })
    const levels = await listLevels(ctx.tx, ctx.county, ids)
    return {
      aids: ids.map((determinationId, index) => ({
        awardId: awardIds[index] ?? '',
        determinationId,
        level: levels.get(determinationId) ?? ('county' as const),
      })),
    }
  },
  subject: (_, { aids }) => ({ aids: aids.length, first: aids[0]?.awardId }),
})

function proposalOf({ determinationId, month, cause, clause, content }: NewAid, awardId: string) {
  const base = {
    awardId,
    kind: 'initial' as const,
    outcome: 'grant' as const,
    from: month,
    to: addMonths(month, 1),
    cause,
    clause,
    content,
  }
  return determinationId === undefined ? base : { ...base, id: determinationId }
}

async function requireKnownPeople(ctx: Ctx, aids: readonly NewAid[]): Promise<void> {
  const ids = [...new Set(aids.flatMap(({ content }) => content.persons))]
  const known = await listPeople(ctx.tx, ctx.county, ids)
  if (known.length === ids.length) return
  throw notFound(
    'social_assistance.person_unknown',
    '救助对象中有人尚未建档，或不在您负责的地区，未保存。外来人员请先按现居住地建档。',
  )
}

/** A town files the small aid it decided with the county, each once. */
export const fileTownAid = command({
  event: 'social_assistance.aid.filed',
  permission: 'social_assistance.aid.file',
  input: FileTownAid,
  needsKey: true,
  run: async (ctx: Ctx, { awardIds }) => {
    const at = await ctx.clock.stamp(ctx.tx)
    const wanted = new Set(awardIds)
    const aids = await listTownAid(ctx.tx, ctx.county, [...wanted])
    if (aids.length !== wanted.size) {
      throw conflict(
        'social_assistance.aid_not_fileable',
        '有救助尚未生效、不属乡镇审批或不在您的管辖范围内，未备案。请核对后重报。',
      )
    }
    const filed = aids.filter(({ isFiled }) => isFiled)
    if (filed.length > 0) throw alreadyFiled(filed.map(({ awardId }) => awardId))
    try {
      await insertAidFilings(ctx.tx, { county: ctx.county, by: ctx.actor.id, at }, aids)
    } catch (error) {
      if (sqlStateOf(error) !== '23505' || constraintOf(error) !== 'aid_filing_pk') throw error
      throw alreadyFiled([])
    }
    return { filed: aids.length }
  },
  subject: (_, { filed }) => ({ filed }),
})

function alreadyFiled(awardIds: readonly string[]) {
  return conflict(
    'social_assistance.aid_already_filed',
    '有救助已经备案，不能重复备案。请刷新待备案清单后重报。',
    { awardIds },
  )
}
