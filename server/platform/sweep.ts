/** What nobody comes back to is removed after so many days: drafts, and the remembered answers of writes. */
import type { Deps } from './command.ts'
import { deleteOldDrafts } from './draft.db.ts'
import { deleteOldKeys } from './idempotency.db.ts'

const HOUR_MS = 3_600_000
/** A form that was not sent is sent again from its draft, with the key it had; nothing else waits for more than a year. */
const KEY_DAYS = 400
const KEY_DAYS_AFTER_DRAFTS = 30

export interface Swept {
  drafts: number
  keys: number
}

export async function sweep(
  { database }: Pick<Deps, 'database'>,
  { draftDays }: { draftDays: number },
): Promise<Swept> {
  const keyDays = Math.max(KEY_DAYS, draftDays + KEY_DAYS_AFTER_DRAFTS)
  return {
    drafts: await deleteOldDrafts(database.runner, draftDays),
    keys: await deleteOldKeys(database.runner, keyDays),
  }
}

/** Now and every hour; a pass that fails is said and followed by the next. */
export function startSweep(
  deps: Pick<Deps, 'database'>,
  days: { draftDays: number },
  say: (text: string) => void,
): { stop: () => Promise<void> } {
  const pass = () =>
    sweep(deps, days).then(
      () => undefined,
      () => say('过期的草稿和操作编号没有清理成，一小时后再试。'),
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
