import { fork } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, beforeAll, expect, inject, test } from 'vitest'
import { testDb, type TestDb } from '../../test/db.ts'
import { enterQueue, migrateJobs } from './job-queue.ts'
import { enqueue, listFailedJobs, runAvailable, startWorker, type JobOptions } from './jobs.ts'

let db: TestDb

beforeAll(async () => {
  db = await testDb()
})
beforeEach(() => db.pool.query('delete from graphile_worker._private_jobs'))
afterAll(() => db.close())

function add(payload: Record<string, unknown>, options: JobOptions = {}): Promise<void> {
  return db.deps.database.app
    .transaction()
    .execute((tx) => enqueue(tx, 'platform.letter.send', payload, options))
}

const LINES = `from pg_locks where locktype = 'advisory' and mode = 'ShareLock'
  and database = (select oid from pg_database where datname = current_database())`

function breakLines() {
  return db.pool.query(`select pg_terminate_backend(pid) ${LINES}`)
}

async function countLines(): Promise<number> {
  return (await db.pool.query(`select ${LINES}`)).rows.length
}

/** A handler that notes what it was given, and what came of running everything due. */
async function drain(): Promise<unknown[]> {
  const seen: unknown[] = []
  await runAvailable(db.deps, { 'platform.letter.send': async (_, payload) => void seen.push(payload) })
  return seen
}

test('a job added by a request runs once', async () => {
  await add({ letterId: 'a' })
  await add({ letterId: 'b' })

  expect(await drain()).toEqual([{ letterId: 'a' }, { letterId: 'b' }])
  expect(await drain()).toEqual([])
})

test('a transaction that rolls back leaves no job', async () => {
  const failing = db.deps.database.app.transaction().execute(async (tx) => {
    await enqueue(tx, 'platform.letter.send', { letterId: 'a' })
    throw new Error('no')
  })

  await expect(failing).rejects.toThrow('no')
  expect(await drain()).toEqual([])
})

test('two jobs with one key run once, with the later payload; other keys run too', async () => {
  await add({ letterId: 'early' }, { key: 'one' })
  await add({ letterId: 'late' }, { key: 'one' })
  await add({ letterId: 'other' }, { key: 'two' })

  expect(await drain()).toEqual([{ letterId: 'late' }, { letterId: 'other' }])
})

test('a job added while one with its key is running is not lost', async () => {
  await add({ round: 1 }, { key: 'again' })
  const seen: unknown[] = []

  await runAvailable(db.deps, {
    'platform.letter.send': async (_, payload) => {
      seen.push(payload)
      if (seen.length === 1) await add({ round: 2 }, { key: 'again' })
    },
  })

  expect(seen).toEqual([{ round: 1 }, { round: 2 }])
})

test('a failing job waits, is tried again, and after its last attempt stays visible', async () => {
  await add({ letterId: 'a' }, { key: 'broken', attempts: 2 })
  let tries = 0
  const fail = () =>
    runAvailable(db.deps, {
      'platform.letter.send': () => {
        tries += 1
        return Promise.reject(new Error(`no printer ${tries}`))
      },
    })

  await fail()
  await fail() // not due yet
  expect(tries).toBe(1)
  expect(await listFailedJobs(db.deps)).toMatchObject([
    { key: 'broken', attempts: 1, isGivenUp: false, lastError: 'no printer 1' },
  ])

  await makeDue()
  await fail()
  await makeDue()
  await fail() // given up

  expect(tries).toBe(2)
  expect(await listFailedJobs(db.deps)).toMatchObject([
    { name: 'platform.letter.send', key: 'broken', attempts: 2, isGivenUp: true, lastError: 'no printer 2' },
  ])
})

test('a job whose program is gone is freed by the next one that starts', async () => {
  await add({ letterId: 'a' })
  await takenBy('pool-gone')

  expect(await drain()).toEqual([{ letterId: 'a' }])
})

test('the job of a program that is still at work is left to it, until it has left', async () => {
  const working = await enterQueue(db.deps.database.pools.minben_runner)
  await working.hold('pool-busy')
  await add({ letterId: 'a' })
  await takenBy('pool-busy')

  expect(await drain()).toEqual([])
  await working.leave()
  expect(await drain()).toEqual([{ letterId: 'a' }])
})

test('a program whose line breaks is back before its jobs are given to others', async () => {
  const working = await enterQueue(db.deps.database.pools.minben_runner)
  await working.hold('pool-busy')
  await add({ letterId: 'a' })
  await takenBy('pool-busy')
  await breakLines()

  expect(await drain()).toEqual([])
  await working.leave()
})

test('a program that leaves while its line is opened again leaves no line behind', async () => {
  for (let ms = 0; ms < 10; ms += 2) {
    const working = await enterQueue(db.deps.database.pools.minben_runner)
    await working.hold('pool-leaving')
    await breakLines()
    await wait(ms)
    await working.leave()
    // One that was being opened would be there by then.
    await wait(50)

    expect(await countLines()).toBe(0)
  }
})

test('a worker that is killed over its job leaves it to one that was at work all along, and to nobody before', async () => {
  const victim = await startVictim()
  const seen: unknown[] = []
  let tookOver: () => void = () => {}
  const takenOver = new Promise<void>((resolve) => (tookOver = resolve))
  // As many as it takes at a time.
  for (const letterId of ['a', 'b']) await add({ letterId })
  await victim.hasTaken
  const timing = { lookMs: 50, graceMs: 100 }
  const worker = await startWorker(
    db.deps,
    {
      'platform.letter.send': async (_, payload) => {
        seen.push(payload)
        if (seen.length === 3) tookOver()
      },
    },
    timing,
  )
  // The other one is at work too: it takes the next job, and looks for the dead many times meanwhile.
  await add({ letterId: 'c' })
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(seen).toEqual([{ letterId: 'c' }])

  victim.kill()
  await takenOver
  expect(seen).toHaveLength(3)
  expect(seen).toEqual(expect.arrayContaining([{ letterId: 'a' }, { letterId: 'b' }]))
  await worker.stop()
})

test('a handler knows its last attempt', async () => {
  const lasts: boolean[] = []
  const fail = () =>
    runAvailable(db.deps, {
      'platform.letter.send': (_deps, _payload, { isLast }) => {
        lasts.push(isLast)
        return Promise.reject(new Error('no printer'))
      },
    })
  await add({ letterId: 'a' }, { attempts: 2 })
  await fail()
  await makeDue()
  await fail()

  expect(lasts).toEqual([false, true])
})

test('a program that stops ends the step under way and hands the rest back at once, as if it had not been tried', async () => {
  const steps: string[] = []
  let begun: () => void = () => {}
  const hasBegun = new Promise<void>((resolve) => (begun = resolve))
  let endStep: () => void = () => {}
  const stepEnds = new Promise<void>((resolve) => (endStep = resolve))
  const outcomes: string[] = []
  const worker = await startWorker(
    db.deps,
    {
      'platform.letter.send': async (_deps, _payload, { mayGoOn }) => {
        steps.push('first')
        begun()
        await stepEnds
        mayGoOn?.()
        steps.push('second')
      },
    },
    { report: ({ outcome }) => void outcomes.push(outcome) },
  )
  await add({ letterId: 'a' }, { attempts: 1 })
  await hasBegun
  const stopped = worker.stop()
  endStep()
  await stopped

  expect([steps, outcomes]).toEqual([['first'], ['handed_back']])
  expect(await drain()).toEqual([{ letterId: 'a' }])
})

test('a job nobody handles waits for a program that does', async () => {
  await add({ letterId: 'a' })

  await runAvailable(db.deps, { 'platform.parcel.send': () => Promise.resolve() })

  expect(await drain()).toEqual([{ letterId: 'a' }])
})

test('a worker takes jobs as they are added', async () => {
  let done: (payload: unknown) => void = () => {}
  const handled = new Promise((resolve) => (done = resolve))
  const worker = await startWorker(db.deps, {
    'platform.letter.send': async (_, payload) => done(payload),
  })

  await add({ letterId: 'a' })

  expect(await handled).toEqual({ letterId: 'a' })
  await worker.stop()
})

test('a request adds jobs but neither sees nor changes the queue', async () => {
  const { minben_app: app } = db.deps.database.pools

  await expect(app.query('select * from graphile_worker.jobs')).rejects.toThrow('permission denied')
  await expect(app.query(`select graphile_worker.remove_job('one')`)).rejects.toThrow('permission denied')
})

test('processes that start together bring the queue up to date without disturbing each other', async () => {
  const { adminUrl } = db.deps.database

  await Promise.all([1, 2, 3].map(() => migrateJobs(adminUrl)))

  await add({ letterId: 'a' })
  expect(await drain()).toEqual([{ letterId: 'a' }])
})

/** As graphile-worker leaves a job that a program has taken. */
async function takenBy(name: string): Promise<void> {
  await db.pool.query(
    `update graphile_worker._private_jobs set locked_at = now(), locked_by = $1, attempts = 1`,
    [name],
  )
}

/** A worker in a process of its own that never finishes what it takes. */
async function startVictim() {
  const script = fileURLToPath(new URL('../../test/worker-victim.ts', import.meta.url))
  const child = fork(script, [db.deps.database.adminUrl, inject('clusterVar')], {
    execArgv: ['--import', import.meta.resolve('tsx')],
  })
  const told = (word: string) =>
    new Promise<void>((resolve, reject) => {
      child.on('message', (message) => message === word && resolve())
      child.once('exit', () => reject(new Error(`the process ended before it was ${word}`)))
    })
  const hasTaken = told('taken')
  hasTaken.catch(() => {})
  await told('ready')
  return { hasTaken, kill: () => child.kill('SIGKILL') }
}

async function makeDue(): Promise<void> {
  await db.pool.query(`update graphile_worker._private_jobs set run_at = now() - interval '1 second'`)
}
