import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MIGRATION_TITLES } from '../server/migration-titles.ts'
import { readConfig } from '../server/platform/config.ts'
import { openDeps } from '../server/platform/install.ts'
import { listMigrations } from '../server/platform/migrate.ts'
import { checkUpgrade } from '../server/platform/upgrade-check.ts'
import { ROLES } from '../server/roles.ts'
import { testDb, type TestDb } from './db.ts'

/** A program before data of a later version: one message, and nothing is written. */

let db: TestDb

beforeAll(async () => {
  db = await testDb()
})
afterAll(() => db.close())

/** As the settings of a process on this database would be read. */
const configOf = (varDir: string) =>
  readConfig({ DATABASE_URL: db.deps.database.adminUrl, MINBEN_VAR: varDir })

/** What a start writes first: roles with their passwords, migrations, what each role may do. */
async function state(): Promise<unknown> {
  const { rows } = await db.pool.query(
    `select (select array_agg(rolpassword order by rolname) from pg_authid where rolname like 'minben%') as roles,
            (select json_agg(m order by name) from public.migration m) as migrations,
            (select json_agg(r order by key) from platform.role r) as given`,
  )
  return rows
}

const NEWER =
  '数据库比程序新：其中的迁移 9001_platform_of_tomorrow.sql 本版本没有。什么都没有改动。请换回升级后的程序再启动；要退回旧版本，只能从升级之前的备份恢复。'

test.each([
  [
    'of a later version',
    `insert into public.migration values ('9001_platform_of_tomorrow.sql', 'x', now())`,
    { code: 'platform.database_newer', message: NEWER },
  ],
  [
    'with a migration that was changed afterwards',
    `delete from public.migration where name > '9'; update public.migration set hash = 'x' where name like '0007%'`,
    {
      code: 'platform.migration_changed',
      message:
        '迁移文件 0007_platform_create_audit_seals.sql 在执行后被改动。什么都没有改动。请恢复原文件（重新解开发布包）；改动应写成新的迁移。',
    },
  ],
])('data %s are refused with one message, and stay as they are', async (_, planted, problem) => {
  await db.pool.query(planted)
  const varDir = mkdtempSync(path.join(tmpdir(), 'minben-newer-'))
  const before = await state()

  await expect(openDeps(configOf(varDir), ROLES)).rejects.toMatchObject(problem)
  const report = await checkUpgrade(configOf(varDir), [])

  expect(report.isReady).toBe(false)
  expect(report.findings).toContainEqual({ code: problem.code, state: 'blocked', text: problem.message })
  expect(await state()).toEqual(before)
  expect(readdirSync(varDir)).not.toContain('keys')
})

test('so does the program: its message on standard error, exit code 1, and it ends', async () => {
  await db.pool.query(`insert into public.migration values ('9001_platform_of_tomorrow.sql', 'x', now())`)
  const bin = path.resolve(import.meta.dirname, '../bin/minben.js')
  const env = {
    ...process.env,
    ...{
      DATABASE_URL: db.deps.database.adminUrl,
      MINBEN_VAR: mkdtempSync(path.join(tmpdir(), 'minben-newer-')),
    },
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'serve'], { env, encoding: 'utf8' })

  expect([status, stdout, stderr]).toEqual([1, '', `${NEWER}（platform.database_newer）\n`])
})

test('every migration says in Chinese what it does', () => {
  expect(Object.keys(MIGRATION_TITLES).sort()).toEqual(listMigrations().map(({ name }) => name))
})
