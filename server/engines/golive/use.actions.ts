import type { Ctx } from '../../platform/command.ts'
import { listCompared } from './use.db.ts'

/** Which of these people and households the old list names, for whoever would undo that they were entered. */
export async function usedInGolive(
  { tx, county }: Ctx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return new Map((await listCompared(tx, county, ids)).map((id) => [id, '旧系统当月实发里有此人（户）']))
}
