import { listPeople, requireAreasInForce, requirePlace } from '../../engines/registry/index.ts'
import { command, type Ctx } from '../../platform/command.ts'
import type { PlainDate } from '../../platform/dates.ts'
import { notFound } from '../../platform/errors.ts'
import { groupBy } from '../../platform/group.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  closeAgreements,
  insertAgreements,
  listAgreedAmong,
  listSupported,
  liveAgreements,
  type AgreementRow,
} from './care-agreement.db.ts'
import { displacedBy, endedOn, signedPercent, type Displaced } from './care-agreement.rules.ts'
import { EndAgreement, RecordAgreements } from './care-agreement.schema.ts'

/** 照料护理协议: one live agreement per supported person; a new one replaces the old from its first day. */
export const recordAgreements = command({
  event: 'social_assistance.agreement.recorded',
  permission: 'social_assistance.agreement.record',
  input: RecordAgreements,
  run: async (ctx: Ctx, { agreements }) => {
    const at = await ctx.recordedAt()
    await requireKnownPeople(ctx, agreements)
    await requireAreasInForce(ctx, at, agreements)
    const known = await knownOf(
      ctx,
      agreements.map(({ personId }) => personId),
    )
    const displaced = agreements.map((agreement) =>
      displacedBy(known.get(agreement.personId) ?? [], agreement),
    )
    await storeDisplaced(ctx, displaced, at)
    const signed = agreements.map((agreement): AgreementRow => {
      const id = uuidv7()
      return { ...agreement, id, rootId: id }
    })
    await insertAgreements(ctx.tx, { county: ctx.county, by: ctx.actor.id, at }, signed)
    return { ids: signed.map(({ id }) => id), replaced: displaced.flatMap(({ closed }) => closed).length }
  },
  subject: (_, { ids, replaced }) => ({ agreements: ids.length, replaced, ids: ids.slice(0, 20) }),
})

/** The agreement ends because the support ends: `on` is the first day without it. */
export const endAgreement = command({
  event: 'social_assistance.agreement.ended',
  permission: 'social_assistance.agreement.record',
  input: EndAgreement,
  run: async (ctx: Ctx, { personId, on }) => {
    const at = await ctx.recordedAt()
    const known = await knownOf(ctx, [personId])
    const displaced = endedOn(known.get(personId) ?? [], on)
    if (displaced.closed.length === 0) {
      throw notFound(
        'social_assistance.agreement_unknown',
        `此人在 ${on} 及以后没有有效的照料护理协议，或不在您的管辖范围内。请核对后再试。`,
      )
    }
    await storeDisplaced(ctx, [displaced], at)
    return { personId, ended: displaced.closed.length }
  },
  subject: ({ personId }, { ended }) => ({ personId, ended }),
})

export interface AgreementCoverage {
  supported: number
  signed: number
  percent: string
  /** Supported people without an agreement in force on the day. */
  without: string[]
}

/** How many supported people have an agreement in force on a day, and who has none. */
export async function agreementCoverage(ctx: Ctx, on: PlainDate): Promise<AgreementCoverage> {
  const supported = await listSupported(ctx.tx, { county: ctx.county, on })
  const without = supported.filter(({ agreementId }) => agreementId === null).map(({ personId }) => personId)
  const signed = supported.length - without.length
  return { supported: supported.length, signed, percent: signedPercent(signed, supported.length), without }
}

async function requireKnownPeople(ctx: Ctx, agreements: RecordAgreements['agreements']): Promise<void> {
  for (const { town, village } of agreements)
    if (town !== null && village !== null) requirePlace(ctx.actor, ctx.county, { town, village })
  const known = await listPeople(
    ctx.tx,
    ctx.county,
    agreements.map(({ personId }) => personId),
  )
  if (known.length === agreements.length) return
  throw notFound(
    'social_assistance.person_unknown',
    '名单中有人尚未建档，或不在您负责的地区，未保存。请先建档再登记协议。',
  )
}

async function knownOf(ctx: Ctx, personIds: readonly string[]): Promise<Map<string, AgreementRow[]>> {
  return groupBy(await liveAgreements(ctx.tx, { county: ctx.county, personIds }), ({ personId }) => personId)
}

async function storeDisplaced(
  ctx: Ctx,
  displaced: readonly Displaced<AgreementRow>[],
  at: string,
): Promise<void> {
  const closed = displaced.flatMap((each) => each.closed.map(({ id }) => id))
  const successors = (rows: readonly AgreementRow[]) => rows.map((row) => ({ ...row, id: uuidv7() }))
  const stamp = { county: ctx.county, by: ctx.actor.id, at }
  await closeAgreements(ctx.tx, stamp, closed)
  await insertAgreements(ctx.tx, stamp, successors(displaced.flatMap((each) => each.kept)))
  await insertAgreements(
    ctx.tx,
    { ...stamp, voided: true },
    successors(displaced.flatMap((each) => each.voided)),
  )
}

/** Which of these people have an agreement, for whoever would undo that they were entered. */
export async function usedInAgreements(
  { tx, county }: Ctx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const agreed = await listAgreedAmong(tx, county, ids)
  return new Map(agreed.map((id) => [id, '已有照料护理协议']))
}
