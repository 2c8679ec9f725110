/**
 * What lies where in the backup folder, and how a file gets there whole.
 *
 * installation.json   whose backup this is
 * incoming/           segments of the log as the server hands them over
 * wal/                the same, compressed
 * base/<time>/        copies of the data directory, each with its manifest
 * files/, seals/      stored files and seal logs, kept up to date beside the log
 * drills/             what the drills found
 * state.json          how far the archiver is
 */
import { spawn } from 'node:child_process'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'

export const pack = promisify<Buffer, { level: number }, Buffer>(gzip)
export const unpack = promisify<Buffer, Buffer>(gunzip)

export function installationOf(root: string): string {
  return path.join(root, 'installation.json')
}

export function incomingOf(root: string): string {
  return path.join(root, 'incoming')
}

export function walOf(root: string): string {
  return path.join(root, 'wal')
}

export function basesOf(root: string): string {
  return path.join(root, 'base')
}

/** A copy that is not whole yet. */
export const UNFINISHED = '.tmp'

export function filesOf(root: string): string {
  return path.join(root, 'files')
}

export function sealsOf(root: string): string {
  return path.join(root, 'seals')
}

export function drillsOf(root: string): string {
  return path.join(root, 'drills')
}

export function stateOf(root: string): string {
  return path.join(root, 'state.json')
}

/** Names in a folder, in order; none where there is no folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}

export async function exists(file: string): Promise<boolean> {
  return (await sizeOf(file)) !== undefined
}

export async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Whole or not there, also after a power cut; its folder is yet to be synced. */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}${UNFINISHED}`
  await rm(temporary, { force: true })
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Everything written below a folder, at once: a thousand files one by one would take ten times as long. */
export async function syncBelow(folder: string): Promise<void> {
  const isDone = await new Promise<boolean>((resolve) => {
    const child = spawn('sync', ['-f', folder], { stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('close', (code) => resolve(code === 0))
  })
  if (isDone) return
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile() || entry.isDirectory()) await syncFolder(path.join(entry.parentPath, entry.name))
  await syncFolder(folder)
}

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
}

export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
