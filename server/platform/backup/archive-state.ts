/** How the archiving stands, for those who watch over it: the readiness of the server and `backup status`. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../config.ts'
import type { Instant } from '../dates.ts'
import type { Db } from '../db.ts'
import { readArchiving, type Archiving } from './backup.db.ts'
import { readState } from './archiver.ts'
import { incomingOf } from './folder.ts'
import { listCopies, listUnreadable } from './manifest.ts'
import { isArchivable } from './wal.rules.ts'

export interface ArchiveState {
  /** Whose duty the archiving is: the embedded server's, that of the external one, or nobody's (MINBEN_BACKUP=off). */
  duty: 'embedded' | 'external' | 'off'
  /** Last segment that the server handed over. */
  lastSegment: string | null
  lastAt: Instant | null
  /** Since the statistics of the server began. */
  failures: number
  lastFailedAt: Instant | null
  /** Segments that are finished and not put away, and for how long the oldest of them waits. */
  waiting: number
  waitingSeconds: number
  /** Newest copy of the data directory. */
  copy: { name: string; at: Instant } | null
  /** Chinese, each with what to do: what is done now may be lost with this machine. */
  problems: string[]
  /** Chinese: the newest copy and the log are as they should be, something beside them is not. */
  notes: string[]
}

/** A pass comes every half minute; so long without one is more than a slow disk. */
const LATE_SECONDS = 180
/** A day's copy is missed when it is this old. */
const OLD_COPY_SECONDS = 2 * 86_400

export async function archiveState(
  db: Db,
  { varDir, databaseUrl, backup }: Pick<Config, 'varDir' | 'databaseUrl' | 'backup'>,
): Promise<ArchiveState> {
  const server = await readArchiving(db)
  const told = {
    ...{ lastSegment: server.lastSegment, lastAt: server.lastAt },
    ...{ failures: server.failures, lastFailedAt: server.lastFailedAt },
  }
  const nothing = { ...told, waiting: 0, waitingSeconds: 0, copy: null, notes: [] }
  if (databaseUrl !== undefined) return { duty: 'external', ...nothing, problems: externalProblems(server) }
  if (backup.folder === undefined) return { duty: 'off', ...nothing, problems: [] }
  const waiting = await listWaiting(varDir, backup.folder)
  const copy = (await listCopies(backup.folder)).at(-1)
  const waits = { waiting: waiting.count, waitingSeconds: waiting.seconds }
  return {
    ...{ duty: 'embedded', ...told, ...waits },
    copy: copy ? { name: copy.name, at: copy.stoppedAt } : null,
    problems: [
      ...embeddedProblems(server, waits),
      ...(await passProblems(backup.folder, server.upSeconds)),
      ...(copy ? copyProblems(copy.stoppedAt) : []),
    ],
    notes: [
      ...(backup.secondPlace ? await secondNotes(backup.folder) : []),
      ...(await listUnreadable(backup.folder)).map(unreadableNote),
    ],
  }
}

/** Looked at by anybody who may read the folders; nothing is asked of the archiver. */
async function listWaiting(varDir: string, root: string): Promise<{ count: number; seconds: number }> {
  const status = path.join(varDir, 'pg', 'pg_wal', 'archive_status')
  const ages = [
    ...(await agesIn(status, (name) => name.endsWith('.ready'))),
    ...(await agesIn(incomingOf(root), isArchivable)),
  ]
  return { count: ages.length, seconds: Math.round(Math.max(0, ...ages)) }
}

async function agesIn(folder: string, fits: (name: string) => boolean): Promise<number[]> {
  const names = await readdir(folder).catch(() => [])
  const ages: number[] = []
  for (const name of names.filter(fits)) {
    const found = await stat(path.join(folder, name)).catch(() => undefined)
    if (found) ages.push((Date.now() - found.mtimeMs) / 1000)
  }
  return ages
}

function embeddedProblems(server: Archiving, waits: { waiting: number; waitingSeconds: number }): string[] {
  if (server.mode !== 'on') return ['数据库没有开启日志归档。请停止服务后重新启动。']
  if (waits.waitingSeconds <= LATE_SECONDS) return []
  return [
    `有 ${waits.waiting} 段日志没有进入备份，最久的已等 ${Math.round(waits.waitingSeconds / 60)} 分钟。请检查备份目录能否写、磁盘是否已满。`,
  ]
}

async function passProblems(root: string, upSeconds: number): Promise<string[]> {
  const state = await readState(root)
  const problems: string[] = []
  const sinceSeconds = state?.at ? (Date.now() - Date.parse(state.at)) / 1000 : Infinity
  if (Math.min(upSeconds, sinceSeconds) > LATE_SECONDS)
    problems.push(
      '三分钟以上没有归档过：这期间办的事还不在备份里。请看服务窗口里的说明；服务没有运行的，请启动。',
    )
  if (!state) return problems
  if (state.conflicts.length > 0)
    problems.push(
      `备份目录里已有同名而内容不同的日志（${state.conflicts[0]}）：可能有两个数据库写同一个备份目录。请为其中一个另指定目录。`,
    )
  if (state.failure !== undefined) problems.push(`上次归档没有完成：${state.failure}。请检查备份目录。`)
  return problems
}

async function secondNotes(root: string): Promise<string[]> {
  const second = (await readState(root))?.second
  if (second?.failure === undefined) return []
  const missing = second.missing === 0 ? '' : `，还差 ${second.missing} 个文件`
  return [
    `第二处备份没有跟上${missing}：${second.failure}。本机的备份不受影响；请尽快恢复第二处，恢复后会自动补齐。`,
  ]
}

function copyProblems(at: Instant): string[] {
  const seconds = (Date.now() - Date.parse(at)) / 1000
  if (seconds <= OLD_COPY_SECONDS) return []
  return [
    `最近一份整库备份是 ${Math.floor(seconds / 86_400)} 天前的。请执行 minben backup，看为什么没有做成。`,
  ]
}

function unreadableNote(name: string): string {
  return `整库备份 ${name} 的清单不在或已损坏，恢复用不了它。请执行 minben backup 另做一份，检查这块磁盘，再删去 base/${name}。`
}

function externalProblems({ mode, command, library, lastFailedAt, lastAt }: Archiving): string[] {
  if (mode === 'off')
    return ['外部数据库没有开启日志归档（archive_mode=off）。请数据库管理员开启，并安排定期备份。']
  if (command === '' && library === '')
    return [
      '外部数据库的 archive_mode 已开，但没有设 archive_command 或 archive_library，日志没有存到任何地方。',
    ]
  if (lastFailedAt !== null && (lastAt === null || lastFailedAt > lastAt))
    return ['外部数据库最近一次日志归档失败，此后没有成功过。请数据库管理员查看它的日志。']
  if (lastAt === null) return ['外部数据库还没有归档过一段日志。请数据库管理员确认归档的去处。']
  return []
}
