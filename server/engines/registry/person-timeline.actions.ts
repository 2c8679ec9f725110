import { listNamedAccounts } from '../../platform/account.db.ts'
import type { Ctx } from '../../platform/command.ts'
import type { Instant } from '../../platform/dates.ts'
import { areaNames } from './area.db.ts'
import { factEvents, lookEvents, memberEvents, otherEvents, pageOf } from './file-event.rules.ts'
import { recordLooks } from './look.actions.ts'
import { listLooks } from './look.db.ts'
import { moneyHidden, openFile, type OpenedFile, type PersonFileParts } from './person-file.actions.ts'
import { listFactDeeds, listHousemates, listMemberDeeds, listOtherDeeds } from './person-file.db.ts'
import type { FileEvent, FileEventKind } from './person-file.schema.ts'
import { REVEAL_PURPOSES } from './person.schema.ts'
import { dayAt } from './timeline.rules.ts'

export interface TimelineInput {
  personId: string
  kind?: FileEventKind | undefined
  after?: string | undefined
  limit: number
}

/** Everything that happened around a person. A life has some hundred events, so they are put in order here and cut into pages. */
export async function readTimeline(ctx: Ctx, parts: PersonFileParts, input: TimelineInput) {
  const file = await openFile(ctx, input.personId)
  const at = await ctx.clock.now(ctx.tx)
  const own = await ownEvents(ctx, file)
  const hidden = await moneyHidden(ctx)
  const money = hidden ? [] : await moneyEvents(ctx, parts, { file, at })
  const { kind, after, limit } = input
  const { events, counts, next } = pageOf([...own, ...money], { kind, after, limit })
  const hands = events.flatMap(({ by }) => by ?? [])
  const accounts = await listNamedAccounts(ctx.tx, hands)
  // A further page belongs to the same look.
  if (after === undefined) await recordLooks(ctx, [file.person], { what: 'timeline', at })
  return {
    events: events.map((event) => ({
      ...event,
      day: dayAt(event.at),
      by: event.by === null ? null : (accounts.get(event.by)?.fullName ?? null),
    })),
    ...{ counts, next },
    hidden: hidden ? { money: hidden } : {},
  }
}

const MOST_LOOKS = 500

async function ownEvents({ tx, county }: Ctx, { personIds }: OpenedFile): Promise<FileEvent[]> {
  const facts = await listFactDeeds(tx, county, personIds)
  const members = await listMemberDeeds(tx, county, personIds)
  const others = await listOtherDeeds(tx, county, personIds)
  const looks = await listLooks(tx, county, { personIds, what: 'revealed', limit: MOST_LOOKS })
  const codes = facts.flatMap(({ kind, value }) => (kind === 'residence' ? [value.town, value.village] : []))
  const areas = await areaNames(tx, [...new Set(codes.filter((code) => typeof code === 'string'))])
  return [
    ...factEvents(facts, (code) => areas.get(code) ?? code),
    ...memberEvents(members, personIds),
    ...otherEvents(others),
    ...lookEvents(looks, REVEAL_PURPOSES),
  ]
}

async function moneyEvents(
  ctx: Ctx,
  parts: PersonFileParts,
  { file: { personIds }, at }: { file: OpenedFile; at: Instant },
): Promise<FileEvent[]> {
  const housemates = await listHousemates(ctx.tx, ctx.county, { personIds, cut: null })
  const memberships = housemates.filter(({ personId }) => personIds.includes(personId))
  const on = dayAt(at)
  const names = new Map<string, string | null>()
  const { awardIds, events } = await parts.awardEvents(ctx, { personIds, memberships, names, on, cut: null })
  const cash = await parts.cashEvents(ctx, { awardIds, personIds, cut: null })
  return [...events, ...cash]
}
