import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, expect, inject, test } from 'vitest'
import { backfillNotes, runBackfills, startBackfills } from '../server/platform/backfill.ts'
import { hits, PLANTED } from './backfill-table.ts'
import { testDb, type TestDb } from './db.ts'

let db: TestDb

beforeEach(async () => {
  await db?.close()
  db = await testDb()
  await db.pool.query(PLANTED)
})
afterAll(() => db.close())

async function counts(): Promise<{ hits: number; rows: number }[]> {
  const { rows } = await db.pool.query<{ hits: number; rows: number }>(
    'select hits, count(*) as rows from registry.old_row group by hits order by hits',
  )
  return rows
}

test('killed in the middle it goes on from there, and no row is changed twice', async () => {
  const child = fork(
    fileURLToPath(import.meta.resolve('./backfill-victim.ts')),
    [db.deps.database.adminUrl, inject('clusterVar')],
    { execArgv: ['--import', 'tsx'] },
  )
  await new Promise<void>((killed) => {
    let chunks = 0
    child.on('message', () => {
      chunks += 1
      if (chunks === 23) child.kill('SIGKILL')
    })
    child.once('exit', () => killed())
  })
  const left = await counts()
  expect(left.map(({ hits: times }) => times)).toEqual([0, 1])
  expect(await backfillNotes(db.deps, [hits()])).toEqual([
    expect.stringMatching(/^升级后的后台整理没有完成：测试用的整理（\d{6}，已办 \d+ 条）/),
  ])

  const rest = await runBackfills(db.deps, [hits()])

  expect(rest).toBe(left[0]?.rows)
  expect(await counts()).toEqual([{ hits: 1, rows: 400 }])
  expect(await backfillNotes(db.deps, [hits()])).toEqual([])
  expect(await runBackfills(db.deps, [hits()])).toBe(0)
})

test('two processes at once take turns', async () => {
  const both = await Promise.all([runBackfills(db.deps, [hits()]), runBackfills(db.deps, [hits()])])

  expect(both[0] + both[1]).toBe(400)
  expect(await counts()).toEqual([{ hits: 1, rows: 400 }])
})

test('stopped, it ends with the chunk under way; started again, it does the rest', async () => {
  const said: string[] = []
  let chunks = 0
  const first = startBackfills(
    db.deps,
    [
      hits(() => {
        chunks += 1
        if (chunks === 3) void first.stop()
      }),
    ],
    (text) => said.push(text),
  )
  await first.done
  expect([chunks, said, await counts()]).toEqual([
    3,
    [],
    [
      { hits: 0, rows: 370 },
      { hits: 1, rows: 30 },
    ],
  ])

  await startBackfills(db.deps, [hits()], (text) => said.push(text)).done

  expect([said, await counts()]).toEqual([['升级后的后台整理已完成：370 条。'], [{ hits: 1, rows: 400 }]])
})
