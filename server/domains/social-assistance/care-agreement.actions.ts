import { command, type Ctx } from '../../platform/command.ts'
import type { PlainDate } from '../../platform/dates.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { groupBy } from '../../platform/group.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import { closeAgreements, insertAgreements, insertAidFilings, listCurrentAgreements, type AgreementRow } from './care-agreement.db.ts'
import { EndAgreement, FileTownAid, RecordAgreements } from './care-agreement.schema.ts'

/** 照料护理协议: one live agreement per supported person; a new one replaces the old from its first day. */
export const recordAgreements = command({
  event: 'social_assistance.agreement.recorded',
  permission: 'social_assistance.agreement.record',
  input: RecordAgreements,
  run: async (ctx: Ctx, { agreements }) => {
    const at = await ctx.recordedAt()
    const known = groupBy(await listCurrentAgreements(ctx.tx, ctx.county, agreements.map((each) => each.personId)), (row) => row.personId)
    const closed: string[] = []
    const entered: AgreementRow[] = []
    for (const agreement of agreements) {
      const id = uuidv7()
      for (const row of (known.get(agreement.personId) ?? []).filter((each) => overlaps(each, agreement))) {
        closed.push(row.id)
        entered.push(...remaindersOf(row, agreement))
      }
      entered.push({ ...agreement, id, rootId: id })
    }
    await closeAgreements(ctx.tx, { county: ctx.county, at }, closed)
    await insertAgreements(ctx.tx, { county: ctx.county, by: ctx.actor.id, at }, entered)
    return { recorded: agreements.length, replaced: closed.length }
  },
  subject: (_, counts) => ({ ...counts }),
})

/** The agreement ends because the support ends: `on` is the first day without it. */
export const endAgreement = command({
  event: 'social_assistance.agreement.ended',
  permission: 'social_assistance.agreement.record',
  input: EndAgreement,
  run: async (ctx: Ctx, { personId, on }) => {
    const at = await ctx.recordedAt()
    const live = (await listCurrentAgreements(ctx.tx, ctx.county, [personId])).filter((row) => row.to === null || row.to > on)
    if (live.length === 0) throw notFound('social_assistance.agreement_unknown', '此人没有有效的照料护理协议，或不在您的管辖范围内。')
    await closeAgreements(ctx.tx, { county: ctx.county, at }, live.map((row) => row.id))
    const cut = live.filter((row) => row.from < on).map((row) => ({ ...row, id: uuidv7(), to: on }))
    await insertAgreements(ctx.tx, { county: ctx.county, by: ctx.actor.id, at }, cut)
    return { personId }
  },
  subject: ({ personId }) => ({ personId }),
})

/** A town files the small aid it decided with the county (社会救助暂行办法 第48条 and the county's own rule). */
export const fileTownAid = command({
  event: 'social_assistance.aid.filed',
  permission: 'social_assistance.aid.file',
  input: FileTownAid,
  needsKey: true,
  run: async (ctx: Ctx, { awardIds }) => {
    const at = await ctx.clock.stamp(ctx.tx)
    const filed = await insertAidFilings(ctx.tx, { county: ctx.county, by: ctx.actor.id, at }, awardIds)
    if (filed !== awardIds.length) {
      throw conflict('social_assistance.aid_not_fileable', '有救助尚未生效、不属乡镇审批或不在您的管辖范围内，未备案。请核对后重报。')
    }
    return { filed }
  },
  subject: (_, { filed }) => ({ filed }),
})

interface Stretch {
  from: PlainDate
  to: PlainDate | null
}

function overlaps(a: Stretch, b: Stretch): boolean {
  return (b.to === null || a.from < b.to) && (a.to === null || b.from < a.to)
}

function remaindersOf(row: AgreementRow, by: Stretch): AgreementRow[] {
  const left = row.from < by.from ? [{ ...row, id: uuidv7(), to: by.from }] : []
  const right = by.to !== null && (row.to === null || by.to < row.to) ? [{ ...row, id: uuidv7(), from: by.to }] : []
  return [...left, ...right]
}
