/** A change of keys from its beginning to its end, however often it is interrupted: what is begun is finished before another begins. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Deps } from './command.ts'
import { countiesIn } from './counties.db.ts'
import { NOWHERE } from './audit.db.ts'
import { currentPrefix } from './field-crypto.ts'
import { recordNewest } from './key-custody.ts'
import { KEYS_LOOKED_AT_MS } from './key-watch.ts'
import { addKey, reloadKeyRing } from './keys.ts'
import { countOldCiphers, type CipherColumn } from './rotation.db.ts'
import { rotateFields, rotateFiles, type Rotated } from './rotation.ts'

type KeyDeps = Pick<Deps, 'database' | 'clock' | 'keys' | 'varDir'>

export interface KeyChange {
  key: string
  /** An earlier change had not come to its end: this one finished it, without another key. */
  isContinued: boolean
  rows: number
  files: number
  remaining: number
  damaged: Rotated['damaged']
  damagedFiles: string[]
}

/** Programs that run read the ring again after a while; until then they go on writing under the old key. */
const PASSES = 3

export async function changeKeys(
  deps: KeyDeps,
  tables: readonly CipherColumn[],
  onProgress: (text: string) => void,
): Promise<KeyChange> {
  reloadKeyRing(deps.keys)
  const isContinued = (await countUnderOldKeys(deps, tables)) > 0
  if (!isContinued) addKey(deps.keys)
  await recordNewest(deps.database, deps.keys)
  let files = 0
  // Files first: as long as a field is under an old key, the change counts as unfinished.
  const { damaged: damagedFiles } = rotateFiles(deps, {
    onFile: () => onProgress(`已换附件 ${++files} 件`),
  })
  let rows = 0
  const onChunk = (done: { rows: number }) => {
    rows += done.rows
    onProgress(`已换 ${rows} 处字段`)
  }
  let last = await rotateFields(deps, { tables, onChunk })
  for (let pass = 1; pass < PASSES && last.remaining > last.damaged.length; pass++) {
    onProgress('等正在运行的程序读到新密钥')
    await wait(KEYS_LOOKED_AT_MS)
    last = await rotateFields(deps, { tables, onChunk })
  }
  const { remaining, damaged } = last
  return { key: deps.keys.current.id, isContinued, rows, files, remaining, damaged, damagedFiles }
}

/** Fields that are not under the current key. */
export async function countUnderOldKeys(
  { database, keys }: Pick<Deps, 'database' | 'keys'>,
  tables: readonly CipherColumn[],
): Promise<number> {
  const prefix = currentPrefix(keys)
  let count = 0
  for (const { table, column, isReference = false } of tables)
    for (const county of isReference ? [NOWHERE] : await countiesIn(database.runner, table))
      count += await countOldCiphers(database.runner, { table, column, isReference, county, prefix })
  return count
}
