import { statSync } from 'node:fs'
import path from 'node:path'
import { archiverOf, readState } from '../platform/backup/archiver.ts'
import { archiveState, type ArchiveState } from '../platform/backup/archive-state.ts'
import { makeCopy, packedBytes, rawBytes } from '../platform/backup/base-copy.ts'
import { drill } from '../platform/backup/drill.ts'
import { diskUse, letGo } from '../platform/backup/keeping.ts'
import { listCopies } from '../platform/backup/manifest.ts'
import { mirrorOf } from '../platform/backup/second-copy.ts'
import { secondPlaceOf } from '../platform/backup/second-place.ts'
import type { Deps } from '../platform/command.ts'
import { readConfig, type Config } from '../platform/config.ts'
import { conflict } from '../platform/errors.ts'
import { flag, progressLine, withDeps, type CliCall, type CliCommand } from './cli.ts'
import { restoreCommands } from './restore.ts'
import { momentText } from './moment.ts'

const EXTERNAL =
  '数据库由 DATABASE_URL 指定，不是内置的：备份由管理它的人负责（整库备份加日志归档，并定期演练恢复），另须备份 files、seals 两个目录和密钥文件。'

const backup: CliCommand = {
  name: 'backup',
  summary: '整库备份一份（服务可以照常运行）；--drill 把最新备份恢复到旁边并核对',
  usage: 'backup [--drill] [--json]',
  options: { drill: flag('把最新备份恢复到旁边并核对，不影响正在用的') },
  run: async (call) => {
    const config = readConfig()
    return withDeps((deps) => {
      if (config.databaseUrl !== undefined) return tellState(deps, config, call)
      return call.values.drill === true ? runDrill(deps, config, call) : copyNow(deps, config, call)
    })
  },
}

const status: CliCommand = {
  name: 'backup status',
  summary: '备份到哪里了：日志归档、整库备份、占用的磁盘、第二处',
  usage: 'backup status [--json]',
  options: {},
  run: (call) => withDeps((deps) => tellState(deps, readConfig(), call)),
}

function folderOf({ backup: { folder } }: Config): string {
  if (folder !== undefined) return folder
  throw conflict(
    'platform.backup_is_off',
    '备份已用 MINBEN_BACKUP=off 关闭。请改设一个目录，重新启动服务后再备份。',
  )
}

async function copyNow(deps: Deps, config: Config, { say, json }: CliCall): Promise<number> {
  const root = folderOf(config)
  const { varDir, keys, database } = deps
  const { adminUrl } = database
  const archiver = archiverOf({ adminUrl, varDir, root })
  const show = progressLine(say)
  try {
    const copy = await makeCopy({
      ...{ adminUrl, varDir, root, keys, settle: () => archiver.pass() },
      onProgress: (share) => show(`备份 ${Math.floor(share * 100)}%`),
    })
    show('')
    const isAlone = (await archiver.pass()) !== undefined
    const gone = await letGo(root, config.backup.keep)
    const use = await diskUse(root)
    say(
      `整库备份完成：${path.join(root, 'base', copy.name)}，${mb(packedBytes(copy))} MB（原 ${mb(rawBytes(copy))} MB）。`,
    )
    if (gone.copies.length > 0) say(`按保留期删去 ${gone.copies.length} 份旧的，日志 ${gone.segments} 段。`)
    say(`备份目录共占 ${mb(use.bytes)} MB，磁盘还剩 ${mb(use.freeBytes)} MB。`)
    say(`备份里没有密钥：密钥文件 ${keys.path} 要另行保管，没有它恢复不了。`)
    const second = isAlone ? await bringOver(root, config, say) : undefined
    json({
      copy: copy.name,
      at: copy.stoppedAt,
      packedBytes: packedBytes(copy),
      ...use,
      removed: gone.copies,
      second,
    })
    return 0
  } finally {
    await archiver.end()
  }
}

/** While the service runs it brings the copy over itself. */
async function bringOver(
  root: string,
  { backup: { secondPlace, keep } }: Config,
  say: CliCall['say'],
): Promise<string | undefined> {
  if (!secondPlace) return undefined
  try {
    await mirrorOf(root, secondPlaceOf(secondPlace), keep).pass()
    say('第二处的副本也已完成。')
    return 'done'
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    say(`第二处没有写成：${why}。本机的备份不受影响。`)
    return why
  }
}

async function runDrill(deps: Deps, config: Config, { say, json }: CliCall): Promise<number> {
  const result = await drill(deps, { root: folderOf(config), onStep: say })
  const { copy, upTo, tables, rows, counties, problems } = result
  say(
    `恢复演练：整库备份 ${copy} 恢复到 ${momentText(upTo)}，${tables} 张表 ${rows} 行，${counties} 个县的封印。`,
  )
  for (const problem of problems) say(`  ${problem}`)
  say(problems.length === 0 ? '备份完好，可以恢复。' : '备份有问题，请按上面逐条查明。')
  json(result)
  return problems.length === 0 ? 0 : 1
}

async function tellState(deps: Deps, config: Config, { say, json }: CliCall): Promise<number> {
  const state = await archiveState(deps.database.app, config)
  const root = state.duty === 'embedded' ? config.backup.folder : undefined
  const use = root === undefined ? undefined : await diskUse(root)
  const copies = root === undefined ? [] : await listCopies(root)
  const second = root === undefined ? undefined : (await readState(root))?.second
  for (const line of dutyText(state)) say(line)
  if (use) say(`备份目录 ${root} 占 ${mb(use.bytes)} MB，磁盘还剩 ${mb(use.freeBytes)} MB。`)
  if (root !== undefined && isOneDisk(config, root)) say(ONE_DISK)
  for (const copy of copies) say(`  ${copy.name}  ${momentText(copy.stoppedAt)}  ${mb(packedBytes(copy))} MB`)
  if (second?.at !== undefined) say(`第二处：${momentText(second.at)} 已齐。`)
  const problems = [...state.problems, ...state.notes]
  for (const problem of problems) say(`问题：${problem}`)
  if (problems.length === 0 && state.duty !== 'off') say('没有发现问题。')
  json({
    ...state,
    disk: use,
    copies: copies.map(({ name, stoppedAt }) => ({ name, at: stoppedAt })),
    second,
  })
  return problems.length === 0 ? 0 : 1
}

const ONE_DISK =
  '注意：备份与数据在同一块磁盘上，磁盘坏了会一起丢。请用 MINBEN_BACKUP 指定另一块磁盘，或用 MINBEN_BACKUP_COPY 设第二处。'

function isOneDisk({ varDir, backup: { secondPlace } }: Config, root: string): boolean {
  return secondPlace === undefined && statSync(varDir).dev === statSync(root).dev
}

function dutyText({ duty, lastSegment, lastAt, waiting, copy }: ArchiveState): string[] {
  if (duty === 'off') return ['备份已用 MINBEN_BACKUP=off 关闭。']
  const last =
    lastAt === null
      ? '还没有归档过日志。'
      : `最后归档：${momentText(lastAt)}（${lastSegment}），待归档 ${waiting} 段。`
  if (duty === 'external') return [EXTERNAL, last]
  return [
    last,
    copy
      ? `最近一份整库备份：${momentText(copy.at)}。`
      : '还没有整库备份：服务启动后会自动做第一份，也可以现在执行 minben backup。',
  ]
}

function mb(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1)
}

export const backupCommands: readonly CliCommand[] = [backup, status, ...restoreCommands]
