import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importKinds, importUses } from '../server/app.ts'
import { importFile, importJobs } from '../server/engines/imports/index.ts'
import { batchCommands } from '../server/engines/imports/batch.actions.ts'
import { execute } from '../server/platform/command.ts'
import { testDb, type TestDb } from './db.ts'
import { PLANTED_KINDS, plantedSheet, workbookOf } from './import-sheet.ts'
import { COUNTY, importWorld, registerDigest, type ImportWorld } from './import-world.ts'

/** 10 000 rows with 300 planted faults: what is located, how long the valid rows take, whether undoing restores. */

let db: TestDb
let world: ImportWorld

beforeAll(async () => {
  db = await testDb()
  world = await importWorld(db)
})
afterAll(() => db.close())

test('10 000 rows, 300 faults', async () => {
  const sheet = plantedSheet(world.places, { rows: 10_000, faults: 300, seed: 2020 })
  const bytes = await workbookOf(sheet)
  const before = await registerDigest(db)
  const jobs = importJobs(importKinds, importUses)
  const call = { actor: world.clerk, county: COUNTY }
  const started = performance.now()
  const imported = await importFile(
    db.deps,
    { ...call, kinds: importKinds, jobs },
    { kind: 'people', fileName: '名册.xlsx', bytes, on: '2020-01-01', bankCode: '' },
  )
  const loaded = performance.now()
  const { askUndo } = batchCommands(importKinds)
  const { importId, counts } = imported
  await execute(db.deps, askUndo, {
    ...{ ...call, idempotencyKey: randomUUID() },
    input: { importId, why: '文件传错了' },
  })
  await jobs['imports.batch.carry_out']?.(
    db.deps,
    { county: COUNTY, importId, step: 'undo' },
    { isLast: true },
  )
  const undone = performance.now()
  const { rows } = await db.pool.query<{ row: number; code: string; place: number }>(
    `select row_no as row, code, place from imports.fault where batch_id = $1 order by row_no`,
    [importId],
  )
  const wanted = new Set(sheet.key.map(({ row, code, place }) => `${row} ${code} ${place}`))
  const located = rows.filter(({ row, code, place }) => wanted.has(`${row} ${code} ${place}`)).length
  const after = await registerDigest(db)
  process.stdout.write(
    `${JSON.stringify({
      name: 'import',
      ...{ rows: 10_000, planted: sheet.key.length, kinds: PLANTED_KINDS.size, located },
      flaggedElsewhere: rows.length - located,
      ...{ loaded: counts.loaded, checkAndLoadMs: Math.round(loaded - started) },
      ...{ undoMs: Math.round(undone - loaded), isRestored: after === before },
    })}\n`,
  )
  expect(rows).toEqual(sheet.key)
  expect(counts.loaded).toBe(sheet.valid)
  expect(after).toBe(before)
})
