import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { vi } from 'vitest'
import { ROLES } from '../server/roles.ts'
import { buildActor } from './actors.ts'
import { minben, useDatabase } from './cli.ts'
import { testDb, type TestDb } from './db.ts'
import { secretWorld, type SecretWorld } from './secret-world.ts'

/** A database with people in it, the keeper of its ring, and a folder for what leaves and comes back. */
export interface KeysWorld {
  db: TestDb
  world: SecretWorld
  /** Where the ring stands. */
  file: string
  folder: string
  at: (name: string) => string
  /** Sets the ring aside meanwhile. */
  without: (work: () => Promise<void>) => Promise<void>
  close: () => Promise<void>
}

export const COUNTY = '441882'
export const KEEPER = ['--as', 'keeper']

export async function keysWorld(): Promise<KeysWorld> {
  const db = await testDb()
  const world = await secretWorld(db, COUNTY, 3)
  const permissions = ROLES.find(({ key }) => key === 'system_admin')?.permissions ?? []
  await buildActor(db, { login: 'keeper', permissions, scope: [COUNTY] })
  const folder = mkdtempSync(path.join(tmpdir(), 'minben-keys-'))
  const at = (name: string) => path.join(folder, name)
  const file = db.deps.keys.path
  writeFileSync(at('phrase'), '县民政局 2026 保险柜\n')
  writeFileSync(at('other-phrase'), '另一个足够长的口令 2026\n')
  useDatabase(db)
  // The first start takes the ring down; no copy of it was made yet, which is told.
  const { code } = await minben('keys', 'status')
  if (code !== 1) throw new Error(`keys status ended with ${code}`)
  return {
    ...{ db, world, file, folder, at },
    without: async (work) => {
      renameSync(file, at('aside'))
      try {
        await work()
      } finally {
        renameSync(at('aside'), file)
      }
    },
    close: async () => {
      vi.unstubAllEnvs()
      rmSync(folder, { recursive: true, force: true })
      await db.close()
    },
  }
}
