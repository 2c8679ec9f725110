/** Drafts that nobody came back to are removed after so many days. */
import type { Deps } from './command.ts'
import { deleteOldDrafts } from './draft.db.ts'

const HOUR_MS = 3_600_000

export function sweepDrafts({ database }: Pick<Deps, 'database'>, days: number): Promise<number> {
  return deleteOldDrafts(database.runner, days)
}

/** Now and every hour; a pass that fails is said and followed by the next. */
export function startDraftSweep(
  deps: Pick<Deps, 'database'>,
  days: number,
  say: (text: string) => void,
): { stop: () => Promise<void> } {
  const pass = () =>
    sweepDrafts(deps, days).then(
      () => undefined,
      () => say('过期草稿没有清理成，一小时后再试。'),
    )
  let running = pass()
  const timer = setInterval(() => {
    running = pass()
  }, HOUR_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}
