import { command, type Ctx } from '../../platform/command.ts'
import { constraintOf, sqlStateOf } from '../../platform/db.ts'
import { conflict, invalid, notFound } from '../../platform/errors.ts'
import { uuidv7 } from '../../platform/uuid.ts'
import {
  insertHouseholds,
  insertMembers,
  insertUndoneMembers,
  listHouseholds,
  listMemberships,
  membersOn,
  supersedeMembers,
  type Household,
  type Member,
  type MemberRow,
} from './household.db.ts'
import {
  AddMember,
  CreateHouseholds,
  EndMember,
  SplitHousehold,
  type NewHousehold,
} from './household.schema.ts'
import { getPeopleForWrite } from './person.db.ts'
import { requireAreasInForce } from './place.actions.ts'
import { requirePlace } from './place.rules.ts'
import { covers, layOver, overlaps, type DateRange } from './timeline.rules.ts'

export const createHouseholds = command({
  event: 'registry.household.created',
  isBulk: true,
  permission: 'registry.household.create',
  input: CreateHouseholds,
  run: createHouseholdsIn,
  subject: (_, { ids }) => ({ households: ids.length, ids: ids.slice(0, 20) }),
})

async function createHouseholdsIn(ctx: Ctx, { households }: CreateHouseholds): Promise<{ ids: string[] }> {
  const at = await ctx.recordedAt()
  for (const household of households) requireWellFormed(ctx, household)
  await requireAreasInForce(ctx, at, households)
  const personIds = households.flatMap(({ members }) => members.map(({ personId }) => personId))
  await getPeopleForWrite(ctx.tx, ctx.county, [...new Set(personIds)])
  const rows = households.map(({ id = uuidv7(), headId, town, village }) => ({ id, headId, town, village }))
  const members = households.flatMap((household, index) => {
    const row = rows[index]
    return row ? household.members.map((member) => memberRowOf(member, row)) : []
  })
  await insertHouseholds(ctx.tx, ctx.county, { households: rows, at })
  await storeMembers(ctx, members)
  return { ids: rows.map(({ id }) => id) }
}

function requireWellFormed(ctx: Ctx, { headId, town, village, members }: NewHousehold): void {
  requirePlace(ctx.actor, ctx.county, { town, village })
  for (const member of members) requireOrdered(member)
  if (members.some(({ personId }) => personId === headId)) return
  throw invalid('registry.head_not_member', '户主不在家庭成员中，未保存。请把户主也列为成员。', { headId })
}

function requireOrdered({ from, to }: DateRange): void {
  if (to === null || from < to) return
  throw invalid('registry.member_dates', '家庭成员的离开日期应晚于加入日期。请改正后再保存。', { from, to })
}

function memberRowOf(
  { personId, relation, from, to }: { personId: string; relation: string } & DateRange,
  { id: householdId, town, village }: Pick<Household, 'id' | 'town' | 'village'>,
): MemberRow {
  const id = uuidv7()
  return { id, rootId: id, householdId, personId, relation, reason: null, from, to, town, village }
}

/** Nobody belongs to two households on one day; a repeated entry in the same household replaces what it overlaps. */
async function storeMembers(ctx: Ctx, members: readonly MemberRow[]): Promise<void> {
  const at = await ctx.recordedAt()
  const people = [...new Set(members.map(({ personId }) => personId))]
  const known = await listMemberships(ctx.tx, ctx.county, people)
  requireNotElsewhere([...known, ...members])
  const laying = layOver(known, members, {
    lineOf: ({ personId }) => personId,
    successorOf: (span, range) => ({ ...span, ...range, id: uuidv7() }),
  })
  await supersedeMembers(ctx.tx, ctx.county, { ids: laying.superseded.map(({ id }) => id), at })
  try {
    await insertMembers(ctx.tx, ctx.county, { laid: laying.inserted, at, by: ctx.actor.id })
  } catch (error) {
    // The other household lies outside the clerk's areas, so that only the constraint sees it.
    const isTaken = sqlStateOf(error) === '23P01' && constraintOf(error) === 'household_member_once'
    throw isTaken ? memberElsewhere([]) : error
  }
}

function requireNotElsewhere(spans: readonly MemberRow[]): void {
  const byPerson = new Map<string, MemberRow[]>()
  for (const span of spans) {
    const others = byPerson.get(span.personId) ?? []
    if (others.some((other) => other.householdId !== span.householdId && overlaps(other, span))) {
      throw memberElsewhere([span.personId])
    }
    byPerson.set(span.personId, [...others, span])
  }
}

function memberElsewhere(personIds: readonly string[]) {
  return conflict(
    'registry.member_elsewhere',
    '有人员同一时间已是另一户的成员，未保存。请先在原户办理退出，再加入本户。',
    { personIds },
  )
}

export const addMember = command({
  event: 'registry.member.added',
  permission: 'registry.member.add',
  input: AddMember,
  run: addMemberIn,
  subject: ({ householdId, personId }, { id }) => ({ householdId, personId, id }),
})

async function addMemberIn(ctx: Ctx, input: AddMember): Promise<{ id: string }> {
  await ctx.recordedAt()
  requireOrdered(input)
  const household = await getHousehold(ctx, input.householdId)
  await getPeopleForWrite(ctx.tx, ctx.county, [input.personId])
  const member = memberRowOf(input, household)
  await storeMembers(ctx, [member])
  return { id: member.id }
}

async function getHousehold(ctx: Ctx, id: string): Promise<Household> {
  const [household] = await listHouseholds(ctx.tx, ctx.county, [id])
  if (household) return household
  throw notFound('registry.household_unknown', '找不到这一户，或不在您负责的地区。请核对后再试。', { id })
}

export const endMember = command({
  event: 'registry.member.ended',
  permission: 'registry.member.end',
  input: EndMember,
  run: endMemberIn,
  subject: ({ personId, on }, { householdIds }) => ({ personId, on, householdIds }),
})

async function endMemberIn(
  ctx: Ctx,
  { personId, on, reason }: EndMember,
): Promise<{ householdIds: string[] }> {
  await ctx.recordedAt()
  await getPeopleForWrite(ctx.tx, ctx.county, [personId])
  const known = await listMemberships(ctx.tx, ctx.county, [personId])
  const ending = known.filter((member) => overlaps(member, { from: on, to: null }))
  if (ending.length === 0) throw notAMember(personId)
  await endMemberships(ctx, ending, { on, reason })
  return { householdIds: [...new Set(ending.map(({ householdId }) => householdId))] }
}

function notAMember(personId: string) {
  return notFound(
    'registry.not_a_member',
    '该人员在这一天之后不是任何家庭的成员，无需办理退出。请核对日期。',
    { personId },
  )
}

/** What lies before the day stays; what would begin on it or later never began. */
async function endMemberships(
  ctx: Ctx,
  ending: readonly MemberRow[],
  { on, reason }: { on: string; reason: string },
): Promise<void> {
  const at = await ctx.recordedAt()
  const by = ctx.actor.id
  const shortened = ending
    .filter(({ from }) => from < on)
    .map((member) => ({ span: { ...member, id: uuidv7(), to: on, reason }, isKnown: true }))
  const undone = ending
    .filter(({ from }) => from >= on)
    .map((member) => ({ ...member, id: uuidv7(), reason }))
  await supersedeMembers(ctx.tx, ctx.county, { ids: ending.map(({ id }) => id), at })
  await insertMembers(ctx.tx, ctx.county, { laid: shortened, at, by })
  await insertUndoneMembers(ctx.tx, ctx.county, { undone, at, by })
}

export const splitHousehold = command({
  event: 'registry.household.split',
  permission: 'registry.household.split',
  input: SplitHousehold,
  run: splitHouseholdIn,
  subject: ({ householdId, personIds, on }, { newHouseholdId }) => ({
    householdId,
    personIds,
    on,
    newHouseholdId,
  }),
})

async function splitHouseholdIn(ctx: Ctx, input: SplitHousehold): Promise<{ newHouseholdId: string }> {
  const at = await ctx.recordedAt()
  const { householdId, personIds, on } = input
  const household = await getHousehold(ctx, householdId)
  await getPeopleForWrite(ctx.tx, ctx.county, [...new Set(personIds)])
  const members = await membersOn(ctx.tx, { county: ctx.county, householdIds: [householdId], on })
  requireSplittable(household, members, personIds)
  const known = await listMemberships(ctx.tx, ctx.county, personIds)
  const leaving = known.filter(
    (member) => member.householdId === householdId && (covers(member, on) || member.from > on),
  )
  await endMemberships(ctx, leaving, { on, reason: '分户' })
  const [headId = ''] = personIds
  const created = { ...household, id: input.newHouseholdId ?? uuidv7(), headId }
  await insertHouseholds(ctx.tx, ctx.county, { households: [created], at })
  const joined = leaving.map((member) => {
    const relation =
      member.personId === headId ? 'head' : (input.relations[member.personId] ?? member.relation)
    return memberRowOf({ ...member, relation, from: member.from > on ? member.from : on }, created)
  })
  await storeMembers(ctx, joined)
  return { newHouseholdId: created.id }
}

function requireSplittable(
  { id, headId }: Household,
  members: readonly Member[],
  personIds: readonly string[],
): void {
  const strangers = personIds.filter((each) => !members.some(({ personId }) => personId === each))
  if (strangers.length > 0) {
    throw invalid('registry.split_not_members', '所选人员当日不全是本户成员，未分户。请核对人员和日期。', {
      householdId: id,
      personIds: strangers,
    })
  }
  if (personIds.includes(headId) || members.length === new Set(personIds).size) {
    throw invalid('registry.split_head_leaves', '户主不能分出，且原户应有人留下。请改选分出的成员。', {
      householdId: id,
    })
  }
}
