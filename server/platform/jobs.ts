/**
 * Work that outlives the request that asked for it, on graphile-worker. A job is added in the transaction of the request, so it
 * exists if and only if the request took effect. Handlers may run twice (a crash between work and receipt): they must be
 * repeatable. A payload carries ids only; the queue knows no county and no row-level security.
 */
import { EventEmitter } from 'node:events'
import { run, runOnce, type Task, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { Deps } from './command.ts'
import { sql, type Tx } from './db.ts'
import { enterQueue, optionsOf, queuePool, type QueuePlace, type QueueTiming } from './job-queue.ts'

export interface JobAttempt {
  /** If it fails, it is not tried again. */
  isLast: boolean
}

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

/** Takes jobs as they come. `stop` waits for those under way. */
export async function startWorker<JobDeps extends Deps>(
  deps: JobDeps,
  handlers: JobHandlers<JobDeps>,
  timing: QueueTiming = {},
): Promise<{ stop: () => Promise<void> }> {
  const pool = queuePool(runnerUrl(deps), AT_ONCE + 2)
  const place = await enterQueue(pool, timing)
  const options = {
    ...{ ...optionsOf(pool), events: eventsOf(place) },
    ...{ concurrency: AT_ONCE, parsedCronItems: [] },
  }
  const runner = await run(options, tasksOf(deps, handlers))
  return {
    stop: async () => {
      await runner.stop()
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
    await runOnce({ ...optionsOf(pool), events: eventsOf(place) }, tasksOf(deps, handlers))
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

function tasksOf<JobDeps extends Deps>(deps: JobDeps, handlers: JobHandlers<JobDeps>): TaskList {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handle]): [string, Task] => [
      name,
      (payload, { job }) => handle(deps, payload, { isLast: job.attempts >= job.max_attempts }),
    ]),
  )
}

function runnerUrl({ database }: Pick<Deps, 'database'>): string {
  const url = database.pools.minben_runner.options.connectionString
  if (url === undefined) throw new Error('the runner pool was not opened by its address')
  return url
}
