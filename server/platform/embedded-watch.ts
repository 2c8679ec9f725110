import { setTimeout as wait } from 'node:timers/promises'
import { isAlive, startEmbedded, type EmbeddedOptions, type EmbeddedServer } from './embedded-pg.ts'

export interface WatchedServer {
  /** Ends the watch, and gives the server as it is now. */
  leave: () => Promise<EmbeddedServer>
}

const LOOK_MS = 250
const PAUSE_MS = 1_000

/**
 * The embedded server is started again where it died: killed for want of memory, or after the disk was full. It listens where it did,
 * so that every pool finds it again; what was committed is there.
 */
export function watchServer(options: EmbeddedOptions, first: EmbeddedServer): WatchedServer {
  const watch = new AbortController()
  let server = first
  const pause = (ms: number) => wait(ms, undefined, { signal: watch.signal, ref: false }).catch(() => {})
  const watching = (async () => {
    while (!watch.signal.aborted) {
      await pause(LOOK_MS)
      if (watch.signal.aborted || isAlive(server.pid)) continue
      try {
        server = await startEmbedded({ ...options, port: server.port })
      } catch {
        // The disk is still full, say: the database stays unreachable, which /readyz tells, and is tried again.
        await pause(PAUSE_MS)
      }
    }
  })()
  return {
    leave: async () => {
      watch.abort()
      await watching
      return server
    },
  }
}
