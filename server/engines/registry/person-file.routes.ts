import { listNamedAccounts } from '../../platform/account.db.ts'
import { command, type Ctx } from '../../platform/command.ts'
import { query } from '../../platform/query.ts'
import { commandRoute, queryRoute, type Route } from '../../platform/route.ts'
import { addDays } from '../../platform/dates.ts'
import { currentAccounts } from './account.db.ts'
import { openAccountNumber } from './account.actions.ts'
import { readHousehold, type HouseholdInput } from './household-file.actions.ts'
import { recordLooks } from './look.actions.ts'
import { listLooks } from './look.db.ts'
import { openIdNumber, openPhone, revealIdentity } from './person.actions.ts'
import {
  openFile,
  readFile,
  type FileInput,
  type OpenedFile,
  type PersonFileParts,
} from './person-file.actions.ts'
import * as view from './person-file.schema.ts'
import { readTimeline, type TimelineInput } from './person-timeline.actions.ts'
import { REVEAL_PURPOSES, RevealOne } from './person.schema.ts'
import { dayAt } from './timeline.rules.ts'
import { visitsOf } from './viewer.rules.ts'

const READ = 'registry.person.read'

function fileShown(parts: PersonFileParts) {
  return query({
    event: 'registry.person.shown',
    permission: READ,
    run: (ctx: Ctx, input: FileInput) => readFile(ctx, parts, input),
    subject: (_, { person, asOf }) => ({ personId: person.id, ...asOf }),
  })
}

function timelineShown(parts: PersonFileParts) {
  return query({
    event: 'registry.person.timeline_shown',
    permission: READ,
    run: (ctx: Ctx, input: TimelineInput) => readTimeline(ctx, parts, input),
    subject: ({ personId }, { events }) => ({ personId, events: events.length }),
  })
}

function householdShown(parts: PersonFileParts) {
  return query({
    event: 'registry.household.shown',
    permission: READ,
    run: (ctx: Ctx, input: HouseholdInput) => readHousehold(ctx, parts, input),
    subject: (_, { household, members }) => ({
      householdId: household.id,
      personIds: members.map(({ personId }) => personId),
    }),
  })
}

const DAYS = 90
const MOST = 1000

const viewersShown = query({
  event: 'registry.person.viewers_shown',
  permission: READ,
  run: async (ctx: Ctx, { personId }: { personId: string }) => {
    const { personIds } = await openFile(ctx, personId)
    const since = `${addDays(dayAt(await ctx.clock.now(ctx.tx)), -DAYS)}T00:00:00+08:00`
    const looks = await listLooks(ctx.tx, ctx.county, { personIds, since, limit: MOST + 1 })
    const visits = visitsOf(looks.slice(0, MOST), REVEAL_PURPOSES)
    const accounts = await listNamedAccounts(
      ctx.tx,
      visits.map(({ actorId }) => actorId),
    )
    const viewers = visits.map(({ at, actorId, what }) => ({
      ...{ at, what, day: dayAt(at), isSelf: actorId === ctx.actor.id },
      name: accounts.get(actorId)?.fullName ?? null,
      roles: accounts.get(actorId)?.roleTitles ?? [],
    }))
    return { viewers, isCut: looks.length > MOST }
  },
  subject: ({ personId }, { viewers }) => ({ personId, viewers: viewers.length }),
})

/** One number in clear, for a purpose that the audit row and the file keep. */
export const revealOne = command({
  event: revealIdentity.event,
  permission: revealIdentity.permission,
  isSecret: true,
  input: RevealOne,
  run: async (ctx: Ctx, { personId, what, reason }) => {
    const file = await openFile(ctx, personId)
    await recordLooks(ctx, [file.person], { what: 'revealed', part: what, purpose: reason })
    return { value: await numberOf(ctx, file, what) }
  },
  subject: ({ personId, what, reason }) => ({ personId, what, purpose: reason }),
})

async function numberOf(
  ctx: Ctx,
  { person, personIds }: OpenedFile,
  what: 'id_number' | 'phone' | 'account',
): Promise<string | null> {
  if (what === 'id_number') return openIdNumber(ctx.keys, person)
  if (what === 'phone') return openPhone(ctx.keys, person)
  const on = dayAt(await ctx.clock.now(ctx.tx))
  const accounts = await currentAccounts(ctx.tx, ctx.county, { holderIds: personIds, on })
  const held = personIds.map((id) => accounts.get(id)).find((account) => account !== undefined)
  return held ? openAccountNumber(ctx.keys, held) : null
}

/** The joined file: what the registry knows, and what the other engines say through the parts handed over. */
export function personFileRoutes(parts: PersonFileParts): readonly Route[] {
  return [
    queryRoute(view.getPersonEndpoint, fileShown(parts)),
    queryRoute(view.listTimelineEndpoint, timelineShown(parts)),
    queryRoute(view.listViewersEndpoint, viewersShown),
    commandRoute(view.revealEndpoint, revealOne),
    queryRoute(view.getHouseholdEndpoint, householdShown(parts)),
  ]
}
