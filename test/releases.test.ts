import { expect, test } from 'vitest'
import { listMigrations } from '../server/platform/migrate.ts'
import { digestOfMigrations, releases } from './releases.ts'

/** What upgrades rest on; that they come out right is shown with real data by upgrade.deep.test.ts. */

test.each(releases)(
  'the migrations of $version are as they were released, and new ones come after them',
  ({ lastMigration, migrations }) => {
    const all = listMigrations()
    const released = all.slice(0, all.findIndex(({ name }) => name === lastMigration) + 1)

    expect(released.at(-1)?.name).toBe(lastMigration)
    expect(digestOfMigrations(released)).toBe(migrations)
  },
)
