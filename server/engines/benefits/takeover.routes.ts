import type { z } from 'zod'
import { listNames } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import { notFound } from '../../platform/errors.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import { areaNames, listHouseholds } from '../registry/index.ts'
import type { ProgramBook } from './programs.rules.ts'
import { namesOf } from './run-people.actions.ts'
import type { takeoverCommands } from './takeover.actions.ts'
import { checkTakeover } from './takeover-check.actions.ts'
import * as store from './takeover.db.ts'
import type { Takeover } from './takeover-view.schema.ts'
import * as view from './takeover-view.schema.ts'

const READ = 'benefits.takeover.read'

const listed = query({
  event: 'benefits.takeover.listed',
  permission: READ,
  run: async (ctx: Ctx) => {
    const rows = await store.listTakeovers(ctx.tx, ctx.county)
    return { takeovers: (await takeoversShown(ctx, rows)).toReversed() }
  },
  subject: (_, { takeovers }) => ({ takeovers: takeovers.length }),
})

async function takeoversShown({ tx, actor }: Ctx, rows: readonly store.TakeoverRow[]): Promise<Takeover[]> {
  const hands = rows.flatMap(({ madeBy, signedBy, withdrawnBy }) => [madeBy, signedBy, withdrawnBy])
  const names = await listNames(tx, [...new Set(hands.flatMap((id) => id ?? []))])
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null))
  return rows.map(({ madeBy, signedBy, withdrawnBy, recordedAt, ...row }) => {
    const isOpen = row.status === 'proposed'
    return {
      ...row,
      ...{ madeBy: nameOf(madeBy), signedBy: nameOf(signedBy), withdrawnBy: nameOf(withdrawnBy) },
      signedAt: recordedAt,
      may: {
        sign: isOpen && madeBy !== actor.id && actor.permissions.has('benefits.takeover.sign'),
        withdraw: isOpen && actor.permissions.has('benefits.takeover.withdraw'),
      },
    }
  })
}

async function requireTakeover({ tx, county }: Ctx, takeoverId: string): Promise<store.TakeoverRow> {
  const takeover = await store.findTakeover(tx, county, takeoverId)
  if (takeover) return takeover
  throw notFound('benefits.takeover_unknown', '没有这份迁移清单，或不在您的管辖范围内。')
}

function shown(programs: ProgramBook) {
  return query({
    event: 'benefits.takeover.shown',
    permission: READ,
    run: async (ctx: Ctx, { takeoverId }: { county: string; takeoverId: string }) => {
      const { tx, county } = ctx
      const row = await requireTakeover(ctx, takeoverId)
      const [takeover] = await takeoversShown(ctx, [row])
      if (!takeover) throw new Error(`takeover ${takeoverId} was found and not shown`)
      const parts = await store.listTakeoverParts(tx, county, takeoverId)
      const names = await areaNames(tx, [...new Set(parts.flatMap(({ town }) => town ?? []))])
      const awards =
        row.status === 'proposed' ? await store.listTakeoverAwards(tx, county, takeoverId) : undefined
      return {
        takeover,
        checks: awards ? await checkTakeover(ctx, { programs, takeover: row, awards }) : [],
        parts: parts.map((part) => ({
          ...part,
          programTitle: programs.get(part.program)?.title ?? part.program,
          townName: part.town === null ? null : (names.get(part.town) ?? null),
        })),
      }
    },
    subject: ({ takeoverId }, { takeover }) => ({ takeoverId, awards: takeover.awards }),
  })
}

type AwardsInput = z.output<typeof view.listTakeoverAwardsEndpoint.input>

function awardsListed(programs: ProgramBook) {
  return query({
    event: 'benefits.takeover.awards_listed',
    permission: READ,
    run: async (ctx: Ctx, { takeoverId, after, limit }: AwardsInput) => {
      await requireTakeover(ctx, takeoverId)
      const rows = await store.listTakeoverPage(ctx.tx, ctx.county, { takeoverId, after, limit: limit + 1 })
      const awards = rows.slice(0, limit)
      const holderOf = await holdersOf(ctx, awards)
      const codes = awards.flatMap(({ town, village }) => [town, village]).flatMap((code) => code ?? [])
      const areas = await areaNames(ctx.tx, [...new Set(codes)])
      const areaOf = (code: string | null) => (code === null ? null : (areas.get(code) ?? null))
      return {
        awards: awards.map((award) => {
          const { id, program, holderKind, ledgerOpensMonth, lastPaidMonth, lastPaidFen, replacesId } = award
          return {
            ...{ id, holderKind, ledgerOpensMonth, lastPaidMonth, lastPaidFen, replacesId },
            ...{ programTitle: programs.get(program)?.title ?? program, ...holderOf(award) },
            ...{ townName: areaOf(award.town), villageName: areaOf(award.village) },
          }
        }),
        next: rows.length > limit ? (awards.at(-1)?.id ?? null) : null,
      }
    },
    subject: ({ takeoverId }, { awards }) => ({ takeoverId, awards: awards.length }),
  })
}

/** The person that a line is about: the holder, of a household its head. */
async function holdersOf(ctx: Ctx, awards: readonly store.TakeoverAward[]) {
  const households = awards.filter(({ holderKind }) => holderKind === 'household')
  const ids = households.map(({ holderId }) => holderId)
  const heads = new Map((await listHouseholds(ctx.tx, ctx.county, ids)).map(({ id, headId }) => [id, headId]))
  const personOf = ({ holderKind, holderId }: store.TakeoverAward) =>
    holderKind === 'person' ? holderId : heads.get(holderId)
  const names = await namesOf(
    ctx,
    awards.flatMap((award) => personOf(award) ?? []),
  )
  return (award: store.TakeoverAward) => {
    const id = personOf(award)
    const fullName = id === undefined ? undefined : names.get(id)
    return { personId: fullName === undefined ? null : (id ?? null), fullName: fullName ?? null }
  }
}

export function takeoverRoutes(
  programs: ProgramBook,
  commands: ReturnType<typeof takeoverCommands>,
): readonly Route[] {
  return [
    queryRoute(view.listTakeoversEndpoint, listed),
    queryRoute(view.getTakeoverEndpoint, shown(programs)),
    queryRoute(view.listTakeoverAwardsEndpoint, awardsListed(programs)),
    commandRoute(view.proposeTakeoverEndpoint, commands.proposeTakeover),
    commandRoute(view.signTakeoverEndpoint, commands.signTakeover),
    commandRoute(view.withdrawTakeoverEndpoint, commands.withdrawTakeover),
  ]
}
