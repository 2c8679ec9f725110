import type { Ctx } from '../../platform/command.ts'
import { firstDay, type Month } from '../../platform/dates.ts'
import { groupBy } from '../../platform/group.ts'
import { listHouseholds, listPeople } from '../registry/index.ts'
import { listAwardsById } from './award.db.ts'
import { listCovered } from './coverage.db.ts'

export interface Named {
  id: string
  fullName: string
}

/** Names by id; whoever is outside the reader's areas has none here. */
export async function namesOf({ tx, county }: Ctx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const people = await listPeople(tx, county, [...new Set(ids)])
  return new Map(people.map(({ id, fullName }) => [id, fullName]))
}

export function named(ids: readonly string[], names: ReadonlyMap<string, string>): Named[] {
  return ids.flatMap((id) => {
    const fullName = names.get(id)
    return fullName === undefined ? [] : [{ id, fullName }]
  })
}

/** Ids of those an award covers in or after a month, and where nobody is (an old list, one-off aid) of its holder or the head of the household. */
export async function personsOfAwards(
  { tx, county }: Ctx,
  awardIds: readonly string[],
  since: Month,
): Promise<Map<string, string[]>> {
  if (awardIds.length === 0) return new Map()
  const ids = [...new Set(awardIds)]
  const covered = groupBy(
    await listCovered(tx, county, { awardIds: ids, since: firstDay(since) }),
    ({ awardId }) => awardId,
  )
  const awards = [...(await listAwardsById(tx, county, ids)).values()].filter(({ id }) => !covered.has(id))
  const households = awards.flatMap((award) => (award.holderKind === 'household' ? [award.holderId] : []))
  const heads = new Map(
    households.length === 0
      ? []
      : (await listHouseholds(tx, county, households)).map(({ id, headId }) => [id, headId]),
  )
  const holders = awards.flatMap(({ id, holderKind, holderId }): [string, string[]][] => {
    const personId = holderKind === 'person' ? holderId : heads.get(holderId)
    return personId === undefined ? [] : [[id, [personId]]]
  })
  return new Map([
    ...[...covered].map(([id, rows]): [string, string[]] => [id, rows.map(({ personId }) => personId)]),
    ...holders,
  ])
}
