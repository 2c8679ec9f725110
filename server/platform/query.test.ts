import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { buildActor } from '../../test/actors.ts'
import { testDb, type TestDb } from '../../test/db.ts'
import type { Actor } from './access.ts'
import { command, execute, type Ctx } from './command.ts'
import { listNumbers, nextNumber } from './counter.db.ts'
import { ask, query } from './query.ts'

const COUNTY = '441882'
let db: TestDb
let clerk: Actor

beforeAll(async () => {
  db = await testDb({ demo: { startsAt: '2020-01-10T01:00:00Z' } })
  const permissions = ['platform.thing.count', 'platform.thing.read']
  clerk = await buildActor(db, { login: 'clerk', permissions, scope: [COUNTY] })
})
afterAll(() => db.close())

const count = command({
  event: 'platform.thing.counted',
  permission: 'platform.thing.count',
  input: z.object({}),
  run: ({ tx, county }: Ctx) => nextNumber(tx, county, 'thing'),
})
const countOne = () =>
  execute(db.deps, count, { actor: clerk, county: COUNTY, idempotencyKey: randomUUID(), input: {} })

function long<Result>(run: (ctx: Ctx) => Promise<Result>) {
  const definition = {
    event: 'platform.thing.looked_at',
    permission: 'platform.thing.read',
    isLong: true,
    run,
  }
  return ask(db.deps, query(definition), { actor: clerk, county: COUNTY, requestId: randomUUID(), input: {} })
}

const outcomes = async () => {
  const { rows } = await db.pool.query<{ outcome: string }>(
    `select outcome from platform.audit_row where event = 'platform.thing.looked_at' order by at, id`,
  )
  return rows.map(({ outcome }) => outcome)
}

test('a long read sees one moment, holds nobody up, and leaves its row', async () => {
  await countOne()
  const seen = await long(async ({ tx, clock }) => {
    const look = async () => ({ numbers: await listNumbers(tx, COUNTY, 'thing'), at: await clock.stamp(tx) })
    const before = await look()
    // Would wait for ever if the read held the clock's row or any other.
    await countOne()
    return [before, await look()]
  })

  expect(seen[0]).toEqual(seen[1])
  expect(await countOne()).toBe(3)
  expect(await outcomes()).toEqual(['done'])
})

test('a long read cannot write, and the failure has its row', async () => {
  await expect(long(({ tx, county }) => nextNumber(tx, county, 'thing'))).rejects.toMatchObject({
    code: '25006',
  })
  expect(await outcomes()).toEqual(['done', 'failed'])
})
