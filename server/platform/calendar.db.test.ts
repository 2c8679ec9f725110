import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from '../../test/db.ts'
import { getWorkingCalendar, seedCalendar } from './calendar.db.ts'
import { deadlineInWorkingDays } from './working-days.ts'

let db: TestDb
beforeAll(async () => {
  db = await testDb()
})
afterAll(() => db.close())

const seed = () => db.deps.database.app.transaction().execute((tx) => seedCalendar(tx))

test('the seeded calendar counts across Spring Festival, and a second seeding changes nothing', async () => {
  await seed()
  await seed()

  const calendar = await getWorkingCalendar(db.deps.database.app)

  // 2026-02-12 (Thu) + 3 working days: 13, 14 (make-up Saturday), then 15–23 February off → 24 February.
  expect(deadlineInWorkingDays(calendar, '2026-02-12', 3)).toBe('2026-02-24')
})

test('deleting the 2026 calendar makes a 2026 deadline refuse', async () => {
  await db.pool.query(`delete from platform.calendar_year where year = 2026`)

  const calendar = await getWorkingCalendar(db.deps.database.app)

  expect(() => deadlineInWorkingDays(calendar, '2026-02-12', 3)).toThrow(
    expect.objectContaining({ code: 'platform.calendar_missing' }),
  )
  expect(deadlineInWorkingDays(calendar, '2025-02-12', 3)).toBe('2025-02-17')
})
