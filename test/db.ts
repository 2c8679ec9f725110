import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { realClock, simulatedClock } from '../server/platform/clock.ts'
import type { Deps } from '../server/platform/command.ts'
import { connectRoles, urlOfDatabase } from '../server/platform/database.ts'
import { openPool } from '../server/platform/db.ts'
import { openKeyRing } from '../server/platform/keys.ts'
import { roleSecrets } from '../server/platform/migrate.ts'

export interface TestDb {
  /** Of the database. */
  name: string
  /** Superuser: sees behind row-level security; asserts and plants, never the way of the product. */
  pool: pg.Pool
  deps: Deps
  close: () => Promise<void>
}

let made = 0

export interface TestDbOptions {
  /** Marks it as a demonstration, with the simulated clock at its start. */
  demo?: { startsAt: string }
}

/** A fresh clone of the migrated template. */
export async function testDb({ demo }: TestDbOptions = {}): Promise<TestDb> {
  const name = await cloneOf('template_minben')
  const db = openTestDb(name, mkdtempSync(path.join(tmpdir(), 'minben-var-')), demo !== undefined)
  await db.pool.query(
    `insert into platform.installation (id, is_demo, created_at) values ('this', $1, now())`,
    [demo !== undefined],
  )
  if (demo) await db.pool.query(`insert into platform.simulated_clock values ('this', $1)`, [demo.startsAt])
  return db
}

/**
 * A fresh clone of a demonstration that the first who asks in this run builds, its keys and files with it. `build` answers with what its
 * readers must know; it is kept as JSON.
 */
export async function testDbOf<Known>(
  what: string,
  demo: { startsAt: string },
  build: (db: TestDb) => Promise<Known>,
): Promise<{ db: TestDb; known: Known }> {
  const template = `template_${what}`
  const varDir = path.join(inject('clusterVar'), template)
  const knownIn = path.join(varDir, 'known.json')
  await alone(2, async (maker) => {
    if (existsSync(knownIn)) return
    const db = await testDb({ demo })
    const known = await build(db)
    await db.close()
    cpSync(db.deps.varDir, varDir, { recursive: true })
    await maker.query(`alter database ${db.name} rename to ${template}`)
    writeFileSync(knownIn, JSON.stringify(known))
  })
  const ownDir = mkdtempSync(path.join(tmpdir(), 'minben-var-'))
  cpSync(varDir, ownDir, { recursive: true })
  return {
    db: openTestDb(await cloneOf(template), ownDir, true),
    known: JSON.parse(readFileSync(knownIn, 'utf8')) as Known,
  }
}

/** A database of its own, which nobody works with yet: its name. */
export async function cloneOf(template: string): Promise<string> {
  const name = `t_${process.pid}_${++made}`
  // Serialised: two clones of one template at the same moment are refused by the server.
  await alone(1, (maker) => maker.query(`create database ${name} template ${template} strategy file_copy`))
  return name
}

/** One test file at a time, of all that run. */
async function alone(lock: number, act: (maker: pg.Client) => Promise<unknown>): Promise<void> {
  const maker = new pg.Client({ connectionString: inject('clusterUrl') })
  await maker.connect()
  try {
    await maker.query('select pg_advisory_lock($1)', [lock])
    await act(maker)
  } finally {
    await maker.end()
  }
}

function openTestDb(name: string, varDir: string, isDemo: boolean): TestDb {
  const adminUrl = urlOfDatabase(inject('clusterUrl'), name)
  const pool = openPool({ url: adminUrl, max: 4, applicationName: 'test' })
  const database = connectRoles(adminUrl, roleSecrets(inject('clusterVar')), { max: 6 })
  const keys = openKeyRing(path.join(varDir, 'keyring.json'), { create: true })
  return {
    ...{ name, pool },
    deps: { database, clock: isDemo ? simulatedClock : realClock, keys, varDir },
    close: async () => {
      await database.close()
      await pool.end()
    },
  }
}
