import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDb, type TestDb } from '../../test/db.ts'
import { insertRoles } from './account.db.ts'

let db: TestDb

beforeAll(async () => {
  db = await testDb()
})
afterAll(() => db.close())

const install = (...permissions: string[]) =>
  db.deps.database.app
    .transaction()
    .execute((tx) => insertRoles(tx, [{ key: 'clerk', title: '经办', permissions }]))
const permissionsNow = async () =>
  (
    await db.pool.query<{ permissions: string[] }>(
      `select permissions from platform.role where key = 'clerk'`,
    )
  ).rows[0]?.permissions.toSorted()

test('a new version adds what is new to a role, and neither brings back nor takes away what the bureau has changed', async () => {
  await install('a.b.read', 'a.b.write')
  await db.pool.query(
    `update platform.role set permissions = '{a.b.read,own.extra.right}' where key = 'clerk'`,
  )
  await install('a.b.read', 'a.b.write', 'a.c.read')
  await install('a.b.read', 'a.b.write', 'a.c.read')

  expect(await permissionsNow()).toEqual(['a.b.read', 'a.c.read', 'own.extra.right'])
})
