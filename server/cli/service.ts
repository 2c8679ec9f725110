/** What `serve` and `worker` have in common: how they end, what they write down, and which duty they remind of. */
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Deps } from '../platform/command.ts'
import { hasAccounts } from '../platform/account.db.ts'
import { isCopied } from '../platform/key-custody.ts'
import { findKnownRing } from '../platform/key-ring.db.ts'
import { jobHandlers } from '../jobs.ts'
import { startWorker } from '../platform/jobs.ts'
import { placeOf, type Log } from '../platform/log.ts'

/** Requests and the steps of jobs that are under way get this long to come to their end. */
const STOP_MS = 20_000
/** What is still open then is closed by the end of the process; the database rolls it back. */
const CLOSE_MS = 5_000

export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

/**
 * `running` comes to its end first, then what it needs is closed. Whatever does not end in time is broken off: a process that was told
 * to stop stops, and both ways are a proper end.
 */
export async function endService(
  running: readonly (() => Promise<unknown>)[],
  close: () => Promise<unknown>,
): Promise<void> {
  const hasEnded = await within(STOP_MS, Promise.allSettled(running.map((end) => end())))
  const isClosed = await within(CLOSE_MS, close())
  if (!hasEnded || !isClosed) process.exit(0)
}

const IDLE_LOOK_MS = 100

/** Takes no more requests and ends with the last that is under way; browsers would keep its connection open for a minute more. */
export async function closeHttp(http: FastifyInstance): Promise<void> {
  const idle = setInterval(() => http.server.closeIdleConnections(), IDLE_LOOK_MS)
  try {
    await http.close()
  } finally {
    clearInterval(idle)
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const patience = new AbortController()
  const done = await Promise.race([
    work.then(() => true),
    wait(ms, false, { signal: patience.signal, ref: false }),
  ])
  patience.abort()
  return done
}

export function startLoggedWorker(deps: Deps, log: Log) {
  return startWorker(deps, jobHandlers, {
    report: ({ error, ...done }) =>
      log.write({ event: 'job', ...done, ...(error === undefined ? {} : { error: placeOf(error) }) }),
  })
}

/** In an installation that nobody can sign in to yet. */
export async function remindOfAccounts({ database }: Deps, say: (text: string) => void): Promise<void> {
  if (await hasAccounts(database.app)) return
  say('还没有账号，谁也登录不了。请建三个管理员：')
  say('  npx minben account begin --county 六位区划代码 --system 姓名 --security 姓名 --audit 姓名')
}

/** Until a copy of the keys was made. */
export async function remindOfKeys({ database }: Deps, say: (text: string) => void): Promise<void> {
  const ring = await findKnownRing(database.app)
  if (!ring || isCopied(ring)) return
  say('请把密钥另存一份，放到别处保管：npx minben keys export --out 文件 --as admin.system')
  say(
    '（或分给两个人：npx minben keys split --out 目录 --as admin.system）。密钥没有了，加密的内容谁也读不出来。',
  )
}
