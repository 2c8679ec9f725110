/** The key ring: where it stands, its copies outside of this machine, and its change. */
import path from 'node:path'
import { CIPHER_COLUMNS } from '../cipher-columns.ts'
import { getActor, requirePermission } from '../platform/access.ts'
import { hasAccounts } from '../platform/account.db.ts'
import { clockOf } from '../platform/clock.ts'
import type { Deps } from '../platform/command.ts'
import { readConfig } from '../platform/config.ts'
import { hasDatabase, openDatabase, type Database } from '../platform/database.ts'
import { changeKeys, countUnderOldKeys } from '../platform/key-change.ts'
import {
  copyUnderPassphrase,
  fingerprintOf,
  joinShares,
  openCopy,
  placeKeyRing,
  readCopyFile,
  splitIntoShares,
  writeNewFile,
} from '../platform/key-copy.ts'
import { isCopied, otherRing, recordCopied, recordKeyDeed } from '../platform/key-custody.ts'
import { findKnownRing } from '../platform/key-ring.db.ts'
import { keyRingFingerprint, newestId, readKeyRingFile, type KeyRingFile } from '../platform/keys.ts'
import {
  numberOf,
  option,
  progressLine,
  required,
  UsageError,
  withDeps,
  type CliCall,
  type CliCommand,
  type Values,
} from './cli.ts'
import { askPassphrase, PASSPHRASE_OPTIONS } from './passphrase.ts'

const AS = { as: option('登录名', '以谁的身份办，须是系统管理员') }

const status: CliCommand = {
  name: 'keys status',
  summary: '密钥文件在哪里、有几把密钥、是否另存过副本',
  usage: 'keys status [--json]',
  options: {},
  run: ({ say, json }) =>
    withDeps(async ({ database, keys }) => {
      const known = await findKnownRing(database.app)
      const underOldKeys = await countUnderOldKeys({ database, keys }, CIPHER_COLUMNS)
      const copied = known?.copied ?? null
      const isSafe = known !== undefined && isCopied(known)
      say(`密钥文件：${keys.path}`)
      say(`指纹：${keyRingFingerprint(keys)}`)
      for (const { id, createdAt } of keys.keys.values())
        say(`  ${id}  ${createdAt.slice(0, 10)} 起${id === keys.current.id ? '，现在使用' : ''}`)
      say(
        underOldKeys === 0
          ? '全部内容都在现在的密钥之下。'
          : `还有 ${underOldKeys} 处在旧密钥之下：执行 minben keys rotate 接着换完。`,
      )
      say(isSafe ? `已另存副本（到 ${copied}，${known.copiedAt?.slice(0, 10)}）。` : NOT_COPIED)
      json({
        ...{ file: keys.path, fingerprint: keyRingFingerprint(keys), current: keys.current.id },
        keys: [...keys.keys.values()].map(({ id, createdAt }) => ({ id, createdAt })),
        ...{ underOldKeys, copied, copiedAt: known?.copiedAt ?? null, isCopied: isSafe },
      })
      return isSafe ? 0 : 1
    }),
}

const NOT_COPIED =
  '现在的密钥还没有另存副本：这台机器坏了，加密的内容就永远读不出来。请执行 minben keys export 或 minben keys split。'

const exportCommand: CliCommand = {
  name: 'keys export',
  summary: '把密钥另存为一个由口令加密的文件，放到别处保管',
  usage: 'keys export --out 文件 --as admin.system [--passphrase-file 文件]',
  options: { ...AS, ...PASSPHRASE_OPTIONS, out: option('文件', '副本写到哪里') },
  run: async ({ values, say, json }) => {
    const file = path.resolve(required(values, 'out'))
    const passphrase = await askPassphrase(values, { isNew: true })
    return asKeeper(values, 'platform.keys.copy', async (deps, actorId) => {
      const content = readKeyRingFile(deps.keys.path)
      const newest = newestId(content)
      writeNewFile(file, await copyUnderPassphrase(content, { passphrase, madeAt: now() }))
      // Read back: a copy that cannot be opened is none.
      await openCopy(readCopyFile(file), passphrase)
      await recordCopied(deps.database, newest)
      await recordKeyDeed(deps, { event: 'platform.key.exported', actorId, subject: { key: newest } })
      say(`密钥副本已写入 ${file}（指纹 ${fingerprintOf(content)}，到 ${newest}）。`)
      say('请把它移到别处保管，口令另由一人保管；两样不要放在一起，也不要留在本机。')
      json({ file, fingerprint: fingerprintOf(content), newest })
      return 0
    })
  },
}

const split: CliCommand = {
  name: 'keys split',
  summary: '把密钥拆成几份交给几个人保管，凑够份数才能合成',
  usage: 'keys split --out 目录 --as admin.system [--shares 2] [--needed 2]',
  options: {
    ...AS,
    out: option('目录', '份额文件写到哪里'),
    shares: option('份数', '拆成几份，默认 2'),
    needed: option('份数', '凑够几份可以合成，默认 2'),
  },
  run: async ({ values, say, json }) => {
    const folder = path.resolve(required(values, 'out'))
    const shares = numberOf(values, 'shares', 2)
    const needed = numberOf(values, 'needed', 2)
    if (needed < 2 || needed > shares || shares > 255)
      throw new UsageError('--needed 至少 2 份，不多于 --shares；--shares 至多 255 份')
    return asKeeper(values, 'platform.keys.copy', async (deps, actorId) => {
      const content = readKeyRingFile(deps.keys.path)
      const newest = newestId(content)
      const texts = await splitIntoShares(content, { shares, needed, madeAt: now() })
      const files = texts.map((_, index) =>
        path.join(folder, `minben-keys-share-${index + 1}-of-${shares}.json`),
      )
      texts.forEach((text, index) => writeNewFile(files[index] ?? '', text))
      await joinShares(files.slice(-needed).map(readCopyFile))
      await recordCopied(deps.database, newest)
      const subject = { key: newest, shares, needed }
      await recordKeyDeed(deps, { event: 'platform.key.split', actorId, subject })
      for (const file of files) say(file)
      say(`共 ${shares} 份，凑够 ${needed} 份可以合成。请当面交给各保管人，各存各处，本机不留。`)
      json({ files, shares, needed, newest })
      return 0
    })
  },
}

const importCommand: CliCommand = {
  name: 'keys import',
  summary: '把另存的密钥副本放回原处；不是这个数据库的、会覆盖另一份密钥的都拒绝',
  usage: 'keys import --from 文件 [--as admin.system] [--passphrase-file 文件]',
  options: { ...AS, ...PASSPHRASE_OPTIONS, from: option('文件', 'keys export 写出的副本') },
  run: async (call) => {
    const text = readCopyFile(path.resolve(required(call.values, 'from')))
    const passphrase = await askPassphrase(call.values, { isNew: false })
    return placeBack(call, await openCopy(text, passphrase), (actorId, key) => ({
      ...{ event: 'platform.key.imported', actorId, subject: { key } },
    }))
  },
}

const join: CliCommand = {
  name: 'keys join',
  summary: '用各人保管的份额合成密钥，放回原处；检查与 keys import 相同',
  usage: 'keys join 份额文件 份额文件 … [--as admin.system]',
  options: AS,
  words: 255,
  run: async (call) => {
    if (call.positionals.length < 2) throw new UsageError('请写明至少两个份额文件')
    const texts = call.positionals.map((file) => readCopyFile(path.resolve(file)))
    return placeBack(call, await joinShares(texts), (actorId, key) => ({
      ...{ event: 'platform.key.joined', actorId, subject: { key, shares: texts.length } },
    }))
  },
}

const rotate: CliCommand = {
  name: 'keys rotate',
  summary: '换一把新密钥，并把已加密的内容全部改用新密钥；中断了再执行一次会接着换',
  usage: 'keys rotate --as admin.system',
  options: AS,
  run: ({ values, say, json }) =>
    asKeeper(values, 'platform.keys.rotate', async (deps, actorId) => {
      const show = progressLine(say)
      const change = await changeKeys(deps, CIPHER_COLUMNS, show)
      show('')
      const { key, isContinued, rows, files, remaining, damaged, damagedFiles } = change
      const subject = { key, rows, files, remaining }
      await recordKeyDeed(deps, { event: 'platform.key.changed', actorId, subject })
      say(
        `${isContinued ? '接着上次没有换完的' : '已换上新密钥'} ${key}：改用新密钥的字段 ${rows} 处、附件 ${files} 件。`,
      )
      if (damaged.length + damagedFiles.length > 0)
        say(
          `有 ${damaged.length} 处字段、${damagedFiles.length} 件附件已损坏，解不开，请查明：${damaged.map(({ table, column, id }) => `${table}.${column} ${id}`).join('、')} ${damagedFiles.join('、')}`,
        )
      if (remaining > damaged.length)
        say(`还有 ${remaining - damaged.length} 处由正在运行的程序用旧密钥写入：过一分钟再执行一次。`)
      say('从前的副本已不完整：请重新执行 minben keys export 或 minben keys split。')
      json(change)
      return remaining + damagedFiles.length === 0 ? 0 : 1
    }),
}

export const keysCommands: readonly CliCommand[] = [status, exportCommand, importCommand, rotate, split, join]

/** With the permission of the account named by --as; before the first account whoever installs keeps the keys. */
function asKeeper(
  values: Values,
  permission: string,
  work: (deps: Deps, keeperId: string | null) => Promise<number>,
): Promise<number> {
  return withDeps(async (deps) => {
    if (values.as === undefined && !(await hasAccounts(deps.database.app))) return work(deps, null)
    const actor = await getActor(deps.database.app, required(values, 'as'))
    requirePermission(actor, permission)
    return work(deps, actor.id)
  })
}

type DeedOf = (
  actorId: string | null,
  key: string,
) => { event: string; actorId: string | null; subject: Record<string, unknown> }

/** The database is opened without keys: they are what is missing. */
async function placeBack(
  { values, say, json }: CliCall,
  content: KeyRingFile,
  deedOf: DeedOf,
): Promise<number> {
  const config = readConfig()
  const fingerprint = fingerprintOf(content)
  const newest = newestId(content)
  const database = hasDatabase(config) ? await openDatabase(config) : undefined
  try {
    const known = database && (await findKnownRing(database.app))
    if (known && known.fingerprint !== fingerprint)
      throw otherRing('要导入的副本', fingerprint, `数据库登记的指纹 ${known.fingerprint}`)
    const outcome = placeKeyRing(config.keyFile, content)
    if (database) await recordKeyDeed(await bare(database), deedOf(await keeperId(database, values), newest))
    const isOld = known !== undefined && !content.keys.some(({ id }) => id === known.newest)
    say(`${PLACED[outcome]}：${config.keyFile}（指纹 ${fingerprint}，到 ${newest}）。`)
    if (!known) say('这里还没有登记过密钥的数据库，没有可核对的指纹；恢复备份或启动时会核对。')
    if (isOld)
      say(
        `这份副本早于上次更换密钥，缺 ${known.newest}：之后写入的内容还读不出来，请找最近一次的副本再导入。`,
      )
    json({ outcome, file: config.keyFile, fingerprint, newest, isChecked: known !== undefined, isOld })
    return isOld ? 1 : 0
  } finally {
    await database?.close()
  }
}

const PLACED = {
  placed: '密钥文件已放回原处',
  present: '密钥文件本来就在原处，没有改动',
  completed: '原处的密钥文件缺几把密钥，已补上',
} as const

async function bare(database: Database): Promise<Pick<Deps, 'database' | 'clock'>> {
  return { database, clock: await clockOf(database.app) }
}

async function keeperId({ app }: Database, { as: login }: Values): Promise<string | null> {
  return typeof login === 'string' ? (await getActor(app, login)).id : null
}

/** When a copy was made, by this machine: it stands outside of the database. */
function now(): string {
  return new Date().toISOString()
}
