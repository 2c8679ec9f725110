/**
 * Whether ring and database belong together, and what was done with the ring: which database it is of, when a copy was made.
 * The row is the owner's to write: no request changes it.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { setScope } from './access.ts'
import { isSealIntact, NO_SEAL_MAC } from './audit-seal.ts'
import { insertAudit, NOWHERE } from './audit.db.ts'
import { countiesIn } from './counties.db.ts'
import type { Deps } from './command.ts'
import type { Database } from './database.ts'
import { findKnownRing, insertKnownRing, updateCopied, updateNewest, type KnownRing } from './key-ring.db.ts'
import { keyRingFingerprint, newestId, numberOf, unusable, type KeyRing } from './keys.ts'
import { lastSealOf, listSealsFrom } from './sealer.db.ts'

/**
 * To be called before anything is written under the ring.
 *
 * Throws `platform.keys_other` (the ring of another installation), `platform.keys_outdated` (a copy from before the last change).
 */
export async function requireOwnRing(database: Database, keys: KeyRing): Promise<KnownRing> {
  const here = { fingerprint: keyRingFingerprint(keys), newest: newestId(keys) }
  if ((await findKnownRing(database.app)) === undefined) {
    if (!(await fitsSeals(database, keys))) throw otherRing(keys.path, here.fingerprint, '数据库里的封印')
    await asOwner(database, (owner) => insertKnownRing(owner, here))
  }
  const known = await findKnownRing(database.app)
  if (!known) throw new Error('the row of the key ring is gone')
  if (known.fingerprint !== here.fingerprint)
    throw otherRing(keys.path, here.fingerprint, `数据库登记的指纹 ${known.fingerprint}`)
  if (!keys.keys.has(known.newest)) throw outdatedRing(keys.path, known.newest)
  if (numberOf(here.newest) > numberOf(known.newest))
    await asOwner(database, (owner) => updateNewest(owner, here.newest))
  return { ...known, newest: here.newest }
}

export async function recordNewest(database: Database, keys: KeyRing): Promise<void> {
  await asOwner(database, (owner) => updateNewest(owner, newestId(keys)))
}

/** A copy was written: nobody is reminded any more, until keys are changed again. */
export async function recordCopied(database: Database, newest: string): Promise<void> {
  await asOwner(database, (owner) => updateCopied(owner, newest))
}

export function isCopied({ newest, copied }: Pick<KnownRing, 'newest' | 'copied'>): boolean {
  return copied !== null && numberOf(copied) >= numberOf(newest)
}

/** What is done with the ring concerns every county of the installation: each finds it in its own trail. */
export async function recordKeyDeed(
  { database, clock }: Pick<Deps, 'database' | 'clock'>,
  deed: { event: string; actorId: string | null; subject: Record<string, unknown> },
): Promise<void> {
  const counties = (await countiesIn(database.runner, 'platform.audit_row')).filter(
    (each) => each !== NOWHERE,
  )
  const requestId = randomUUID()
  for (const county of counties.length > 0 ? counties : [NOWHERE]) {
    await database.app.transaction().execute(async (tx) => {
      await setScope(tx, [county])
      await insertAudit(tx, { ...deed, county, requestId, outcome: 'done', at: clock.expression })
    })
  }
}

/** Of a database from before rings were known by name: the seals of its trail were made with the right one. */
async function fitsSeals(database: Database, keys: KeyRing): Promise<boolean> {
  const [county] = await countiesIn(database.runner, 'platform.audit_seal')
  if (county === undefined) return true
  return database.sealer.transaction().execute(async (tx) => {
    await setScope(tx, [county])
    const last = await lastSealOf(tx, county)
    if (!last) return true
    const before = last.n === 1 ? undefined : (await listSealsFrom(tx, county, last.n - 1))[0]
    return isSealIntact(keys.sealKey, before?.mac ?? NO_SEAL_MAC, last)
  })
}

async function asOwner<Result>(
  { adminUrl }: Database,
  work: (owner: pg.Client) => Promise<Result>,
): Promise<Result> {
  const owner = new pg.Client({ connectionString: adminUrl })
  await owner.connect()
  try {
    return await work(owner)
  } finally {
    await owner.end()
  }
}

export function otherRing(file: string, fingerprint: string, against: string) {
  return unusable(
    'platform.keys_other',
    `密钥文件 ${file}（指纹 ${fingerprint}）不是这个数据库的，与${against}不符。没有写入任何内容。请换回本单位保管的密钥文件，或用 minben keys import 导入它的副本，再启动。`,
  )
}

function outdatedRing(file: string, missing: string) {
  return unusable(
    'platform.keys_outdated',
    `密钥文件 ${file} 是更换密钥之前的旧副本，缺 ${missing}，读不出之后写入的内容。没有写入任何内容。请用 minben keys import 导入最近一次导出的副本，再启动。`,
  )
}
