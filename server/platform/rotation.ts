/**
 * Key rotation: after `addKey` everything written under older keys is encrypted anew under the current one. May be stopped at any
 * moment and called again: what is done is under the current key already and is passed over. While it runs, requests go on.
 *
 * An older key may be dropped from the ring when `remaining` and `damaged` are empty for fields and files, every other process has
 * been restarted since `addKey`, and no backup that has to be readable was made before.
 */
import { setScope } from './access.ts'
import { insertAudit, NOWHERE } from './audit.db.ts'
import type { Deps } from './command.ts'
import { countiesIn } from './counties.db.ts'
import { openDraftsForRotation } from './draft.db.ts'
import { isAppError } from './errors.ts'
import { currentPrefix, decryptField, encryptField } from './field-crypto.ts'
import { reloadKeyRing, type KeyRing } from './keys.ts'
import {
  countOldCiphers,
  lockOldCiphers,
  updateCiphers,
  type CipherColumn,
  type CipherRow,
  type OldCiphers,
} from './rotation.db.ts'
import { listStoredDigests, rotateFileBytes } from './stored-file.db.ts'
import { uuidv7 } from './uuid.ts'

export type { CipherColumn } from './rotation.db.ts'

const CHUNK_ROWS = 500
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

export interface RotationOptions {
  /** Every column that holds ciphertext. */
  tables: readonly CipherColumn[]
  chunkRows?: number
  /** After each committed chunk; throwing stops the job there. */
  onChunk?: (done: CipherColumn & { county: string; rows: number }) => void
}

export interface Rotated {
  rows: number
  /** Still under an older key: written meanwhile by a process that does not know the new one, or damaged. */
  remaining: number
  /** Rows that decrypt under no key at their place; somebody has to look at them. */
  damaged: (CipherColumn & { county: string; id: string })[]
}

/** Each chunk is a transaction of its own under the county's row-level security; each column leaves one audit row per county. */
export async function rotateFields(
  deps: Pick<Deps, 'database' | 'clock' | 'keys'>,
  { tables, chunkRows = CHUNK_ROWS, onChunk }: RotationOptions,
): Promise<Rotated> {
  reloadKeyRing(deps.keys)
  const total: Rotated = { rows: 0, remaining: 0, damaged: [] }
  for (const { table, column, isReference = false } of tables) {
    for (const county of isReference ? [NOWHERE] : await countiesIn(deps.database.runner, table)) {
      const old = { table, column, isReference, county, prefix: currentPrefix(deps.keys) }
      const { rows, damaged } = await rotateColumn(deps, old, { chunkRows, onChunk })
      total.rows += rows
      total.damaged.push(...damaged.map((id) => ({ table, column, county, id })))
      total.remaining += await countOldCiphers(deps.database.runner, old)
      if (rows > 0) await auditRotation(deps, { table, column, county, rows })
    }
  }
  return total
}

async function rotateColumn(
  { database, keys }: Pick<Deps, 'database' | 'keys'>,
  old: OldCiphers,
  { chunkRows, onChunk }: { chunkRows: number; onChunk: RotationOptions['onChunk'] | undefined },
): Promise<{ rows: number; damaged: string[] }> {
  const { table, column, county } = old
  const damaged: string[] = []
  let rows = 0
  let afterId = BEFORE_ALL
  for (;;) {
    const chunk = await database.app.transaction().execute(async (tx) => {
      await setScope(tx, [county])
      await openDraftsForRotation(tx)
      const found = await lockOldCiphers(tx, old, { afterId, limit: chunkRows })
      const fresh = found.flatMap((row) => encryptAnew(keys, old, row))
      await updateCiphers(tx, old, fresh)
      return { found, fresh }
    })
    const last = chunk.found.at(-1)
    if (!last) return { rows, damaged }
    afterId = last.id
    rows += chunk.fresh.length
    const done = new Set(chunk.fresh.map(({ id }) => id))
    damaged.push(...chunk.found.filter(({ id }) => !done.has(id)).map(({ id }) => id))
    onChunk?.({ table, column, county, rows: chunk.fresh.length })
  }
}

/** None when the ciphertext is damaged: one such row must not keep the others under the old key. */
function encryptAnew(keys: KeyRing, { table, column }: CipherColumn, { id, cipher }: CipherRow): CipherRow[] {
  const place = { table, column, rowId: id }
  try {
    return [{ id, cipher: encryptField(keys, place, decryptField(keys, place, cipher)) }]
  } catch (error) {
    if (isAppError(error) && error.code === 'platform.cipher_tampered') return []
    throw error
  }
}

async function auditRotation(
  { database, clock }: Pick<Deps, 'database' | 'clock'>,
  { county, ...subject }: CipherColumn & { county: string; rows: number },
): Promise<void> {
  await database.app.transaction().execute(async (tx) => {
    await setScope(tx, [county])
    const at = await clock.stamp(tx)
    const event = 'platform.key.rotated'
    await insertAudit(tx, {
      county,
      at,
      actorId: null,
      event,
      outcome: 'finished',
      subject,
      requestId: uuidv7(),
    })
  })
}

/** Files under `var/files`, each replaced as a whole; `onFile` as `onChunk` above. */
export function rotateFiles(
  { keys, varDir }: Pick<Deps, 'keys' | 'varDir'>,
  { onFile }: { onFile?: (digest: string) => void } = {},
): { files: number; damaged: string[] } {
  reloadKeyRing(keys)
  const damaged: string[] = []
  let files = 0
  for (const digest of listStoredDigests({ varDir })) {
    try {
      if (!rotateFileBytes({ keys, varDir }, digest)) continue
    } catch (error) {
      if (!(isAppError(error) && error.code === 'platform.cipher_tampered')) throw error
      damaged.push(digest)
      continue
    }
    files += 1
    onFile?.(digest)
  }
  return { files, damaged }
}
