import { createHash } from 'node:crypto'
import { requireWholeCounty } from '../../platform/access.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { shareAbove } from '../../platform/county-lock.db.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  findPolicyLoadForUpdate,
  insertDated,
  insertPolicyLoad,
  supersedeOverlapping,
  updatePolicyPublished,
  updatePolicyWithdrawn,
  type PolicyLoadRow,
} from './policy.db.ts'
import { readPolicy, type DatedDraft, type PolicyDraft } from './policy.rules.ts'
import { LoadPolicy, PublishPolicy, WithdrawPolicy } from './policy.schema.ts'

/** Keeps the file as proposed; nothing changes until another person publishes it. */
export const loadPolicy = command({
  event: 'benefits.policy.loaded',
  permission: 'benefits.policy.load',
  input: LoadPolicy,
  needsKey: true,
  run: async (ctx: Ctx, { text }) => {
    const draft = readPolicy(text)
    requireArea(ctx, draft.area)
    const id = uuidv7()
    const digest = createHash('sha256').update(text).digest('hex')
    const at = await ctx.clock.stamp(ctx.tx)
    await insertPolicyLoad(ctx.tx, {
      id,
      area: draft.area,
      title: draft.title,
      digest,
      content: text,
      madeBy: ctx.actor.id,
      madeAt: at,
    })
    return { policyId: id, title: draft.title, rates: draft.rates.length, settings: draft.settings.length }
  },
  subject: (_, { policyId }) => ({ policyId }),
})

/** A second person makes it law: overlapping rows are superseded around the new ones, and the next run finds the arrears. */
export const publishPolicy = command({
  event: 'benefits.policy.published',
  permission: 'benefits.policy.publish',
  input: PublishPolicy,
  needsKey: true,
  run: async (ctx: Ctx, { policyId }) => {
    const load = await requireWaiting(ctx, policyId)
    if (load.madeBy === ctx.actor.id)
      throw forbidden('benefits.maker_is_checker', '录入人不能发布自己录入的标准，请由另一位负责人发布。')
    const draft = readPolicy(load.content)
    requireArea(ctx, draft.area)
    if (draft.area.length < 6) await shareAbove(ctx.tx)
    const at = await ctx.recordedAt()
    await enterPolicy(ctx, draft, { policyId, at })
    await updatePolicyPublished(ctx.tx, { id: policyId, by: ctx.actor.id, at })
    return { policyId, recordedAt: at }
  },
  subject: (_, { policyId }) => ({ policyId }),
})

/** By whoever made it or may publish it; withdrawn, it is proposed anew. */
export const withdrawPolicy = command({
  event: 'benefits.policy.withdrawn',
  permission: 'benefits.policy.withdraw',
  input: WithdrawPolicy,
  needsKey: true,
  run: async (ctx: Ctx, { policyId, why }) => {
    const load = await requireWaiting(ctx, policyId)
    requireArea(ctx, load.area)
    const at = await ctx.clock.stamp(ctx.tx)
    await updatePolicyWithdrawn(ctx.tx, { id: policyId, by: ctx.actor.id, at, why })
    return { policyId }
  },
  subject: ({ policyId }) => ({ policyId }),
})

async function requireWaiting(ctx: Ctx, policyId: string): Promise<PolicyLoadRow> {
  const load = await findPolicyLoadForUpdate(ctx.tx, policyId)
  if (!load) throw notFound('benefits.policy_unknown', '没有这份待发布的政策文件。请核对编号。')
  if (load.publishedBy) throw conflict('benefits.policy_published', '这份政策文件已经发布，不能重复发布。')
  if (load.withdrawnBy)
    throw conflict('benefits.policy_withdrawn', '这份政策文件已经撤回。如仍需要，请重新录入。')
  return load
}

/** Standards are the whole county's: nobody responsible for a part of it sets them. */
function requireArea(ctx: Ctx, area: string): void {
  if (area === ctx.county) requireWholeCounty(ctx.actor, ctx.county)
  if (
    area === ctx.county ||
    (area.length < 6 && ctx.actor.level !== 'county' && ctx.actor.level !== 'township')
  )
    return
  if (ctx.county.startsWith(area) && ctx.actor.permissions.has('benefits.policy.publish_above')) return
  throw forbidden(
    'benefits.policy_area',
    `文件属于 ${area}，不是您负责的 ${ctx.county}。请由该地区的负责人录入。`,
  )
}

async function enterPolicy(
  ctx: Ctx,
  draft: PolicyDraft,
  { policyId, at }: { policyId: string; at: string },
): Promise<void> {
  const { tx } = ctx
  const base = ({ valid, basis }: DatedDraft) => {
    const id = uuidv7()
    return { id, root_id: id, policy_id: policyId, area: draft.area, valid, basis, recorded_at: at }
  }
  for (const rate of draft.rates) {
    const keys = {
      area: draft.area,
      program: rate.program,
      item: rate.item,
      when_key: rate.whenKey,
      ages: rate.ages,
    }
    await supersedeOverlapping(tx, 'rate', { keys, valid: rate.valid, at })
    const { fen, percent, factor, rounding, per, program, item, ages } = rate
    const value = { fen, percent, factor, factor_of: rate.factorOf, rounding, per }
    await insertDated(tx, 'rate', [
      { ...base(rate), program, item, when_key: rate.whenKey, ages, ...value, recorded_on: draft.recordedOn },
    ])
  }
  for (const setting of draft.settings) {
    const keys = { area: draft.area, program: setting.program, key: setting.key }
    await supersedeOverlapping(tx, 'setting', { keys, valid: setting.valid, at })
    await insertDated(tx, 'setting', [
      { ...base(setting), program: setting.program, key: setting.key, value: JSON.stringify(setting.value) },
    ])
  }
  for (const exclusion of draft.exclusions) {
    const keys = { area: draft.area, program_a: exclusion.a, program_b: exclusion.b }
    await supersedeOverlapping(tx, 'exclusion', { keys, valid: exclusion.valid, at })
    await insertDated(tx, 'exclusion', [
      { ...base(exclusion), program_a: exclusion.a, program_b: exclusion.b, rule: exclusion.rule },
    ])
  }
}
