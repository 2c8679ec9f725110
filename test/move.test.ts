import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { urlOfDatabase } from '../server/platform/database.ts'
import { minben } from './cli.ts'
import { cloneOf } from './db.ts'

/** What `move --to` refuses, before anything is made on the other side; the move itself is move.deep.test.ts. */

const TARGET = 'move_target'
const MOVER = 'move_mover'
const varDir = mkdtempSync(path.join(tmpdir(), 'minben-move-'))
const cluster = new pg.Pool({ connectionString: inject('clusterUrl'), max: 1 })
let source: string
const target = urlOfDatabase(inject('clusterUrl'), TARGET)

beforeAll(async () => {
  cpSync(path.join(inject('clusterVar'), 'roles.json'), path.join(varDir, 'roles.json'))
  vi.stubEnv('MINBEN_VAR', varDir)
  vi.stubEnv('MINBEN_KEYS', path.join(varDir, 'keyring.json'))
  source = urlOfDatabase(inject('clusterUrl'), await cloneOf('template_minben'))
  vi.stubEnv('DATABASE_URL', source)
})
afterEach(async () => {
  await cluster.query(`drop database if exists ${TARGET}`)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await cluster.query(`drop database ${new URL(source).pathname.slice(1)}`)
  await cluster.query(`drop role if exists ${MOVER}`)
  await cluster.end()
  rmSync(varDir, { recursive: true, force: true })
})

async function inside(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<Record<string, unknown>>(text)
  await client.end()
  return rows
}

/** Nothing of ours was made. */
const SCHEMAS = `select nspname from pg_namespace where nspname !~ '^(pg_|information_schema$|public$)'`

describe('an address', () => {
  test.each(['minben', 'http://127.0.0.1/minben', 'postgres://u:p@127.0.0.1:5432/'])(
    '%s names no database: wrong usage',
    async (to) => {
      expect(await minben('move', '--to', to)).toMatchObject({
        ...{ code: 2, err: expect.stringContaining('--to 应如 postgres://') },
      })
    },
  )

  test('nobody answers at: one line', async () => {
    const { code, err } = await minben('move', '--to', 'postgres://u:p@127.0.0.1:1/minben')
    expect([code, err]).toEqual([1, expect.stringMatching(/^连不上 127\.0\.0\.1:1：.+\n$/)])
  })

  test('with a wrong password, or of a database that is not there: one line, without the password', async () => {
    const wrong = new URL(target)
    wrong.password = 'not-the-password'
    expect(await minben('move', '--to', target)).toMatchObject({
      ...{ code: 1, out: '', err: expect.stringMatching(/^那边没有这个名字的数据库。.+（3D000）\n$/) },
    })
    await cluster.query(`create database ${TARGET} template template0`)
    const { code, err } = await minben('move', '--to', wrong.href)
    expect([code, err]).toEqual([1, expect.stringMatching(/^数据库不认这个账号或密码。.+\n$/)])
    expect(err).not.toContain('not-the-password')
  })
})

test('while a service works with the database', async () => {
  const roles = readFileSync(path.join(varDir, 'roles.json'), 'utf8')
  const served = new URL(source)
  served.username = 'minben_app'
  served.password = (JSON.parse(roles) as { minben_app: string }).minben_app
  const service = new pg.Client({ connectionString: served.href })
  await service.connect()
  try {
    await cluster.query(`create database ${TARGET} template template0`)
    expect(await minben('move', '--to', target)).toMatchObject({
      ...{ code: 1, out: '', err: expect.stringContaining('platform.move_in_use') },
    })
  } finally {
    await service.end()
  }
})

describe('a target', () => {
  test('with a table of somebody else', async () => {
    await cluster.query(`create database ${TARGET} template template0`)
    await inside(target, 'create table public.ledger (n integer)')
    const { code, err } = await minben('move', '--to', target)
    expect([code, err]).toEqual([1, expect.stringMatching(/public\.ledger.+platform\.move_not_empty/)])
    expect(await inside(target, SCHEMAS)).toEqual([])
  })

  test('that is an installation already, of an earlier version: it is not even upgraded', async () => {
    const there = await cloneOf('template_minben')
    await cluster.query(`alter database ${there} rename to ${TARGET}`)
    await inside(
      target,
      `insert into platform.installation (id, is_demo, created_at) values ('this', false, now())`,
    )
    await inside(target, `delete from public.migration where name like '0037%'`)
    const { code, err } = await minben('move', '--to', target)
    expect([code, err]).toEqual([1, expect.stringContaining('platform.move_not_empty')])
    expect(await inside(target, `select from public.migration where name like '0037%'`)).toEqual([])
  })

  test('whose account may not make roles or write behind row-level security', async () => {
    await cluster.query(`create role ${MOVER} login createrole password 'm'`)
    await cluster.query(`create database ${TARGET} owner ${MOVER} template template0`)
    const url = new URL(target)
    url.username = MOVER
    url.password = 'm'
    const { code, err } = await minben('move', '--to', url.href)
    expect([code, err]).toEqual([1, expect.stringContaining('platform.move_needs_bypass')])
    expect(await inside(target, SCHEMAS)).toEqual([])
  })

  test('older than PostgreSQL 15: neither moved to nor opened', async () => {
    await cluster.query(`create database ${TARGET} template template0`)
    // A database that answers to the question for its version as an older server would.
    await inside(
      target,
      `create function public.current_setting(name text) returns text language sql as $$select '14.23'$$`,
    )
    await inside(target, `alter database ${TARGET} set search_path = public, pg_catalog`)
    const { code, err } = await minben('move', '--to', target)
    expect([code, err]).toEqual([1, expect.stringMatching(/PostgreSQL 14\.23，.+platform\.server_old/)])
    vi.stubEnv('DATABASE_URL', target)
    const opened = await minben('keys', 'status')
    vi.stubEnv('DATABASE_URL', source)
    expect([opened.code, opened.err]).toEqual([1, expect.stringContaining('platform.server_old')])
    expect(await inside(target, SCHEMAS)).toEqual([])
  })
})
