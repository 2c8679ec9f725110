import { requireWholeCounty } from '../../platform/access.ts'
import { listNames } from '../../platform/account.db.ts'
import { civilDateOf } from '../../platform/clock.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { notFound } from '../../platform/errors.ts'
import { loadPolicy } from './policy.actions.ts'
import * as store from './policy.db.ts'
import { readPolicy, type PolicyDraft } from './policy.rules.ts'
import type { ProgramBook } from './programs.rules.ts'
import { areaChain, rateBook } from './rates.rules.ts'
import { draftItems, standardsShown } from './standard-view.rules.ts'
import { draftText } from './standard.rules.ts'
import { StandardsDraft, type Draft, type Standard } from './standard.schema.ts'

/** New standards typed into a form are kept as the policy file they stand for; a second person publishes it as any other. */
export function standardCommands(programs: ProgramBook) {
  const proposeStandards = command({
    event: loadPolicy.event,
    permission: loadPolicy.permission,
    input: StandardsDraft,
    needsKey: true,
    run: async (ctx: Ctx, draft) => {
      const recordedOn = civilDateOf(await ctx.clock.stamp(ctx.tx))
      return loadPolicy.run(ctx, { text: draftText(programs, draft, { area: ctx.county, recordedOn }) })
    },
    subject: (_, { policyId }) => ({ policyId }),
  })
  return { proposeStandards }
}

/** Everything that is law in the county today, was, or waits to be. */
export async function readStandards(
  ctx: Ctx,
  programs: ProgramBook,
): Promise<{ today: string; standards: Standard[]; drafts: Draft[] }> {
  const today = civilDateOf(await ctx.clock.now(ctx.tx))
  const history = await store.listLawHistory(ctx.tx, ctx.county)
  const law = await store.listLaw(ctx.tx, ctx.county)
  const rates = rateBook(ctx.county, law.rates, law.settings)
  const hands = [...history.rates, ...history.settings].flatMap(({ madeBy, publishedBy }) => [
    madeBy,
    ...(publishedBy === null ? [] : [publishedBy]),
  ])
  const names = await listNames(ctx.tx, [...new Set(hands)])
  const standards = standardsShown(history, { programs, rates, today, names })
  return { today, standards, drafts: await readDrafts(ctx, programs) }
}

export async function readDrafts(ctx: Ctx, programs: ProgramBook): Promise<Draft[]> {
  const waiting = await store.listWaitingPolicies(ctx.tx, areaChain(ctx.county))
  if (waiting.length === 0) return []
  const law = await store.listLaw(ctx.tx, ctx.county)
  const names = await listNames(
    ctx.tx,
    waiting.map(({ madeBy }) => madeBy),
  )
  const { permissions, id: actorId, scope } = ctx.actor
  return waiting.map(({ id, area, title, madeBy, madeAt, content }) => {
    const isOurs = area === ctx.county && scope.includes(ctx.county)
    return {
      ...{ id, area, title, madeAt, madeBy: names.get(madeBy) ?? null },
      items: draftItems(readPolicy(content), law, programs),
      may: {
        publish: isOurs && permissions.has('benefits.policy.publish') && madeBy !== actorId,
        withdraw: isOurs && permissions.has('benefits.policy.withdraw'),
      },
    }
  })
}

/** A draft as it is being written, or one that waits. Throws `benefits.policy_unknown`, `benefits.policy_invalid`. */
export async function requireDraft(
  ctx: Ctx,
  programs: ProgramBook,
  { draft, policyId }: { draft?: StandardsDraft | undefined; policyId?: string | undefined },
): Promise<PolicyDraft> {
  requireWholeCounty(ctx.actor, ctx.county)
  if (draft) {
    const recordedOn = civilDateOf(await ctx.clock.stamp(ctx.tx))
    return readPolicy(draftText(programs, draft, { area: ctx.county, recordedOn }))
  }
  const waiting = await store.listWaitingPolicies(ctx.tx, areaChain(ctx.county))
  const load = waiting.find(({ id }) => id === policyId)
  if (!load)
    throw notFound('benefits.policy_unknown', '没有这份待发布的新标准，可能已经发布或撤回。请刷新后再试。')
  return readPolicy(load.content)
}
