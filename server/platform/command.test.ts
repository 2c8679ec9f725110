import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { buildActor } from '../../test/actors.ts'
import { testDb, type TestDb } from '../../test/db.ts'
import type { Actor } from './access.ts'
import { command, execute } from './command.ts'
import { nextNumber } from './counter.db.ts'
import { conflict } from './errors.ts'
import { sweep } from './sweep.ts'

let db: TestDb
let clerk: Actor

const count = command({
  event: 'platform.thing.counted',
  permission: 'platform.thing.count',
  input: z.object({ fail: z.boolean() }),
  needsKey: true,
  run: async (ctx, { fail }) => {
    const number = await nextNumber(ctx.tx, ctx.county, 'thing')
    if (fail) throw conflict('platform.thing_failed', '不行')
    return { number }
  },
  subject: (_, { number }) => ({ number }),
})

beforeAll(async () => {
  db = await testDb()
  clerk = await buildActor(db, {
    login: 'clerk',
    permissions: ['platform.thing.count'],
    scope: ['441882100'],
    level: 'township',
  })
})
afterAll(() => db.close())

const outcomes = async () =>
  (await db.pool.query(`select event, outcome, code, subject from platform.audit_row order by at, id`)).rows

test('one request is one effect and one audit row; the same key answers the stored result', async () => {
  const call = { actor: clerk, county: '441882', idempotencyKey: randomUUID(), input: { fail: false } }

  const first = await execute(db.deps, count, call)
  const second = await execute(db.deps, count, call)

  expect(first).toEqual({ number: 1 })
  expect(second).toEqual({ number: 1 })
  expect(await outcomes()).toEqual([
    { event: 'platform.thing.counted', outcome: 'done', code: null, subject: '{"number":1}' },
  ])
})

test('the same key with another body is refused', async () => {
  const key = randomUUID()
  await execute(db.deps, count, {
    actor: clerk,
    county: '441882',
    idempotencyKey: key,
    input: { fail: false },
  })

  const again = execute(db.deps, count, {
    actor: clerk,
    county: '441882',
    idempotencyKey: key,
    input: { fail: true },
  })

  await expect(again).rejects.toMatchObject({ code: 'platform.idempotency_mismatch' })
})

test('a key is remembered for four hundred days, and longer where drafts are kept longer', async () => {
  const call = { actor: clerk, county: '441882', idempotencyKey: randomUUID(), input: { fail: false } }
  const first = await execute(db.deps, count, call)
  const written = (days: number) =>
    db.pool.query(
      `update platform.idempotency_key set created_at = now() - make_interval(days => $2) where key = $1`,
      [call.idempotencyKey, days],
    )
  await written(399)
  expect(await sweep(db.deps, { draftDays: 30 })).toEqual({ drafts: 0, keys: 0 })
  expect(await execute(db.deps, count, call)).toEqual(first)
  await written(401)
  expect(await sweep(db.deps, { draftDays: 400 })).toEqual({ drafts: 0, keys: 0 })
  expect(await execute(db.deps, count, call)).toEqual(first)
  expect(await sweep(db.deps, { draftDays: 30 })).toEqual({ drafts: 0, keys: 1 })
})

test('two requests with one key at the same moment act once', async () => {
  const call = { actor: clerk, county: '441882', idempotencyKey: randomUUID(), input: { fail: false } }

  const both = await Promise.all([execute(db.deps, count, call), execute(db.deps, count, call)])

  expect(both[0]).toEqual(both[1])
})

test('a failed command leaves no effect and one audit row with its code', async () => {
  const before = (await outcomes()).length

  const failing = execute(db.deps, count, {
    actor: clerk,
    county: '441882',
    idempotencyKey: randomUUID(),
    input: { fail: true },
  })

  await expect(failing).rejects.toMatchObject({ code: 'platform.thing_failed' })
  const rows = await outcomes()
  expect(rows.slice(before)).toEqual([
    { event: 'platform.thing.counted', outcome: 'failed', code: 'platform.thing_failed', subject: '{}' },
  ])
})

test('another county and a missing permission are refused, and the refusals are on record', async () => {
  const stranger = await buildActor(db, { login: 'stranger', permissions: [], scope: ['441882'] })

  const call = { county: '420112', idempotencyKey: randomUUID(), input: { fail: false } }
  await expect(execute(db.deps, count, { ...call, actor: clerk })).rejects.toMatchObject({ status: 403 })
  await expect(execute(db.deps, count, { ...call, county: '441882', actor: stranger })).rejects.toMatchObject(
    {
      code: 'platform.permission_missing',
    },
  )

  const refused = (await outcomes()).filter((row) => row.outcome === 'refused').map((row) => row.code)
  expect(refused).toEqual(['platform.outside_scope', 'platform.permission_missing'])
})
