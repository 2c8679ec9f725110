import type { Ctx } from '../../platform/command.ts'
import { listUses } from './award-use.db.ts'

const REASONS = {
  waiting: '有待复核的认定',
  covered: '已有认定，在保障对象之中',
  awarded: '已有待遇',
} as const

/** Which of these people and households an award, a decision or a proposal names, and how; by id. In the whole county. */
export async function usedInBenefits(
  { tx, county }: Ctx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const uses = await listUses(tx, county, ids)
  const told = Object.entries(REASONS).flatMap(([key, text]) =>
    uses.filter(({ reason }) => reason === key).map(({ id }): [string, string] => [id, text]),
  )
  return new Map(told)
}
