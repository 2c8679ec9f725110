import type { z } from 'zod'
import type { Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { queryRoute, type Route } from '../../platform/route.ts'
import { areaNames } from '../registry/index.ts'
import { changesShown, effectsOf, openPreview } from './preview.actions.ts'
import { addEffect, bucketsOf, emptySum, type Effect, type Totals } from './preview.rules.ts'
import * as view from './preview.schema.ts'
import type { ProgramBook } from './programs.rules.ts'
import { requireDraft } from './standard.actions.ts'

type Asked = z.output<typeof view.previewStandardsEndpoint.input>
type PeopleAsked = z.output<typeof view.listPreviewPeopleEndpoint.input>

/** Counts on what is known now; nothing is written but the row of who asked. */
function previewed(programs: ProgramBook) {
  return query({
    event: 'benefits.policy.previewed',
    permission: 'benefits.policy.preview',
    isLong: true,
    run: async (ctx: Ctx, asked: Asked) => {
      const draft = await requireDraft(ctx, programs, asked)
      const preview = await openPreview(ctx, programs, draft)
      const sum = emptySum()
      for await (const effect of effectsOf(ctx, preview)) addEffect(sum, effect)
      const codes = [...sum.towns.keys()].flatMap((code) => code ?? [])
      const names = await areaNames(ctx.tx, codes)
      const towns = [...sum.towns].sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1))
      const [losers, samples] = [sum.losers, [...sum.samples.values()]]
      const shown = await changesShown(ctx, preview, [...losers, ...samples])
      return {
        asOf: await ctx.clock.now(ctx.tx),
        programs: [...preview.questions.values()].map(({ program, month, arrearsMonths }) => {
          return { key: program.key, title: program.title, month, arrearsMonths: [...arrearsMonths] }
        }),
        ...totalsOf(sum),
        histogram: bucketsOf(sum.changes),
        towns: towns.map(([town, totals]) => {
          return { town, name: town === null ? null : (names.get(town) ?? null), ...totalsOf(totals) }
        }),
        losers: shown.slice(0, losers.length),
        samples: shown.slice(losers.length),
      }
    },
    subject: ({ policyId = null }, { kinds, arrears }) => ({
      ...{ policyId, gained: kinds.gained.awards, lost: kinds.lost.awards + kinds.leaving.awards },
      arrears: arrears.awards,
    }),
  })
}

function totalsOf({ kinds, monthlyFen, arrears, recoveries }: Totals) {
  return { kinds, monthlyFen, arrears, recoveries }
}

/** The list behind a figure of the preview, worked out again from where the page before ended. */
function peopleListed(programs: ProgramBook) {
  return query({
    event: 'benefits.policy.preview_listed',
    permission: 'benefits.policy.preview',
    isLong: true,
    run: async (ctx: Ctx, { kind, town, after, limit, ...asked }: PeopleAsked) => {
      const preview = await openPreview(ctx, programs, await requireDraft(ctx, programs, asked))
      const found: Effect[] = []
      for await (const effect of effectsOf(ctx, preview, { town, after })) {
        if (isOf(effect, kind)) found.push(effect)
        if (found.length > limit) break
      }
      const page = found.slice(0, limit)
      const changes = await changesShown(ctx, preview, page)
      return { changes, next: found.length > limit ? (page.at(-1)?.award.id ?? null) : null }
    },
    subject: ({ kind, town = null, policyId = null }, { changes }) => ({
      ...{ policyId, kind, town, awards: changes.length, first: changes[0]?.awardId ?? null },
    }),
  })
}

function isOf(effect: Effect, kind: PeopleAsked['kind']): boolean {
  if (kind === 'arrears' || kind === 'recoveries') return effect[kind].lines > 0
  return effect.kind === kind
}

export function previewRoutes(programs: ProgramBook): readonly Route[] {
  return [
    queryRoute(view.previewStandardsEndpoint, previewed(programs)),
    queryRoute(view.listPreviewPeopleEndpoint, peopleListed(programs)),
  ]
}
