import type { Ctx } from '../../platform/command.ts'
import { notFound } from '../../platform/errors.ts'
import { areaNames } from './area.db.ts'
import { recordLooks } from './look.actions.ts'
import { listPeople } from './person.db.ts'
import { findHousehold, listFileFacts, listMembersEver } from './person-file.db.ts'
import { asOfOf, moneyHidden, type PersonFileParts } from './person-file.actions.ts'
import { inForce, inHouseOrder, memberShown } from './person-file.rules.ts'
import type { FilePlace } from './person-file.schema.ts'

export interface HouseholdInput {
  householdId: string
  on?: string | undefined
  known?: string | undefined
}

/** A household: who belonged to it when, and what it is given. Throws `registry.household_unknown`. */
export async function readHousehold(ctx: Ctx, parts: PersonFileParts, input: HouseholdInput) {
  const { tx, county } = ctx
  const { householdId } = input
  const household = await findHousehold(tx, county, householdId)
  if (!household)
    throw notFound('registry.household_unknown', '找不到这一户，或不在您负责的地区。请从搜索重新进入。')
  const { on, cut, now: at } = await asOfOf(ctx, input)
  const members = await listMembersEver(tx, county, { householdId, cut })
  const ids = [...new Set([household.headId, ...members.map(({ personId }) => personId)])]
  const people = await listPeople(tx, county, ids)
  const names = new Map(people.map(({ id, fullName }) => [id, fullName]))
  const facts = inForce(await listFileFacts(tx, county, { personIds: ids, cut }), on)
  const knowledge = { on, facts, nameOf: (id: string) => names.get(id) ?? null, selfIds: [] }
  const now = inForce(members, on)
  const hidden = await moneyHidden(ctx)
  const memberships = [{ householdId, from: '0001-01-01', to: null }]
  const awards = hidden ? null : await parts.awards(ctx, { personIds: [], memberships, names, on, cut })
  const places = await placesOf(ctx, household)
  const present = new Set(now.map(({ personId }) => personId))
  await recordLooks(
    ctx,
    people.filter(({ id }) => present.has(id)),
    { what: 'household', part: householdId, at },
  )
  const { id, headId, version } = household
  return {
    household: { id, headId, headName: names.get(headId) ?? null, version, ...places },
    asOf: { on, known: cut },
    members: inHouseOrder(now.map((member) => memberShown(member, knowledge))),
    others: members.filter((each) => !now.includes(each)).map((member) => memberShown(member, knowledge)),
    awards,
    hidden: hidden ? { money: hidden } : {},
  }
}

async function placesOf(
  { tx }: Ctx,
  { town, village }: { town: string | null; village: string | null },
): Promise<{ town: FilePlace | null; village: FilePlace | null }> {
  const names = await areaNames(
    tx,
    [town, village].filter((code) => code !== null),
  )
  const placeOf = (code: string | null) => (code === null ? null : { code, name: names.get(code) ?? null })
  return { town: placeOf(town), village: placeOf(village) }
}
