/**
 * Stored files and seal logs, kept once and up to date beside the log of the database. Both are brought up to date before the
 * segments that speak of them are put away: a row is committed after its file is written, so what can be restored has its file.
 */
import { copyFile, open, rename, stat, utimes, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { sealsDirectory } from '../sealer.ts'
import { exists, filesOf, makeFolder, namesIn, sealsOf, syncFolder, UNFINISHED } from './folder.ts'

/** A file that comes within a tick of the clock after the list was read would leave the folder's time as it was. */
const SETTLED_MS = 2000
const STORED = /^[0-9a-f]{16,128}$/

/** Copies what is new or was encrypted anew. `seen`: change times of the folders at the last pass; those that stand still are passed over. */
export async function keepFiles(
  varDir: string,
  root: string,
  seen: Map<string, number> = new Map(),
): Promise<number> {
  const from = path.join(varDir, 'files')
  let copied = 0
  for (const name of await namesIn(from)) {
    const folder = path.join(from, name)
    const { mtimeMs } = await stat(folder)
    if (seen.get(folder) === mtimeMs) continue
    copied += await keepFolder(folder, path.join(filesOf(root), name))
    if (Date.now() - mtimeMs > SETTLED_MS) seen.set(folder, mtimeMs)
  }
  return copied
}

async function keepFolder(from: string, to: string): Promise<number> {
  let copied = 0
  for (const name of (await namesIn(from)).filter((each) => STORED.test(each)))
    if (await keepFile(path.join(from, name), path.join(to, name))) copied += 1
  if (copied > 0) await syncFolder(to)
  return copied
}

async function keepFile(from: string, to: string): Promise<boolean> {
  const source = await stat(from)
  if (await exists(to)) {
    const kept = await stat(to)
    if (kept.size === source.size && Math.floor(kept.mtimeMs) === Math.floor(source.mtimeMs)) return false
  }
  await makeFolder(path.dirname(to))
  const temporary = `${to}${UNFINISHED}`
  await copyFile(from, temporary)
  await utimes(temporary, source.atime, source.mtime)
  const handle = await open(temporary, 'r+')
  await handle.sync().finally(() => handle.close())
  await rename(temporary, to)
  return true
}

/** Names of the stored files that are kept. */
export async function keptFiles(root: string): Promise<string[]> {
  const folders = await namesIn(filesOf(root))
  const names = await Promise.all(folders.map((folder) => namesIn(path.join(filesOf(root), folder))))
  return names.flat().filter((name) => STORED.test(name))
}

const LOG = /^\d{6}\.log$/
const COMPARED = 4096

/** Adds what the logs have more, in whole lines. A log that is not the kept one and more is kept beside it, never in its place. */
export async function keepSeals(varDir: string, root: string): Promise<void> {
  await makeFolder(sealsOf(root))
  for (const name of (await namesIn(sealsDirectory(varDir))).filter((each) => LOG.test(each)))
    await keepLog(path.join(sealsDirectory(varDir), name), path.join(sealsOf(root), name))
}

async function keepLog(from: string, to: string): Promise<void> {
  const source = await open(from, 'r')
  const kept = await open(to, 'a+', 0o600)
  try {
    const { size } = await source.stat()
    const { size: keptSize } = await kept.stat()
    if (size === keptSize) return
    if (size < keptSize || !(await endAlike(source, kept, keptSize))) {
      await rename(to, `${to}.${keptSize}.other`)
      return await keepLog(from, to)
    }
    await appendLines(source, kept, { from: keptSize, size })
  } finally {
    await source.close()
    await kept.close()
  }
}

async function endAlike(source: FileHandle, kept: FileHandle, size: number): Promise<boolean> {
  const length = Math.min(size, COMPARED)
  const [a, b] = await Promise.all([source, kept].map((file) => readAt(file, size - length, length)))
  return a !== undefined && b !== undefined && a.equals(b)
}

async function appendLines(
  source: FileHandle,
  kept: FileHandle,
  { from, size }: { from: number; size: number },
): Promise<void> {
  const added = await readAt(source, from, size - from)
  const end = added.lastIndexOf(0x0a) + 1
  if (end === 0) return
  await kept.write(added.subarray(0, end))
  await kept.sync()
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  if (length > 0) await file.read(bytes, 0, length, position)
  return bytes
}
