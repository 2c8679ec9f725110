import { statSync } from 'node:fs'
import { reloadKeyRing, type KeyRing } from './keys.ts'

export const KEYS_LOOKED_AT_MS = 5_000

/** Another program may have changed the keys: this one then writes under the new key too. */
export function watchKeyRing(keys: KeyRing, everyMs = KEYS_LOOKED_AT_MS): { stop: () => void } {
  let seen = changedAt(keys.path)
  const timer = setInterval(() => {
    const now = changedAt(keys.path)
    if (now === seen) return
    try {
      reloadKeyRing(keys)
      seen = now
    } catch {
      // Being replaced at this moment, or damaged: what is in memory is whole, and the next look is soon.
    }
  }, everyMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
