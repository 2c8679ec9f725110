import { fork } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** What the computing process (kills-worker.ts) is to do. */
export interface Task {
  /** Of the database. */
  name: string
  runNo: number
  /** Awards per chunk; the product's own number when absent. */
  chunkSize?: number
  /** Stops so long when all chunks are written, and when all is published but not committed: a kill that comes late finds it there. */
  holdMs: number
}

/** How far it is. */
export type Told =
  | { told: 'computing' }
  | { told: 'progress'; done: number; total: number }
  | { told: 'computed' }
  | { told: 'publishing' }
  | { told: 'published' }

export interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
  /** The last of what it said on its error channel. */
  errors: string
}

export interface Worker {
  kill: () => void
  /** Resolves with the first message that fits; rejects when the process ends before. */
  reached: (fits: (told: Told) => boolean) => Promise<void>
  ended: Promise<Ending>
}

const LAST_CHARACTERS = 4000

/** Starts the computing process; `onTold` hears everything it tells. */
export function startWorker(task: Task, onTold: (told: Told) => void = () => {}): Worker {
  const script = fileURLToPath(new URL('./kills-worker.ts', import.meta.url))
  const child = fork(script, [JSON.stringify(task)], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let errors = ''
  child.stderr?.on('data', (bytes: Buffer) => (errors = (errors + bytes.toString()).slice(-LAST_CHARACTERS)))
  child.on('message', onTold)
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, errors }))
  })
  return {
    kill: () => child.kill('SIGKILL'),
    reached: (fits) =>
      new Promise((resolve, reject) => {
        child.on('message', (told: Told) => {
          if (fits(told)) resolve()
        })
        void ended.then(({ code, signal, errors: said }) =>
          reject(new Error(`the process ended before its moment came (${signal ?? code}): ${said}`)),
        )
      }),
    ended,
  }
}

/**
 * SIGKILL for the first process of a database server, and for all its children when `isWhole`. The first goes before its children: it
 * would start them anew. Returns when it is gone, so that a start right after does not take it for a server that still runs.
 */
export async function killServer(postmaster: number, { isWhole }: { isWhole: boolean }): Promise<void> {
  const pids = isWhole ? [postmaster, ...childrenOf(postmaster)] : [postmaster]
  for (const pid of pids) sendKill(pid)
  while (isAlive(postmaster)) await wait(5)
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`
  if (!existsSync(file)) throw new Error('this system does not list the children of a process')
  return readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number)
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself meanwhile.
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
