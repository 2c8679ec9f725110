import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { urlOfDatabase } from '../server/platform/database.ts'
import { startEmbedded, type EmbeddedServer } from '../server/platform/embedded-pg.ts'

/** An installation with the embedded server moves to PostgreSQL 15, and goes on there as if nothing had happened. */

const BIN = path.resolve(import.meta.dirname, '../bin/minben.js')
const varDir = mkdtempSync(path.join(tmpdir(), 'minben-move-'))
const thereDir = mkdtempSync(path.join(tmpdir(), 'minben-there-'))
let there: EmbeddedServer
let url: string

function minben(args: string[], databaseUrl?: string) {
  const env = { ...process.env, MINBEN_VAR: varDir, DATABASE_URL: databaseUrl }
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

const FIGURES = ['figures', '--county', '441882', '--period', '2020-01..2020-02', '--json']

async function ask(text: string): Promise<pg.QueryResult<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(text)
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  there = await startEmbedded({
    dataDir: path.join(thereDir, 'pg'),
    password: 'there',
    binaries: 'embedded-pg15',
  })
  const postgres = `postgres://postgres:there@127.0.0.1:${there.port}/postgres`
  const client = new pg.Client({ connectionString: postgres })
  await client.connect()
  await client.query('create database county')
  await client.end()
  url = urlOfDatabase(postgres, 'county')
  expect(minben(['demo', 'load', 'small', '--months', '2', '--json']).status).toBe(0)
}, 600_000)
afterAll(async () => {
  await there.stop()
  for (const folder of [varDir, thereDir]) rmSync(folder, { recursive: true, force: true })
})

test('every row, every figure and the sealed trail are the same there; the old place refuses to serve', async () => {
  const before = minben(FIGURES)
  expect(before.status).toBe(0)

  const moved = minben(['move', '--to', url, '--json'])
  expect([moved.status, moved.stderr]).toEqual([0, ''])
  const { rows, figures, isSame } = JSON.parse(moved.stdout) as Record<string, number>
  console.log(moved.stdout.trim())
  expect(isSame).toBe(true)
  expect(rows).toBeGreaterThan(5_000)
  expect(figures).toBeGreaterThan(10)

  expect((await ask('show server_version')).rows[0]?.server_version).toMatch(/^15\./)
  expect(minben(FIGURES, url)).toEqual(before)
  expect(minben(['audit', 'verify'], url)).toMatchObject({ status: 0, stderr: '' })
  expect(minben(['run-month', '--replay', '1', '--county', '441882', '--json'], url).status).toBe(0)

  expect(existsSync(path.join(varDir, 'pg', 'PG_VERSION'))).toBe(true)
  const old = minben(FIGURES)
  expect([old.status, old.stdout]).toEqual([1, ''])
  expect(old.stderr).toMatch(
    /已于 \d{4}-\d{2}-\d{2} 迁到 127\.0\.0\.1:\d+，没有启动。.*（platform\.moved_away）\n$/,
  )

  const again = minben(['move', '--to', url])
  expect([again.status, again.stderr.includes('platform.moved_away')]).toEqual([1, true])
})

test('a database that holds something already is left as it is', async () => {
  rmSync(path.join(varDir, 'moved.json'))
  const before = await ask(`select count(*) as rows, max(at)::text as last from platform.audit_row`)
  const moved = minben(['move', '--to', url])
  expect([moved.status, moved.stdout]).toEqual([1, ''])
  expect(moved.stderr).toContain('platform.move_not_empty')
  expect((await ask(`select count(*) as rows, max(at)::text as last from platform.audit_row`)).rows).toEqual(
    before.rows,
  )
  expect(existsSync(path.join(varDir, 'moved.json'))).toBe(false)
})
