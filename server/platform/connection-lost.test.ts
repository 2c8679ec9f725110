import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { buildActor } from '../../test/actors.ts'
import { startCutProxy, type Cut, type CutProxy } from '../../test/cut-proxy.ts'
import { testDb, type TestDb } from '../../test/db.ts'
import type { Actor } from './access.ts'
import { command, execute, read, type Deps } from './command.ts'
import { inTransaction } from './copy.ts'
import { nextNumber } from './counter.db.ts'
import { connectRoles } from './database.ts'
import { isConnectionLost, ownConnection, sql, type Tx } from './db.ts'
import { conflict } from './errors.ts'
import { roleSecrets } from './migrate.ts'

/** The server ends connections, the network breaks them: a command then says what became of it, and the next one works. */
const COUNTY = '441882'
let db: TestDb
let clerk: Actor
let proxy: CutProxy

beforeAll(async () => {
  db = await testDb()
  clerk = await buildActor(db, { login: 'clerk', permissions: ['platform.thing.count'], scope: [COUNTY] })
  proxy = await startCutProxy(Number(new URL(db.deps.database.adminUrl).port))
})
afterAll(async () => {
  await proxy.close()
  await db.close()
})

/** What happens inside the transaction after the number was drawn. */
let meanwhile: (tx: Tx) => Promise<unknown> = async () => {}

const count = command({
  event: 'platform.thing.counted',
  permission: 'platform.thing.count',
  input: z.object({}),
  needsKey: true,
  run: async (ctx) => {
    const number = await nextNumber(ctx.tx, ctx.county, 'thing')
    await meanwhile(ctx.tx)
    return { number }
  },
})
const countWithoutKey = { ...count, needsKey: false }

const call = () => ({
  actor: clerk,
  county: COUNTY,
  idempotencyKey: randomUUID(),
  input: {},
})

async function counted(): Promise<number> {
  const { rows } = await db.pool.query<{ value: number }>(
    `select value from platform.counter where county = $1 and name = 'thing'`,
    [COUNTY],
  )
  return rows[0]?.value ?? 0
}

async function pidOf(tx: Tx): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
  return rows[0]?.pid ?? 0
}

/** Returns once the server process is gone and the client had a turn to hear of it. */
async function end(pids: readonly number[]): Promise<void> {
  await db.pool.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids])
  for (;;) {
    const { rows } = await db.pool.query('select from pg_stat_activity where pid = any ($1)', [pids])
    if (rows.length === 0) break
  }
  await new Promise((resolve) => setTimeout(resolve, 20))
}

const NOT_WRITTEN = { status: 503, code: 'platform.database_lost', message: /没有写入/ }

describe('a connection that the server ends', () => {
  test.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['between two statements', async (tx) => end([await pidOf(tx)])],
    [
      'during a statement',
      async (tx) => {
        const pid = await pidOf(tx)
        await Promise.all([sql`select pg_sleep(30)`.execute(tx), end([pid])])
      },
    ],
    [
      'before a refusal is rolled back',
      async (tx) => {
        await end([await pidOf(tx)])
        throw conflict('platform.thing_failed', '不行')
      },
    ],
  ])('%s of a transaction: nothing is written, and the same key then acts once', async (_, event) => {
    const before = await counted()
    const again = call()
    meanwhile = event
    await expect(execute(db.deps, count, again)).rejects.toMatchObject({
      ...NOT_WRITTEN,
      message: expect.stringMatching(NOT_WRITTEN.message) as string,
    })
    meanwhile = async () => {}
    expect(await counted()).toBe(before)

    const number = before + 1
    expect(await execute(db.deps, count, again)).toEqual({ number })
    expect(await execute(db.deps, count, again)).toEqual({ number })
    expect(await counted()).toBe(number)
  })

  test('the failure is on record once the pool has another connection', async () => {
    const { rows } = await db.pool.query<{ outcome: string }>(
      `select outcome from platform.audit_row where code = 'platform.database_lost'`,
    )
    expect(rows).toEqual([{ outcome: 'failed' }, { outcome: 'failed' }, { outcome: 'failed' }])
  })

  test('while idle in the pool: the next command has a new one', async () => {
    const before = await counted()
    await Promise.all(Array.from({ length: 4 }, () => execute(db.deps, count, call())))
    const { rows } = await db.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and usename = 'minben_app'`,
    )
    expect(rows.length).toBeGreaterThan(1)
    await end(rows.map(({ pid }) => pid))

    await Promise.all(Array.from({ length: 4 }, () => execute(db.deps, count, call())))
    expect(await counted()).toBe(before + 8)
  })

  test('while reading: the same plain answer', async () => {
    const reading = read(db.deps, call(), async ({ tx }) => {
      await end([await pidOf(tx)])
      return pidOf(tx)
    })
    await expect(reading).rejects.toMatchObject({ status: 503, code: 'platform.database_lost' })
  })
})

describe('a line that breaks', () => {
  /** Connections of its own for each break, so that it falls on the first message of the first connection too. */
  async function broken<Result>(
    cut: Cut | undefined,
    work: (deps: Deps) => Promise<Result>,
  ): Promise<Result> {
    const url = new URL(db.deps.database.adminUrl)
    url.port = String(proxy.port)
    const database = connectRoles(url.toString(), roleSecrets(inject('clusterVar')), { max: 2 })
    proxy.arm(cut)
    try {
      return await work({ ...db.deps, database })
    } finally {
      await database.close()
    }
  }

  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: { code?: string }) => error.code,
    )

  test('at any message, sent or only answered: the answer is true, and the same key acts once', async () => {
    const messages = await broken(undefined, async (deps) => {
      await execute(deps, count, call())
      return proxy.sent()
    })
    const outcomes: (string | undefined)[] = []
    for (let at = 1; at <= messages; at++) {
      for (const when of ['before', 'answered'] as const) {
        await broken({ at, when }, async (deps) => {
          const before = await counted()
          const again = call()
          const code = await codeOf(execute(deps, count, again))
          const isCommit = proxy.broken()?.includes('commit') ?? false
          const after = await counted()
          const name = `${when} ${at} of ${messages}`
          expect([name, code]).toEqual([
            name,
            isCommit ? 'platform.database_outcome_unknown' : 'platform.database_lost',
          ])
          expect([name, after - before]).toEqual([name, isCommit && when === 'answered' ? 1 : 0])
          expect([name, await execute(deps, count, again)]).toEqual([name, { number: before + 1 }])
          expect([name, await counted()]).toEqual([name, before + 1])
          outcomes.push(code)
        })
      }
    }
    expect(outcomes.filter((code) => code === 'platform.database_outcome_unknown')).toHaveLength(2)
  })

  test('at the commit of a command without a key: the message sends people to look first', async () => {
    const keyless = { actor: clerk, county: COUNTY, input: {} }
    const messages = await broken(undefined, async (deps) => {
      await execute(deps, countWithoutKey, keyless)
      return proxy.sent()
    })
    const failing = broken({ at: messages, when: 'answered' }, (deps) =>
      execute(deps, countWithoutKey, keyless),
    )
    await expect(failing).rejects.toMatchObject({
      code: 'platform.database_outcome_unknown',
      message: expect.stringMatching(/先查询是否已经办理/) as string,
    })
  })

  test('for good: the answer still says that nothing was written', async () => {
    const gone = await startCutProxy(1)
    const url = new URL(db.deps.database.adminUrl)
    url.port = String(gone.port)
    const database = connectRoles(url.toString(), roleSecrets(inject('clusterVar')), { max: 2 })
    await expect(execute({ ...db.deps, database }, count, call())).rejects.toMatchObject({
      code: 'platform.database_lost',
    })
    await database.close()
    await gone.close()
  })
})

describe('a transaction by hand', () => {
  test('whose rollback fails too throws what went wrong first', async () => {
    const client = await ownConnection(db.pool)
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    const first = new Error('the first')
    const failing = inTransaction(client, async () => {
      await end(rows.map(({ pid }) => pid))
      throw first
    })
    await expect(failing).rejects.toBe(first)
    await client.end()
  })

  test('that cannot be rolled back leaves no open connection, and its pool lends another', async () => {
    const pool = db.deps.database.pools.minben_runner
    const client = await pool.connect()
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    const query = client.query.bind(client)
    client.query = ((text: string) =>
      text === 'rollback' ? Promise.reject(new Error('the second')) : query(text)) as typeof client.query
    await expect(inTransaction(client, () => client.query('nonsense'))).rejects.toMatchObject({
      code: '42601',
    })
    client.release()

    const next = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
    expect(next.rows[0]?.pid).not.toBe(rows[0]?.pid)
  })

  test('that only failed keeps its connection', async () => {
    const client = await ownConnection(db.pool)
    await expect(inTransaction(client, () => client.query('nonsense'))).rejects.toMatchObject({
      code: '42601',
    })
    expect((await client.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }])
    await client.end()
  })
})

describe('what counts as a lost connection', () => {
  const coded = (code: string) => Object.assign(new Error('…'), { code })

  test.each([
    ['an administrator ends it', coded('57P01'), true],
    ['the server crashes', coded('57P02'), true],
    ['the server starts', coded('57P03'), true],
    ['idle too long in a transaction', coded('25P03'), true],
    ['connection failure', coded('08006'), true],
    ['reset by peer', coded('ECONNRESET'), true],
    ['refused', coded('ECONNREFUSED'), true],
    ['the socket closes under a statement', new Error('Connection terminated unexpectedly'), true],
    ['a dead client', new Error('Client has encountered a connection error and is not queryable'), true],
    ['a statement was cancelled', coded('57014'), false],
    ['a constraint', coded('23505'), false],
    ['a refusal', conflict('platform.thing_failed', '不行'), false],
    [
      'a coded error that speaks like the driver',
      Object.assign(new Error('Connection terminated'), { code: 'x.y' }),
      false,
    ],
    ['no error at all', 'Connection terminated', false],
  ])('%s: %s', (_, error, isLost) => {
    expect(isConnectionLost(error)).toBe(isLost)
  })
})
