import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { Deps } from '../server/platform/command.ts'
import { readConfig, type Config } from '../server/platform/config.ts'
import { openCluster } from '../server/platform/database.ts'
import { markInstallation, openDeps } from '../server/platform/install.ts'
import { ROLES } from '../server/roles.ts'

/** A real installation with its own embedded server that archives, as `serve` opens it. */
export interface Installation {
  config: Config
  /** The backup folder. */
  root: string
  deps: Deps
  /** Superuser on its database. */
  admin: pg.Client
  close: () => Promise<void>
}

/** `isOld`: its data directory is from before archiving, with the segments of that time. */
export async function openInstallation({ isOld = false }: { isOld?: boolean } = {}): Promise<Installation> {
  const home = mkdtempSync(path.join(tmpdir(), 'minben-home-'))
  const root = path.join(home, 'backup')
  const keys = path.join(home, 'keyring.json')
  const config = readConfig({
    MINBEN_VAR: path.join(home, 'var'),
    MINBEN_BACKUP: root,
    MINBEN_KEYS: keys,
  })
  if (isOld) await (await openCluster(config)).server?.stop()
  const deps = await openDeps(config, ROLES)
  await markInstallation(deps.database.adminUrl, { isDemo: false })
  const admin = new pg.Client({ connectionString: deps.database.adminUrl })
  await admin.connect()
  return {
    ...{ config, root, deps, admin },
    close: async () => {
      await admin.end()
      await deps.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
