import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { setScope } from '../server/platform/access.ts'
import { insertAudit } from '../server/platform/audit.db.ts'
import { verifyAudit } from '../server/platform/audit-verify.ts'
import { archiverOf, type Archiver } from '../server/platform/backup/archiver.ts'
import { makeCopy } from '../server/platform/backup/base-copy.ts'
import type { Manifest } from '../server/platform/backup/manifest.ts'
import { restore, type Restored, type RestoreOrder } from '../server/platform/backup/restore.ts'
import { sealAll } from '../server/platform/sealer.ts'
import { insertStoredFile, writeFileBytes } from '../server/platform/stored-file.db.ts'
import { openInstallation, type Installation } from './installation.ts'

export const COUNTY = '441882'
const NOBODY = '00000000-0000-4000-8000-000000000000'

/** An installation that archives, in which somebody counts up `public.beat`, one committed row after the other. */
export class BackupWorld {
  readonly home: Installation
  readonly archiver: Archiver
  beats = 0
  private readonly folders: string[] = []

  private constructor(home: Installation) {
    this.home = home
    const { adminUrl } = home.deps.database
    this.archiver = archiverOf({ adminUrl, varDir: home.config.varDir, root: home.root })
  }

  static async open(how: { isOld?: boolean } = {}): Promise<BackupWorld> {
    const home = await openInstallation(how)
    await home.admin.query('create table public.beat (n integer primary key)')
    return new BackupWorld(home)
  }

  async close(): Promise<void> {
    await this.archiver.end()
    await this.home.close()
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true })
  }

  async beat(): Promise<void> {
    await this.home.admin.query('insert into public.beat values ($1)', [++this.beats])
  }

  copy(): Promise<Manifest> {
    const { config, deps, root } = this.home
    const { adminUrl } = deps.database
    const settle = () => this.archiver.pass()
    return makeCopy({ adminUrl, varDir: config.varDir, root, keys: deps.keys, settle })
  }

  /** Made while beats are written one after the other. */
  async copyWhileBeating(): Promise<Manifest> {
    let isCopying = true
    const work = (async () => {
      while (isCopying) await this.beat()
    })()
    const made = await this.copy()
    isCopying = false
    await work
    return made
  }

  /** Between two beats, as an operator would write it down, and how many there were. */
  async moment(): Promise<{ at: string; beats: number }> {
    await this.beat()
    await wait(5)
    const moment = { at: new Date().toISOString().replace('Z', '000Z'), beats: this.beats }
    await wait(5)
    await this.beat()
    return moment
  }

  emptyFolder(): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'minben-restored-'))
    this.folders.push(folder)
    return folder
  }

  order(change: Partial<RestoreOrder> = {}): RestoreOrder {
    return { root: this.home.root, to: this.emptyFolder(), keys: this.home.deps.keys, ...change }
  }

  /** Restores to a new folder, and looks there while its server is up. */
  async restored(change: Partial<RestoreOrder> = {}): Promise<Restored & { beats: number; audit: object }> {
    const found = { beats: -1, audit: {} }
    const told = await restore(this.order(change), async ({ deps, adminUrl }) => {
      found.beats = await beatsIn(adminUrl)
      const { ok, counties } = await verifyAudit(deps)
      found.audit = { ok, notices: counties.flatMap(({ notices }) => notices.map(({ code }) => code)) }
    })
    return { ...told, ...found }
  }

  /** One row of the trail, and its seal. */
  async sealedRow(): Promise<void> {
    const { database, clock } = this.home.deps
    await database.app.transaction().execute(async (tx) => {
      await setScope(tx, [COUNTY])
      const row = { county: COUNTY, actorId: null, event: 'platform.password.reset', subject: {} }
      await insertAudit(tx, { ...row, at: await clock.stamp(tx), outcome: 'done', requestId: NOBODY })
    })
    const { failures } = await sealAll(this.home.deps)
    if (failures[0]) throw failures[0].error
  }

  /** Its digest. */
  async storedFile(text: string): Promise<string> {
    const { deps } = this.home
    const bytes = Buffer.from(text)
    const digest = writeFileBytes(deps, bytes)
    await deps.database.app.transaction().execute(async (tx) => {
      await setScope(tx, [COUNTY])
      const file = { county: COUNTY, name: 'a.txt', digest, bytes: bytes.length, purpose: 'test', by: NOBODY }
      await insertStoredFile(tx, { ...file, at: await deps.clock.stamp(tx) })
    })
    return digest
  }

  /** What must not be found in a backup. */
  secrets(): string[] {
    const { config, deps } = this.home
    const ring = JSON.parse(readFileSync(deps.keys.path, 'utf8')) as { sealKey: string; indexKey: string }
    const roles = JSON.parse(readFileSync(path.join(config.varDir, 'roles.json'), 'utf8')) as Record<
      string,
      string
    >
    const password = readFileSync(path.join(config.varDir, 'postgres.secret'), 'utf8')
    return [ring.sealKey, ring.indexKey, password, ...Object.values(roles)]
  }
}

async function beatsIn(adminUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ n: number }>('select count(*)::int as n from public.beat')
    return rows[0]?.n ?? -1
  } finally {
    await client.end()
  }
}
