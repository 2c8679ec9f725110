import type { TakeoverAward } from './takeover.db.ts'

type Line = Pick<TakeoverAward, 'program' | 'holderId' | 'replacesId'>

/** How many holders stand more than once under one programme. */
export function repeatedHolders(awards: readonly Line[]): number {
  const seen = new Map<string, number>()
  for (const award of awards) seen.set(keyOf(award), (seen.get(keyOf(award)) ?? 0) + 1)
  return [...seen.values()].filter((count) => count > 1).length
}

/** How many holders have an award of the same programme on file that the list does not say it replaces. */
export function heldTwice(
  awards: readonly Line[],
  held: readonly { id: string; program: string; holderId: string }[],
): number {
  const replaced = new Set(awards.map(({ replacesId }) => replacesId))
  const onFile = new Set(held.filter(({ id }) => !replaced.has(id)).map(keyOf))
  return new Set(awards.map(keyOf).filter((key) => onFile.has(key))).size
}

function keyOf({ program, holderId }: { program: string; holderId: string }): string {
  return `${program} ${holderId}`
}
