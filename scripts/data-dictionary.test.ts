import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from '../test/db.ts'
import { readColumns } from './data-dictionary.db.ts'
import { DICTIONARY, dictionaryOf, undescribed } from './data-dictionary.ts'

let db: TestDb

beforeAll(async () => {
  db = await testDb()
})
afterAll(() => db.close())

test('every table and every column says what it holds', async () => {
  expect(undescribed(await readColumns(db.pool))).toEqual([])
})

test('docs/data-dictionary.md says what the database says', async () => {
  expect(readFileSync(DICTIONARY, 'utf8')).toBe(dictionaryOf(await readColumns(db.pool)))
})

test('a column that nobody described is found', async () => {
  await db.pool.query('alter table registry.person add column planted text')

  expect(undescribed(await readColumns(db.pool))).toEqual(['registry.person.planted'])
})
