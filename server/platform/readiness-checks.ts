import { statfs } from 'node:fs/promises'
import { isReachable } from './health.db.ts'
import { isCopied } from './key-custody.ts'
import { findKnownRing } from './key-ring.db.ts'
import { simulatedClock } from './clock.ts'
import { listMigrations } from './migrate.ts'
import type { Finding, ReadinessDeps } from './readiness.ts'
import {
  countChecksumFailures,
  databaseNow,
  lastRecorded,
  listApplied,
  oldestUnsealed,
  readQueue,
} from './readiness.db.ts'

export async function databaseAnswers({ database }: ReadinessDeps): Promise<Finding[]> {
  if (await isReachable(database.app)) return []
  return [
    reason(
      'platform.database_unreachable',
      '数据库没有应答，现在不能办理业务；已办的不会丢。请查看数据库是否在运行；内置数据库随服务重新启动。',
    ),
  ]
}

/** Of this program; read once, it does not change while it runs. */
const known = listMigrations().map(({ name }) => name)

export async function versionsFit({ database }: ReadinessDeps): Promise<Finding[]> {
  const applied = new Set(await listApplied(database.app))
  const pending = known.filter((name) => !applied.has(name))
  const newer = [...applied].filter((name) => !known.includes(name))
  return [
    ...(pending.length === 0
      ? []
      : [
          reason(
            'platform.migrations_pending',
            `数据库还有 ${pending.length} 项升级没有执行。请执行 minben migrate。`,
          ),
        ]),
    ...(newer.length === 0
      ? []
      : [
          reason(
            'platform.database_newer',
            `数据库比程序新（多出 ${newer.length} 项升级）。请把本机的程序也换成新版本再启动。`,
          ),
        ]),
  ]
}

const MIB = 2 ** 20

export async function freeDiskMib(varDir: string): Promise<number> {
  const { bavail, bsize } = await statfs(varDir)
  return Math.floor((bavail * bsize) / MIB)
}

export async function diskHasRoom({ varDir, limits }: ReadinessDeps): Promise<Finding[]> {
  const free = await freeDiskMib(varDir)
  const now = `数据目录所在的磁盘只剩 ${free} MB`
  if (free < limits.diskLowMib)
    return [
      reason(
        'platform.disk_low',
        `${now}，快要不能写入了。请马上清理这块磁盘，或换到更大的磁盘；不要删除数据目录里的文件。`,
      ),
    ]
  if (free < limits.diskNoteMib)
    return [note('platform.disk_shrinking', `${now}。请在近期清理，或换到更大的磁盘。`)]
  return []
}

/** What the server has found itself since its statistics began. */
export async function pagesAreSound({ database }: ReadinessDeps): Promise<Finding[]> {
  const failures = await countChecksumFailures(database.app)
  if (failures === 0) return []
  return [
    reason(
      'platform.pages_damaged',
      `数据库文件有损坏：${failures} 次读到的内容与校验和不符，多半是磁盘坏了。请马上停止办理，换一块磁盘，从备份恢复；不要删除现在的数据目录。`,
    ),
  ]
}

/** What was recorded last was recorded in the past, or the clock was set back: months and deadlines then go wrong. */
export async function clockIsRight({ database, clock, limits }: ReadinessDeps): Promise<Finding[]> {
  const before = Date.now()
  const there = await databaseNow(database.app)
  const here = (before + Date.now()) / 2
  const found: Finding[] = []
  const apart = Math.round(Math.abs(there - here) / 1000)
  if (apart > limits.clockSeconds)
    found.push(
      reason(
        'platform.clock_apart',
        `本机的时钟与数据库的相差 ${spanText(apart)}。请校准两边的时钟（开启网络对时）。`,
      ),
    )
  // A demonstration has a clock of its own, which runs ahead.
  if (clock === simulatedClock) return found
  const behind = Math.round(((await lastRecorded(database.runner)) ?? there) - there) / 1000
  if (behind > limits.clockSeconds)
    found.push(
      reason(
        'platform.clock_set_back',
        `时钟被拨回了：最近一条操作记录的时间比现在还晚 ${spanText(behind)}。请校准时钟；校准之前请不要办理业务。`,
      ),
    )
  return found
}

export async function sealsAreInTime({ database, limits }: ReadinessDeps): Promise<Finding[]> {
  const oldest = await oldestUnsealed(database)
  const seconds = oldest === undefined ? 0 : (Date.now() - oldest) / 1000
  if (seconds <= limits.sealMinutes * 60) return []
  return [
    reason(
      'platform.seals_late',
      `有操作记录 ${spanText(seconds)}没有封印。请执行 minben audit seal 查看原因，再用 minben audit verify 核验。`,
    ),
  ]
}

export async function jobsMove({ database, limits }: ReadinessDeps): Promise<Finding[]> {
  const queue = await readQueue(database.runner)
  const found: Finding[] = []
  if (queue.waitingSeconds > limits.jobWaitingMinutes * 60)
    found.push(
      reason(
        'platform.jobs_waiting',
        `有 ${queue.waiting} 项后台任务没有人办，最早的等了 ${spanText(queue.waitingSeconds)}。请查看 minben serve 或 minben worker 是否在运行。`,
      ),
    )
  if (queue.runningSeconds > limits.jobRunningMinutes * 60)
    found.push(
      reason(
        'platform.jobs_stuck',
        `有后台任务办了 ${spanText(queue.runningSeconds)}还没有办完。请重新启动服务：没有办完的会从断处接着办，不会重复。`,
      ),
    )
  if (queue.givenUp > 0)
    found.push(
      note(
        'platform.jobs_given_up',
        `有 ${queue.givenUp} 项后台任务多次没有办成，不再自动重试。请在相应的页面上重新提交。`,
      ),
    )
  return found
}

export async function keysAreCopied({ database }: ReadinessDeps): Promise<Finding[]> {
  const ring = await findKnownRing(database.app)
  if (!ring || isCopied(ring)) return []
  const why = ring.copied === null ? '密钥还没有另存副本' : '密钥更换之后还没有重新另存副本'
  return [
    note(
      'platform.keys_not_copied',
      `${why}：这台机器坏了，加密的内容就永远读不出来。请系统管理员执行 minben keys export 或 minben keys split，把副本存到别处。`,
    ),
  ]
}

/** 90 秒、12 分钟、3 小时 */
function spanText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} 秒`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} 分钟`
  return `${Math.round(seconds / 3_600)} 小时`
}

function reason(code: string, text: string): Finding {
  return { level: 'reason', code, text }
}

function note(code: string, text: string): Finding {
  return { level: 'note', code, text }
}
