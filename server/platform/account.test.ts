import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildActor } from '../../test/actors.ts'
import { testDb, type TestDb } from '../../test/db.ts'
import type { Actor } from './access.ts'
import { createAccounts } from './account.actions.ts'
import { insertRoles } from './account.db.ts'
import { execute } from './command.ts'

let db: TestDb
let admin: Actor

beforeAll(async () => {
  db = await testDb()
  await install('a.b.read')
  await db.pool.query(
    `insert into platform.role (key, title, permissions) values ('system_admin', '', '{}'), ('audit_admin', '', '{}')`,
  )
  admin = await buildActor(db, {
    login: 'security',
    permissions: ['platform.account.create'],
    scope: ['441882'],
  })
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
const create = (account: object) => {
  const plain = {
    login: 'new.clerk',
    fullName: '新人',
    roles: ['clerk'],
    scope: ['441882100'],
    level: 'township',
  }
  const input = { accounts: [{ ...plain, ...account }] }
  return execute(db.deps, createAccounts, { actor: admin, county: '441882', input })
}

test.each([
  ['an area of another county', { scope: ['441882100', '430181'] }, 'platform.outside_scope'],
  ['two administrators in one', { roles: ['system_admin', 'audit_admin'] }, 'platform.administrators_apart'],
  ['a role that is none', { roles: ['king'] }, 'platform.role_unknown'],
  ['a name that is taken', { login: 'security' }, 'platform.login_taken'],
])('an account with %s is not made', async (_, account, code) => {
  await expect(create(account)).rejects.toMatchObject({ code })

  const { rows } = await db.pool.query(`select login from platform.account where full_name = '新人'`)
  expect(rows).toEqual([])
})

test('an account inside the county is made', async () => {
  expect(await create({})).toEqual({ ids: [expect.any(String)] })
})

test('a new version adds what is new to a role, and neither brings back nor takes away what the bureau has changed', async () => {
  await install('a.b.read', 'a.b.write')
  await db.pool.query(
    `update platform.role set permissions = '{a.b.read,own.extra.right}' where key = 'clerk'`,
  )
  await install('a.b.read', 'a.b.write', 'a.c.read')
  await install('a.b.read', 'a.b.write', 'a.c.read')

  expect(await permissionsNow()).toEqual(['a.b.read', 'a.c.read', 'own.extra.right'])
})
