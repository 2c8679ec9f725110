/** The files of a running server's data directory, each compressed, as PostgreSQL's manual says for a copy at file level. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { conflict } from '../errors.ts'
import { isErrno, makeFolder, pack, writeWhole } from './folder.ts'
import type { CopiedFile } from './manifest.ts'

const LEVEL = 1
/** Files at work at a time: one waits for the disk while the other is compressed. */
const LANES = 3

/** Folders whose content the server makes anew; the folders themselves must be there. */
const EMPTIED = new Set([
  ...[
    'pg_wal',
    'pg_replslot',
    'pg_dynshmem',
    'pg_notify',
    'pg_serial',
    'pg_snapshots',
    'pg_stat_tmp',
    'pg_subtrans',
  ],
])
const LEFT_OUT = new Set([
  ...['postmaster.pid', 'postmaster.opts', 'postgresql.auto.conf.tmp', 'current_logfiles.tmp'],
  ...['backup_label', 'backup_label.old', 'tablespace_map', 'tablespace_map.old', 'pg_internal.init'],
  ...['backup_manifest', 'recovery.signal', 'standby.signal'],
])
/** Of sorts and hashes; tables of a session. */
const TEMPORARY = /^pgsql_tmp|^t\d+_\d+(_(fsm|vm|init))?(\.\d+)?$/
const CONTROL = 'global/pg_control'

export interface DataFile {
  /** Below the data directory. */
  path: string
  bytes: number
}

export interface DataTree {
  folders: string[]
  files: DataFile[]
}

/** What belongs into a copy. Files that come after this are in the log. */
export async function listData(dataDir: string): Promise<DataTree> {
  const tree: DataTree = { folders: [], files: [] }
  await walk(dataDir, '', tree)
  return tree
}

async function walk(dataDir: string, below: string, tree: DataTree): Promise<void> {
  for (const entry of await readdir(path.join(dataDir, below), { withFileTypes: true })) {
    const name = path.posix.join(below, entry.name)
    if (LEFT_OUT.has(entry.name) || TEMPORARY.test(entry.name)) continue
    if (entry.isDirectory()) {
      tree.folders.push(name)
      if (!EMPTIED.has(name)) await walk(dataDir, name, tree)
    } else if (entry.isFile()) await note(dataDir, name, tree)
    else if (below === 'pg_tblspc') throw tablespace()
  }
}

function tablespace(): Error {
  return conflict(
    'platform.backup_tablespace',
    '数据库用了自建的表空间，内置备份不包含它。请把表移回默认表空间，或用外部数据库（DATABASE_URL）自己的备份办法。',
  )
}

async function note(dataDir: string, name: string, tree: DataTree): Promise<void> {
  const found = await stat(path.join(dataDir, name)).catch(ignoreGone)
  if (found) tree.files.push({ path: name, bytes: found.size })
}

/** Copies the listed files, which are yet to be synced; one that was dropped meanwhile is left out, the log knows of it. */
export async function copyData(
  dataDir: string,
  target: string,
  { tree, onBytes }: { tree: DataTree; onBytes: (bytes: number) => void },
): Promise<CopiedFile[]> {
  for (const folder of ['', ...tree.folders]) await makeFolder(path.join(target, folder))
  const copied: CopiedFile[] = []
  const rest = tree.files.filter((file) => file.path !== CONTROL).values()
  const lane = async () => {
    for (const file of rest) {
      const done = await copyOne(path.join(dataDir, file.path), target, file.path)
      if (done) copied.push(done)
      onBytes(file.bytes)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  copied.push(await copyBytes(await steadyControl(dataDir), target, CONTROL))
  return copied.sort((a, b) => (a.path < b.path ? -1 : 1))
}

async function copyOne(source: string, target: string, name: string): Promise<CopiedFile | undefined> {
  const packed = `${name}.gz`
  const file = path.join(target, packed)
  const hash = createHash('sm3')
  const count = { bytes: 0, packedBytes: 0 }
  try {
    await pipeline(
      createReadStream(source, { highWaterMark: 1 << 18 }),
      async function* (parts: AsyncIterable<Buffer>) {
        for await (const part of parts) {
          count.bytes += part.length
          yield part
        }
      },
      createGzip({ level: LEVEL, chunkSize: 1 << 16 }),
      async function* (parts: AsyncIterable<Buffer>) {
        for await (const part of parts) {
          hash.update(part)
          count.packedBytes += part.length
          yield part
        }
      },
      createWriteStream(file, { mode: 0o600 }),
    )
  } catch (error) {
    return ignoreGone(error)
  }
  return { path: packed, ...count, sm3: hash.digest('hex') }
}

/** A few bytes that are in memory. */
export async function copyBytes(bytes: Buffer, target: string, name: string): Promise<CopiedFile> {
  const packed = await pack(bytes, { level: LEVEL })
  await writeWhole(path.join(target, `${name}.gz`), packed)
  const sm3 = createHash('sm3').update(packed).digest('hex')
  return { path: `${name}.gz`, bytes: bytes.length, packedBytes: packed.length, sm3 }
}

/** The server may write the control file while it is read: what is read twice alike is whole. */
async function steadyControl(dataDir: string): Promise<Buffer> {
  const file = path.join(dataDir, CONTROL)
  let before = await readFile(file)
  for (;;) {
    const again = await readFile(file)
    if (again.equals(before)) return again
    before = again
  }
}

function ignoreGone(error: unknown): undefined {
  if (isErrno(error, 'ENOENT')) return undefined
  throw error
}
