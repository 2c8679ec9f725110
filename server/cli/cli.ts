import { parseArgs } from 'node:util'
import { getActor, type Actor } from '../platform/access.ts'
import { findInstallation } from '../platform/account.db.ts'
import { execute, type Command, type Deps } from '../platform/command.ts'
import { readConfig, type Config } from '../platform/config.ts'
import { conflict } from '../platform/errors.ts'
import { hasDatabase } from '../platform/database.ts'
import { openDeps } from '../platform/install.ts'
import { randomUUID } from 'node:crypto'
import { ROLES } from '../roles.ts'

export interface Option {
  type: 'string' | 'boolean'
  short?: string
  /** What stands after it, as --help shows it. */
  value?: string
  /** What it is for, as --help tells it. */
  text: string
}
export type Options = Readonly<Record<string, Option>>
export type Values = Record<string, string | boolean | undefined>

/** One command of the line: how it is called, what it does, exit code 0 done, 1 finding, 2 usage. */
export interface CliCommand {
  name: string
  summary: string
  usage: string
  options: Options
  /** Words after its name, at most; without it none. */
  words?: number
  run: (call: CliCall) => Promise<number>
}

export interface CliCall {
  values: Values
  positionals: readonly string[]
  /** For people; silent with --json. */
  say: (text: string) => void
  /** For machines; silent without --json. */
  json: (value: unknown) => void
}

export function option(value: string, text: string): Option {
  return { type: 'string', value, text }
}

export function flag(text: string): Option {
  return { type: 'boolean', text }
}

export const COMMON: Options = {
  json: flag('结果写成一行 JSON，给程序用'),
  help: { ...flag('这份说明'), short: 'h' },
}

export class UsageError extends Error {}

export function parseCall(command: CliCommand, args: string[]): { values: Values; positionals: string[] } {
  const { values, positionals } = parsed(command, args)
  const surplus = positionals[command.words ?? 0]
  if (surplus === undefined || values.help === true) return { values, positionals }
  throw new UsageError(`minben ${command.name} 后面多了“${surplus}”，没有执行`)
}

function parsed(command: CliCommand, args: string[]): { values: Values; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      ...{ args, options: { ...COMMON, ...command.options }, allowPositionals: true },
    })
    return { values, positionals }
  } catch (error) {
    throw new UsageError(`${faultOf(error)}，没有执行`)
  }
}

/** The parser speaks English: its code, and the option that it quotes. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) return String(error)
  const [, name = ''] = /'(?:-\w, )?(-[^ '=]+)/.exec(error.message) ?? []
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `没有“${name}”这个选项`
  if (/does not take an argument/.test(error.message)) return `${name} 后面不写内容`
  return `${name} 后面缺少内容`
}

export function required(values: Values, name: string): string {
  const value = values[name]
  if (typeof value === 'string' && value !== '') return value
  throw new UsageError(`缺少 --${name}`)
}

export function numberOf(values: Values, name: string, fallback?: number): number {
  const text = values[name]
  if (text === undefined && fallback !== undefined) return fallback
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new UsageError(`--${name} 应为正整数`)
}

/**
 * Opens the database (starting the embedded one when no server runs) for the length of one command. Without `mayBeNew` there has to be
 * one: a command that looks in the wrong folder would otherwise begin another installation there, and answer for that.
 */
export async function withDeps<Result>(
  work: (deps: Deps) => Promise<Result>,
  { mayBeNew = false }: { mayBeNew?: boolean } = {},
): Promise<Result> {
  const config = readConfig()
  if (!mayBeNew) requireDatabase(config)
  const deps = await openDeps(config, ROLES)
  try {
    return await work(deps)
  } finally {
    await deps.close()
  }
}

/** Throws `platform.nothing_installed`. */
export function requireDatabase(config: Config): void {
  if (hasDatabase(config)) return
  throw conflict(
    'platform.nothing_installed',
    `数据目录 ${config.varDir} 里没有数据库，什么都没有做。请用 MINBEN_VAR 指明数据目录（MINBEN_KEYS、MINBEN_BACKUP 也要与服务的相同）；还没有安装的，先启动一次服务。`,
  )
}

export interface ActingAs {
  deps: Deps
  actor: Actor
  county: string
  does: <Input, Result>(definition: Command<Input, Result>, input: unknown) => Promise<Result>
}

export const AS_OPTIONS: Options = {
  as: option('登录名', '以谁的身份办'),
  county: option('区划代码', '在哪个县办；不写的，是这个账号所在的县'),
  key: option('字符', '同一个键再执行一次不会重复办'),
}

/** Acts as the account named by --as, in --county or the county of the account. */
export async function actingAs<Result>(
  values: Values,
  work: (acting: ActingAs) => Promise<Result>,
): Promise<Result> {
  const login = required(values, 'as')
  return withDeps(async (deps) => {
    const actor = await getActor(deps.database.app, login)
    const county = typeof values.county === 'string' ? values.county : (actor.scope[0] ?? '').slice(0, 6)
    const idempotencyKey = typeof values.key === 'string' ? values.key : randomUUID()
    const does: ActingAs['does'] = async (definition, input) => {
      await requireWhole(deps)
      return execute(deps, definition, { actor, county, input, idempotencyKey })
    }
    return work({ deps, actor, county, does })
  })
}

/** As in the office: what is changed while a demonstration loads would change the months to come. */
async function requireWhole({ database }: Deps): Promise<void> {
  const installation = await findInstallation(database.app)
  if (!installation?.isDemo || installation.loadedAt !== null) return
  throw conflict('platform.demo_loading', '演示数据还没有载完，本次没有办。请等服务窗口里说全部载入后再办。')
}

/** A line that overwrites itself on a terminal and stays quiet elsewhere. */
export function progressLine(say: (text: string) => void): (text: string) => void {
  if (!process.stderr.isTTY) return () => {}
  void say
  return (text) => process.stderr.write(`\r\x1b[K${text}`)
}
