/**
 * One `serve` for each data directory with the embedded server. The lock is a file that names the running one; it is good for as long
 * as that process lives, so that what a power failure or a kill left behind stops nobody.
 */
import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { conflict } from './errors.ts'
import { isErrno } from './keys.ts'
import { processStart } from './process-start.ts'

const Holder = z.object({
  pid: z.int().positive(),
  /** When that process began, as the system counts: another process may get its number later. */
  began: z.string(),
  address: z.string(),
  since: z.string(),
})
type Holder = z.infer<typeof Holder>

export interface ServeLock {
  release: () => void
}

/** Throws `platform.already_running`, naming the process and its address. */
export function lockServing(varDir: string, address: string, since: string): ServeLock {
  const file = path.join(varDir, 'serve.lock')
  const mine = JSON.stringify({ pid: process.pid, began: processStart(process.pid) ?? '', address, since })
  while (!tryWrite(file, mine)) {
    const text = readIfThere(file)
    const holder = text === undefined ? undefined : holderIn(text)
    if (holder && isRunning(holder)) throw alreadyRunning(varDir, holder)
    if (text !== undefined) setAside(file, text)
  }
  return {
    release: () => {
      if (readIfThere(file) === mine) rmSync(file, { force: true })
    },
  }
}

/** The file appears whole, or not at all because there is one. */
function tryWrite(file: string, text: string): boolean {
  const temporary = temporaryOf(file)
  writeFileSync(temporary, text, { mode: 0o600 })
  try {
    linkSync(temporary, file)
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** Two may find the same dead one: whoever takes away another's fresh file by mistake puts it back. */
function setAside(file: string, dead: string): void {
  const aside = temporaryOf(file)
  try {
    renameSync(file, aside)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return
    throw error
  }
  if (readIfThere(aside) !== dead) linkSync(aside, file)
  rmSync(aside, { force: true })
}

function isRunning({ pid, began }: Holder): boolean {
  return pid !== process.pid && processStart(pid) === began
}

function holderIn(text: string): Holder | undefined {
  try {
    return Holder.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

function temporaryOf(file: string): string {
  return `${file}.${randomBytes(6).toString('hex')}`
}

function alreadyRunning(varDir: string, { pid, address, since }: Holder) {
  return conflict(
    'platform.already_running',
    `数据目录 ${varDir} 已有一个民本在运行：进程 ${pid}，网址 ${address}，${since} 启动。没有再启动一个。请直接打开这个网址；要重新启动，先停掉那个进程。`,
  )
}
