import type { Ctx } from '../../platform/command.ts'
import { listAwardsOfHolders, listCoveredAmong, listWaitingContents } from './award-use.db.ts'

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g

/** Which of these people and households an award, a decision or a proposal names, and how; by id. */
export async function usedInBenefits(
  { tx, county }: Ctx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const used = new Map<string, string>()
  const wanted = new Set(ids)
  const contents = JSON.stringify(await listWaitingContents(tx, county))
  for (const [id] of contents.matchAll(UUID)) if (wanted.has(id)) used.set(id, '有待复核的认定')
  for (const id of await listCoveredAmong(tx, county, ids)) used.set(id, '已有认定，在保障对象之中')
  for (const { holderId } of await listAwardsOfHolders(tx, county, ids)) used.set(holderId, '已有待遇')
  return used
}
