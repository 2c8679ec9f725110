/** What of the backup is let go: copies that no day or week needs, and the log before the oldest that is kept. */
import { readdir, rename, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import { copiesToKeep } from './base-plan.ts'
import { basesOf, namesIn, sizeOf, syncFolder, UNFINISHED, walOf } from './folder.ts'
import { listCopies } from './manifest.ts'
import { isHistory } from './wal.rules.ts'

export interface LetGo {
  copies: string[]
  segments: number
}

/** Called when a new copy stands: never leaves the folder without one. */
export async function letGo(root: string, keep: { daily: number; weekly: number }): Promise<LetGo> {
  const copies = await listCopies(root)
  const kept = copiesToKeep(copies, keep)
  const gone = copies.filter(({ name }) => !kept.has(name)).map(({ name }) => name)
  for (const name of gone) await removeCopy(root, name)
  const first = copies
    .filter(({ name }) => kept.has(name))
    .map(({ startSegment }) => startSegment.slice(8))
    .sort()[0]
  return { copies: gone, segments: first === undefined ? 0 : await removeLogBefore(root, first) }
}

/** Loses its name first: half a copy must not look like one. */
async function removeCopy(root: string, name: string): Promise<void> {
  const folder = path.join(basesOf(root), name)
  const doomed = `${folder}${UNFINISHED}`
  await rename(folder, doomed)
  await syncFolder(basesOf(root))
  await rm(doomed, { recursive: true, force: true })
}

/** Histories stay: they are a few lines each and tell later restores the way. */
async function removeLogBefore(root: string, position: string): Promise<number> {
  const names = await namesIn(walOf(root))
  const old = names.filter((name) => !isHistory(name.replace(/\.gz$/, '')) && name.slice(8, 24) < position)
  for (const name of old) await rm(path.join(walOf(root), name), { force: true })
  return old.length
}

export interface DiskUse {
  bytes: number
  freeBytes: number
}

export async function diskUse(root: string): Promise<DiskUse> {
  const { bavail, bsize } = await statfs(root)
  return { bytes: await bytesBelow(root), freeBytes: bavail * bsize }
}

export async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await filesBelow(folder)) bytes += (await sizeOf(path.join(folder, name))) ?? 0
  return bytes
}

/** Of all files below a folder, with `/`. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) =>
    path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
  )
}
