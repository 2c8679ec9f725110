import type { z } from 'zod'
import type { Ctx } from '../../platform/command.ts'
import { notFound } from '../../platform/errors.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import { editingCommand } from './determination-edit.actions.ts'
import { makingCommands, withdrawDetermination } from './determination-make.actions.ts'
import { countQueue, findDetermination, listDeterminationsOf, listQueue } from './determination-queue.db.ts'
import { determinationsShown, sentencesOf, weigh } from './determination-view.actions.ts'
import * as view from './determination-view.schema.ts'
import type { determinationCommands } from './determination.actions.ts'
import type { ProgramBook } from './programs.rules.ts'

/** Longer queues are not counted through. */
export const MOST_COUNTED = 10_000

type ListInput = z.output<typeof view.listDeterminationsEndpoint.input>

export function determinationsListed(programs: ProgramBook) {
  return query({
    event: 'benefits.determination.listed',
    permission: 'benefits.determination.read',
    run: async (ctx: Ctx, { status, town, program, after, limit }: ListInput) => {
      const filter = { status, town, program }
      const mark = after === undefined ? undefined : markOf(after)
      const rows = await listQueue(ctx.tx, ctx.county, { ...filter, after: mark, limit: limit + 1 })
      const page = rows.slice(0, limit)
      const { weighed } = await weigh(ctx, programs, page)
      const last = page.at(-1)
      return {
        count: await countQueue(ctx.tx, ctx.county, filter, MOST_COUNTED),
        determinations: await determinationsShown(ctx, weighed),
        next: rows.length > limit && last ? `${last.madeAt}_${last.id}` : null,
      }
    },
    subject: ({ status }, { count, determinations }) => ({
      ...{ status, count, first: determinations[0]?.id ?? null, shown: determinations.length },
    }),
  })
}

function markOf(text: string): { at: string; id: string } {
  const [at = '', id = ''] = text.split('_')
  return { at, id }
}

function shown(programs: ProgramBook) {
  return query({
    event: 'benefits.determination.shown',
    permission: 'benefits.determination.read',
    run: async (ctx: Ctx, { id }: { county: string; id: string }) => {
      const row = await findDetermination(ctx.tx, ctx.county, id)
      if (!row) throw notFound('benefits.determination_unknown', '没有这份认定，或不在您的管辖范围内。')
      const others = await listDeterminationsOf(ctx.tx, ctx.county, row.awardId)
      const all = [row, ...others.filter((other) => other.id !== id)]
      const { weighed, basisOf } = await weigh(ctx, programs, all)
      const [determination, ...rest] = await determinationsShown(ctx, weighed)
      const [mine] = weighed
      if (!mine || !determination) throw new Error(`determination ${id} was found and not shown`)
      return { determination, content: row.content, ...sentencesOf(mine, basisOf), others: rest }
    },
    subject: ({ id }, { determination }) => ({ determinationId: id, awardId: determination.awardId }),
  })
}

export function determinationRoutes(
  programs: ProgramBook,
  commands: ReturnType<typeof determinationCommands>,
): readonly Route[] {
  const { makeDeterminations } = makingCommands(programs)
  return [
    queryRoute(view.listDeterminationsEndpoint, determinationsListed(programs)),
    queryRoute(view.getDeterminationEndpoint, shown(programs)),
    commandRoute(view.proposeDeterminationsEndpoint, makeDeterminations),
    commandRoute(view.editDeterminationEndpoint, editingCommand(programs)),
    commandRoute(view.checkDeterminationsEndpoint, commands.checkDeterminations),
    commandRoute(view.refuseDeterminationEndpoint, commands.refuseDetermination),
    commandRoute(view.withdrawDeterminationEndpoint, withdrawDetermination),
    commandRoute(view.undoDeterminationEndpoint, commands.undoDetermination),
  ]
}
