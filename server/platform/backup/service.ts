/** What `serve` does for the backup: archives every half minute, has a copy made once a day, brings all to the second place. */
import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config.ts'
import { archiverOf, readState, writeState } from './archiver.ts'
import { isCopyDue } from './base-plan.ts'
import { listCopies } from './manifest.ts'
import { mirrorOf, type Mirror } from './second-copy.ts'
import { secondPlaceOf } from './second-place.ts'
import { parseSegment } from './wal.rules.ts'

const MINBEN = fileURLToPath(new URL('../../../bin/minben.js', import.meta.url))
/** After a copy that failed. */
const AGAIN_MS = 1_800_000
/** After a pass that failed, and then twice as long each time: the database that was starting anew is back by then. */
const SOON_MS = 1_000

export interface BackupService {
  stop: () => Promise<void>
}

interface Order {
  adminUrl: string
  config: Config
  /** True while a demonstration loads: what it loads can be loaded again. */
  isLoading: () => boolean
  say: (text: string) => void
  everyMs?: number
}

/** Of the embedded server only; nothing with DATABASE_URL or MINBEN_BACKUP=off. */
export function startBackups({ adminUrl, config, isLoading, say, everyMs = 30_000 }: Order): BackupService {
  const root = config.backup.folder
  if (root === undefined || config.databaseUrl !== undefined) return { stop: async () => {} }
  const archiver = archiverOf({ adminUrl, varDir: config.varDir, root })
  const { secondPlace } = config.backup
  const mirror = secondPlace && mirrorOf(root, secondPlaceOf(secondPlace), config.backup.keep)
  const copies = copiesOf(config, { root, isLoading, say })
  const oncePerCause = tellingOnce(say)
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let bringing: Promise<void> | undefined
  let failures = 0
  const pass = async () => {
    try {
      const moved = await archiver.pass()
      failures = 0
      if (moved === undefined) return
      oncePerCause('')
      bringing ??= bring(root, mirror).finally(() => (bringing = undefined))
      await copies.makeIfDue()
    } catch (error) {
      failures++
      oncePerCause(`日志归档没有完成：${messageOf(error)}。请检查备份目录 ${root}。`)
      await noteFailure(root, messageOf(error))
    }
  }
  const pauseMs = () => (failures === 0 ? everyMs : Math.min(everyMs, SOON_MS * 2 ** (failures - 1)))
  let running = Promise.resolve()
  const schedule = (ms: number) => {
    if (isStopped) return
    timer = setTimeout(() => {
      running = pass().then(() => schedule(pauseMs()))
    }, ms)
  }
  schedule(Math.min(everyMs, 1000))
  return {
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await running
      await copies.stop()
      await archiver.pass().catch(() => undefined) // what was done last is in the archive when the machine is switched off
      await bringing
      await archiver.end()
    },
  }
}

function tellingOnce(say: (text: string) => void): (text: string) => void {
  let told = ''
  return (text) => {
    if (text !== '' && text !== told) say(text)
    told = text
  }
}

/** The folder that cannot be written may be the one that the state is in. */
async function noteFailure(root: string, failure: string): Promise<void> {
  const state = (await readState(root).catch(() => undefined)) ?? { at: '', conflicts: [] }
  await writeState(root, { ...state, failure }).catch(() => undefined)
}

/** A second place that is away does not keep the first from going on. */
async function bring(root: string, mirror: Mirror | undefined): Promise<void> {
  if (!mirror) return
  const result = await mirror.pass().then(
    () => ({ at: new Date().toISOString(), missing: 0 }),
    (error: unknown) => ({ missing: missingOf(error), failure: messageOf(error) }),
  )
  const state = await readState(root)
  if (state) await writeState(root, { ...state, second: { ...state.second, failure: undefined, ...result } })
}

function missingOf(error: unknown): number {
  return error instanceof Error && 'missing' in error && typeof error.missing === 'number' ? error.missing : 0
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Copies are made by a process of their own, so that the server answers meanwhile. */
function copiesOf(
  { backup }: Config,
  { root, isLoading, say }: { root: string; isLoading: () => boolean; say: (text: string) => void },
): { makeIfDue: () => Promise<void>; stop: () => Promise<void> } {
  let running: { ended: Promise<void>; kill: () => void } | undefined
  let notBefore = 0
  return {
    makeIfDue: async () => {
      if (running || isLoading() || Date.now() < notBefore || !(await isDue(root, backup.hour))) return
      const started = startCopying()
      const ended = started.ended.then((problem) => {
        running = undefined
        notBefore = problem === undefined ? 0 : Date.now() + AGAIN_MS
        if (problem !== undefined) say(`整库备份没有做成，半小时后再试：${problem}`)
      })
      running = { ended, kill: started.kill }
    },
    stop: async () => {
      running?.kill()
      await running?.ended
    },
  }
}

/** A copy of another timeline, or one made before a gap in the log, does not help against what comes now. */
async function isDue(root: string, hour: number): Promise<boolean> {
  const state = await readState(root)
  const timeline = state?.last === undefined ? undefined : parseSegment(state.last)?.timeline
  const usable = (await listCopies(root)).filter(
    (copy) => (timeline === undefined || copy.timeline === timeline) && copy.startedAt > (state?.gapAt ?? ''),
  )
  return isCopyDue(new Date().toISOString(), hour, usable.at(-1)?.startedAt)
}

function startCopying(): { ended: Promise<string | undefined>; kill: () => void } {
  const child = spawn(process.execPath, [MINBEN, 'backup', '--json'], { stdio: ['ignore', 'ignore', 'pipe'] })
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  let complaint = ''
  let isKilled = false
  child.stderr.on('data', (bytes: Buffer) => (complaint = (complaint + bytes.toString()).slice(-2000)))
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(String(error)))
    child.once('close', (code) =>
      resolve(code === 0 || isKilled ? undefined : complaint.trim() || `退出码 ${code}`),
    )
  })
  const kill = () => {
    isKilled = true
    child.kill('SIGTERM')
  }
  return { ended, kill }
}
