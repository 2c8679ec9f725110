/**
 * Changes of old rows that take too long for a migration. A chunk and the mark how far it came are one transaction, so a process that
 * is killed loses at most the chunk under way, and none is done twice; several processes take turns at the mark.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { setScope } from './access.ts'
import { listBackfills, lockBackfill, moveBackfill, type BackfillState } from './backfill.db.ts'
import type { Deps } from './command.ts'
import { countiesIn } from './counties.db.ts'
import type { Tx } from './db.ts'

export interface Backfill {
  /** `<module>.<what>`; never renamed, its mark is found by it. */
  name: string
  /** Chinese; what is being done. */
  title: string
  /** `schema.table` whose counties have old rows. */
  table: string
  /** The rows after a key, of one county and under its row-level security. A null key = these were the last. */
  chunk: (
    tx: Tx,
    place: { county: string; afterKey: string | null; keys: Deps['keys'] },
  ) => Promise<{ rows: number; afterKey: string | null }>
}

export interface BackfillOptions {
  signal?: AbortSignal
  onProgress?: (state: { title: string; county: string; rows: number }) => void
}

type BackfillDeps = Pick<Deps, 'database' | 'keys'>

/** Does what is left of each, in order; stops between two chunks when told to. How many rows were changed. */
export async function runBackfills(
  deps: BackfillDeps,
  backfills: readonly Backfill[],
  { signal, onProgress }: BackfillOptions = {},
): Promise<number> {
  let changed = 0
  for (const backfill of backfills) {
    const { title } = backfill
    for (const county of await unfinishedCounties(deps, backfill)) {
      let rows = 0
      for (let isDone = false; !isDone && !signal?.aborted;) {
        const step = await runChunk(deps, backfill, county)
        isDone = step.isDone
        rows += step.rows
        onProgress?.({ title, county, rows })
      }
      changed += rows
    }
  }
  return changed
}

async function unfinishedCounties({ database }: BackfillDeps, { name, table }: Backfill): Promise<string[]> {
  const finished = (await listBackfills(database.runner))
    .filter((state) => state.name === name && state.isFinished)
    .map(({ county }) => county)
  return (await countiesIn(database.runner, table)).filter((county) => !finished.includes(county))
}

function runChunk(
  { database, keys }: BackfillDeps,
  { name, chunk }: Backfill,
  county: string,
): Promise<{ rows: number; isDone: boolean }> {
  return database.app.transaction().execute(async (tx) => {
    await setScope(tx, [county])
    const mark = await lockBackfill(tx, county, name)
    if (mark.isFinished) return { rows: 0, isDone: true }
    const { rows, afterKey } = await chunk(tx, { county, afterKey: mark.afterKey, keys })
    await moveBackfill(tx, { county, name }, { rows, afterKey })
    return { rows, isDone: afterKey === null }
  })
}

export interface Unfinished extends Pick<BackfillState, 'county' | 'name' | 'doneRows'> {
  title: string
}

/** What has begun and is not finished. */
export async function unfinishedBackfills(
  { database }: Pick<Deps, 'database'>,
  backfills: readonly Backfill[],
): Promise<Unfinished[]> {
  const states = await listBackfills(database.runner)
  return states.flatMap(({ county, name, doneRows, isFinished }) => {
    const title = backfills.find((backfill) => backfill.name === name)?.title
    return isFinished || title === undefined ? [] : [{ county, name, title, doneRows }]
  })
}

/** For whoever asks whether the service is ready: it is, these go on beside it. */
export async function backfillNotes(
  deps: Pick<Deps, 'database'>,
  backfills: readonly Backfill[],
): Promise<string[]> {
  return (await unfinishedBackfills(deps, backfills)).map(
    ({ title, county, doneRows }) =>
      `升级后的后台整理没有完成：${title}（${county}，已办 ${doneRows} 条）。不影响办理。`,
  )
}

const AGAIN_MS = 60_000

/** In the background, and again after a minute when something broke off; `stop` waits for the chunk under way. */
export function startBackfills(
  deps: BackfillDeps,
  backfills: readonly Backfill[],
  say: (text: string) => void,
): { stop: () => Promise<void>; done: Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const done = (async () => {
    while (!signal.aborted) {
      try {
        const rows = await runBackfills(deps, backfills, { signal })
        if (rows > 0 && !signal.aborted) say(`升级后的后台整理已完成：${rows} 条。`)
        return
      } catch {
        say('升级后的后台整理中断，一分钟后从断处接着办。')
        await wait(AGAIN_MS, undefined, { signal }).catch(() => {})
      }
    }
  })()
  return {
    done,
    stop: async () => {
      stopping.abort()
      await done
    },
  }
}
