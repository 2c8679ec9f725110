import { accessSync, constants, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { restore, type Restored } from '../platform/backup/restore.ts'
import { fetchBackup } from '../platform/backup/second-copy.ts'
import { secondPlaceOf } from '../platform/backup/second-place.ts'
import { readSecondPlace } from '../platform/backup/settings.ts'
import { readConfig, type Config } from '../platform/config.ts'
import type { Instant } from '../platform/dates.ts'
import { conflict } from '../platform/errors.ts'
import { openKeyRing } from '../platform/keys.ts'
import { option, required, type CliCall, type CliCommand } from './cli.ts'
import { momentOf, momentText } from './moment.ts'

const restoreCommand: CliCommand = {
  name: 'restore',
  summary: '从备份恢复到一个新目录，可指定时刻；备份本身只读，可反复恢复',
  usage:
    'restore --from 备份目录或s3://桶/前缀 --to 新数据目录 [--at "2026-03-01 09:30:00"] [--keys 密钥文件] [--json]',
  options: {
    from: option('备份', '备份目录，或 s3://桶/前缀'),
    to: option('目录', '新的空目录，恢复出来的数据目录'),
    at: option('时刻', '恢复到这一刻（北京时间）；不写的，恢复到备份的末尾'),
    keys: option('文件', '密钥文件；不写的，用 MINBEN_KEYS，或新目录里的 keys/keyring.json'),
  },
  run: async ({ values, say, json }) => {
    const from = required(values, 'from')
    const to = path.resolve(required(values, 'to'))
    const at = values.at === undefined ? undefined : momentOf(required(values, 'at'))
    const config = readConfig({ ...process.env, MINBEN_VAR: to })
    refuseExternal(config)
    const keyFile = values.keys === undefined ? config.keyFile : path.resolve(required(values, 'keys'))
    const keys = openKeyRing(keyFile, { create: false })
    const root = await broughtHere(from, { to, at, say })
    try {
      const restored = await restore({ root, to, keys, at, archiveTo: config.backup.folder, onStep: say })
      keepKeys(keyFile, config)
      tell(restored, { to, config, at, say })
      json(restored)
      return restored.missing === undefined && restored.lostFiles.length === 0 ? 0 : 1
    } finally {
      if (root !== path.resolve(from)) rmSync(root, { recursive: true, force: true })
    }
  },
}

function refuseExternal({ databaseUrl }: Config): void {
  if (databaseUrl === undefined) return
  throw conflict(
    'platform.restore_external',
    '设了 DATABASE_URL：外部数据库由管理它的人按它自己的办法恢复。要恢复内置数据库的备份，请去掉 DATABASE_URL。',
  )
}

/** What lies in a bucket is brought to a folder of this machine first, which is removed afterwards. */
async function broughtHere(
  from: string,
  { to, at, say }: { to: string; at: Instant | undefined; say: CliCall['say'] },
): Promise<string> {
  if (!from.startsWith('s3://')) return path.resolve(from)
  const root = downloadFolder(to)
  try {
    const { files } = await fetchBackup(secondPlaceOf(readSecondPlace(from)), root, at)
    say(`已从 ${from} 取回 ${files} 个文件。`)
    return root
  } catch (error) {
    rmSync(root, { recursive: true, force: true })
    throw error
  }
}

/** Beside the target, on its disk; the user of the service may not write there, and says by TMPDIR where there is room. */
function downloadFolder(to: string): string {
  try {
    accessSync(path.dirname(to), constants.W_OK)
    return `${to}.download`
  } catch {
    return path.join(tmpdir(), `${path.basename(to)}.download`)
  }
}

/** Where a start on the new folder looks for them, unless they lie elsewhere on purpose. */
function keepKeys(keyFile: string, config: Config): void {
  if (existsSync(config.keyFile)) return
  mkdirSync(path.dirname(config.keyFile), { recursive: true, mode: 0o700 })
  copyFileSync(keyFile, config.keyFile)
}

function tell(
  restored: Restored,
  { to, config, at, say }: { to: string; config: Config; at: Instant | undefined; say: CliCall['say'] },
): void {
  const { copy, upTo, isEnd, missing, lostFiles, timeline } = restored
  if (isEnd && at !== undefined) say(`备份里没有 ${momentText(at)} 那么晚的内容，已恢复到备份的末尾。`)
  const until = at === undefined || isEnd ? '最后一笔是' : '到'
  say(`已恢复${until} ${momentText(upTo)}（北京时间），用整库备份 ${copy}，时间线 ${timeline}。`)
  if (missing !== undefined) say(`注意：备份缺日志 ${missing}，此后的内容没有恢复出来。请试第二处的副本。`)
  if (lostFiles.length > 0) say(`注意：有 ${lostFiles.length} 个存档文件在备份里缺失或损坏。`)
  say(`密钥文件：${config.keyFile}。启动：MINBEN_VAR=${to} npm start。`)
  say(
    config.backup.folder === undefined
      ? '备份已用 MINBEN_BACKUP=off 关闭，这次恢复没有记入操作记录：只可用来查看，不要用它办理。'
      : '恢复已记入操作记录；审计核验会提示这次恢复，请按规定留存批准手续。',
  )
}

export const restoreCommands: readonly CliCommand[] = [restoreCommand]
