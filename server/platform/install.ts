import { existsSync } from 'node:fs'
import pg from 'pg'
import { seedCalendar } from './calendar.db.ts'
import { clockOf } from './clock.ts'
import type { Deps } from './command.ts'
import type { Config } from './config.ts'
import { openDatabase } from './database.ts'
import { findInstallation, insertRoles } from './account.db.ts'
import { conflict } from './errors.ts'
import { requireOwnRing } from './key-custody.ts'
import { findKnownRing } from './key-ring.db.ts'
import { openKeyRing } from './keys.ts'
import type { RoleSeed } from './access.ts'

/** Opens everything a process needs. Keys are created together with an empty database and never again. */
export async function openDeps(
  config: Config,
  roles: readonly RoleSeed[],
): Promise<Deps & { close: () => Promise<void> }> {
  const database = await openDatabase(config)
  try {
    const isNew =
      (await findInstallation(database.app)) === undefined &&
      (await findKnownRing(database.app)) === undefined
    const keys = openKeyRing(config.keyFile, { create: isNew && !existsSync(config.keyFile) })
    await requireOwnRing(database, keys)
    await database.app.transaction().execute(async (tx) => {
      await insertRoles(tx, roles)
      await seedCalendar(tx)
    })
    const clock = await clockOf(database.app)
    const { varDir, service } = config
    const watched = { limits: service.limits, keeping: config }
    return { database, keys, clock, varDir, ...watched, close: database.close }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Marks an empty database as real or as a demonstration; the mark never changes, and only a demonstration has a simulated clock. */
export async function markInstallation(
  adminUrl: string,
  { isDemo, startsAt }: { isDemo: boolean; startsAt?: string },
): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    const found = await admin.query<{ is_demo: boolean }>('select is_demo from platform.installation')
    if (found.rows[0] && found.rows[0].is_demo !== isDemo) {
      throw conflict('platform.real_data', '这个数据库存有真实资料，不能装入演示数据。请换一个空的数据目录。')
    }
    await admin.query(
      `insert into platform.installation (id, is_demo, created_at) values ('this', $1, now()) on conflict do nothing`,
      [isDemo],
    )
    if (isDemo)
      await admin.query(
        `insert into platform.simulated_clock (id, now) values ('this', $1) on conflict do nothing`,
        [startsAt],
      )
  } finally {
    await admin.end()
  }
}

/** The demonstration is whole: from now on a start serves it instead of refusing it. */
export async function markLoaded(adminUrl: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await admin.query(`update platform.installation set loaded_at = now() where id = 'this'`)
  } finally {
    await admin.end()
  }
}

const LOADING = 731005

/** Does the work alone: waits until no other process, one that lost its server say, loads this database any more. */
export async function withLoadLock<Result>(adminUrl: string, work: () => Promise<Result>): Promise<Result> {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await admin.query('select pg_advisory_lock($1)', [LOADING])
    return await work()
  } finally {
    await admin.end()
  }
}
