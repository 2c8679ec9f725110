import type { z } from 'zod'
import type { Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import { fileTownAid, grantTemporaryAid } from './temporary-assistance.actions.ts'
import { listAids } from './temporary-assistance-list.db.ts'
import { aidChoices, aidsShown, FILE_PERMISSION } from './temporary-assistance-view.actions.ts'
import * as view from './temporary-assistance-view.schema.ts'

const READ = 'social_assistance.aid.read'

const listed = query({
  event: 'social_assistance.aid.listed',
  permission: READ,
  run: async (ctx: Ctx, { only, after, limit }: z.output<typeof view.listAidsEndpoint.input>) => {
    const mark = after === undefined ? undefined : markOf(after)
    const asked = { isUnfiled: only === 'unfiled', after: mark, limit: limit + 1 }
    const rows = await listAids(ctx.tx, ctx.county, asked)
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    const { permissions } = ctx.actor
    return {
      aids: await aidsShown(ctx, page),
      next: rows.length > limit && last ? `${last.awardedAt}_${last.awardId}` : null,
      may: {
        grant: permissions.has('social_assistance.aid.grant'),
        file: permissions.has(FILE_PERMISSION),
      },
    }
  },
  subject: (_, { aids }) => ({ aids: aids.length, first: aids[0]?.awardId ?? null }),
})

function markOf(text: string): { at: string; id: string } {
  const [at = '', id = ''] = text.split('_')
  return { at, id }
}

const choicesShown = query({
  event: 'social_assistance.aid.choices_shown',
  permission: READ,
  run: (ctx: Ctx) => aidChoices(ctx),
})

export const aidRoutes: readonly Route[] = [
  queryRoute(view.listAidsEndpoint, listed),
  queryRoute(view.getAidChoicesEndpoint, choicesShown),
  commandRoute(view.grantAidsEndpoint, grantTemporaryAid),
  commandRoute(view.fileAidsEndpoint, fileTownAid),
]
