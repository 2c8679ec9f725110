import { mkdtempSync } from 'node:fs'
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
  /** Superuser: sees behind row-level security; asserts and plants, never the way of the product. */
  pool: pg.Pool
  deps: Deps
  close: () => Promise<void>
}

let made = 0

/** A fresh clone of the migrated template. `demo` marks it as a demonstration, with the simulated clock at its start. */
export async function testDb(options: { demo?: { startsAt: string } } = {}): Promise<TestDb> {
  const clusterUrl = inject('clusterUrl')
  const name = `t_${process.pid}_${++made}`
  const maker = new pg.Client({ connectionString: clusterUrl })
  await maker.connect()
  // Serialised: two clones of one template at the same moment are refused by the server.
  await maker.query('select pg_advisory_lock(1)')
  await maker.query(`create database ${name} template template_minben strategy file_copy`)
  await maker.end()
  const adminUrl = urlOfDatabase(clusterUrl, name)
  const pool = openPool({ url: adminUrl, max: 4, applicationName: 'test' })
  await pool.query(`insert into platform.installation (id, is_demo, created_at) values ('this', $1, now())`, [
    options.demo !== undefined,
  ])
  if (options.demo)
    await pool.query(`insert into platform.simulated_clock values ('this', $1)`, [options.demo.startsAt])
  const database = connectRoles(adminUrl, roleSecrets(inject('clusterVar')), { max: 6 })
  const varDir = mkdtempSync(path.join(tmpdir(), 'minben-var-'))
  const keys = openKeyRing(path.join(varDir, 'keyring.json'), { create: true })
  return {
    pool,
    deps: { database, clock: options.demo ? simulatedClock : realClock, keys, varDir },
    close: async () => {
      await database.close()
      await pool.end()
    },
  }
}
