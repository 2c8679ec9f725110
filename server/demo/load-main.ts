import { isAppError } from '../platform/errors.ts'
import { withLoadLock } from '../platform/install.ts'
import { openKeyRing } from '../platform/keys.ts'
import type { LoadNews, LoadOrder } from './background.ts'
import { loadBegun } from './scenario.ts'

/** The child process of `loadInBackground`. It ends with the server: somebody else may go on with the load. */

function tell(news: LoadNews): Promise<void> {
  return new Promise((told) => {
    process.send?.(news, () => told())
  })
}

/** For whoever started the server: never shown on a page. */
function problemOf(error: unknown): string {
  if (isAppError(error)) return `${error.message}（${error.code}）`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

async function load({ adminUrl, varDir, keyFile, chosen }: LoadOrder): Promise<void> {
  try {
    const keys = openKeyRing(keyFile, { create: false })
    const paid = await withLoadLock(adminUrl, () =>
      loadBegun({ adminUrl, varDir, keys }, chosen, (progress) => void tell({ progress })),
    )
    await tell({ paid })
  } catch (error) {
    await tell({ problem: problemOf(error) })
    process.exitCode = 1
  }
  process.removeAllListeners('disconnect')
  process.disconnect()
}

process.once('message', (order: LoadOrder) => void load(order))
process.once('disconnect', () => process.exit(1))
// Ctrl+C reaches both processes: the server decides when this one ends.
process.on('SIGINT', () => {})
