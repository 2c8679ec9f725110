import { createWriteStream, existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readConfig, type Config } from '../platform/config.ts'
import { conflict } from '../platform/errors.ts'
import { openDeps } from '../platform/install.ts'
import { zipped } from '../platform/zip.ts'
import { ROLES } from '../roles.ts'
import { supportFiles } from '../support-bundle.ts'
import { option, requireDatabase, required, type CliCommand } from './cli.ts'

const bundle: CliCommand = {
  name: 'support-bundle',
  summary: '把求助要用的信息打成一个文件：版本、配置、运行状况、日志；不含人员信息、密码和密钥',
  usage: 'support-bundle --out 文件.zip [--json]',
  options: { out: option('文件', '写到哪里，以 .zip 结尾') },
  run: async ({ values, say, json }) => {
    const file = path.resolve(required(values, 'out'))
    if (existsSync(file))
      throw conflict('platform.file_exists', `已有文件 ${file}，没有覆盖。请换一个文件名。`)
    const config = readConfig()
    // An installation that does not open is what help is most often asked for.
    const opened = await openHere(config).catch((failure: unknown) => ({ failure }))
    try {
      const files = await supportFiles(config, opened)
      await pipeline(Readable.from(zipped(files)), createWriteStream(file, { flags: 'wx', mode: 0o600 }))
    } finally {
      if ('close' in opened) await opened.close()
    }
    const isWhole = 'close' in opened
    say(`支持包已写入 ${file}（${Math.ceil(statSync(file).size / 1024)} KB）。交出之前请打开看一遍。`)
    if (!isWhole) say('数据库或密钥打不开，支持包里只有原因、版本、配置和日志。')
    json({ file, isWhole })
    return 0
  },
}

async function openHere(config: Config) {
  requireDatabase(config)
  return openDeps(config, ROLES)
}

export const supportCommands: readonly CliCommand[] = [bundle]
