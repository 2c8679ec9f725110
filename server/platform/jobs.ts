/**
 * Work that outlives the request that asked for it, on graphile-worker. A job is added in the transaction of the request, so it
 * exists if and only if the request took effect. Handlers may run twice (a crash between work and receipt): they must be
 * repeatable. A payload carries ids only; the queue knows no county and no row-level security.
 */
import { EventEmitter } from 'node:events'
import { run, runOnce, type Task, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { Deps } from './command.ts'
import { sql, type Tx } from './db.ts'
import { putBack } from './job-queue.db.ts'
import { enterQueue, optionsOf, queuePool, type QueuePlace, type QueueTiming } from './job-queue.ts'

export interface JobAttempt {
  /** If it fails, it is not tried again. */
  isLast: boolean
  /** Between two steps of a long job: throws when this process is about to stop, and the rest is taken up again. Absent = it is not. */
  mayGoOn?: () => void
}

/** Not a failure: what is done is done, and the rest is taken up again. */
export class HandedBack extends Error {}

export type JobHandler<JobDeps extends Deps = Deps> = (
  deps: JobDeps,
  payload: unknown,
  attempt: JobAttempt,
) => Promise<void>
/** By name of the job, `<module>.<noun>.<verb>`. */
export type JobHandlers<JobDeps extends Deps = Deps> = Readonly<Record<string, JobHandler<JobDeps>>>

export interface JobOptions {
  /** Of jobs with one key only the last waiting one runs; one that is running already is followed by another. */
  key?: string
  /** How often it is tried, each time after a longer pause (about e^n seconds), before it is left for a person. */
  attempts?: number
}

const ATTEMPTS = 6

export async function enqueue(
  tx: Tx,
  name: string,
  payload: Readonly<Record<string, unknown>>,
  { key, attempts = ATTEMPTS }: JobOptions = {},
): Promise<void> {
  await sql`select platform.add_job(${name}, ${JSON.stringify(payload)}::json, ${key ?? null}, ${attempts})`.execute(
    tx,
  )
}

/** Two at a time: a long computation must not keep waiting who wants to stop it. */
const AT_ONCE = 2

export interface JobDone {
  job: string
  jobId: string
  attempt: number
  ms: number
  outcome: 'done' | 'failed' | 'handed_back'
  error?: unknown
}

export interface WorkerOptions extends QueueTiming {
  /** Hears of every job that ended here. */
  report?: (done: JobDone) => void
}

/** Takes jobs as they come. `stop` waits for the step under way; what is left of its job goes back into the queue at once. */
export async function startWorker<JobDeps extends Deps>(
  deps: JobDeps,
  handlers: JobHandlers<JobDeps>,
  { report, ...timing }: WorkerOptions = {},
): Promise<{ stop: () => Promise<void> }> {
  const pool = queuePool(runnerUrl(deps), AT_ONCE + 2)
  const place = await enterQueue(pool, timing)
  const options = {
    ...{ ...optionsOf(pool), events: eventsOf(place) },
    ...{ concurrency: AT_ONCE, parsedCronItems: [] },
  }
  const shift: Shift = { isEnding: false, handedBack: [], report }
  const runner = await run(options, tasksOf(deps, handlers, shift))
  return {
    stop: async () => {
      shift.isEnding = true
      await runner.stop()
      for (const job of shift.handedBack) await putBack(pool, job)
      await place.leave()
      await pool.end()
    },
  }
}

/** Runs what is due now until nothing is, also jobs that these jobs add; a failed one waits for its next time. */
export async function runAvailable<JobDeps extends Deps>(
  deps: JobDeps,
  handlers: JobHandlers<JobDeps>,
): Promise<void> {
  const pool = queuePool(runnerUrl(deps), 3)
  const place = await enterQueue(pool)
  try {
    await runOnce(
      { ...optionsOf(pool), events: eventsOf(place) },
      tasksOf(deps, handlers, { isEnding: false, handedBack: [], report: undefined }),
    )
  } finally {
    await place.leave()
    await pool.end()
  }
}

/** Jobs are locked under the name of the pool that takes them. */
function eventsOf(place: QueuePlace): WorkerEvents {
  const events: WorkerEvents = new EventEmitter()
  events.on('pool:create', ({ workerPool }) => void place.hold(workerPool.id))
  return events
}

export interface FailedJob {
  id: number
  name: string
  key: string | null
  attempts: number
  /** True = not tried again until somebody adds it anew. */
  isGivenUp: boolean
  lastError: string
  nextAt: string
}

/** Jobs whose last attempt failed, oldest first. */
export async function listFailedJobs({ database }: Pick<Deps, 'database'>): Promise<FailedJob[]> {
  const { rows } = await sql<FailedJob>`
    select id, task_identifier as name, key, attempts::int as attempts, attempts >= max_attempts as is_given_up, last_error,
           run_at as next_at
      from graphile_worker.jobs where last_error is not null order by id`.execute(database.runner)
  return rows
}

/** What a process knows of the jobs it takes. */
interface Shift {
  isEnding: boolean
  handedBack: { id: string; attempts: number }[]
  report: WorkerOptions['report'] | undefined
}

function tasksOf<JobDeps extends Deps>(
  deps: JobDeps,
  handlers: JobHandlers<JobDeps>,
  shift: Shift,
): TaskList {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handle]): [string, Task] => [
      name,
      async (payload, { job }) => {
        const began = performance.now()
        const tell = (outcome: JobDone['outcome'], error?: unknown) =>
          shift.report?.({
            ...{ job: name, jobId: job.id, attempt: job.attempts, outcome },
            ...{ ms: Math.round(performance.now() - began), ...(error === undefined ? {} : { error }) },
          })
        const mayGoOn = () => {
          if (shift.isEnding) throw new HandedBack('the process is about to stop')
        }
        try {
          await handle(deps, payload, { isLast: job.attempts >= job.max_attempts, mayGoOn })
        } catch (error) {
          const isHandedBack = error instanceof HandedBack
          if (isHandedBack) shift.handedBack.push({ id: job.id, attempts: job.attempts - 1 })
          tell(isHandedBack ? 'handed_back' : 'failed', isHandedBack ? undefined : error)
          throw error
        }
        tell('done')
      },
    ]),
  )
}

function runnerUrl({ database }: Pick<Deps, 'database'>): string {
  const url = database.pools.minben_runner.options.connectionString
  if (url === undefined) throw new Error('the runner pool was not opened by its address')
  return url
}
